"""What a search has found so far, in a file: written now and then, and read to go on from there.

Behind the line that says what it is of (`checker/checkpoint.py`) it is a pickle of our own plain data; only TLA+ values
and arrays are read from it, whatever it says. States are rows of numbers into a table of their components.

A search resumed goes through the same states in the same order as one that was never interrupted: what is not in the
file (identities, memoised predicates, compiled code) is made again from what is.
"""

from __future__ import annotations

import io
import os
import pickle
import tempfile
import time
from array import array
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from ...model.diagnostics import EvaluationError, InputError
from ...model.problem import Problem
from ...model.values.core import Value
from ...model.values.order import rank_of, string_order
from ..checkpoint import FILE, check_header, line_of, make_header, not_written, options_of, read_header
from ..engine import Checkpointing, Options
from ..result import Verdict
from .library.registers import Registers
from .predicates import compile_predicates
from .program import State
from .recording import COLUMN, Recording
from .runtime import EVALUATION_FAILURES
from .search import Finding, Search

SECONDS_PER_MINUTE = 60.0
PACKAGE = __name__.partition(".checker.")[0]
READABLE = {
    f"{PACKAGE}.model.values.core": {"TRUE", "FALSE", "domain_of", "model_value"},
    f"{PACKAGE}.model.values.sets": {
        *("NAT", "INT", "STRING", "ANY"),
        *("Interval", "Subset", "FunctionSet", "RecordSet", "Product", "Sequences", "Union"),
    },
    f"{PACKAGE}.checker.interpreted.library.sets": {"SubsetsOfSize"},
    f"{PACKAGE}.checker.interpreted.library.sequences": {"ShortSequences"},
    "array": {"array", "_array_reconstructor"},
    "builtins": {"frozenset", "tuple"},
}
"""What a checkpoint may refer to by name: nothing that acts when it is called."""


class Checkpoints:
    """The checkpoint of one search: where it is written and read (see `search.Checkpoints`)."""

    def __init__(self, checkpointing: Checkpointing, problem: Problem, options: Options) -> None:
        self.checkpointing = checkpointing
        self.problem = problem
        self.options = options
        self.warnings: list[str] = []
        self._written = time.monotonic()

    @property
    def is_interrupted(self) -> bool:
        return self.checkpointing.interruption.is_requested

    def is_due(self, now: float) -> bool:
        return now - self._written >= self.checkpointing.minutes * SECONDS_PER_MINUTE

    # --- writing ------------------------------------------------------------------------------------------------------

    def save(self, search: Search, *, is_last: bool = False) -> None:
        """Write the file, whole or not at all.

        Raises InputError where that fails and the search ends here; one that goes on is not stopped by a full disk.
        """
        try:
            self._save(search)
        except InputError as error:
            if is_last:
                raise
            self.warnings.append(error.message)
        self._written = time.monotonic()

    def _save(self, search: Search) -> None:
        folder = self.checkpointing.folder
        try:
            data = pickled(_contents(search))
        except NotKept as reason:
            raise not_written(folder, str(reason)) from reason
        header = make_header("interpreted", self.problem, options_of(self.problem, self.options))
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _replace(folder / FILE, line_of(header, data) + data)
        except OSError as problem:
            raise not_written(folder, problem.strerror) from problem

    # --- reading ------------------------------------------------------------------------------------------------------

    def restore(self, search: Search) -> bool:
        """Bring `search`, whose code is compiled, to where the checkpoint was written. Raises InputError."""
        folder = self.checkpointing.resume
        if folder is None:
            return False
        _restore(search, self._read(folder / FILE))
        return True

    def _read(self, path: Path) -> dict[str, Any]:
        header = read_header(path)
        data = path.read_bytes().partition(b"\n")[2]
        check_header(header, path, "interpreted", self.problem, options_of(self.problem, self.options), data)
        return unpickled(data)


