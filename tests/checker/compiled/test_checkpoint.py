"""A compiled search that is interrupted and resumed ends as one that never was; what does not fit is refused."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest
from comitia.checker.checkpoint import FILE
from comitia.checker.compiled import auto, build
from comitia.checker.compiled.auto import AutoEngine
from comitia.checker.compiled.checkpoint import writer_of
from comitia.checker.compiled.engine import CompiledEngine
from comitia.checker.engine import FINGERPRINTS, Checkpointing, Interruption, Limits, Options
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.checker.result import CheckResult, Verdict
from comitia.model.problem import Problem
from comitia.model.structs import replace

from ..interpreted.models import WALK, WALK_CONFIG, essence, problem, walk, write_model
from .limits import limit_searches

pytestmark = pytest.mark.usefixtures("compiler")

PLAIN = Options(vacuity=False)


def check(posed: Problem, options: Options = PLAIN, limits: Limits = Limits(), workers: int = 1) -> CheckResult:  # noqa: B008
    return CompiledEngine(workers).check(posed, limits, None, options)


def limits_of(size: int) -> Iterator[Limits]:
    """Larger and larger ones: of states, of the depth, of both."""
    for number, kind in enumerate(cycle("sdb"), start=1):
        states, depth = size * number, number + 1
        yield Limits(states if kind in "sb" else None, depth if kind in "db" else None)


def in_pieces(posed: Problem, folder: Path, size: int, options: Options) -> tuple[CheckResult, int]:
    """The result of a search that stops again and again, on other workers each time, and how often it was resumed."""
    resume, resumed = None, -1
    for limits, workers in zip(limits_of(size), cycle((1, 3, 2)), strict=False):
        checkpointing = Checkpointing(folder, resume=resume)
        result = check(posed, replace(options, checkpointing=checkpointing), limits, workers)
        resumed += 1
        is_limited = limits.max_states is not None and result.stats.distinct >= limits.max_states
        is_limited = is_limited or (limits.max_depth is not None and result.stats.depth >= limits.max_depth)
        if result.error is not None or not (
            result.verdict is Verdict.INCOMPLETE or (options.keep_going and is_limited)
        ):
            return result, resumed
        resume = folder
    raise AssertionError


@pytest.mark.parametrize("extra", ["", "SYMMETRY Symmetry", "VIEW View", "SYMMETRY Symmetry\nVIEW View"])
def test_a_resumed_search_ends_as_one_that_was_never_interrupted(tmp_path: Path, extra: str) -> None:
    posed = walk(tmp_path, extra)
    expected = essence(InterpretedEngine().check(posed, Limits(), None, replace(PLAIN, record_graph=True)))
    for fingerprint in FINGERPRINTS:
        options = replace(PLAIN, fingerprint=fingerprint, record_graph=True)
        result, resumed = in_pieces(posed, tmp_path / "checkpoint", 5 if "VIEW" in extra else 100, options)
        assert essence(result) == expected
        assert resumed > 2


@pytest.mark.parametrize("extra", ["", "SYMMETRY Symmetry"])
def test_states_are_told_apart_where_fingerprints_do_not(
    tmp_path: Path, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(build.FLAGS_VARIABLE, "-O0 -DFINGERPRINT_MASK=31")
    posed = walk(tmp_path, extra)
    expected = essence(InterpretedEngine().check(posed, Limits(), None, PLAIN))
    for fingerprint in ("128", "exact"):
        result, _ = in_pieces(posed, tmp_path / "checkpoint", 100, replace(PLAIN, fingerprint=fingerprint))
        assert essence(result) == expected


@pytest.mark.parametrize("extra", ["INVARIANT Few", ""])
def test_so_it_does_without_a_graph_and_with_a_queue_in_files(tmp_path: Path, extra: str) -> None:
    posed = walk(tmp_path, extra)
    for options in (PLAIN, replace(PLAIN, queue_megabytes=0.0)):
        result, _ = in_pieces(posed, tmp_path / "checkpoint", 300, options)
        assert essence(result) == essence(check(posed))


def test_what_was_violated_before_is_known_after(tmp_path: Path) -> None:
    posed = problem(
        tmp_path, WALK_CONFIG + "INVARIANTS Few Low Known", WALK.replace("Few ==", "Known == seen # {}\nFew ==")
    )
    options = replace(PLAIN, keep_going=True)
    expected = InterpretedEngine().check(posed, Limits(), None, options)
    assert [one.violated for one in expected.violations] == ["Known", "Few", "Low"]
    result, resumed = in_pieces(posed, tmp_path / "checkpoint", 90, options)
    assert essence(result) == essence(expected)
    assert resumed > 4


@pytest.mark.parametrize("options", [Options(coverage=True), Options()], ids=str)
def test_coverage_goes_on(tmp_path: Path, options: Options) -> None:
    posed = walk(tmp_path, "INVARIANT Bound")
    expected = InterpretedEngine().check(posed, Limits(), None, options)
    result, _ = in_pieces(posed, tmp_path / "checkpoint", 200, options)
    assert essence(result) == essence(expected)


def test_temporal_properties(tmp_path: Path) -> None:
    config = WALK_CONFIG.replace("INIT Init NEXT Next", "SPECIFICATION Spec PROPERTIES Full High")
    posed = problem(tmp_path, config, WALK)
    options = replace(PLAIN, keep_going=True)
    whole = check(posed, options)
    assert [one.violated for one in whole.violations] == ["High"]
    result, resumed = in_pieces(posed, tmp_path / "checkpoint", 200, options)
    assert essence(result) == essence(whole)
    assert resumed > 2


NAMES = """---- MODULE Names ----
EXTENDS Integers, Sequences
VARIABLES name, known
Init == name = "" /\\ known = {}
Longer(letter) == /\\ Len(name) < 6
                  /\\ name' = name \\o letter
                  /\\ known' = IF Len(name) % 2 = 0 THEN known \\cup {[of |-> name']} ELSE known
