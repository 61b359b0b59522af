"""How a trace speaks of a specification, as data: `<Spec>.trace.toml`, beside the module.

    init = "Init"                      # the names below are these by default;
    next = "Next"                      # or specification = "Spec"
    invariants = ["ElectionSafety"]    # checked in the states of the behaviour that is found
    unobserved = ["messages"]          # variables that no event is expected to observe

    [constants]                        # values the trace need not give, and may not give otherwise
    DroppedGuards = { "#set" = [] }

    [variables]                        # the trace's name of a variable = the specification's
    term = "currentTerm"

    [values]                           # a string anywhere in the trace = the value it stands for
    FOLLOWER = "Follower"

    [values_of.role]                   # the same in observations of one variable; integers and booleans too
    0 = "Follower"

    [events]                           # the trace's name of an event = what it stands for
    Elected  = "BecomeLeader"
    Received = { any = ["HandleVoteRequest", { action = "HandleVoteResponse", args = { i = "$node", m = "message" } }] }
    Appended = { sequence = ["UpdateTerm?", "HandleAppendRequest"], ignore = ["bytes"] }
    Flushed  = { stutter = true }

    [silent]                           # actions that leave no event = how many of them between two events
    Lose = 1

An event that is not named stands for the action of its own name. A parameter takes the argument of its own name, or
what `args` says: an argument, a field of one (`m.mterm`), `$node`, or `*`: any value that Next allows. `?` after a
member of a sequence means that the step may be left out.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable
from collections.abc import Mapping as MappingType
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ...model.diagnostics import InputError, TraceError, did_you_mean
from ...model.source import Source, Span

SUFFIX = ".trace.toml"
NODE = "$node"
OPEN = "*"
OPTIONAL = "?"
EVENT_FORMS = ("action", "sequence", "any", "stutter")


class MappingError(TraceError):
    """A mapping that is malformed or does not fit its specification."""

    kind = "mapping"


@dataclass(frozen=True, slots=True)
class Member:
    """One step of what an event stands for. `args` maps parameters to where their values come from."""

    action: str
    args: MappingType[str, str] = field(default_factory=dict)
    is_optional: bool = False


Alternative = tuple[Member, ...]
"""Steps taken one after the other; none at all is stuttering."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What an event stands for. Arguments that are `ignored` may be given and say nothing."""

    alternatives: tuple[Alternative, ...]
    ignored: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Mapping:
    """A mapping as it was read; names are not looked up yet."""

    source: Source | None = None
    init: str = "Init"
    next: str = "Next"
    specification: str | None = None
    invariants: tuple[str, ...] = ()
    unobserved: tuple[str, ...] = ()
    constants: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    values_of: dict[str, dict[str, Any]] = field(default_factory=dict)
    events: dict[str, Rule] = field(default_factory=dict)
    silent: dict[str, int] = field(default_factory=dict)

    def place(self, name: str) -> Span | None:
        """The first line that mentions `name`: TOML readers do not tell places."""
        return None if self.source is None else _place(self.source, name)

    def rule(self, event: str) -> Rule:
        """What an event of that name stands for."""
        return self.events.get(event) or Rule(((Member(event),),))


