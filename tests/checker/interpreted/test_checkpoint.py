"""A search that is interrupted and resumed ends as one that never was; a checkpoint that does not fit is refused."""

from __future__ import annotations

import json
import pickle
from pathlib import Path

import pytest
from comitia.checker.checkpoint import FILE, header_hash
from comitia.checker.engine import Checkpointing, Interruption, Limits, Options
from comitia.checker.result import CheckResult, Verdict
from comitia.model.problem import Problem
from comitia.model.structs import replace

from .models import COUNTER_CONFIG, WALK, WALK_CONFIG, check, essence, problem, walk


def in_pieces(posed: Problem, folder: Path, size: int, options: Options) -> tuple[CheckResult, int]:
    """The result of a search that stops after every `size` states, and how often it was resumed."""
    limit, resumed = size, 0
    result = check(posed, Limits(max_states=limit), replace(options, checkpointing=Checkpointing(folder)))
    while result.verdict is Verdict.INCOMPLETE or (options.keep_going and result.stats.distinct >= limit):
        limit += size
        resumed += 1
        again = replace(options, checkpointing=Checkpointing(folder, resume=folder))
        result = check(posed, Limits(max_states=limit), again)
    return result, resumed


@pytest.mark.parametrize("size", [9, 50])
@pytest.mark.parametrize(
    "extra", ["", "SYMMETRY Symmetry", "VIEW View", "SYMMETRY Symmetry VIEW View", "INVARIANT Few"]
)
def test_a_resumed_search_ends_as_one_that_was_never_interrupted(tmp_path: Path, extra: str, size: int) -> None:
    posed = walk(tmp_path, extra)
    options = Options(record_graph=True, coverage=size == 9)
    whole = check(posed, options=options)
    result, resumed = in_pieces(posed, tmp_path / "checkpoint", size, options)
    assert essence(result) == essence(whole)
    assert resumed >= 1 or size >= whole.stats.distinct


def test_what_was_violated_before_is_known_after(tmp_path: Path) -> None:
    posed = walk(tmp_path, "INVARIANTS Few Low")
    options = Options(keep_going=True)
    whole = check(posed, options=options)
    assert len(whole.violations) == 2
    result, _ = in_pieces(posed, tmp_path / "checkpoint", 90, options)
    assert essence(result) == essence(whole)


