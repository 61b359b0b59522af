"""The queue of the compiled engine in files: the same figures, and an error where a file cannot be written."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker.compiled.engine import CompiledEngine
from comitia.checker.engine import Limits, Options
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.checker.result import CheckResult, Verdict
from comitia.model.structs import replace

from ..interpreted.models import behaviour, problem
from .limits import limit_searches
from .pieces import STATES_OF_ONE_WORD, output_of

pytestmark = pytest.mark.usefixtures("compiler")

MODULE = """---- MODULE Wide ----
EXTENDS Integers, Sequences
VARIABLES x, log
Init == x \\in 0..299 /\\ log = <<>>
Next == /\\ Len(log) < 3
        /\\ \\E d \\in {1, 7} : x' = (x + d) % 300 /\\ log' = IF x < 290 THEN log ELSE Append(log, d)
Late == ~(log = <<7, 1>> /\\ x = 3)
====
"""

# The queue without a search. States are their places.
QUEUE = (
    """
#include "frontier.cpp"

#include <cstdio>
#include <thread>

"""
    + STATES_OF_ONE_WORD
    + """void give_up(const Fault& fault) { std::puts(fault.what); std::exit(1); }

static void log_states(u32 worker, u64 first, u64 end) {
    own_number = worker;
    for (u64 place = first; place < end; place++) {
        V state{place};
        log_state(Origin{place, 0, 0}, &state);
    }
}
"""
)

# A level of three stretches: places 10 and 11 in the log of one worker, 20 in that of another, and 30, 31, 32 behind
# the first in its log, of which the first was forgotten. The worker that takes the stretch at 10 is held there until
# another has taken that at 20, which is held until the first has taken the last. Prints the states: their places.
STRETCHES = """
static bool is_taken[5];

static void take(u64 position, const Origin&) {
    __atomic_store_n(&is_taken[position], true, __ATOMIC_SEQ_CST);
    u64 awaited = position == 0 ? 2 : position == 2 ? 3 : position;
    while (!__atomic_load_n(&is_taken[awaited], __ATOMIC_SEQ_CST)) std::this_thread::yield();
}

int main() {
    start_frontier(2, false);
    log_states(0, 10, 12);
    log_states(1, 20, 21);
    own_number = 0;
    begin_stretch();
    log_states(0, 30, 33);
    own_number = 1;
    forget_state(30);
    u64 count = begin_level(~u64(0));
    std::thread first([] { take_stretches(take); });
    while (!__atomic_load_n(&is_taken[0], __ATOMIC_SEQ_CST)) std::this_thread::yield();
    take_stretches(take);
    first.join();
    end_level(nullptr);
    for (u64 position = 0; position < count; position++) std::printf("%d ", int(state_at(position)->word));
}
"""


def test_stretches_of_one_log_with_another_between_them(tmp_path: Path) -> None:
    """Where as many states were forgotten as lie between, a run of states seemed to go on in the second stretch."""
    assert output_of(QUEUE + STRETCHES, tmp_path) == ["10", "11", "20", "31", "32"]


# What one worker logs as one stretch, and another whose state may lie between; prints how that is found out.
OUT_OF_ORDER = """
int main() {
    start_frontier(2, false);
    log_states(0, 10, 12);
    log_states(1, OTHER, OTHER + 1);
    log_states(0, 30, 33);
    begin_level(~u64(0));
    try {
        take_stretches([](u64, const Origin&) {});
        end_level(nullptr);
        std::puts("well");
    } catch (const Fault& fault) {
        std::puts(fault.what);
    }
}
"""


@pytest.mark.parametrize(("other", "told"), [(40, "well"), (20, "the queue is not in order")])
def test_a_state_within_a_stretch_of_another_worker_is_a_contradiction(tmp_path: Path, other: int, told: str) -> None:
    assert output_of(f"#define OTHER {other}\n{QUEUE}{OUT_OF_ORDER}", tmp_path) == told.split()


@pytest.mark.parametrize("more", ["", "INVARIANT Late"])
@pytest.mark.parametrize("options", [Options(), Options(keep_going=True), Options(record_graph=True)], ids=str)
def test_a_queue_in_files_changes_nothing(tmp_path: Path, more: str, options: Options) -> None:
    posed = problem(tmp_path, f"INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n{more}\n", MODULE)
    expected = _facts(InterpretedEngine().check(posed, Limits(), None, options))
    for workers in (1, 3):
        for megabytes in (0.0, 0.02):
            found = CompiledEngine(workers).check(posed, Limits(), None, replace(options, queue_megabytes=megabytes))
            assert _facts(found) == expected


@pytest.mark.parametrize("workers", [1, 2])
def test_a_file_that_cannot_be_made_is_an_error(tmp_path: Path, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    posed = problem(tmp_path, "INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n", MODULE)
    monkeypatch.setenv("TMPDIR", str(tmp_path / "absent"))
    assert CompiledEngine(workers).check(posed).verdict is Verdict.PASS
    _assert_disk_error(CompiledEngine(workers).check(posed, Limits(), None, Options(queue_megabytes=0)), "No such file")


@pytest.mark.parametrize("workers", [1, 2])
def test_a_full_disk_is_an_error(tmp_path: Path, workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a file that may not grow, which any user can have."""
    posed = problem(tmp_path, "INIT Init\nNEXT Next\nCHECK_DEADLOCK FALSE\n", MODULE)
    limit_searches(monkeypatch, tmp_path, "-f 1")
    _assert_disk_error(CompiledEngine(workers).check(posed, Limits(), None, Options(queue_megabytes=0)), "too large")


def _assert_disk_error(result: CheckResult, reason: str) -> None:
    assert result.verdict is Verdict.ERROR
    assert result.error is not None and result.error.exit_code == 153
    assert "the queue of states cannot be written" in result.error.message
    assert reason in result.error.message


def _facts(result: CheckResult) -> tuple[object, ...]:
    stats, graph = result.stats, result.graph
    size = None if graph is None else (len(graph.states), list(graph.origins), list(graph.targets))
    return result.verdict, (stats.generated, stats.distinct, stats.depth, stats.queue), behaviour(result), size
