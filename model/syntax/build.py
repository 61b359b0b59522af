r"""Builds the tree: one method for each alternative of the grammar, called with what its symbols have become.

An `operand` of the grammar may be a `precedence.Operand`; an `expr` is always a node of the tree. A `ref` is a list of
`Step`s of a compound name, of which only the last tells whether it is a name or an application.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ..diagnostics import ParseError
from ..source import Span
from . import tree
from .lexer import Token
from .precedence import Operand, fold, unwrap
from .proofs import Step, check_proof

Children = list[Any]
"""What lark hands over: tokens and results of these methods, as the grammar says."""


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


def ident(token: Token) -> tree.Ident:
    """The identifier or operator symbol that a token is."""
    return tree.Ident(token.span, token.value)


def across(children: Children) -> Span:
    """The span from the first child to the last."""
    return children[0].span.to(children[-1].span)


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
        return [c[0]]

    def append(self, c: Children) -> list[Any]:
        c[0].append(c[1])
        return c[0]

    def append_third(self, c: Children) -> list[Any]:
        c[0].append(c[2])
        return c[0]

    def one_name(self, c: Children) -> list[tree.Ident]:
        return [ident(c[0])]

    def append_name(self, c: Children) -> list[tree.Ident]:
        c[0].append(ident(c[2]))
        return c[0]

    # --- modules and units -------------------------------------------------------------------------------------------

    def module(self, c: Children) -> tree.Module:
        return tree.Module(across(c), ident(c[1]), tuple(c[3]), tuple(c[4]))

    def no_extends(self, c: Children) -> list[tree.Ident]:
        return []

    def no_units(self, c: Children) -> list[tree.Unit]:
        return []

    def append_unit(self, c: Children) -> list[tree.Unit]:
        if c[1] is not None:
            c[0].append(c[1])
        return c[0]

    def constants(self, c: Children) -> tree.Constants:
        return tree.Constants(c[0].span.to(c[1][-1].span), tuple(c[1]))

    def variables(self, c: Children) -> tree.Variables:
        return tree.Variables(c[0].span.to(c[1][-1].span), tuple(c[1]))

    def recursive(self, c: Children) -> tree.Recursive:
        return tree.Recursive(c[0].span.to(c[1][-1].span), tuple(c[1]))

    def local(self, c: Children) -> tree.OperatorDefinition | tree.FunctionDefinition | tree.Instance:
        span, unit = across(c), c[1]
        if isinstance(unit, tree.OperatorDefinition):
            return tree.OperatorDefinition(span, unit.name, unit.params, unit.body, True)
        if isinstance(unit, tree.FunctionDefinition):
            return tree.FunctionDefinition(span, unit.name, unit.bounds, unit.body, True)
        return tree.Instance(span, unit.name, unit.params, unit.module, unit.substitutions, True)

    def assumption(self, c: Children) -> tree.Assumption:
        return tree.Assumption(across(c), None, c[1])

    def named_assumption(self, c: Children) -> tree.Assumption:
        return tree.Assumption(across(c), c[1].value, c[3])

    def theorem(self, c: Children) -> tree.Theorem:
        return tree.Theorem(c[0].span.to(c[1].span), None, c[1])

    def named_theorem(self, c: Children) -> tree.Theorem:
        return tree.Theorem(c[0].span.to(c[3].span), c[1].value, c[3])

    def definition(self, c: Children) -> tree.OperatorDefinition | tree.FunctionDefinition:
        header: Header = c[0]
        if header.bounds:
            return tree.FunctionDefinition(across(c), header.name, header.bounds, c[2], False)
        return tree.OperatorDefinition(across(c), header.name, header.params, c[2], False)

    def named_instance(self, c: Children) -> tree.Instance:
        header, instance = c[0], c[2]
        if header.bounds or header.is_symbol:
            raise ParseError(
                "only a name may stand for an instance",
                header.span,
                expected="`Name == INSTANCE …` or `Name(x, y) == INSTANCE …`",
                got=f"`{header.span.text}`",
            )
        return tree.Instance(across(c), header.name, header.params, instance.module, instance.substitutions, False)

    def header(self, c: Children) -> Header:
        return Header(across(c), ident(c[0]), tuple(c[2]) if len(c) > 1 else ())

    def function_header(self, c: Children) -> Header:
        return Header(across(c), ident(c[0]), bounds=tuple(c[2]))

    def infix_header(self, c: Children) -> Header:
        params = (tree.Parameter(c[0].span, c[0].value), tree.Parameter(c[2].span, c[2].value))
        return Header(across(c), ident(c[1]), params, is_symbol=True)

    def postfix_header(self, c: Children) -> Header:
        return Header(across(c), ident(c[1]), (tree.Parameter(c[0].span, c[0].value),), is_symbol=True)

    def prefix_header(self, c: Children) -> Header:
        return Header(across(c), ident(c[0]), (tree.Parameter(c[1].span, c[1].value),), is_symbol=True)

    def param(self, c: Children) -> tree.Parameter:
        return tree.Parameter(across(c), c[0].value, len(c[2]) if len(c) > 1 else 0)

    def infix_param(self, c: Children) -> tree.Parameter:
        return tree.Parameter(across(c), c[1].value, 2)

    def postfix_param(self, c: Children) -> tree.Parameter:
        return tree.Parameter(across(c), c[1].value, 1)

    def prefix_param(self, c: Children) -> tree.Parameter:
        return tree.Parameter(across(c), c[0].value, 1)

    def instance(self, c: Children) -> tree.Instance:
        substitutions = tuple(c[3]) if len(c) > 2 else ()
        last = substitutions[-1] if substitutions else c[1]
        return tree.Instance(c[0].span.to(last.span), None, (), ident(c[1]), substitutions, False)

    def substitution(self, c: Children) -> tree.Substitution:
        return tree.Substitution(across(c), ident(c[0]), c[2])

    # --- theorems and proofs -----------------------------------------------------------------------------------------

    def assume_prove(self, c: Children) -> tree.AssumeProve:
        start = c[0][0] if isinstance(c[0], list) else c[0]
        return tree.AssumeProve(start.span.to(c[-1].span))

    def proof(self, c: Children) -> None:
        check_proof(c[-1])

    def step(self, c: Children) -> Step:
        return Step(c[0], c[1])

    def qed(self, c: Children) -> bool:
        return True

    def no_qed(self, c: Children) -> bool:
        return False

    # --- expressions -------------------------------------------------------------------------------------------------

    def expr(self, c: Children) -> tree.Expr:
        return fold(c[0])

    def expr_open(self, c: Children) -> tree.Expr:
        c[0].append(c[1])
        return fold(c[0])

    def quantifier(self, c: Children) -> tree.Quantifier:
        return tree.Quantifier(across(c), c[0].value, tuple(c[1]), c[3])

    def unbounded_quantifier(self, c: Children) -> tree.Quantifier:
        names = c[1]
        bound = tree.Bound(across(names), tuple(names), None)
        return tree.Quantifier(across(c), c[0].value, (bound,), c[3])

    def choose(self, c: Children) -> tree.Choose:
        return tree.Choose(across(c), c[1], c[3])

    def bounded_choose(self, c: Children) -> tree.Choose:
        chosen: tree.Bound = c[1]
        bound = tree.Bound(chosen.span.to(c[3].span), chosen.names, c[3], chosen.is_tuple)
        return tree.Choose(across(c), bound, c[5])

    def if_(self, c: Children) -> tree.If:
        return tree.If(across(c), c[1], c[3], c[5])

    def case(self, c: Children) -> tree.Case:
        other = c[5] if len(c) > 2 else None
        last = other if other is not None else c[1][-1][1]
        return tree.Case(c[0].span.to(last.span), tuple(c[1]), other)

    def arm(self, c: Children) -> tuple[tree.Expr, tree.Expr]:
        return c[0], c[2]

    def let(self, c: Children) -> tree.Let:
        return tree.Let(across(c), tuple(c[1]), c[3])

    def label(self, c: Children) -> tree.Label:
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
        return tree.Label(label.span.to(c[2].span), label.name, tuple(params), c[2])

    def chosen(self, c: Children) -> tree.Bound:
        return tree.Bound(c[0].span, (ident(c[0]),), None)

    def chosen_tuple(self, c: Children) -> tree.Bound:
        return tree.Bound(across(c), tuple(c[1]), None, True)

    def bound(self, c: Children) -> tree.Bound:
        return tree.Bound(c[0][0].span.to(c[2].span), tuple(c[0]), c[2])

    def tuple_bound(self, c: Children) -> tree.Bound:
        return tree.Bound(across(c), tuple(c[1]), c[4], True)

    def filter_bound(self, c: Children) -> tree.Bound:
        return tree.Bound(across(c), c[0].names, c[2], c[0].is_tuple)

    def reference(self, c: Children) -> tree.Name | tree.Apply:
        steps: list[NameStep] = c[0]
        name = name_of(steps)
        last = steps[-1]
        return tree.Apply(name.span.to(last.span), name, last.args) if last.args else name

    def number(self, c: Children) -> tree.Number:
        text: str = c[0].value
        if text[0] == "\\":
            return tree.Number(c[0].span, int(text[2:], {"b": 2, "o": 8, "h": 16}[text[1].lower()]))
        return tree.Number(c[0].span, text if "." in text else int(text))

    def string(self, c: Children) -> tree.String:
        return tree.String(c[0].span, unescape(c[0].value))

    def at(self, c: Children) -> tree.At:
        return tree.At(c[0].span)

    def junction(self, c: Children) -> tree.Junction:
        return tree.Junction(c[0].span.to(c[1][-1].span), c[0].value, tuple(c[1]))

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

    def fairness(self, c: Children) -> tree.Fairness:
        subscript = self.reference([c[1]]) if isinstance(c[1], list) else unwrap(c[1])
        return tree.Fairness(across(c), c[0].value[:2], subscript, c[3])

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
        return Operand(c[1], across(c))

    def empty_set(self, c: Children) -> tree.SetEnumeration:
        return tree.SetEnumeration(across(c), ())

    def set_enumeration(self, c: Children) -> tree.SetEnumeration:
        return tree.SetEnumeration(across(c), tuple(c[1]))

    def set_filter(self, c: Children) -> tree.SetFilter:
        return tree.SetFilter(across(c), c[1], c[3])

    def set_map(self, c: Children) -> tree.SetMap:
        return tree.SetMap(across(c), c[1], tuple(c[3]))

    def empty_tuple(self, c: Children) -> tree.Tuple:
        return tree.Tuple(across(c), ())

    def tuple_(self, c: Children) -> tree.Tuple:
        return tree.Tuple(across(c), tuple(c[1]))

    def action_subscript(self, c: Children) -> tree.ActionSubscript:
        return tree.ActionSubscript(across(c), c[0].type == "LANGLE", c[1], unwrap(c[3]))

    def function_set(self, c: Children) -> tree.FunctionSet:
        return tree.FunctionSet(across(c), c[1], c[3])

    def except_(self, c: Children) -> tree.Except:
        return tree.Except(across(c), c[1], tuple(c[3]))

    def function_constructor(self, c: Children) -> tree.FunctionConstructor:
        return tree.FunctionConstructor(across(c), tuple(c[1]), c[3])

    def record(self, c: Children) -> tree.Record:
        return tree.Record(across(c), tuple(c[1]))

    def record_set(self, c: Children) -> tree.RecordSet:
        return tree.RecordSet(across(c), tuple(c[1]))

    def field(self, c: Children) -> tuple[tree.Ident, tree.Expr]:
        return ident(c[0]), c[2]

    def update(self, c: Children) -> tree.Update:
        return tree.Update(across(c), tuple(c[1]), c[3])

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

    def lambda_(self, c: Children) -> tree.Lambda:
        return tree.Lambda(across(c), tuple(c[1]), c[3])


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
