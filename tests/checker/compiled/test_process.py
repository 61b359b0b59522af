"""A search that ends in another way than by its answer gives an error, never a verdict."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.checker.compiled.process import Answer, Saving, SearchFailed, SearchProcess, queue_bytes, run
from comitia.checker.engine import Interruption, Limits

ANSWER = (
    '{"verdict":"pass","generated":5,"distinct":4,"initial":1,"depth":2,"queue":0,"table_bytes":8,'
    '"least_distance":9,"actions":[[3,2]],"hits":[0,1]}'
)


def executable(folder: Path, script: str) -> Path:
    file = folder / "search"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
    return file


def answer(folder: Path, script: str) -> tuple[Answer, list[tuple[int, ...]]]:
    told: list[tuple[int, ...]] = []
    found = run(executable(folder, script), 1, Limits(), True, lambda *figures: told.append(figures))
    return found, told


def test_progress_then_the_answer(tmp_path: Path) -> None:
    found, told = answer(tmp_path, f"echo '{{\"progress\":[1,2,3,4]}}'\necho '{ANSWER}'")
    assert told == [(1, 2, 3, 4)]
    assert (found.verdict, found.generated, found.distinct, found.depth) == ("pass", 5, 4, 2)


def test_a_search_with_checkpoints_is_told_where_and_tells_of_them(tmp_path: Path) -> None:
    told = f'read line\necho "$@" "$line" > {tmp_path}/told\necho \'{{"resumed":1500}}\''
    told += f'\necho \'{{"checkpoint":""}}\'\necho \'{{"checkpoint":"full"}}\'\necho \'{ANSWER}\''
    saving = Saving(tmp_path / "to", 0.5, b"line\n", tmp_path / "from", Interruption())
    with SearchProcess(executable(tmp_path, told), 1, Limits(), True, saving=saving) as process:
        assert process.answer(lambda *figures: None).verdict == "pass"
        assert (process.seconds_before, process.not_saved) == (1.5, ["", "full"])
    assert (tmp_path / "told").read_text().split()[-5:] == [f"{tmp_path}/to", "30000", f"{tmp_path}/from", "5", "line"]


def test_the_search_is_told_its_bounds(tmp_path: Path) -> None:
    file = executable(tmp_path, f"echo \"$@\" > {tmp_path}/told\necho '{ANSWER}'")
    run(file, 3, Limits(max_states=7, max_depth=9), False, lambda *figures: None)
    *told, queue = (tmp_path / "told").read_text().split()
    assert told == ["3", "7", "9", "0", "0", "0", "0", "fingerprint=64"]
    assert int(queue) == queue_bytes(None) > queue_bytes(2.5) == 2_500_000


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ("kill -KILL $$", "SIGKILL"),
        ("kill -SEGV $$", "SIGSEGV"),
        ("exit 7", "status 7"),
        (f"echo '{ANSWER}'\nexit 1", "status 1"),
        ("echo '{\"progress\":[1,2,3,4]}'", "status 0"),
        ("true", "status 0"),
        ('echo \'{"verdict":"failed","fault":"memory","what":"out of memory"}\'', "out of memory"),
        ("echo oops", "oops"),
    ],
)
def test_no_verdict(tmp_path: Path, script: str, reason: str) -> None:
    with pytest.raises(SearchFailed) as failure:
        answer(tmp_path, script)
    assert reason in failure.value.message


def test_a_search_that_contradicts_itself_is_an_error_of_ours(tmp_path: Path) -> None:
    """When it says so at its end, and when it is asked about its graph."""
    fault = '"fault":"contradiction","what":"a state was found twice"'
    with pytest.raises(AssertionError, match="a state was found twice"):
        answer(tmp_path, f'echo \'{{"verdict":"failed",{fault}}}\'')
    script = f"echo '{ANSWER}'\nread line\necho '{{\"failed\":0,{fault}}}'"
    with SearchProcess(executable(tmp_path, script), 1, Limits(), True, records_graph=True) as process:
        assert process.answer(lambda *figures: None).verdict == "pass"
        with pytest.raises(AssertionError, match="a state was found twice"):
            process.ask("fair")


def test_what_cannot_be_started(tmp_path: Path) -> None:
    with pytest.raises(SearchFailed, match="cannot be started"):
        run(tmp_path / "missing", 1, Limits(), True, lambda *figures: None)


def test_a_search_that_recorded_its_graph_lives_on_to_be_asked(tmp_path: Path) -> None:
    script = f"echo '{ANSWER}'\nread line\necho '{{\"bytes\":3}}'\necho -n $line | tail -c 3\nexit 3"
    with SearchProcess(executable(tmp_path, script), 1, Limits(), True, records_graph=True) as process:
        assert process.answer(lambda *figures: None).verdict == "pass"
        assert process.ask("column", 7, 9) == b"7 9"
        with pytest.raises(SearchFailed, match="status 3"):
            process.ask("column", 8)
