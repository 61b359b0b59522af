r"""Builds the tree: one method for each alternative of the grammar, called with what its symbols have become.

An `operand` or `expr` of the grammar may be a `precedence.Operand`: a node that has stood in parentheses. Nodes do not
count the parentheses around them as their place, but those around their parts. A `ref` is the list of `NameStep`s of a
compound name, of which the last tells whether it is a name or an application.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, NamedTuple

from ..diagnostics import ParseError
from ..source import Span
from . import tree
from .lexer import MAX_DIGITS, Token
from .precedence import Item, Operand, fold, unwrap
from .proofs import Step, check_proof

Children = list[Any]
"""What the parser hands over: tokens and results of these methods, as the grammar says."""


class Header(NamedTuple):
    """The left side of a definition: `F(a, b)`, `f[x \\in S]`, `a + b`."""

    span: Span
    name: tree.Ident
    params: tuple[tree.Parameter, ...] = ()
    bounds: tuple[tree.Bound, ...] = ()
    is_symbol: bool = False


class NameStep(NamedTuple):
    """One step of a compound name: `M`, `M(x)`, `1`, `(x)`."""

    name: str
    name_span: Span
    span: Span
    args: tuple[tree.Argument, ...] = ()

    def selector(self) -> tree.Selector:
        """The step as part of a path."""
        return tree.Selector(self.span, self.name, self.args)


class Arm(NamedTuple):
    """One `condition -> value` of a CASE."""

    span: Span
    condition: tree.Expr
    value: tree.Expr


def ident(token: Token) -> tree.Ident:
    """The identifier or operator symbol that a token is."""
    return tree.Ident(token.span, token.value)


def spanned(method: Callable[[Any, Children, Span], Any]) -> Callable[[Any, Children], Any]:
    """Hand the method its children out of their parentheses, and the span that they had with them."""

    @wraps(method)
    def call(self: Any, children: Children) -> Any:
        return method(self, [unwrap(child) for child in children], across(children))

    return call


def across(children: Children) -> Span:
    """The span from the first child to the last, either of which may be a list."""
    first, last = children[0], children[-1]
    if isinstance(first, list):
        first = first[0]
    if isinstance(last, list):
        last = last[-1]
    return first.span.to(last.span)


def name_of(steps: list[NameStep]) -> tree.Name:
    """The name that the steps spell, without the arguments of the last."""
    path = tuple(step.selector() for step in steps[:-1])
    last = steps[-1]
    return tree.Name(steps[0].span.to(last.name_span) if path else last.name_span, path, last.name)


class Builder:
    """The callbacks of `tla.lark`; it has no state."""

    # --- lists -------------------------------------------------------------------------------------------------------

    def nothing(self, c: Children) -> None:
        return None

    def first(self, c: Children) -> Any:
        return c[0]

    def second(self, c: Children) -> Any:
        return c[1]

    def one(self, c: Children) -> list[Any]:
        return [unwrap(c[0])]

    def append(self, c: Children) -> list[Any]:
        c[0].append(c[1])
        return c[0]

    def append_third(self, c: Children) -> list[Any]:
        c[0].append(unwrap(c[2]))
        return c[0]

    def one_name(self, c: Children) -> list[tree.Ident]:
        return [ident(c[0])]

    def append_name(self, c: Children) -> list[tree.Ident]:
        c[0].append(ident(c[2]))
        return c[0]

    # --- modules and units -------------------------------------------------------------------------------------------

    @spanned
    def module(self, c: Children, span: Span) -> tree.Module:
        return tree.Module(span, ident(c[1]), tuple(c[3]), tuple(c[4]))

    def no_extends(self, c: Children) -> list[tree.Ident]:
        return []

    def no_units(self, c: Children) -> list[tree.Unit]:
        return []

    def append_unit(self, c: Children) -> list[tree.Unit]:
        if c[1] is not None:
            c[0].append(c[1])
        return c[0]

    @spanned
    def constants(self, c: Children, span: Span) -> tree.Constants:
        return tree.Constants(span, tuple(c[1]))

    @spanned
    def variables(self, c: Children, span: Span) -> tree.Variables:
        return tree.Variables(span, tuple(c[1]))

    @spanned
    def recursive(self, c: Children, span: Span) -> tree.Recursive:
        return tree.Recursive(span, tuple(c[1]))

    def local(self, c: Children) -> tree.OperatorDefinition | tree.FunctionDefinition | tree.Instance:
        span, unit = across(c), c[1]
        if isinstance(unit, tree.OperatorDefinition):
            return tree.OperatorDefinition(span, unit.name, unit.params, unit.body, True)
        if isinstance(unit, tree.FunctionDefinition):
            return tree.FunctionDefinition(span, unit.name, unit.bounds, unit.body, True)
        return tree.Instance(span, unit.name, unit.params, unit.module, unit.substitutions, True)

    @spanned
    def assumption(self, c: Children, span: Span) -> tree.Assumption:
        return tree.Assumption(span, None, c[1])

    @spanned
    def named_assumption(self, c: Children, span: Span) -> tree.Assumption:
        return tree.Assumption(span, c[1].value, c[3])

    def theorem(self, c: Children) -> tree.Theorem:
        return tree.Theorem(c[0].span.to(c[1].span), None, unwrap(c[1]))

    def named_theorem(self, c: Children) -> tree.Theorem:
        return tree.Theorem(c[0].span.to(c[3].span), c[1].value, unwrap(c[3]))

    @spanned
    def definition(self, c: Children, span: Span) -> tree.OperatorDefinition | tree.FunctionDefinition:
        header: Header = c[0]
        if header.bounds:
            return tree.FunctionDefinition(span, header.name, header.bounds, c[2], False)
        return tree.OperatorDefinition(span, header.name, header.params, c[2], False)

    @spanned
    def named_instance(self, c: Children, span: Span) -> tree.Instance:
        header, instance = c[0], c[2]
        if header.bounds or header.is_symbol:
            raise ParseError(
                "only a name may stand for an instance",
                header.span,
                expected="`Name == INSTANCE …` or `Name(x, y) == INSTANCE …`",
                got=f"`{header.span.text}`",
            )
        return tree.Instance(span, header.name, header.params, instance.module, instance.substitutions, False)

    @spanned
    def header(self, c: Children, span: Span) -> Header:
        return Header(span, ident(c[0]), tuple(c[2]) if len(c) > 1 else ())

    @spanned
    def function_header(self, c: Children, span: Span) -> Header:
        return Header(span, ident(c[0]), bounds=tuple(c[2]))

    @spanned
    def infix_header(self, c: Children, span: Span) -> Header:
        params = (tree.Parameter(c[0].span, c[0].value), tree.Parameter(c[2].span, c[2].value))
        return Header(span, ident(c[1]), params, is_symbol=True)

    @spanned
    def postfix_header(self, c: Children, span: Span) -> Header:
        return Header(span, ident(c[1]), (tree.Parameter(c[0].span, c[0].value),), is_symbol=True)

    @spanned
    def prefix_header(self, c: Children, span: Span) -> Header:
        return Header(span, ident(c[0]), (tree.Parameter(c[1].span, c[1].value),), is_symbol=True)

    @spanned
    def param(self, c: Children, span: Span) -> tree.Parameter:
        return tree.Parameter(span, c[0].value, len(c[2]) if len(c) > 1 else 0)

    @spanned
    def infix_param(self, c: Children, span: Span) -> tree.Parameter:
        return tree.Parameter(span, c[1].value, 2)

    @spanned
    def postfix_param(self, c: Children, span: Span) -> tree.Parameter:
        return tree.Parameter(span, c[1].value, 1)

    @spanned
    def prefix_param(self, c: Children, span: Span) -> tree.Parameter:
        return tree.Parameter(span, c[0].value, 1)

    @spanned
    def instance(self, c: Children, span: Span) -> tree.Instance:
        return tree.Instance(span, None, (), ident(c[1]), tuple(c[3]) if len(c) > 2 else (), False)

    @spanned
    def substitution(self, c: Children, span: Span) -> tree.Substitution:
        return tree.Substitution(span, ident(c[0]), c[2])

    # --- theorems and proofs -----------------------------------------------------------------------------------------

    @spanned
    def assume_prove(self, c: Children, span: Span) -> tree.AssumeProve:
        return tree.AssumeProve(span)

    def proof(self, c: Children) -> None:
        check_proof(c[-1])

    def step(self, c: Children) -> Step:
        return Step(c[0], c[1])

    def qed(self, c: Children) -> bool:
        return True

    def no_qed(self, c: Children) -> bool:
        return False

    # --- expressions -------------------------------------------------------------------------------------------------

    def chain(self, c: Children) -> list[Item]:
        return [c[0]]

    def expr(self, c: Children) -> Operand | tree.Expr:
        return fold(c[0])

    def expr_open(self, c: Children) -> Operand | tree.Expr:
        c[0].append(c[1])
        return fold(c[0])

    @spanned
    def quantifier(self, c: Children, span: Span) -> tree.Quantifier:
        return tree.Quantifier(span, c[0].value, tuple(c[1]), c[3])

    @spanned
    def unbounded_quantifier(self, c: Children, span: Span) -> tree.Quantifier:
        names = c[1]
        bound = tree.Bound(across(names), tuple(names), None)
        return tree.Quantifier(span, c[0].value, (bound,), c[3])

    @spanned
    def choose(self, c: Children, span: Span) -> tree.Choose:
        return tree.Choose(span, c[1], c[3])

    @spanned
    def bounded_choose(self, c: Children, span: Span) -> tree.Choose:
        chosen: tree.Bound = c[1]
        return tree.Choose(span, tree.Bound(chosen.span.to(c[3].span), chosen.names, c[3], chosen.is_tuple), c[5])

    @spanned
    def if_(self, c: Children, span: Span) -> tree.If:
        return tree.If(span, c[1], c[3], c[5])

    @spanned
    def case(self, c: Children, span: Span) -> tree.Case:
        arms = tuple((arm.condition, arm.value) for arm in c[1])
        return tree.Case(span, arms, c[5] if len(c) > 2 else None)

    @spanned
    def arm(self, c: Children, span: Span) -> Arm:
        return Arm(span, c[0], c[2])

    @spanned
    def let(self, c: Children, span: Span) -> tree.Let:
        return tree.Let(span, tuple(c[1]), c[3])

    @spanned
    def label(self, c: Children, span: Span) -> tree.Label:
        steps: list[NameStep] = c[0]
        label = steps[0]
        params = [tree.Ident(arg.span, arg.name) for arg in label.args if isinstance(arg, tree.Name) and not arg.path]
        if len(steps) > 1 or len(params) < len(label.args):
            span = label.span.to(steps[-1].span)
            raise ParseError(
                "this is no label",
                span,
                expected="`name::` or `name(x, y)::`, whose parameters are bound where it stands",
                got=f"`{span.text}`",
            )
        return tree.Label(span, label.name, tuple(params), c[2])

    @spanned
    def chosen(self, c: Children, span: Span) -> tree.Bound:
        return tree.Bound(span, (ident(c[0]),), None)

    @spanned
    def chosen_tuple(self, c: Children, span: Span) -> tree.Bound:
        return tree.Bound(span, tuple(c[1]), None, True)

    @spanned
    def bound(self, c: Children, span: Span) -> tree.Bound:
        return tree.Bound(span, tuple(c[0]), c[2])

    @spanned
    def tuple_bound(self, c: Children, span: Span) -> tree.Bound:
        return tree.Bound(span, tuple(c[1]), c[4], True)

    @spanned
    def filter_bound(self, c: Children, span: Span) -> tree.Bound:
        return tree.Bound(span, c[0].names, c[2], c[0].is_tuple)

    def reference(self, c: Children) -> tree.Name | tree.Apply:
        steps: list[NameStep] = c[0]
        name = name_of(steps)
        last = steps[-1]
        return tree.Apply(name.span.to(last.span), name, last.args) if last.args else name

    def number(self, c: Children) -> tree.Number:
        text: str = c[0].value
        if text[0] == "\\":
            return tree.Number(c[0].span, int(text[2:], {"b": 2, "o": 8, "h": 16}[text[1].lower()]))
        if len(text) > MAX_DIGITS:
            raise ParseError(
                "this number is too long", c[0].span, expected=f"{MAX_DIGITS} digits at most", got=f"{len(text)} digits"
            )
        return tree.Number(c[0].span, text if "." in text else int(text))

    def string(self, c: Children) -> tree.String:
        return tree.String(c[0].span, unescape(c[0].value))

    def at(self, c: Children) -> tree.At:
        return tree.At(c[0].span)

    @spanned
    def junction(self, c: Children, span: Span) -> tree.Junction:
        return tree.Junction(span, c[0].value, tuple(c[1]))

    def fairness_of_call(self, c: Children) -> tree.Fairness:
        steps: list[NameStep] = c[1]
        last = steps[-1]
        if len(last.args) != 1 or isinstance(last.args[0], tree.Lambda):
            kind = c[0].value
            span = c[0].span.to(last.span)
            raise ParseError(
                "a fairness condition has one action",
                span,
                expected=f"`{kind}v(A)`, with one action A in parentheses",
                got=f"`{span.text}`",
            )
        subscript = name_of(steps)
        return tree.Fairness(c[0].span.to(last.span), c[0].value[:2], subscript, last.args[0])

    @spanned
    def fairness(self, c: Children, span: Span) -> tree.Fairness:
        subscript = self.reference([c[1]]) if isinstance(c[1], list) else c[1]
        return tree.Fairness(span, c[0].value[:2], subscript, c[3])

    def index(self, c: Children) -> Operand | tree.FunctionApplication:
        node = tree.FunctionApplication(across(c), unwrap(c[0]), tuple(c[2]))
        return suffixed(c[0], node)

    def dot(self, c: Children) -> Operand | tree.Dot:
        return suffixed(c[0], tree.Dot(across(c), unwrap(c[0]), ident(c[2])))

    def postfix(self, c: Children) -> Operand:
        operator: Token = c[1]
        span = across(c)
        node = tree.Apply(span, tree.Name(operator.span, (), operator.value), (unwrap(c[0]),))
        inner = c[0].postfix if isinstance(c[0], Operand) else None
        return Operand(node, span, inner or operator)

    def group(self, c: Children) -> Operand:
        return Operand(unwrap(c[1]), across(c))

    @spanned
    def empty_set(self, c: Children, span: Span) -> tree.SetEnumeration:
        return tree.SetEnumeration(span, ())

    @spanned
    def set_enumeration(self, c: Children, span: Span) -> tree.SetEnumeration:
        return tree.SetEnumeration(span, tuple(c[1]))

    @spanned
    def set_filter(self, c: Children, span: Span) -> tree.SetFilter:
        return tree.SetFilter(span, c[1], c[3])

    @spanned
    def set_map(self, c: Children, span: Span) -> tree.SetMap:
        return tree.SetMap(span, c[1], tuple(c[3]))

    @spanned
    def empty_tuple(self, c: Children, span: Span) -> tree.Tuple:
        return tree.Tuple(span, ())

    @spanned
    def tuple_(self, c: Children, span: Span) -> tree.Tuple:
        return tree.Tuple(span, tuple(c[1]))

    @spanned
    def action_subscript(self, c: Children, span: Span) -> tree.ActionSubscript:
        return tree.ActionSubscript(span, c[0].type == "LANGLE", c[1], c[3])

    @spanned
    def function_set(self, c: Children, span: Span) -> tree.FunctionSet:
        return tree.FunctionSet(span, c[1], c[3])

    @spanned
    def except_(self, c: Children, span: Span) -> tree.Except:
        return tree.Except(span, c[1], tuple(c[3]))

    @spanned
    def function_constructor(self, c: Children, span: Span) -> tree.FunctionConstructor:
        return tree.FunctionConstructor(span, tuple(c[1]), c[3])

    @spanned
    def record(self, c: Children, span: Span) -> tree.Record:
        return tree.Record(span, tuple(c[1]))

    @spanned
    def record_set(self, c: Children, span: Span) -> tree.RecordSet:
        return tree.RecordSet(span, tuple(c[1]))

    def field(self, c: Children) -> tuple[tree.Ident, tree.Expr]:
        return ident(c[0]), unwrap(c[2])

    @spanned
    def update(self, c: Children, span: Span) -> tree.Update:
        return tree.Update(span, tuple(c[1]), c[3])

    def index_step(self, c: Children) -> tuple[tree.Expr, ...]:
        return tuple(c[1])

    def field_step(self, c: Children) -> tree.Ident:
        return ident(c[1])

    def selector(self, c: Children) -> NameStep:
        return NameStep(c[0].value, c[0].span, across(c), tuple(c[2]) if len(c) > 1 else ())

    def instantiation(self, c: Children) -> NameStep:
        return NameStep("()", c[0].span, across(c), tuple(c[1]))

    def operator_argument(self, c: Children) -> tree.Name:
        return tree.Name(c[0].span, (), c[0].value)

    @spanned
    def lambda_(self, c: Children, span: Span) -> tree.Lambda:
        return tree.Lambda(span, tuple(c[1]), c[3])


def suffixed(operand: Operand | tree.Expr, node: tree.FunctionApplication | tree.Dot) -> Any:
    """The node of `operand[…]` or `operand.field`, which still ends in any postfix operator of the operand."""
    postfix = operand.postfix if isinstance(operand, Operand) else None
    return Operand(node, node.span, postfix) if postfix is not None else node


ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}


def unescape(literal: str) -> str:
    """The value of a string literal, quotes and all."""
    body = literal[1:-1]
    if "\\" not in body:
        return body
    parts: list[str] = []
    characters = iter(body)
    for character in characters:
        if character == "\\":
            escaped = next(characters)
            character = ESCAPES.get(escaped, escaped)
        parts.append(character)
    return "".join(parts)
