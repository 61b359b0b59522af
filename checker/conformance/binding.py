"""Events bound to a specification: each as the sequences of steps it may stand for, and what it says of the states.

Everything in a trace that names something is looked up here, before the search: an unknown name is an error of the
trace, not a run that does not conform.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from ...model.diagnostics import TraceError, did_you_mean
from ...model.semantics import ir
from ...model.semantics.ir import Level
from ...model.source import Span
from ...model.values import Value, show
from ..interpreted.program import State
from .json_places import Path
from .mapping import NODE, OPEN, Alternative, MappingError, Member, Rule
from .reading import FIELD, MISSING, NAME, Keys, ObservationPath, look_up
from .subject import Given, Steps, Subject
from .trace import Event, Trace


@dataclass(frozen=True, slots=True)
class Observation:
    """A claim of an event: at `path` the state has `value`."""

    text: str
    variable: int
    keys: Keys
    value: Value

    def holds(self, state: State) -> bool:
        return look_up(state[self.variable], self.keys) == self.value


@dataclass(frozen=True, slots=True)
class Step:
    """One step to be taken: of an action with the values of its given parameters; of any action (None)."""

    action: ir.Definition | None
    given: Given
    values: tuple[Value, ...]
    steps: Steps
    is_optional: bool = False

    @property
    def title(self) -> str:
        """`HandleVoteRequest(i = "n1", m = …)`, without what is not given."""
        if self.action is None:
            return "any step"
        pairs = zip(self.given, self.values, strict=True)
        args = ", ".join(f"{self.action.params[position].name} = {show(value)}" for position, value in pairs)
        return f"{self.action.name}({args})" if args else self.action.name


@dataclass(frozen=True, slots=True)
class BoundEvent:
    """An event ready to be replayed. An alternative without steps is stuttering."""

    event: Event
    alternatives: tuple[tuple[Step, ...], ...]
    before: tuple[Observation, ...]
    after: tuple[Observation, ...]

    @property
    def checks_nothing(self) -> bool:
        """Whether it would fit any run: it observes nothing, and names no step that has to be possible."""
        needs_action = all(
            any(step.action is not None and not step.is_optional for step in steps) for steps in self.alternatives
        )
        return not (self.before or self.after or needs_action)


@dataclass(slots=True)
class Binder:
    """Binds the events of one trace; notes what should be said of the trace as a whole."""

    subject: Subject
    trace: Trace
    observed: set[str] = field(default_factory=set)
    """Variables of the specification that some event observes."""
    open: dict[tuple[str, str], int] = field(default_factory=dict)
    """Action and parameter that some event leaves open without the mapping saying so → the first such line."""
    _paths: dict[str, ObservationPath] = field(default_factory=dict)

    def events(self) -> list[BoundEvent]:
        """All events. Raises TraceError and MappingError at the first thing that is unknown."""
        self._check_header()
        self._check_mapping()
        return [self._event(event) for event in self.trace.events]

    def silent(self) -> list[tuple[Step, int]]:
        """The silent actions of the mapping with their budgets."""
        mapping = self.subject.mapping
        return [
            (self._step(self._mapped_action(name), (), (), is_optional=False), budget)
            for name, budget in mapping.silent.items()
        ]

    # --- header and mapping -------------------------------------------------------------------------------------------

    def _check_header(self) -> None:
        header = self.trace.header
        for index, name in enumerate(header.observed or ()):
            variable = self.subject.mapping.variables.get(name, name)
            self._variable(variable, lambda index=index: self.trace.place(header.line, ("observed", index)))

    def _check_mapping(self) -> None:
        mapping = self.subject.mapping
        names = [*mapping.variables.values(), *mapping.values_of, *mapping.unobserved]
        for name in names:
            if name not in self.subject.variables:
                raise MappingError(
                    f"module {self.subject.module.name} has no variable `{name}`",
                    mapping.place(name),
                    hint=did_you_mean(name, self.subject.variables),
                )
        for rule in mapping.events.values():
            for member in (member for alternative in rule.alternatives for member in alternative):
                action = self._mapped_action(member.action)
                parameters = [param.name for param in action.params]
                for name in member.args:
                    if name not in parameters:
                        raise MappingError(
                            f"the action `{action.name}` has no parameter `{name}`",
                            mapping.place(name),
                            expected=", ".join(parameters) or "no parameters",
                            hint=did_you_mean(name, parameters),
                        )

    def _mapped_action(self, name: str) -> ir.Definition:
        action = self.subject.action(name)
        if action is None:
            raise MappingError(*self._no_action(name, self.subject.mapping.place(name)))
        return action

    def _no_action(self, name: str, place: Span | None) -> tuple[str, Span | None]:
        subject = self.subject
        if name in subject.module.definitions:
            return f"`{name}` is defined in {subject.module.name}, but no step of its next-state action is one", place
        return f"module {subject.module.name} has no action `{name}`", place

    # --- events -------------------------------------------------------------------------------------------------------

    def _event(self, event: Event) -> BoundEvent:
        nodes = self.trace.header.nodes
        if event.node is not None and nodes is not None and event.node not in nodes:
            raise TraceError(
                f"the header names no node `{event.node}`",
                self.trace.place(event.line, ("node",)),
                expected=", ".join(nodes),
                hint=did_you_mean(event.node, nodes),
            )
        return BoundEvent(
            event,
            tuple(self._alternatives(event)),
            tuple(self._observations(event, "pre", event.before)),
            tuple(self._observations(event, "obs", event.after)),
        )

    def _alternatives(self, event: Event) -> Iterator[tuple[Step, ...]]:
        if event.actions is None:
            if event.args:
                raise TraceError("arguments without an action", self.trace.place(event.line, ("args",)))
            yield (self._step(None, (), (), is_optional=False),)
            return
        rules = [self._rule(event, index, name) for index, name in enumerate(event.actions)]
        args = {
            name: self.subject.reading.value(data, self._placing(event, "args", name))
            for name, data in event.args.items()
        }
        used: set[str] = set()
        for rule in rules:
            used |= rule.ignored
            for alternative in rule.alternatives:
                yield self._bound_alternative(event, alternative, args, used)
        for name in args:
            if name not in used:
                self._unknown_argument(event, name, rules)

    def _rule(self, event: Event, index: int, name: str) -> Rule:
        mapping = self.subject.mapping
        if name not in mapping.events and self.subject.action(name) is None:
            is_alone = isinstance(event.actions, tuple) and len(event.actions) == 1
            place = self.trace.place(event.line, ("action",))
            if not is_alone or place.text.startswith("["):
                place = self.trace.place(event.line, ("action", index))
            message, _ = self._no_action(name, None)
            error = TraceError(message, place)
            error.hint = did_you_mean(name, self._action_names())
            raise error
        return mapping.rule(name)

    def _action_names(self) -> list[str]:
        definitions = self.subject.module.definitions
        names = [name for name in definitions if definitions[name].level == Level.ACTION]
        return [*self.subject.mapping.events, *(name for name in names if self.subject.action(name) is not None)]

    def _unknown_argument(self, event: Event, name: str, rules: list[Rule]) -> None:
        members = [member for rule in rules for alternative in rule.alternatives for member in alternative]
        known: list[str] = []
        for member in members:
            action = self._mapped_action(member.action)
            known += [param.name for param in action.params if param.name not in member.args]
            known += [origin.partition(".")[0] for origin in member.args.values() if origin not in (NODE, OPEN)]
        raise TraceError(
            f"`{' or '.join(event.actions or ())}` takes no argument `{name}`",
            self.trace.place(event.line, ("args", name), key=True),
            expected=", ".join(dict.fromkeys(known)) or "no arguments",
            hint=did_you_mean(name, known),
        )

    # --- steps --------------------------------------------------------------------------------------------------------

    def _bound_alternative(
        self, event: Event, alternative: Alternative, args: dict[str, Value], used: set[str]
    ) -> tuple[Step, ...]:
        return tuple(self._bound_member(event, member, args, used) for member in alternative)

    def _bound_member(self, event: Event, member: Member, args: dict[str, Value], used: set[str]) -> Step:
        action = self._mapped_action(member.action)
        given: list[int] = []
        values: list[Value] = []
        for position, param in enumerate(action.params):
            origin = member.args.get(param.name)
            if origin is None and param.name not in args:
                self.open.setdefault((action.name, param.name), event.line)
            elif origin != OPEN:
                given.append(position)
                values.append(self._argument(event, origin or param.name, args, used))
        return self._step(action, tuple(given), tuple(values), is_optional=member.is_optional)

    def _argument(self, event: Event, origin: str, args: dict[str, Value], used: set[str]) -> Value:
        """The value that an `args` entry of the mapping speaks of: `$node`, `m` or `m.mterm`."""
        if origin == NODE:
            if event.node is None:
                raise TraceError("the event names no node", self.trace.place(event.line), expected="`node`")
            return event.node
        match = NAME.match(origin)
        name = match[0] if match else origin
        if name not in args:
            raise TraceError(
                f"the event has no argument `{name}`",
                self.trace.place(event.line),
                expected=f"`{name}`, from which the mapping takes `{origin}`",
            )
        used.add(name)
        fields = FIELD.findall(origin[len(name) :])
        value = look_up(args[name], tuple((field,) for field in fields))
        if value is MISSING:
            place = self.trace.place(event.line, ("args", name))
            raise TraceError(f"the argument `{name}` has no field `{origin}`", place, got=show(args[name]))
        return value

    def _step(
        self, action: ir.Definition | None, given: Given, values: tuple[Value, ...], *, is_optional: bool
    ) -> Step:
        return Step(action, given, values, self.subject.steps(action, given), is_optional)

    # --- observations -------------------------------------------------------------------------------------------------

    def _observations(self, event: Event, kind: str, data: dict[str, object]) -> Iterator[Observation]:
        for text, value in data.items():
            path = self._path(event, kind, text)
            self.observed.add(path.variable)
            read = self.subject.reading.observed(path.variable, value, self._placing(event, kind, text))
            yield Observation(text, self.subject.variables[path.variable], path.keys, read)

    def _path(self, event: Event, kind: str, text: str) -> ObservationPath:
        path = self._paths.get(text)
        if path is None:
            place = self._placing_key(event, kind, text)
            try:
                path = self.subject.reading.path(text)
            except TraceError as error:
                raise error.located(place()) from None
            self._check_path(text, path, place)
            self._paths[text] = path
        return path

    def _check_path(self, text: str, path: ObservationPath, place: Callable[[], Span]) -> None:
        self._variable(path.variable, place)
        observed = self.trace.header.observed
        names = self.subject.mapping.variables
        if observed is not None and path.variable not in [names.get(name, name) for name in observed]:
            raise TraceError(
                f"`{path.variable}` is not among the variables that the header says are observed",
                place(),
                expected=", ".join(observed) or "none",
            )
        for candidates in path.keys:
            # Neither the constants nor the text of the modules have the string, so no state can have such an entry.
            if all(isinstance(key, str) and key not in self.subject.strings for key in candidates):
                raise TraceError(
                    f"no state has an entry `{candidates[0]}`: neither the constants nor the specification mention it",
                    place(),
                    hint=did_you_mean(str(candidates[0]), self.subject.strings),
                )

    def _variable(self, name: str, place: Callable[[], Span]) -> None:
        if name not in self.subject.variables:
            known = [*self.subject.variables, *self.subject.mapping.variables]
            raise TraceError(
                f"module {self.subject.module.name} has no variable `{name}`",
                place(),
                hint=did_you_mean(name, known),
            )

    def _placing(self, event: Event, *path: str) -> Callable[[Path], Span]:
        return lambda inner: self.trace.place(event.line, (*path, *inner))

    def _placing_key(self, event: Event, *path: str) -> Callable[[], Span]:
        return lambda: self.trace.place(event.line, path, key=True)