Next == \\E letter \\in {"a", "b"} : Longer(letter)
Other == name # "abbab"
====
"""


@pytest.mark.parametrize("extra", ["", "INVARIANT Other"])
def test_strings_that_are_made_on_the_way(tmp_path: Path, extra: str) -> None:
    posed = problem(tmp_path, f"INIT Init NEXT Next CHECK_DEADLOCK FALSE {extra}", NAMES)
    result, resumed = in_pieces(posed, tmp_path / "checkpoint", 10, PLAIN)
    assert essence(result) == essence(InterpretedEngine().check(posed, Limits(), None, PLAIN))
    assert resumed > 2


DRAWN = """---- MODULE Drawn ----
EXTENDS Integers, Sequences, TLC, TLCExt
VARIABLES x, y
ASSUME TLCSet(1, 1) /\\ TLCSet(2, <<>>)
Init == x \\in 0..2 /\\ y = "s"
Step == x' = (x + RandomElement(1..3)) % 40 /\\ y' = IF x = 3 THEN "s" \\o ToString(RandomElement(1..9)) ELSE y
Leap == x' \\in {x, (x + 3) % 40} /\\ UNCHANGED y
Next == Step \\/ Leap
Mix(a, b) == (a * 31 + b) % 1000003
Order == TLCGetAndSet(1, Mix, x * 10 + Len(y) + TLCGet("level"), 17) >= 0
Listed == Len(TLCGet(2)) > 20 \\/ TLCSet(2, Append(TLCGet(2), <<y, TLCGet("generated"), TLCGet("distinct"), x>>))
Steps == [][TLCGetAndSet(1, Mix, x' + TLCGet("level"), 1) >= 0]_<<x, y>>
Low == x < 30
Short == Len(TLCGet(2)) < 15
Past == TLCGet(1) % 7 # 1
View == <<x, y, RandomElement(0..1)>>
Known == Len(Trace) < 9
Fails == x < 20 \\/ TLCGet(17)
Back == []<>(x = 2)
Spec == Init /\\ [][Next]_<<x, y>>
Post == PrintT(<<TLCGet(1), TLCGet(2)>>)
====
"""
DRAWN_CONFIG = "SPECIFICATION Spec CHECK_DEADLOCK FALSE INVARIANTS Order Listed PROPERTY Steps POSTCONDITION Post\n"


@pytest.mark.parametrize(
    ("extra", "options", "size"),
    [
        ("", Options(coverage=True), 30),
        ("", replace(PLAIN, record_graph=True), 30),
        ("VIEW View", PLAIN, 30),
        ("INVARIANT Short Low Past Known", PLAIN, 1),
        ("INVARIANT Short Low Past Known", replace(PLAIN, keep_going=True), 10),
        ("INVARIANT Fails", PLAIN, 2),
        ("PROPERTY Back", PLAIN, 30),
    ],
    ids=str,
)
def test_what_depends_on_what_was_evaluated_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], extra: str, options: Options, size: int
) -> None:
    """Registers, and what is drawn, are what they were where it goes on, though a part of a level is searched twice."""
    posed = problem(tmp_path, DRAWN_CONFIG + extra, DRAWN)
    expected = essence(InterpretedEngine().check(posed, Limits(), None, options))
    said = capsys.readouterr().err
    assert len(said) > 100 or "Fails" in extra
    result, resumed = in_pieces(posed, tmp_path / "checkpoint", size, options)
    assert essence(result) == expected
    assert capsys.readouterr().err.endswith(said)
    assert resumed > 0


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ('{s \\in Seq({"a"}) : s # <<>>}', 'cannot enumerate the infinite set Seq({"a"})'),
        ("LET F[n \\in 0..3] == IF n = 3 THEN F[7] ELSE n IN <<F>>", "it has no value"),
    ],
)
def test_what_registers_hold_may_be_what_no_file_holds(tmp_path: Path, value: str, why: str) -> None:
    module = DRAWN.replace("ASSUME TLCSet", f"ASSUME TLCSet(3, {value}) /\\ TLCSet")
    posed = problem(tmp_path, DRAWN_CONFIG, module)
    folder = tmp_path / "checkpoint"
    reason = f"TLCSet has kept what cannot be written: {why}"
    for engine in (InterpretedEngine(), CompiledEngine()):
        options = replace(PLAIN, checkpointing=Checkpointing(folder, minutes=0))
        stopped = engine.check(posed, Limits(max_states=10), None, options)
        assert stopped.error is not None and reason in stopped.error.message
        result = engine.check(posed, Limits(), None, options)
        assert result.verdict is Verdict.PASS
        assert any(reason in warning for warning in result.warnings)
        assert not folder.exists()


GROWTH = """---- MODULE Growth ----
EXTENDS Naturals
VARIABLE x
Init == x = 1
Next == x # 134217728 /\\ x' = 2 * x
====
"""


def test_what_fits_no_layout(tmp_path: Path) -> None:
    posed = problem(tmp_path, "INIT Init NEXT Next", GROWTH)
    folder = tmp_path / "checkpoint"
    expected = essence(check(posed))
    stopped = check(posed, replace(PLAIN, checkpointing=Checkpointing(folder)), Limits(max_depth=25))
    assert stopped.stats.depth == 25
    header = json.loads((folder / FILE).read_bytes().partition(b"\n")[0])
    assert header["layouts"] is False
    assert essence(check(posed, replace(PLAIN, checkpointing=Checkpointing(folder, resume=folder)))) == expected


# --- when it is written ----------------------------------------------------------------------------------------------

LONG = """---- MODULE Long ----
EXTENDS Integers
CONSTANT Work, Width
VARIABLE x
Init == x = 0
Wide == x = 0 /\\ x' \\in 1..Width
Slow == /\\ x \\in 1..Width
        /\\ \\A i \\in 1..Work : i # x + Work
        /\\ x' \\in {-x, -x - Width}
Next == Wide \\/ Slow
====
"""


def long_config(work: int) -> str:
    return f"CONSTANTS Work = {work} Width = 500 INIT Init NEXT Next CHECK_DEADLOCK FALSE"


def test_a_request_stops_within_a_level(tmp_path: Path) -> None:
    posed = problem(tmp_path, long_config(1_000_000), LONG)
    folder = tmp_path / "deep" / "checkpoint"
    stopped = check(posed, replace(PLAIN, checkpointing=Checkpointing(folder, interruption=Interruption(True))))
    assert (stopped.verdict, stopped.stats.distinct, stopped.stats.depth) == (Verdict.INCOMPLETE, 501, 2)
    resumed = check(posed, replace(PLAIN, checkpointing=Checkpointing(folder, resume=folder)), workers=2)
    assert resumed.verdict is Verdict.PASS
    assert (resumed.stats.generated, resumed.stats.distinct, resumed.stats.depth) == (1501, 1501, 3)


def test_registers_go_back_to_the_end_of_the_level(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    module = LONG.replace("Integers", "Integers, TLC\nASSUME TLCSet(1, 0)")
    module = module.replace("Next ==", "Count == TLCSet(1, TLCGet(1) + 1)\nPost == PrintT(TLCGet(1))\nNext ==")
    posed = problem(tmp_path, long_config(1_000_000) + " INVARIANT Count POSTCONDITION Post", module)
    folder = tmp_path / "checkpoint"
    stopped = check(posed, replace(PLAIN, checkpointing=Checkpointing(folder, interruption=Interruption(True))))
    assert (stopped.verdict, stopped.stats.distinct) == (Verdict.INCOMPLETE, 501)
    resumed = check(posed, replace(PLAIN, checkpointing=Checkpointing(folder, resume=folder)))
    assert (resumed.verdict, resumed.stats.distinct) == (Verdict.PASS, 1501)
    assert capsys.readouterr().err.split() == ["1501"]


def test_an_interrupt_of_the_command_stops_within_a_level(tmp_path: Path) -> None:
    """A level that takes longer than anyone would wait."""
    file = write_model(tmp_path, long_config(100_000_000), LONG)
    folder = tmp_path / "checkpoint"
    options = ["--engine", "compiled", "--workers", "2", "--checkpoint", str(folder), "--checkpoint-minutes", "0"]
    command = [sys.executable, "-c", "from comitia.checker.start import main; main()", "check", str(file), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        while process.poll() is None and not _holds(folder / FILE, 500):
            time.sleep(0.01)
        process.send_signal(signal.SIGINT)
        said, errors = process.communicate()
    finally:
        process.kill()
    assert process.returncode == 130, errors
    assert "501" in said
    posed = problem(tmp_path, long_config(100_000_000), LONG)
    resuming = Options(checkpointing=Checkpointing(folder, resume=folder))
    resumed = check(posed, resuming, Limits(max_depth=2))
    assert (resumed.verdict, resumed.stats.generated, resumed.stats.distinct) == (Verdict.INCOMPLETE, 501, 501)


def test_an_interrupt_that_reaches_the_compiler_too_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(_translation: object) -> Path:
        raise build.CompilationFailed("it was ended by SIGINT")

    monkeypatch.setattr(build, "build", interrupted)
    checkpointing = Checkpointing(tmp_path, interruption=Interruption(True))
    with pytest.raises(KeyboardInterrupt):
        check(walk(tmp_path), replace(PLAIN, checkpointing=checkpointing))


def _holds(file: Path, states: int) -> bool:
    """Whether a checkpoint is there, and is of so many states or more."""
    return file.exists() and file.stat().st_size > 8 * states


def test_checkpoints_are_written_on_the_way(tmp_path: Path) -> None:
    folder = tmp_path / "checkpoint"
    posed = walk(tmp_path)
    result = check(posed, replace(PLAIN, checkpointing=Checkpointing(folder, minutes=0)))
    assert essence(result) == essence(check(posed))
    assert [file.name for file in folder.iterdir()] == [FILE]
    resumed = check(posed, replace(PLAIN, checkpointing=Checkpointing(tmp_path / "other", resume=folder)))
    assert essence(resumed) == essence(result)
    assert not (tmp_path / "other").exists(), "it was not due, and nothing stopped the search"


def test_a_full_disk_is_a_warning_while_the_search_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a file that may not grow. What was written before stays."""
    posed, folder = walk(tmp_path), tmp_path / "checkpoint"
    check(posed, replace(PLAIN, checkpointing=Checkpointing(folder)), Limits(max_states=100))
    before = (folder / FILE).read_bytes()
    limit_searches(monkeypatch, tmp_path, "-f 1")
    options = replace(PLAIN, checkpointing=Checkpointing(folder, minutes=0, resume=folder))
    result = check(posed, options)
    assert result.verdict is Verdict.PASS
    assert result.warnings[0] == f"no checkpoint can be written to {folder}: File too large"
    ended = check(posed, options, Limits(max_states=200))
    assert ended.error is not None and "no checkpoint can be written" in ended.error.message
    assert [file.name for file in folder.iterdir()] == [FILE]
    assert (folder / FILE).read_bytes() == before


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a checkpoint of `walk`."""
    folder = tmp_path / "checkpoint"
    check(walk(tmp_path), replace(PLAIN, checkpointing=Checkpointing(folder)), Limits(max_states=100))
    return folder


def refusal(posed: Problem, folder: Path, options: Options = PLAIN) -> str:
    error = check(posed, replace(options, checkpointing=Checkpointing(folder, resume=folder))).error
    assert error is not None and error.exit_code == 255
    return str(error)


def test_what_does_not_fit_is_refused(tmp_path: Path, folder: Path) -> None:
    assert "got:      Walk.cfg, which has changed since" in refusal(walk(tmp_path, "INVARIANT Few"), folder)
    posed = walk(tmp_path)
    assert "expected: --fingerprint as it was: 64" in refusal(posed, folder, replace(PLAIN, fingerprint="128"))
    assert "expected: --continue as it was: not given" in refusal(posed, folder, replace(PLAIN, keep_going=True))
    assert "expected: --dump as it was: not given" in refusal(posed, folder, replace(PLAIN, record_graph=True))
    assert "cannot read a checkpoint" in refusal(posed, tmp_path / "nowhere")


def test_another_translation_is_refused(tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("comitia.checker.compiled.checkpoint.runtime_text", lambda: "another")
    assert "is of another version of comitia" in refusal(walk(tmp_path), folder)


def test_a_damaged_file(tmp_path: Path, folder: Path) -> None:
    posed, file = walk(tmp_path), folder / FILE
    raw = file.read_bytes()
    line = raw.index(b"\n") + 1
    for at in (line, line + 8 * 11, (line + len(raw)) // 2, len(raw) - 1):
        file.write_bytes(raw[:at] + bytes([raw[at] ^ 4]) + raw[at + 1 :])
        assert f"the checkpoint {file} is damaged" in refusal(posed, folder)
    for size in (line, len(raw) - 8, len(raw) - 3):
        file.write_bytes(raw[:size])
        assert f"the checkpoint {file} is damaged" in refusal(posed, folder)
    file.write_bytes(raw.replace(b'"layouts": true', b'"layouts": tru ', 1))
    assert "is no checkpoint" in refusal(posed, folder)
    file.write_bytes(raw.replace(b"Walk.tla", b"Wolk.tla", 1))
    assert "is damaged" in refusal(posed, folder)
    file.write_bytes(raw)
    result = check(posed, replace(PLAIN, checkpointing=Checkpointing(folder, resume=folder)))
    assert result.verdict is Verdict.PASS


# --- the other engines -----------------------------------------------------------------------------------------------


def test_the_engine_that_wrote_it_is_named(tmp_path: Path, folder: Path) -> None:
    posed = walk(tmp_path)
    resuming = replace(PLAIN, checkpointing=Checkpointing(folder, resume=folder))
    error = InterpretedEngine().check(posed, Limits(), None, resuming).error
    assert "was written by the compiled engine" in str(error) and "`--engine compiled`" in str(error)
    InterpretedEngine().check(posed, Limits(max_states=9), None, replace(PLAIN, checkpointing=Checkpointing(folder)))
    message = refusal(posed, folder)
    assert "was written by the interpreted engine" in message and "`--engine interpreted`" in message


class _Now:
    def __init__(self, target: object, daemon: bool) -> None:
        self.start = target

    def is_alive(self) -> bool:
        return False


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is compiled is waited for."""
    monkeypatch.setattr(auto, "Thread", _Now)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("options", [PLAIN, Options(coverage=True)], ids=str)
def test_auto_hands_over_and_goes_on_with_what_was_handed_over(tmp_path: Path, options: Options) -> None:
    posed, folder = walk(tmp_path), tmp_path / "checkpoint"
    expected = check(posed, options)
    stopping = replace(options, checkpointing=Checkpointing(folder))
    resuming = replace(options, checkpointing=Checkpointing(folder, resume=folder))
    stopped = AutoEngine(1, 0.0).check(posed, Limits(max_states=500), None, stopping)
    assert (stopped.engine, stopped.verdict, writer_of(folder)) == ("compiled", Verdict.INCOMPLETE, "compiled")
    for found in (AutoEngine(1, 3600).check(posed, Limits(), None, resuming), check(posed, resuming)):
        assert (found.engine, essence(found)) == ("compiled", essence(expected))


@pytest.mark.usefixtures("at_once")
def test_auto_keeps_what_was_interpreted_and_hands_over_later(tmp_path: Path) -> None:
    posed, folder = walk(tmp_path), tmp_path / "checkpoint"
    stopping = replace(PLAIN, checkpointing=Checkpointing(folder, interruption=Interruption(True)))
    stopped = AutoEngine(1, 3600).check(posed, Limits(), None, stopping)
    assert (stopped.engine, stopped.verdict, writer_of(folder)) == ("interpreted", Verdict.INCOMPLETE, "interpreted")
    resuming = replace(PLAIN, checkpointing=Checkpointing(folder, resume=folder))
    for patience, name in ((3600, "interpreted"), (0.0, "compiled")):
        found = AutoEngine(1, patience).check(posed, Limits(), None, resuming)
        assert (found.engine, essence(found)) == (name, essence(check(posed)))


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("options", [Options(coverage=True), Options()], ids=str)
def test_auto_goes_on_with_what_was_interpreted_while_it_was_compiled(
    tmp_path: Path, options: Options, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> Path:
        raise build.CompilationFailed("a compiler that ends late")

    monkeypatch.setattr(build, "build", fail)
    config = WALK_CONFIG.replace("INIT Init NEXT Next", "SPECIFICATION Spec PROPERTY Led")
    module = WALK.replace("Full ==", "Led == []<>(log # <<>> => seen # {})\nFull ==")
    posed, folder = problem(tmp_path, config, module), tmp_path / "checkpoint"
    stopped = AutoEngine(1, 0.0).check(
        posed, Limits(max_states=70), None, replace(options, checkpointing=Checkpointing(folder))
    )
    assert (stopped.verdict, writer_of(folder)) == (Verdict.INCOMPLETE, "interpreted")
    assert any("ends late" in warning for warning in stopped.warnings)
    resuming = replace(options, checkpointing=Checkpointing(folder, resume=folder))
    found = AutoEngine(1, 3600).check(posed, Limits(), None, resuming)
    assert essence(found) == essence(InterpretedEngine().check(posed, Limits(), None, options))


@pytest.mark.usefixtures("at_once")
def test_auto_begins_anew_where_only_the_interpreter_goes_on(tmp_path: Path) -> None:
    module = GROWTH.replace("EXTENDS Naturals", "EXTENDS Integers").replace("x # 134217728", "x \\div 10^9 < 10^10")
    posed, folder = problem(tmp_path, "INIT Init NEXT Next CHECK_DEADLOCK FALSE", module), tmp_path / "checkpoint"
    options = Options(coverage=True, checkpointing=Checkpointing(folder))
    stopped = AutoEngine(1, 0.0).check(posed, Limits(max_depth=20), None, options)
    assert (stopped.engine, writer_of(folder)) == ("compiled", "compiled")
    resuming = replace(options, checkpointing=Checkpointing(folder, resume=folder))
    found = AutoEngine(1, 0.0).check(posed, Limits(), None, resuming)
    assert (found.engine, found.verdict, found.stats.distinct) == ("interpreted", Verdict.PASS, 65)
    assert "61 bits" in found.warnings[0]
    assert found.coverage == InterpretedEngine().check(posed, options=Options(coverage=True)).coverage
