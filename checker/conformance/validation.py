"""`Validator`: traces in, verdicts out."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from ...model.diagnostics import InputError, TraceError, did_you_mean
from ...model.modules.loader import load_module
from ...model.semantics import ir
from ...model.values import Domain, domain_of
from ..interpreted.failures import prepared_interpreter
from .binding import Binder, BoundEvent
from .explanation import Explainer, Refusal
from .mapping import SUFFIX, Mapping, read_mapping
from .search import Overflow, Search, Violation
from .subject import Subject
from .trace import Event, Trace

MAX_STEPS = 1_000_000


class Verdict(StrEnum):
    CONFORMS = "conforms"
    DOES_NOT_CONFORM = "does not conform"
    MALFORMED = "malformed"
    INCONCLUSIVE = "inconclusive"


EXIT_CODES = {
    Verdict.CONFORMS: 0,
    Verdict.DOES_NOT_CONFORM: 1,
    Verdict.MALFORMED: 2,
    Verdict.INCONCLUSIVE: 3,
}


@dataclass(frozen=True, slots=True)
class Result:
    """What replaying one trace has shown.

    `explained` is the number of events of the longest prefix that has a behaviour; where that is not all of them,
    `refusals` say why the next one has no place, nearest first, and `prefixes` how many states those behaviours end in.
    `actions` counts the steps of the behaviour found (of a prefix, where the whole has none).
    """

    verdict: Verdict
    trace: Trace = field(repr=False)
    explained: int
    refusals: tuple[Refusal, ...] = ()
    prefixes: int = 0
    violation: Violation | None = None
    actions: Counter[str] = field(default_factory=Counter)
    silent: int = 0
    evaluated: int = 0
    seconds: float = 0.0
    warnings: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        return EXIT_CODES[self.verdict]

    @property
    def refused(self) -> Event | None:
        """The event that has no place in any behaviour."""
        return self.trace.events[self.explained] if self.explained < len(self.trace.events) else None


class Validator:
    """Replays traces against one specification. What it compiles serves all traces with the same constants."""

    def __init__(self, module: ir.ResolvedModule, mapping: Mapping | None = None, max_steps: int = MAX_STEPS) -> None:
        self.module = module
        self.mapping = mapping or Mapping()
        self.max_steps = max_steps
        self._subject: Subject | None = None
        self._constants = ""
        self._token: Domain | None = None

    def validate(self, trace: Trace) -> Result:
        """Whether the trace conforms.

        Raises:
            TraceError: it does not fit the specification, or checks nothing; MappingError: the mapping does not.
            SpecError: the specification has no value where it is evaluated.
        """
        started = time.perf_counter()
        with prepared_interpreter():
            subject = self._subject_for(trace)
            binder = Binder(subject, trace)
            events = binder.events()
            _refuse_vacuous(trace, events)
            search = Search(subject, events, binder.silent(), self.max_steps)
            verdict = Verdict.INCONCLUSIVE
            refusals: list[Refusal] = []
            with suppress(Overflow):
                verdict = Verdict.CONFORMS if search.run() else Verdict.DOES_NOT_CONFORM
            if verdict is Verdict.DOES_NOT_CONFORM:
                refusals = Explainer(search).refusals()
        figures = search.figures
        violation = figures.violation if verdict is Verdict.CONFORMS else None
        return Result(
            verdict if violation is None else Verdict.DOES_NOT_CONFORM,
            trace,
            figures.deepest,
            tuple(refusals),
            len(figures.frontier),
            violation,
            figures.actions,
            figures.silent,
            figures.evaluated,
            time.perf_counter() - started,
            tuple(_warnings(binder, events)),
        )

    def _subject_for(self, trace: Trace) -> Subject:
        """The specification under the constants of the trace, made anew where it cannot be the last one.

        Making a subject sets the order of strings, on which values rest: one that was made before another model was
        loaded, by whomever, is of no use any more.
        """
        constants = json.dumps([trace.header.spec, trace.header.constants], sort_keys=True)
        if self._subject is None or constants != self._constants or self._token is not _token():
            self._subject = Subject(self.module, self.mapping, trace)
            self._constants, self._token = constants, _token()
        return self._subject


def _token() -> Domain:
    """A domain that is forgotten, and so another object, once another order of strings is set."""
    return domain_of(frozenset(("",)))


def load_validator(module: Path, mapping: Path | None = None, max_steps: int = MAX_STEPS) -> Validator:
    """A validator for the module at that path; its mapping is by default `<Module>.trace.toml` beside it, if any.

    Raises SpecError where either cannot be read.
    """
    if mapping is None:
        beside = module.with_name(module.stem + SUFFIX)
        mapping = beside if beside.is_file() else None
    return Validator(load_module(module), read_mapping(mapping) if mapping is not None else None, max_steps)


def find_module(target: str, spec: str, specs: Path) -> Path:
    """The module that a target names: a path, or a protocol of `specs`, of which a trace names the module.

    Raises InputError where there is none.
    """
    protocol = target.partition("/")[0]
    in_catalog = specs / protocol / f"{spec}.tla"
    if target.endswith(".tla") or not (specs / protocol).is_dir():
        path = Path(target)
        if path.suffix != ".tla":
            path = path.with_name(path.name + ".tla")
        if path.is_file():
            return path
        known = sorted(path.parent.name for path in specs.glob(f"*/*{SUFFIX}"))
        raise InputError(
            f"unknown specification: {target}",
            expected=f"the path of a .tla file, or one of: {', '.join(known)}",
            hint=did_you_mean(target, known),
        )
    if not in_catalog.is_file():
        known = sorted(path.name.removesuffix(SUFFIX) for path in (specs / protocol).glob(f"*{SUFFIX}"))
        raise InputError(
            f"the protocol {protocol} has no module {spec}, which the trace names",
            expected=" or ".join(known) or None,
            got=spec,
        )
    return in_catalog


def _refuse_vacuous(trace: Trace, events: list[BoundEvent]) -> None:
    if all(event.checks_nothing for event in events):
        raise TraceError(
            "the trace checks nothing",
            trace.place(trace.header.line),
            expected="events that observe a variable, or name an action that has to be possible",
            hint="what would fit any run proves nothing",
        )


def _warnings(binder: Binder, events: list[BoundEvent]) -> Iterator[str]:
    subject, header = binder.subject, binder.trace.header
    for name in subject.variables:
        if name not in binder.observed and name not in subject.mapping.unobserved:
            yield f"no event observes `{name}`"
    names = subject.mapping.variables
    for name in header.observed or ():
        variable = names.get(name, name)
        if variable not in binder.observed and variable in subject.mapping.unobserved:
            yield f"no event observes `{name}`, though the header says so"
    empty = [event for event in events if event.checks_nothing]
    if empty:
        words = "1 event checks" if len(empty) == 1 else f"{len(empty)} events check"
        yield f"{words} nothing, the first in line {empty[0].event.line}"
    blind = [event for event in events if not (event.checks_nothing or event.before or event.after)]
    if blind:
        words = "1 event observes nothing, and checks"
        if len(blind) > 1:
            words = f"{len(blind)} events observe nothing, and check"
        yield f"{words} only that an action is possible, the first in line {blind[0].event.line}"
    for (action, parameter), line in binder.open.items():
        yield (
            f"`{parameter}` of {action} is not given (line {line}): any value that fits will do;"
            f' say `args = {{ {parameter} = "*" }}` in the mapping if that is meant'
        )
