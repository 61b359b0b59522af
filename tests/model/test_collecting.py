"""Cycles are collected again where they were before."""

from __future__ import annotations

import gc

import pytest
from comitia.model.collecting import uncollected


@pytest.mark.parametrize("was", [True, False])
def test_collection_goes_on_as_before(was: bool) -> None:
    before = gc.isenabled()
    (gc.enable if was else gc.disable)()
    try:
        with pytest.raises(ValueError, match="whatever"), uncollected():
            assert not gc.isenabled()
            raise ValueError("whatever")
        assert gc.isenabled() == was
    finally:
        (gc.enable if before else gc.disable)()
