"""What is said of a run that does not conform, word for word; `--regenerate` writes the texts anew."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest
from comitia.checker.conformance.report import result_object, text_report
from comitia.checker.conformance.trace import Trace

from .harness import COURIER, TESTDATA, event, parcel, trace_of, validate


class Case(NamedTuple):
    events: list[dict[str, Any]]
    mapping: str = ""
    constants: dict[str, Any] | None = None


def send(to: str, weight: int) -> dict[str, Any]:
    return event("Send", c=to, w=weight)


def deliver(obs: dict[str, Any], weight: int = 1) -> dict[str, Any]:
    return event("Deliver", obs, c="ann", p=parcel("ann", weight))


OPEN = event("Open", {"door[ann]": "open"}, c="ann")
ROOMY = {"Room": 3}
HAND_OVER = '[events]\nHandOver = { sequence = ["Open?", "Deliver", "Shut"] }'

CASES: dict[str, Case] = {
    "comparison": Case([OPEN, OPEN]),
    "disjunction": Case([send("ann", 1), deliver({})]),
    "near_miss": Case([send("ann", 1), send("bob", 5), OPEN, deliver({}, 2)], constants=ROOMY),
    "nothing_to_be_near": Case([OPEN, deliver({})]),
    "not_in_what_next_chooses_from": Case([event("Send", {"way": {"#set": []}}, c="ann", w=3)]),
    "nothing_to_choose_from": Case([OPEN, event("Deliver", {}, c="ann")]),
    "effect": Case([send("ann", 2), OPEN, deliver({"stock[ann]": 1, "stock[bob]": 0, "door[ann]": "shut"}, 2)]),
    "effect_on_a_set": Case(
        [send("ann", 1), event("Send", {"way": {"#set": [parcel("bob", 1), parcel("ann", 1)]}}, c="ann", w=2)],
        constants=ROOMY,
    ),
    "effect_on_a_function": Case([send("ann", 1), OPEN, deliver({"stock": {"ann": 2, "cat": 0}})]),
    "no_such_entry": Case([event("Open", {"door[ann][bob]": 1, "stock[way]": 1}, c="ann")]),
    "before": Case([OPEN, {**send("ann", 1), "pre": {"door[ann]": "shut", "door[bob]": "shut"}}]),
    "member_of_a_sequence": Case([send("ann", 1), event("HandOver", c="ann", p=parcel("ann", 2))], HAND_OVER),
    "end_of_a_sequence": Case(
        [send("ann", 1), event("HandOver", {"stock[ann]": 2}, c="ann", p=parcel("ann", 1))], HAND_OVER
    ),
    "alternatives": Case([OPEN, event(["Open", "Shut"], {"door[ann]": "open"}, c="ann")]),
    "silent_steps": Case(
        [send("ann", 1), event("Send", {"way": {"#set": [parcel("ann", 1), parcel("bob", 2)]}}, c="bob", w=2)],
        "[silent]\nLose = 2",
    ),
    "no_value": Case([send("ann", 1), OPEN, event("Deliver", {}, c="ann", p=1)]),
    "stuttering": Case([OPEN, event("Ping", {"door[ann]": "shut"})], "[events]\nPing = { stutter = true }"),
    "any_step": Case([event(None, {"stock[ann]": 1})]),
    "several_prefixes": Case([event("Send", {}, c="ann"), OPEN, event("Deliver", {"stock[ann]": 3}, c="ann")]),
    "invariant": Case([OPEN, send("ann", 5), deliver({}, 5), send("ann", 5), deliver({}, 5)], 'invariants = ["Light"]'),
}


def trace(case: Case) -> Trace:
    return trace_of(*case.events, constants=case.constants)


@pytest.mark.parametrize("name", CASES)
def test_the_text(name: str, regenerate: bool) -> None:
    case = CASES[name]
    result = validate(trace(case), case.mapping)
    assert result.exit_code == 1
    actual = text_report(result).replace(str(COURIER), COURIER.name) + "\n"
    golden = TESTDATA / "diagnostics" / f"{name}.txt"
    if regenerate:
        golden.parent.mkdir(exist_ok=True)
        golden.write_text(actual, encoding="utf-8")
    assert actual == golden.read_text(encoding="utf-8")


def test_every_text_has_its_case() -> None:
    assert {path.stem for path in (TESTDATA / "diagnostics").iterdir()} == set(CASES)


def test_the_object_says_the_same() -> None:
    case = CASES["near_miss"]
    data = result_object(validate(trace(case), case.mapping))
    assert (data["verdict"], data["explained"], data["event"]["line"]) == ("does not conform", 3, 5)
    refusal = data["refusals"][0]
    assert (refusal["kind"], refusal["step"]["action"], refusal["conjunct"]) == ("guard", "Deliver", "p \\in way")
    assert refusal["step"]["args"] == {"c": "ann", "p": parcel("ann", 2)}
    assert refusal["nearest"]["differences"] == [{"path": ".weight", "expected": 1, "got": 2, "is_element": False}]
    effect = CASES["effect"]
    mismatches = result_object(validate(trace(effect), effect.mapping))["refusals"][0]["mismatches"]
    assert [(m["path"], m["expected"], m["got"]) for m in mismatches] == [
        ("stock[ann]", 2, 1),
        ("door[ann]", "open", "shut"),
    ]
    assert mismatches[0]["place"]["line"] == 44
