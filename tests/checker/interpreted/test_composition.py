"""`A \\cdot B`: steps of two parts. The figures are those of TLC, where it is an option (tlc2/tool/impl/Tool.java)."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker.result import Verdict

from .harness import check

SOME = """EXTENDS Naturals
VARIABLES x, S
Init == x = 0 /\\ S = {1, 2}
"""


def figures(folder: Path, body: str, config: str = "INIT Init\nNEXT Next") -> tuple[int, int, int]:
    result = check(folder, body, config)
    assert result.error is None
    assert (result.verdict, result.violated) == (Verdict.PASS, None)
    return result.stats.generated, result.stats.distinct, result.stats.depth


def test_a_chain(tmp_path: Path) -> None:
    """The states before the last part count as generated, those in the middle of the first part do not."""
    body = """EXTENDS Naturals
VARIABLE x
Init == x = 0
A(T) == \\E n \\in T : x' = x + n
Next == x = 0 /\\ A({1, 2}) \\cdot A({3, 4}) \\cdot A({5})"""
    assert figures(tmp_path, body) == (9, 4, 2)


@pytest.mark.parametrize(
    "following",
    [
        "\\E n \\in S : (x' = n /\\ UNCHANGED S) \\cdot (x' = x + n /\\ UNCHANGED S)",
        "UNCHANGED S /\\ \\E n \\in S : (x' = n) \\cdot (x' = x + n)",
        "\\E n \\in S : (x' = n) \\cdot (x' = x + n) /\\ UNCHANGED S",
    ],
)
def test_what_one_part_leaves_out_is_said_elsewhere(following: str, tmp_path: Path) -> None:
    assert figures(tmp_path, f"{SOME}Next == x = 0 /\\ {following}") == (5, 3, 2)


def test_the_first_part_leaves_alone_what_has_a_next_value(tmp_path: Path) -> None:
    body = f"{SOME}Next == x = 0 /\\ UNCHANGED S /\\ (x' = 1 /\\ S' = {{}}) \\cdot (x' = 2)"
    assert figures(tmp_path, body) == (1, 1, 1)


def test_the_second_part_sees_the_state_between(tmp_path: Path) -> None:
    """Also through definitions and parameters that have been evaluated in the first state."""
    body = """EXTENDS Naturals, FiniteSets
VARIABLES x, S
Init == x = 0 /\\ S = {7}
Size == Cardinality(S) + Cardinality(S) + Cardinality(S) + Cardinality(S) + Cardinality(S) + Cardinality(S) + x - x
Grow == S' = S \\cup {8, Size} /\\ x' = Size
Twice(n) == x' = n + n /\\ UNCHANGED S
Next == x = 0 /\\ Grow \\cdot Twice(Size + x)
Inv == x \\in {0, 48}"""
    assert figures(tmp_path, body, "INIT Init NEXT Next INVARIANT Inv") == (3, 2, 2)


def test_branches_in_both_parts(tmp_path: Path) -> None:
    body = """EXTENDS Naturals
VARIABLES x, y
Init == x = 0 /\\ y = 0
A == /\\ \\/ x' = x + 1
        \\/ x' = x + 2
     /\\ \\/ y' = x'
        \\/ y' = 5
B == \\/ x > 1 /\\ x' = 9 /\\ y' \\in {y, y + 1}
     \\/ y = 5 /\\ UNCHANGED <<x, y>>
Next == x = 0 /\\ A \\cdot B /\\ x' > 0
Inv == <<x, y>> \\in {<<0, 0>>, <<9, 2>>, <<9, 3>>, <<9, 5>>, <<9, 6>>, <<1, 5>>, <<2, 5>>}"""
    assert figures(tmp_path, body, "INIT Init NEXT Next INVARIANT Inv") == (1 + 4 + 6, 7, 2)


def test_as_a_property_and_under_enabled(tmp_path: Path) -> None:
    body = """EXTENDS Naturals
VARIABLE x
Init == x = 0
A == (x \\in {0} /\\ x' \\in {1, 2, 3}) \\/ (x = 4 /\\ x' = 5)
B == (x \\in {1, 2} /\\ x' \\in {2, 4}) \\/ (x = 5 /\\ x' = 6)
Next == A \\cdot B
Never == [][~(B \\cdot A)]_x
Always == [][A \\cdot B]_x
Inv == (ENABLED (A \\cdot B)) = (x \\in {0, 4})"""
    config = "INIT Init NEXT Next INVARIANT Inv PROPERTY Never Always"
    assert figures(tmp_path, body, config) == (10, 4, 3)


def test_a_variable_that_the_first_part_leaves_open(tmp_path: Path) -> None:
    body = f"{SOME}Next == (x' = 1) \\cdot (x' = x /\\ S' = S)"
    result = check(tmp_path, body)
    assert result.error is not None
    assert "S' is used before" in result.error.message
