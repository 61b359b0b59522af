r"""Folds a flat sequence of operands and operators into applications, by the precedence ranges of `symbols`.

The rules are those of SANY's operator stack: of two neighbouring operators the one whose range lies wholly above the
other's takes the operand between them; the same operator twice groups to the left if it may; anything else is an error
that only parentheses can settle.
"""

from __future__ import annotations

from typing import Any

from ..diagnostics import ParseError
from ..source import Span
from . import tree
from .lexer import Token
from .symbols import INFIX, PREFIX, Fixity

JUNCTIONS = ("/\\", "\\/")


class Operand:
    """An operand that is more than its node: one in parentheses, or one that ends in a postfix operator.

    `span` includes the parentheses. `postfix` is the first postfix operator that no parentheses hide: it may be in
    conflict with a prefix operator.
    """

    __slots__ = ("node", "postfix", "span")

    def __init__(self, node: tree.Expr, span: Span, postfix: Token | None = None) -> None:
        self.node = node
        self.span = span
        self.postfix = postfix


Item = Token | Operand | tree.Expr


def unwrap(child: Any) -> Any:
    """The node of an operand; anything else is itself."""
    return child.node if isinstance(child, Operand) else child


class _Folder:
    """A shunting yard. Of each operand the n-ary operator that may still take another one is kept beside it."""

    def __init__(self) -> None:
        self.operands: list[tuple[tree.Expr, Span, str | None]] = []
        self.operators: list[tuple[Token, Fixity, bool]] = []

    def prefix(self, token: Token) -> None:
        symbol = "-." if token.type == "MINUS" else token.value
        fixity = PREFIX[symbol]
        if symbol == "-." and self.operators and self.operators[-1][1].low > fixity.high:
            before = self.operators[-1][0]
            raise conflict(before, token, f"write `{before.text} (-…)`")
        self.operators.append((token, fixity, True))

    def operand(self, item: Operand | tree.Expr) -> None:
        if isinstance(item, Operand):
            if item.postfix is not None and self.operators:
                token, fixity, is_prefix = self.operators[-1]
                if is_prefix and fixity.high >= 150:
                    mark = item.postfix.text
                    raise conflict(token, item.postfix, f"write `({token.text} …){mark}` or `{token.text} (…{mark})`")
            self.operands.append((item.node, item.span, None))
        else:
            self.operands.append((item, item.span, None))

    def infix(self, token: Token) -> None:
        fixity = INFIX[token.value]
        operators = self.operators
        while operators:
            before, left, is_prefix = operators[-1]
            if left.low > fixity.high or (before.value == token.value and left.is_left_associative and not is_prefix):
                self.reduce()
            elif left.high < fixity.low:
                break
            else:
                a, b = before.text, token.text
                start = f"{a} " if is_prefix else f"… {a} "
                raise conflict(before, token, f"write `({start}…) {b} …` or `{start}(… {b} …)`")
        operators.append((token, fixity, False))

    def reduce(self) -> None:
        """Apply the innermost operator."""
        token, _, is_prefix = self.operators.pop()
        right, right_span, _ = self.operands.pop()
        symbol = token.value
        if is_prefix:
            name = tree.Name(token.span, (), "-." if token.type == "MINUS" else symbol)
            span = token.span.to(right_span)
            self.operands.append((tree.Apply(span, name, (right,)), span, None))
            return
        left, left_span, open_list = self.operands.pop()
        span = left_span.to(right_span)
        if symbol in JUNCTIONS:
            items = (*left.items, right) if isinstance(left, tree.Junction) and open_list == symbol else (left, right)
            self.operands.append((tree.Junction(span, symbol, items), span, symbol))
        elif symbol == "\\X":
            factors = (*left.factors, right) if isinstance(left, tree.Times) and open_list else (left, right)
            self.operands.append((tree.Times(span, factors), span, symbol))
        else:
            name = tree.Name(token.span, (), symbol)
            self.operands.append((tree.Apply(span, name, (left, right)), span, None))


def conflict(first: Token, second: Token, hint: str) -> ParseError:
    """The error for two operators of which neither takes precedence."""
    if first.value == second.value:
        message = f"`{first.text}` does not associate: it may not follow itself without parentheses"
    else:
        message = f"neither of `{first.text}` and `{second.text}` takes precedence over the other"
    return ParseError(
        message,
        second.span,
        expected="parentheses that say which comes first",
        got=f"`{second.text}` after `{first.text}`",
        hint=hint,
        notes=[(f"`{first.text}` stands here", first.span)],
    )


def fold(items: list[Item]) -> Operand | tree.Expr:
    """What a sequence of operators and operands means; the grammar has seen to it that it is an expression."""
    if len(items) == 1:
        only = items[0]
        assert not isinstance(only, Token)
        return only
    folder = _Folder()
    try:
        _feed(folder, items)
    except ParseError as error:
        if any(isinstance(item, Token) and item.value == "|" for item in items):
            error.hint = r"`|` is an operator; `{x \in S : P}` and `\E x \in S : P` have a `:`"
        raise
    while folder.operators:
        folder.reduce()
    ((node, _, _),) = folder.operands
    return node


def _feed(folder: _Folder, items: list[Item]) -> None:
    operand_due = True
    for item in items:
        if not isinstance(item, Token):
            folder.operand(item)
            operand_due = False
        elif operand_due:
            folder.prefix(item)
        else:
            folder.infix(item)
            operand_due = True