def read_mapping(path: Path) -> Mapping:
    """The mapping in the file at `path`.

    Raises:
        InputError: the file cannot be read.
        MappingError: it is malformed.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror}") from error
    return parse_mapping(Source(str(path), text, path))


def parse_mapping(source: Source) -> Mapping:
    """The mapping that a text holds. Raises MappingError."""
    try:
        data = tomllib.loads(source.text)
    except tomllib.TOMLDecodeError as error:
        raise MappingError(f"{source.name} is not TOML: {error}") from error
    return _Reader(source).read(data)


def _place(source: Source, name: str) -> Span | None:
    word = re.compile(rf"(?<!\w){re.escape(name)}(?!\w)")
    for number, line in enumerate(source.lines, 1):
        match = word.search(line)
        if match is not None:
            return Span(source, number, match.start() + 1, number, match.end())
    return None


class _Reader:
    def __init__(self, source: Source) -> None:
        self.source = source

    def read(self, data: dict[str, Any]) -> Mapping:
        known = [name for name in Mapping.__dataclass_fields__ if name != "source"]
        self._only(data, known, "the mapping")
        if "specification" in data and ("init" in data or "next" in data):
            raise self._error("specification", "both a specification and init or next are given", "one of the two")
        values_of = self._table(data, "values_of")
        return Mapping(
            source=self.source,
            init=self._text(data.get("init", "Init"), "init"),
            next=self._text(data.get("next", "Next"), "next"),
            specification=self._text(data["specification"], "specification") if "specification" in data else None,
            invariants=tuple(self._texts(data.get("invariants", []), "invariants")),
            unobserved=tuple(self._texts(data.get("unobserved", []), "unobserved")),
            constants=self._table(data, "constants"),
            variables={key: self._text(name, key) for key, name in self._table(data, "variables").items()},
            values=self._table(data, "values"),
            values_of={variable: self._table(values_of, variable) for variable in values_of},
            events={name: self._rule(name, form) for name, form in self._table(data, "events").items()},
            silent={name: self._budget(name, budget) for name, budget in self._table(data, "silent").items()},
        )

    # --- events -------------------------------------------------------------------------------------------------------

    def _rule(self, event: str, form: object) -> Rule:
        ignored: frozenset[str] = frozenset()
        if isinstance(form, dict) and "ignore" in form:
            ignored = frozenset(self._texts(form["ignore"], event))
            form = {key: value for key, value in form.items() if key != "ignore"}
        return Rule(tuple(self._alternatives(event, form)), ignored)

    def _alternatives(self, event: str, form: object) -> Iterable[Alternative]:
        if isinstance(form, str):
            return [(self._member(event, form, may_skip=False),)]
        if not isinstance(form, dict):
            raise self._error(
                event,
                f"the event `{event}` stands for nothing",
                "an action, { sequence = […] }, { any = […] } or { stutter = true }",
            )
        forms = [name for name in EVENT_FORMS if name in form]
        if len(forms) != 1:
            raise self._error(event, f"the event `{event}` is malformed", f"one of {', '.join(EVENT_FORMS)}")
        match forms[0]:
            case "action":
                return [(self._member(event, form, may_skip=False),)]
            case "stutter":
                self._only(form, ["stutter"], f"the event `{event}`")
                if form["stutter"] is not True:
                    raise self._error(event, f"the event `{event}` is malformed", "stutter = true")
                return [()]
            case "sequence":
                self._only(form, ["sequence"], f"the event `{event}`")
                return [tuple(self._member(event, item, may_skip=True) for item in self._list(form["sequence"], event))]
            case _:
                self._only(form, ["any"], f"the event `{event}`")
                return [one for item in self._list(form["any"], event) for one in self._alternatives(event, item)]

    def _member(self, event: str, form: object, *, may_skip: bool) -> Member:
        """One step: an action's name, with `?` where it may be left out, or a table."""
        if isinstance(form, str):
            is_optional = may_skip and form.endswith(OPTIONAL)
            return Member(form.removesuffix(OPTIONAL) if is_optional else form, {}, is_optional)
        if not isinstance(form, dict):
            raise self._error(event, f"a step of the event `{event}` is malformed", "the name of an action, or a table")
        self._only(form, ["action", "args", *(["optional"] if may_skip else [])], f"a step of the event `{event}`")
        if "action" not in form:
            raise self._error(event, f"a step of the event `{event}` has no action", 'action = "…"')
        args = {name: self._text(origin, event) for name, origin in self._table(form, "args").items()}
        is_optional = form.get("optional", False)
        if not isinstance(is_optional, bool):
            raise self._error(event, f"a step of the event `{event}` is malformed", "optional = true")
        return Member(self._text(form["action"], event), args, is_optional)

    # --- shapes -------------------------------------------------------------------------------------------------------

    def _budget(self, action: str, budget: object) -> int:
        if type(budget) is not int or budget < 1:
            raise self._error(action, f"the budget of `{action}` makes no sense", "a whole number of steps, 1 or more")
        return budget

    def _only(self, table: dict[str, Any], known: list[str], what: str) -> None:
        for key in table:
            if key not in known:
                error = self._error(key, f"{what} has an unknown key `{key}`", ", ".join(known))
                error.hint = did_you_mean(key, known)
                raise error

    def _table(self, data: dict[str, Any], name: str) -> dict[str, Any]:
        value = data.get(name, {})
        if not isinstance(value, dict):
            raise self._error(name, f"`{name}` is not a table", f"[{name}], or {{ … }}")
        return value

    def _list(self, value: object, name: str) -> list[Any]:
        if not isinstance(value, list) or not value:
            raise self._error(name, f"`{name}` is malformed", "a list of at least one element")
        return value

    def _text(self, value: object, name: str) -> str:
        if not isinstance(value, str) or not value:
            raise self._error(name, f"`{name}` is malformed", "a string", json.dumps(value, default=str))
        return value

    def _texts(self, value: object, name: str) -> list[str]:
        if not isinstance(value, list):
            raise self._error(name, f"`{name}` is malformed", "a list of strings")
        return [self._text(item, name) for item in value]

    def _error(self, name: str, message: str, expected: str, got: str | None = None) -> MappingError:
        return MappingError(message, _place(self.source, name), expected=expected, got=got)
