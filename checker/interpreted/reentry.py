r"""Formulas in action position that refer to themselves: recursive operators, and functions by application.

The body of such a formula becomes a Python function of its arguments, of the next values known on the way in, and of
what is to be done once it holds. Which further variables have a next value then may differ from one way through the
body to another: there is one continuation for each set of them that is possible (its *outcomes*). These are found by
writing the body until a round adds none: a call within the body continues with the outcomes known so far.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...model.diagnostics import UnsupportedError
from ...model.semantics import ir
from .expressions import Atom, Binding, Context, Deferred, Named, Py, PyOperator

if TYPE_CHECKING:
    from .actions import Continuation, Walk

Outcome = frozenset[int]
WriteBody = Callable[[Sequence[str], "Continuation"], None]


@dataclass(eq=False, slots=True)
class Entry:
    """A body that is being written: its Python function, the names of the next values and continuations it is given."""

    name: str
    parameters: list[str]
    held: dict[int, str]
    then: str
    outcomes: set[Outcome] = field(default_factory=set)

    def added(self, outcome: Outcome) -> list[int]:
        """The variables that got their next value within the body."""
        return sorted(outcome - self.held.keys())

    def ordered(self) -> list[Outcome]:
        return sorted(self.outcomes, key=sorted)


def reenter(
    walk: Walk, target: object, hints: Sequence[str], arguments: Sequence[str], write: WriteBody, then: Continuation
) -> None:
    """Write a call of the walk of `target`, and that walk where it is not being written already.

    `hints` are for the names of its parameters; `write` writes the body, given those names and what follows it.
    """
    emitter = walk.emitter
    assigned = dict(walk.assigned)
    current = emitter.current if isinstance(emitter.current, str) else tuple(sorted((emitter.current or {}).items()))
    known = tuple(sorted((index, None if _changes(text) else text) for index, text in assigned.items()))
    key = (target, known, current, walk.suffix)
    entry = walk.entries.get(key)
    if entry is None:
        entry = _written(walk, key, hints, write)
    names = [_continuation(walk, entry, outcome, then) for outcome in entry.ordered()]
    values = [text for _, text in sorted(assigned.items()) if _changes(text)]
    handed = ", ".join([*arguments, *values, f"({''.join(f'{name}, ' for name in names)})"])
    emitter.writer.write(walk.jump.format(call=f"{entry.name}({handed})"))


def _changes(text: str) -> bool:
    """Whether a next value has a name of its own, rather than being the current one."""
    return text.startswith("N")


def _written(walk: Walk, key: object, hints: Sequence[str], write: WriteBody) -> Entry:
    from .actions import Continuation

    emitter, writer = walk.emitter, walk.emitter.writer
    held = {
        index: emitter.fresh(f"N{index}") if _changes(text) else text for index, text in sorted(walk.assigned.items())
    }
    names = [emitter.fresh(hint) for hint in hints]
    entry = Entry(emitter.fresh("w"), names, held, emitter.fresh("k"))
    header = ", ".join([*names, *(text for text in held.values() if _changes(text)), entry.then])
    outer, walk.entries = walk.entries, {**walk.entries, key: entry}
    while True:
        before = len(entry.outcomes)
        with writer.capture() as lines, walk.path(), writer.function(entry.name, header):
            emitter.following = dict(held)
            walk.splitting = False
            write(names, Continuation(lambda: _leave(walk, entry), 1))
            if walk.leave != "return":
                writer.write(walk.leave)
        if len(entry.outcomes) == before:
            break
    writer.replay(lines)
    walk.entries = outer
    return entry


def _leave(walk: Walk, entry: Entry) -> None:
    """Write that the body holds: on to the continuation for the variables that have a next value now."""
    outcome = frozenset(walk.assigned)
    entry.outcomes.add(outcome)
    values = ", ".join(walk.assigned[index] for index in entry.added(outcome))
    call = f"{entry.then}[{entry.ordered().index(outcome)}]({values})"
    walk.emitter.writer.write(walk.jump.format(call=call))


def _continuation(walk: Walk, entry: Entry, outcome: Outcome, then: Continuation) -> str:
    """Write what follows a call as a function of the next values that the body found."""
    emitter, writer = walk.emitter, walk.emitter.writer
    name = emitter.fresh("k")
    found = {index: emitter.fresh(f"N{index}") for index in entry.added(outcome)}
    with walk.path(), writer.function(name, ", ".join(found.values())):
        emitter.following = {**walk.assigned, **found}
        then.emit()
        if walk.leave != "return":
            writer.write(walk.leave)
    return name


# --- recursive operators ---------------------------------------------------------------------------------------------


def call_operator(
    walk: Walk, node: ir.Call, definition: ir.Definition, outer: Context, context: Context, then: Continuation
) -> None:
    """Walk a call of a recursive operator.

    Operators and formulas that give variables values are put in place of its parameters; a call of the operator within
    its body may hand them on, and not make new ones. All other arguments are values, or thunks of them.
    """
    emitter = walk.emitter
    places: dict[ir.Local, Binding] = {}
    hints: list[str] = []
    arguments: list[str] = []
    values: list[tuple[int, ir.Local]] = []
    for index, (param, arg) in enumerate(zip(definition.params, node.args, strict=True)):
        binding = _in_place(walk, definition, param, arg, context)
        if binding is not None and not isinstance(binding, PyOperator):
            places[param] = binding
            continue
        hints.append(param.name)
        values.append((index, param))
        if isinstance(binding, PyOperator):
            arguments.append(binding.name)
        else:
            arguments.append(emitter.passed_argument(definition, index, arg, context))

    def write(names: Sequence[str], on: Continuation) -> None:
        env: dict[object, Binding] = {**outer.env, **places}
        for (index, param), name in zip(values, names, strict=True):
            env[param] = emitter.parameter(definition, index, name)
        walk.walking, kept = walk.walking | {definition}, walk.walking
        walk.walk(definition.body, Context(env, outer.primed), on)
        walk.walking = kept

    handed = tuple((param, place.target if isinstance(place, Named) else place) for param, place in places.items())
    reenter(walk, (definition, handed, outer.primed), hints, arguments, write, then)


def _in_place(
    walk: Walk, definition: ir.Definition, param: ir.Local, arg: ir.Argument, context: Context
) -> Binding | None:
    """What is put in place of a parameter; None where a value, or a thunk of one, is passed."""
    inside = definition in walk.walking
    if param.arity:
        binding = walk.emitter.argument(arg, context)
        if inside and isinstance(arg, ir.Lambda):
            return PyOperator(walk.emitter.callable(binding, param.arity, primed=context.primed))
        return binding
    if isinstance(arg, ir.LocalRef) and isinstance(context.env.get(arg.local), Deferred):
        known = context.env[arg.local]
        assert isinstance(known, Deferred)
        if walk.branches(known.expr, known.context):
            return known
        return None
    assert not isinstance(arg, (ir.Lambda, ir.OperatorRef))
    if inside and walk.assigns(arg, context):
        raise UnsupportedError(
            f"a recursive call of `{definition.name}` makes a new formula about next values for `{param.name}`",
            arg.span,
            hint="hand the parameter on as it is, or write the formula in the body",
        )
    return Deferred(arg, context) if not inside and walk.branches(arg, context) else None


# --- recursive functions ---------------------------------------------------------------------------------------------


def call_function(
    walk: Walk,
    function: ir.FunctionConstructor,
    context: Context,
    argument: str,
    then: Continuation,
) -> None:
    """Walk an application of a recursive function of one argument, whose text is given."""
    emitter = walk.emitter
    this, bound = function.this, function.bounds[0]
    assert this is not None

    def write(names: Sequence[str], on: Continuation) -> None:
        require_member(walk, names[0], bound, context)
        walk.functions, kept = {**walk.functions, this: (function, inner)}, walk.functions
        walk.walk(function.body, inner.bind({bound.locals[0]: Atom(Py(names[0], None, True))}), on)
        walk.functions = kept

    inner = context
    if this not in context.env:
        inner = context.bind({this: Atom(emitter.keep(emitter.value(function, context)))})
    reenter(walk, this, ["a"], [argument], write, then)


def require_member(walk: Walk, argument: str, bound: ir.Bound, context: Context) -> None:
    """Write that an argument must be in the domain of a function."""
    domain = walk.emitter.value(bound.set, context)
    walk.emitter.writer.write(f"require_member({argument}, {domain.text})")
