"""Checks the outline of a structured proof: levels nest, and each level ends with its QED step."""

from __future__ import annotations

import re

from ..diagnostics import ParseError
from .lexer import Token

LEVEL = re.compile(r"<([0-9]+|[*+])>")


class Step:
    """A proof step: its name, such as `<1>2.`, and whether it is a QED step."""

    __slots__ = ("is_qed", "token")

    def __init__(self, token: Token, is_qed: bool) -> None:
        self.token = token
        self.is_qed = is_qed


class _Level:
    """A proof that is being read, with its level, and whether its QED step has been seen."""

    __slots__ = ("is_over", "number")

    def __init__(self, number: int) -> None:
        self.number = number
        self.is_over = False


def check_proof(steps: list[Step]) -> None:
    """Raise a ParseError unless the steps form one proof. `<*>` is the current level, `<+>` one deeper."""
    open_levels: list[_Level] = []
    for step in steps:
        written = LEVEL.match(step.token.value)
        assert written
        mark = written[1]
        if not open_levels and step is steps[0]:
            open_levels.append(_Level(int(mark) if mark.isdigit() else 0))
        else:
            _enter(open_levels, mark, step.token)
        if step.is_qed:
            open_levels[-1].is_over = True
    while open_levels and open_levels[-1].is_over:
        open_levels.pop()
    if open_levels:
        number = open_levels[-1].number
        raise ParseError(
            "this proof has no QED step",
            steps[-1].token.span,
            expected=f"a step `<{number}> QED` at the end of level {number}",
            got="the end of the proof",
        )


def _enter(open_levels: list[_Level], mark: str, token: Token) -> None:
    """Make the level of the next step the innermost open one."""
    if mark == "+":
        open_levels.append(_Level(open_levels[-1].number + 1))
        return
    while open_levels and open_levels[-1].is_over and (mark == "*" or int(mark) <= open_levels[-1].number):
        open_levels.pop()
    if not open_levels:
        raise ParseError(
            "this step follows the QED step that ends its proof",
            token.span,
            expected="a definition, declaration or statement",
            got=f"`{token.text}`",
        )
    current = open_levels[-1].number
    if mark == "*" or int(mark) == current:
        return
    if int(mark) < current:
        raise ParseError(
            f"the proof at level {current} has no QED step before this step of level {mark}",
            token.span,
            expected=f"a step `<{current}> QED`",
            got=f"`{token.text}`",
        )
    open_levels.append(_Level(int(mark)))
