"""A counterexample in the Informal Trace Format (Apalache ADR-015): what other tools read."""

from __future__ import annotations

from ...model import values
from ..result import Counterexample, Step

DESCRIPTION = "https://apalache-mc.org/docs/adr/015adr-trace.html"


def to_itf(counterexample: Counterexample, source: str) -> dict[str, object]:
    """The behaviour as an ITF object; the `#meta` of each state has its index, its action and the action's place."""
    variables = list(counterexample.steps[0].state) if counterexample.steps else []
    trace: dict[str, object] = {
        "#meta": {"format": "ITF", "format-description": DESCRIPTION, "source": source},
        "vars": variables,
        "states": [_state(index, step) for index, step in enumerate(counterexample.steps)],
    }
    if counterexample.loop is not None:
        trace["loop"] = counterexample.loop
    return trace


def _state(index: int, step: Step) -> dict[str, object]:
    meta: dict[str, object] = {"index": index}
    if step.action is not None:
        meta["action"] = step.action
    if step.span is not None:
        meta["location"] = str(step.span)
    return {"#meta": meta, **{name: values.to_itf(value) for name, value in step.state.items()}}