def test_registers_are_kept(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    posed = walk(tmp_path, "INVARIANT Tally POSTCONDITION Post")
    check(posed)
    expected = capsys.readouterr().err
    assert int(expected) > 50
    in_pieces(posed, tmp_path / "checkpoint", 90, Options())
    assert capsys.readouterr().err == expected


@pytest.mark.parametrize(
    "value",
    [
        *("1..3", "{1, <<>>}", "SUBSET {1, 2}", "[{1} -> BOOLEAN]", "[a : {1}, b : {2}]", "{1} \\X {2}", "Seq({1})"),
        *("UNION {SUBSET {1}, {{2}}}", "{i \\in 1..4 : i > 2}", "Nat", "Int", "STRING", "[i \\in 1..2 |-> <<i>>]"),
        *("<<[i \\in 1..2 |-> Nat], BOOLEAN>>", "kSubset(1, {1, 2})", "SeqOf({1}, 2)", "LET F[n \\in 0..3] == n IN F"),
    ],
)
def test_registers_hold_values_of_any_kind(tmp_path: Path, value: str) -> None:
    module = WALK.replace("EXTENDS", "EXTENDS FiniteSetsExt, SequencesExt,")
    module = module.replace(
        "Tally ==", f"Tally == IF Len(log) = 0 THEN TLCSet(1, {value}) ELSE TLCGet(1) = {value}\nOld =="
    )
    posed = problem(tmp_path, WALK_CONFIG + "INVARIANT Tally", module)
    whole = check(posed)
    assert whole.verdict is Verdict.PASS
    result, resumed = in_pieces(posed, tmp_path / "checkpoint", 90, Options())
    assert essence(result) == essence(whole)
    assert resumed > 1


def test_a_request_stops_between_two_states(tmp_path: Path) -> None:
    posed = walk(tmp_path)
    folder = tmp_path / "deep" / "checkpoint"
    stopped = check(posed, options=Options(checkpointing=Checkpointing(folder, interruption=Interruption(True))))
    assert stopped.verdict is Verdict.INCOMPLETE and (folder / FILE).is_file()
    resumed = check(posed, options=Options(checkpointing=Checkpointing(folder, resume=folder)))
    assert essence(resumed) == essence(check(posed))


def test_checkpoints_are_written_on_the_way(tmp_path: Path) -> None:
    folder = tmp_path / "checkpoint"
    result = check(walk(tmp_path), options=Options(checkpointing=Checkpointing(folder, minutes=0)))
    assert result.verdict is Verdict.PASS
    assert [file.name for file in folder.iterdir()] == [FILE]
    assert not check(walk(tmp_path / ".."), options=Options(checkpointing=Checkpointing(tmp_path / "other"))).error
    assert not (tmp_path / "other").exists(), "it was not due, and nothing stopped the search"


def test_a_full_disk_is_a_warning_while_the_search_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    folder = tmp_path / "file" / "checkpoint"
    result = check(walk(tmp_path), options=Options(vacuity=False, checkpointing=Checkpointing(folder, minutes=0)))
    assert result.verdict is Verdict.PASS and "no checkpoint can be written" in result.warnings[0]
    ended = check(walk(tmp_path), Limits(max_states=5), Options(checkpointing=Checkpointing(folder)))
    assert ended.error is not None and "no checkpoint can be written" in ended.error.message


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a checkpoint of `walk`."""
    folder = tmp_path / "checkpoint"
    check(walk(tmp_path), Limits(max_states=20), Options(checkpointing=Checkpointing(folder)))
    return folder


def refusal(posed: Problem, folder: Path, options: Options | None = None) -> str:
    resuming = replace(options or Options(), checkpointing=Checkpointing(folder, resume=folder))
    error = check(posed, options=resuming).error
    assert error is not None and error.exit_code == 255
    return str(error)


def test_another_configuration_is_refused_with_its_place(tmp_path: Path, folder: Path) -> None:
    message = refusal(walk(tmp_path, "INVARIANT Few"), folder)
    assert f"{tmp_path}/Walk.cfg:1:1: input error: the checkpoint in {folder} is of another specification" in message
    assert "got:      Walk.cfg, which has changed since" in message


def test_another_module_is_refused(tmp_path: Path, folder: Path) -> None:
    changed = problem(tmp_path, WALK_CONFIG, WALK.replace("<< 2", "<<2").replace("Few ==", "\\* more\nFew =="))
    assert "got:      Walk.tla, which has changed since" in refusal(changed, folder)
    assert "got:      Counter.tla, which was not among them" in refusal(problem(tmp_path, COUNTER_CONFIG), folder)


def test_other_options_are_refused(tmp_path: Path, folder: Path) -> None:
    message = refusal(walk(tmp_path), folder, Options(coverage=True))
    assert "expected: --coverage as it was: not given" in message and "got:      given" in message


def test_what_is_asked_of_the_states_need_not_be_asked_before(tmp_path: Path, folder: Path) -> None:
    posed, asked = walk(tmp_path), Options(why="Never")
    resumed = check(posed, options=replace(asked, checkpointing=Checkpointing(folder, resume=folder)))
    assert resumed.why is not None
    assert resumed.why == check(posed, options=asked).why


def test_no_checkpoint(tmp_path: Path) -> None:
    assert "cannot read a checkpoint" in refusal(walk(tmp_path), tmp_path / "nowhere")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda raw: b"", "is no checkpoint"),
        (lambda raw: b"[]\n", "is no checkpoint"),
        (lambda raw: raw[:-1], "is damaged"),
        (lambda raw: raw[:-9] + b"x" + raw[-8:], "is damaged"),
        (lambda raw: raw.replace(b"format 2", b"format 0", 1), "is of another version of comitia"),
        (lambda raw: raw.replace(b'"texts"', b'"tests"', 1), "is damaged"),
        (lambda raw: raw.replace(b'"hash"', b'"hush"', 1), "is damaged"),
        (lambda raw: raw.replace(b"Walk.tla", b"Wolk.tla", 1), "is damaged"),
    ],
)
def test_a_damaged_file(tmp_path: Path, folder: Path, damage: object, message: str) -> None:
    file = folder / FILE
    file.write_bytes(damage(file.read_bytes()))  # type: ignore[operator]
    assert message in refusal(walk(tmp_path), folder)


class Harmful:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("done",)


def test_a_checkpoint_runs_nothing(tmp_path: Path, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / FILE
    header = json.loads(file.read_bytes().partition(b"\n")[0])
    data = pickle.dumps({"strings": [Harmful()]})
    header["hash"] = header_hash(header, data)
    file.write_bytes(json.dumps(header).encode() + b"\n" + data)
    assert "the checkpoint refers to builtins.print" in refusal(walk(tmp_path), folder)
    assert capsys.readouterr().out == ""
