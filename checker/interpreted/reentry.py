r"""Formulas in action position that refer to themselves: recursive operators, and functions by application.

The body of such a formula becomes a function of its arguments, of the next values known on the way in, and of
what is to be done once it holds. Which further variables have a next value then may differ from one way through the
body to another: there is one continuation for each set of them that is possible (its *outcomes*). These are found by
writing the body until a round adds none: a call within the body continues with the outcomes known so far.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from ...model.diagnostics import UnsupportedError
from ...model.semantics import ir
from ...model.structs import Struct, field
from .bindings import Atom, Binding, Context, Deferred, Named, Py, PyOperator

if TYPE_CHECKING:
    from .walk import Continuation, Walk

Outcome = frozenset[int]
WriteBody = Callable[[Sequence[str], "Continuation"], None]


class Entry(Struct, frozen=False):
    """A body that is being written: its function, and what that is given.

    `parameters`: types (as `Emitter.parameter_type` has them) and names; `held`: the next values known on the way in,
    by variable; `then`: the name of the continuations.
    """

    name: str
    parameters: list[tuple[str, str]]
    held: dict[int, str]
    then: str
    outcomes: set[Outcome] = field(default_factory=set)

    @property
    def handed(self) -> list[str]:
        """The names of the next values that are handed in: the others are current ones."""
        return [text for text in self.held.values() if _changes(text)]

    def added(self, outcome: Outcome) -> list[int]:
        """The variables that got their next value within the body."""
        return sorted(outcome - self.held.keys())

    def ordered(self) -> list[Outcome]:
        return sorted(self.outcomes, key=sorted)


def reenter(
    walk: Walk,
    target: object,
    parameters: Sequence[tuple[str, str]],
    arguments: Sequence[str],
    write: WriteBody,
    then: Continuation,
) -> None:
    """Write a call of the walk of `target`, and that walk where it is not being written already.

    `parameters`: their types, and hints for their names; `write` writes the body, given the names and what follows it.
    """
    emitter = walk.emitter
    assigned = dict(walk.assigned)
    current = emitter.current if isinstance(emitter.current, str) else tuple(sorted((emitter.current or {}).items()))
    known = tuple(sorted((index, None if _changes(text) else text) for index, text in assigned.items()))
    key = (target, known, current, walk.suffix)
    entry = walk.entries.get(key)
    if entry is None:
        entry = _written(walk, key, parameters, write)
    continuations = [_continuation(walk, entry, outcome, then) for outcome in entry.ordered()]
    values = [text for _, text in sorted(assigned.items()) if _changes(text)]
    walk.reenter(entry, [*arguments, *values], continuations)


def _changes(text: str) -> bool:
    """Whether a next value has a name of its own, rather than being the current one."""
    from .walk import ASSIGNED

    return text.startswith(ASSIGNED)


def _written(walk: Walk, key: object, parameters: Sequence[tuple[str, str]], write: WriteBody) -> Entry:
    from .walk import ASSIGNED, Continuation

    emitter, writer = walk.emitter, walk.emitter.writer
    held = {
        index: emitter.fresh(f"{ASSIGNED}{index}") if _changes(text) else text
        for index, text in sorted(walk.assigned.items())
    }
    typed = [(kind, emitter.fresh(hint)) for kind, hint in parameters]
    entry = Entry(emitter.fresh("w"), typed, held, emitter.fresh("k"))
    outer, walk.entries = walk.entries, {**walk.entries, key: entry}
    while True:
        before = len(entry.outcomes)
        with writer.capture() as lines, walk.path():
            emitter.following = dict(held)
            walk.is_once = False
            with walk.reentrant(entry):
                walk.splitting = False
                write([name for _, name in typed], Continuation(lambda: _leave(walk, entry), 1))
        if len(entry.outcomes) == before:
            break
    writer.replay(lines)
    walk.entries = outer
    return entry


def _leave(walk: Walk, entry: Entry) -> None:
    """Write that the body holds: on to the continuation for the variables that have a next value now."""
    outcome = frozenset(walk.assigned)
    entry.outcomes.add(outcome)
    walk.resume(entry.then, entry.ordered().index(outcome), [walk.assigned[index] for index in entry.added(outcome)])


def _continuation(walk: Walk, entry: Entry, outcome: Outcome, then: Continuation) -> str:
    """Write what follows a call as a function of the next values that the body found."""
    from .walk import ASSIGNED

    emitter = walk.emitter
    name = emitter.fresh("k")
    found = {index: emitter.fresh(f"{ASSIGNED}{index}") for index in entry.added(outcome)}
    with walk.path():
        emitter.following = {**walk.assigned, **found}
        with walk.continuation(name, list(found.values())):
            then.emit()
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
    parameters: list[tuple[str, str]] = []
    arguments: list[str] = []
    values: list[tuple[int, ir.Local]] = []
    for index, (param, arg) in enumerate(zip(definition.params, node.args, strict=True)):
        binding = _in_place(walk, definition, param, arg, context)
        if binding is not None and not isinstance(binding, PyOperator):
            places[param] = binding
            continue
        parameters.append((emitter.parameter_type(definition, index), param.name))
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
    reenter(walk, (definition, handed, outer.primed), parameters, arguments, write, then)


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
        walk.require_member(names[0], emitter.value(bound.set, inner))
        walk.functions, kept = {**walk.functions, this: (function, inner)}, walk.functions
        walk.walk(function.body, inner.bind({bound.locals[0]: Atom(Py(names[0], None, True))}), on)
        walk.functions = kept

    inner = context
    if this not in context.env:
        inner = context.bind({this: Atom(Py(*emitter.keep(emitter.value(function, context))))})
    reenter(walk, this, [(emitter.VALUE_TYPE, "a")], [argument], write, then)
