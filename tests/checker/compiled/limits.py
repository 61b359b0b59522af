"""Searches that are given less than they need."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker.compiled import build
from comitia.checker.compiled.translation import Translation


def limit_searches(monkeypatch: pytest.MonkeyPatch, folder: Path, limit: str) -> None:
    """From now on searches run under a limit of the shell: `limit` is what `ulimit` is told."""
    real = build.build

    def with_little(translation: Translation) -> Path:
        wrapper = folder / "wrapper"
        wrapper.write_text(f'#!/bin/sh\nulimit {limit}\nexec {real(translation)} "$@"\n')
        wrapper.chmod(0o755)
        return wrapper

    monkeypatch.setattr(build, "build", with_little)
