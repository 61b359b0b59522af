"""The table of engines: what is left out of a configuration, and that a difference of figures fails."""

from __future__ import annotations

from pathlib import Path

from .engines import SAFETY, Model, Run, config_of, row, summary


def model(config: Path, left_out: str = "") -> Model:
    return Model("M", config.with_suffix(".tla"), config, left_out=left_out)


def run(distinct: int, wall_seconds: float) -> Run:
    return Run("pass", 100, distinct, 3, wall_seconds, 2 * wall_seconds)


def test_properties_are_left_out_where_safety_is_compared(tmp_path: Path) -> None:
    config = tmp_path / "M.cfg"
    config.write_text(
        "SPECIFICATION Spec \\* PROPERTY Old\n"
        "PROPERTIES Live (* INVARIANT *) Other!Spec\n"
        "INVARIANT TypeOK\nPROPERTY\nLast\n"
    )
    assert config_of(model(config), tmp_path) == config
    changed = config_of(model(config, SAFETY), tmp_path).read_text()
    assert changed.split() == ["SPECIFICATION", "Spec", "INVARIANT", "TypeOK"]


def test_a_row_tells_what_differs(tmp_path: Path) -> None:
    config = tmp_path / "M.cfg"
    assert row(model(config), run(50, 20.0), run(50, 0.5)).split()[-2:] == ["40.0", "40.0"]
    assert "DIFFERS: TLC pass 100 50 ; ours pass 100 49" in row(model(config), run(50, 20.0), run(49, 0.5))


def test_the_mean_is_over_models_that_take_long() -> None:
    rows = [(run(50, 40.0), run(50, 1.0)), (run(50, 40.0), run(50, 4.0)), (run(50, 1.0), run(50, 1.0))]
    assert summary(rows, 20.0).startswith("2 models that take TLC 20 s or more: geometric mean 20.0 (wall), 20.0 (cpu)")
    assert "least 10.0, 10.0" in summary(rows, 20.0)