def _replace(path: Path, data: bytes) -> None:
    """Put a file in the place of another, on the disk before it is there under that name."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


class NotKept(Exception):
    """Why there is no checkpoint."""


def pickled(contents: dict[str, Any]) -> bytes:
    """Plain data and TLA+ values, as a file keeps them. Raises NotKept."""
    try:
        return pickle.dumps(contents, protocol=5)
    except EVALUATION_FAILURES as problem:
        why = problem.message if isinstance(problem, EvaluationError) else "it has no value"
        raise NotKept(f"TLCSet has kept what cannot be written: {why}") from problem


def unpickled(data: bytes) -> dict[str, Any]:
    """What `pickled` made. Raises InputError where it refers to anything else."""
    return _Reader(io.BytesIO(data)).load()


class _Reader(pickle.Unpickler):
    """Reads TLA+ values and plain data, and nothing else."""

    def find_class(self, module_name: str, global_name: str, /) -> Any:
        if global_name in READABLE.get(module_name, ()):
            return super().find_class(module_name, global_name)
        raise InputError(f"the checkpoint refers to {module_name}.{global_name}, which no checkpoint does")


# --- what is in it ---------------------------------------------------------------------------------------------------


class _Table:
    """The components of states, which are interned, each once; a state is a row of their numbers."""

    def __init__(self) -> None:
        self.components: list[Value] = []
        self._numbers: dict[int, int] = {}

    def rows(self, states: Iterable[State]) -> array[int]:
        rows: array[int] = array(COLUMN)
        components, numbers = self.components, self._numbers
        for state in states:
            for component in state:
                number = numbers.setdefault(id(component), len(components))
                if number == len(components):
                    components.append(component)
                rows.append(number)
        return rows


def _states(rows: array[int], components: Sequence[Value], width: int, count: int) -> list[State]:
    """The states of the first `count` rows."""
    return [tuple([components[number] for number in rows[row * width : (row + 1) * width]]) for row in range(count)]


def _contents(search: Search) -> dict[str, Any]:
    program, graph, coverage = search.program, search.graph, search.program.coverage
    assert graph is None or isinstance(graph, Recording)
    table = _Table()
    states = table.rows(search.states)
    followings = None if graph is None or graph.followings is None else table.rows(graph.followings)
    stats = search.stats
    return {
        "strings": string_order(),
        "components": table.components,
        "states": states,
        "parents": array("q", search.parents),
        "labels": array("q", search.labels),
        "position": (search.position, search.level_end),
        "figures": (stats.generated, stats.depth, time.monotonic() - search.started),
        "generated_by": search.generated_by,
        "findings": [(str(f.verdict), f.violated, f.state, f.parent, f.label) for f in search.findings],
        "hits": None if coverage is None else coverage.recorded(),
        "graph": None if graph is None else (graph.origins, graph.targets, graph.labels, followings),
        **registers_kept(program.registers),
    }


def registers_kept(registers: Registers) -> dict[str, Any]:
    """What evaluations depend on beside the state."""
    return {
        "registers": registers.values,
        "properties": registers.properties,
        "random": registers.random.getstate(),
    }


def restore_registers(registers: Registers, contents: dict[str, Any]) -> None:
    """The inverse of `registers_kept`."""
    registers.values = dict(contents["registers"])
    registers.properties = dict(contents["properties"])
    registers.random.setstate(contents["random"])


def _restore(search: Search, contents: dict[str, Any]) -> None:
    program, stats = search.program, search.stats
    for name in contents["strings"]:
        rank_of(name)
    components = [program.interned[value] for value in contents["components"]]
    width = program.variable_count
    search.states.extend(_states(contents["states"], components, width, len(contents["parents"])))
    for number, state in enumerate(search.states):
        known = search.identity.number(state, number)
        assert known == number, "two states of the checkpoint are one"
    search.parents.extend(contents["parents"])
    search.labels.extend(contents["labels"])
    search.position, search.level_end = contents["position"]
    search.current = search.position - 1 if search.position else None
    stats.distinct = len(search.states)
    stats.generated, stats.depth, seconds = contents["figures"]
    search.started = time.monotonic() - seconds
    search.generated_by[:] = contents["generated_by"]
    _restore_findings(search, contents)
    coverage, graph = program.coverage, search.graph
    if coverage is not None:
        coverage.restore(contents["hits"])
    if isinstance(graph, Recording):
        graph.origins, graph.targets, graph.labels, followings = contents["graph"]
        if followings is not None:
            graph.followings = _states(followings, components, width, len(graph.origins))
    restore_registers(program.registers, contents)


def _restore_findings(search: Search, contents: dict[str, Any]) -> None:
    for verdict, violated, state, parent, label in contents["findings"]:
        known = tuple(search.program.interned[value] for value in state)
        search.findings.append(Finding(Verdict(verdict), violated, known, parent, label))
    problem = search.problem
    kinds = {
        Verdict.INVARIANT: problem.invariants,
        Verdict.PROPERTY: problem.initial_properties,
        Verdict.ACTION: problem.action_properties,
    }
    search.dropped.extend(
        predicate for f in search.findings for predicate in kinds.get(f.verdict, ()) if predicate.name == f.violated
    )
    if search.dropped:
        search.predicates = compile_predicates(search.program, search.dropped)
