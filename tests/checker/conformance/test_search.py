"""What conforms and what does not: silent steps, sequences, alternatives, stuttering, partial observations."""

from __future__ import annotations

from typing import Any

import pytest
from comitia.checker.conformance.validation import Result, Verdict
from comitia.model.diagnostics import TraceError

from .harness import event, parcel, trace_of, validate

SEND_ANN = event("Send", {"way": {"#set": [parcel("ann", 1)]}}, c="ann", w=1)
SEND_BOB = event("Send", {"way": {"#set": [parcel("bob", 2)]}}, c="bob", w=2)
OPEN_ANN = event("Open", {"door[ann]": "open"}, c="ann")
DELIVER_ANN = event("Deliver", {"stock[ann]": 1, "way": {"#set": []}}, c="ann", p=parcel("ann", 1))


def conforms(result: Result) -> bool:
    assert result.verdict in (Verdict.CONFORMS, Verdict.DOES_NOT_CONFORM)
    return result.verdict is Verdict.CONFORMS


def test_a_run_of_the_specification_conforms() -> None:
    result = validate(trace_of(SEND_ANN, OPEN_ANN, DELIVER_ANN))
    assert conforms(result)
    assert (result.explained, dict(result.actions), result.silent) == (3, {"Send": 1, "Open": 1, "Deliver": 1}, 0)


def test_order_matters() -> None:
    result = validate(trace_of(SEND_ANN, DELIVER_ANN, OPEN_ANN))
    assert not conforms(result)
    assert result.explained == 1


# --- silent steps ----------------------------------------------------------------------------------------------------


def test_a_silent_step_is_taken_only_where_the_mapping_allows_it() -> None:
    """There is room for one parcel: the second is sent only if the first has been lost."""
    trace = trace_of(SEND_ANN, SEND_BOB)
    assert not conforms(validate(trace))
    result = validate(trace, "[silent]\nLose = 1")
    assert conforms(result)
    assert (result.silent, result.actions["Lose"]) == (1, 1)


@pytest.mark.parametrize(("budget", "expected"), [(1, False), (2, True), (3, True)])
def test_a_budget_is_that_of_one_gap(budget: int, expected: bool) -> None:
    """Two parcels have to be lost between the second and the third event, and again before the next pair."""
    both = [
        event("Send", c="ann", w=1),
        event("Send", {"way": {"#set": [parcel("ann", 1), parcel("bob", 2)]}}, c="bob", w=2),
        event("Send", {"way": {"#set": [parcel("ann", 5)]}}, c="ann", w=5),
        event("Send", {"way": {"#set": [parcel("ann", 5), parcel("bob", 1)]}}, c="bob", w=1),
        event("Send", {"way": {"#set": [parcel("bob", 5)]}}, c="bob", w=5),
    ]
    assert conforms(validate(trace_of(*both, constants={"Room": 2}), f"[silent]\nLose = {budget}")) is expected


def test_each_silent_action_has_its_own_budget() -> None:
    trace = trace_of(SEND_ANN, event("Deliver", {"stock[ann]": 1}, c="ann", p=parcel("ann", 1)), SEND_BOB, SEND_ANN)
    assert not conforms(validate(trace, "[silent]\nOpen = 1"))
    assert not conforms(validate(trace, "[silent]\nLose = 2"))
    assert conforms(validate(trace, "[silent]\nOpen = 1\nLose = 1"))


def test_silent_steps_may_come_before_the_first_event() -> None:
    trace = trace_of(event("Shut", {"door[bob]": "shut"}, c="bob"))
    assert not conforms(validate(trace))
    assert conforms(validate(trace, "[silent]\nOpen = 1"))


# --- what an event may stand for -------------------------------------------------------------------------------------


def test_a_sequence_is_one_event() -> None:
    mapping = '[events]\nHandOver = { sequence = ["Open", "Deliver", "Shut"] }'
    hand_over = event("HandOver", {"stock[ann]": 1, "door[ann]": "shut"}, c="ann", p=parcel("ann", 1))
    result = validate(trace_of(SEND_ANN, hand_over), mapping)
    assert conforms(result)
    assert sum(result.actions.values()) == 4
    assert not conforms(validate(trace_of(SEND_ANN, OPEN_ANN, hand_over), mapping))


@pytest.mark.parametrize("opened", [True, False])
def test_an_optional_member_is_taken_or_left_out(opened: bool) -> None:
    mapping = '[events]\nHandOver = { sequence = ["Open?", "Deliver"] }'
    hand_over = event("HandOver", {"stock[ann]": 1}, c="ann", p=parcel("ann", 1))
    events = [SEND_ANN, OPEN_ANN, hand_over] if opened else [SEND_ANN, hand_over]
    assert conforms(validate(trace_of(*events), mapping))


def test_an_optional_member_does_not_excuse_the_others() -> None:
    mapping = (
        '[events]\nHandOver = { sequence = ["Open?", { action = "Deliver" }, { action = "Shut", optional = true }] }'
    )
    hand_over = event("HandOver", {"stock[ann]": 1}, c="ann", p=parcel("ann", 2))
    assert not conforms(validate(trace_of(SEND_ANN, hand_over), mapping))


@pytest.mark.parametrize(("stock", "expected"), [(1, True), (0, True), (2, False)])
def test_one_of_several_alternatives(stock: int, expected: bool) -> None:
    mapping = """
        [events]
        Gone = { any = ["Deliver", { action = "Lose", args = { p = "p" } }], ignore = ["reason"] }
    """
    gone = event("Gone", {"way": {"#set": []}, "stock[ann]": stock}, c="ann", p=parcel("ann", 1), reason="?")
    assert conforms(validate(trace_of(SEND_ANN, OPEN_ANN, gone), mapping)) is expected


def test_an_event_may_list_alternatives_itself() -> None:
    toggled = event(["Open", "Shut"], {"door[ann]": "shut"}, c="ann")
    assert conforms(validate(trace_of(OPEN_ANN, toggled)))
    assert not conforms(validate(trace_of(toggled)))


@pytest.mark.parametrize(("door", "expected"), [("open", True), ("shut", False)])
def test_stuttering_changes_nothing_and_checks_what_is_observed(door: str, expected: bool) -> None:
    ping = event("Ping", {"door[ann]": door})
    mapping = "[events]\nPing = { stutter = true }"
    assert conforms(validate(trace_of(OPEN_ANN, ping, ping), mapping)) is expected


def test_an_event_without_an_action_is_any_step_but_one_step() -> None:
    assert conforms(validate(trace_of(SEND_ANN, event(None, {"way": {"#set": []}}))))
    assert not conforms(validate(trace_of(SEND_ANN, event(None, {"way": {"#set": [parcel("bob", 1)]}}))))
    assert not conforms(validate(trace_of(SEND_ANN, event(None, {"way": {"#set": []}, "stock[ann]": 1}))))


# --- arguments -------------------------------------------------------------------------------------------------------


def test_what_is_not_given_is_chosen() -> None:
    trace = trace_of(event("Send", c="ann"), event("Open", {"door[ann]": "open"}), event("Deliver", {"stock[ann]": 5}))
    result = validate(trace)
    assert conforms(result)
    assert any("`w` of Send is not given (line 2)" in warning for warning in result.warnings)
    assert not conforms(validate(trace_of(event("Send", c="ann"), event("Deliver", {"stock[ann]": 5}))))


def test_a_parameter_that_the_mapping_leaves_open_is_no_warning() -> None:
    mapping = '[events]\nSend = { action = "Send", args = { w = "*" } }'
    assert not [w for w in validate(trace_of(event("Send", c="ann")), mapping).warnings if "is not given" in w]


def test_a_step_is_one_of_next_and_not_of_the_action_alone() -> None:
    """Nothing in Send says that c is a client or w a weight: Next does, by what it chooses from."""
    assert not conforms(validate(trace_of(event("Send", c="ann", w=3))))
    assert not conforms(validate(trace_of(event("Send", c="Courier", w=1))))


def test_arguments_by_the_mapping() -> None:
    mapping = '[events]\nGot = { action = "Deliver", args = { c = "parcel.to", p = "parcel" } }\n'
    mapping += 'Opened = { action = "Open", args = { c = "$node" } }'
    opened = {"node": "ann", **event("Opened", {"door[ann]": "open"})}
    got = event("Got", {"stock[ann]": 1}, parcel=parcel("ann", 1))
    assert conforms(validate(trace_of(SEND_ANN, opened, got, nodes=["ann"]), mapping))


def test_arguments_that_have_no_value_refuse_the_step() -> None:
    result = validate(trace_of(SEND_ANN, OPEN_ANN, event("Deliver", c="ann", p=1)))
    assert not conforms(result)
    assert result.refusals[0].kind in ("evaluation", "guard")


# --- observations ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("obs", "expected"),
    [
        ({"stock[ann]": 0}, True),
        ({"stock.ann": 0}, True),
        ({'stock["ann"]': 0}, True),
        ({"stock": {"ann": 0, "bob": 0}}, True),
        ({"stock[ann]": 1}, False),
        ({"stock[ann]": "0"}, False),
        ({"stock[ann]": False}, False),
        ({"stock[ann][bob]": 0}, False),
        ({"stock[open]": 0}, False),
        ({"way": [parcel("ann", 1)]}, False),
    ],
)
def test_observations_by_path(obs: dict[str, Any], expected: bool) -> None:
    assert conforms(validate(trace_of(event("Send", obs, c="ann", w=1)))) is expected


def test_observations_before_an_event() -> None:
    before = {**SEND_ANN, "pre": {"way": {"#set": []}}}
    assert conforms(validate(trace_of(before)))
    assert not conforms(validate(trace_of(OPEN_ANN, {**SEND_ANN, "pre": {"door[ann]": "shut"}})))


def test_names_and_values_by_the_mapping() -> None:
    mapping = '[variables]\nd = "door"\n[values]\nA = "ann"\n[values_of.door]\n1 = "open"\nfalse = "shut"'
    trace = trace_of(event("Open", {"d[A]": 1, "d[bob]": False}, c="A"))
    assert conforms(validate(trace, mapping))
    assert not conforms(validate(trace_of(event("Open", {"d[A]": False}, c="A")), mapping))


# --- the search ------------------------------------------------------------------------------------------------------


def test_every_choice_is_tried() -> None:
    """What was sent first shows only when it is delivered: two wrong weights are tried on the way."""
    for weight in (1, 2, 5):
        trace = trace_of(event("Send", c="ann"), OPEN_ANN, event("Deliver", {"stock[ann]": weight}, c="ann"))
        assert conforms(validate(trace))
    assert not conforms(validate(trace_of(event("Send"), OPEN_ANN, event("Deliver", {"stock[ann]": 3}))))


def test_a_dead_end_is_entered_once() -> None:
    """Each of 40 events may be at either of two doors: 2^40 behaviours, through no more than four states each time."""
    toggles = [event(["Open", "Shut"]) for _ in range(40)]
    result = validate(trace_of(*toggles, event("Deliver", {"stock[ann]": 99})), max_steps=2_000)
    assert result.verdict is Verdict.DOES_NOT_CONFORM


def test_a_bound_on_the_search_is_never_a_pass() -> None:
    trace = trace_of(SEND_ANN, OPEN_ANN, DELIVER_ANN)
    assert validate(trace, max_steps=4).verdict is Verdict.INCONCLUSIVE
    assert validate(trace, max_steps=40).verdict is Verdict.CONFORMS


def test_a_long_trace_takes_time_in_proportion() -> None:
    pair = [OPEN_ANN, event("Shut", {"door[ann]": "shut"}, c="ann")]
    result = validate(trace_of(*pair * 1500))
    assert conforms(result)
    assert result.evaluated <= 2 * 3000


def test_invariants_are_checked_on_the_behaviour_that_is_found() -> None:
    heavy = [event("Send", c="ann", w=5), event("Deliver", {}, c="ann", p=parcel("ann", 5))]
    mapping = 'invariants = ["Light"]'
    assert conforms(validate(trace_of(OPEN_ANN, *heavy), mapping))
    result = validate(trace_of(OPEN_ANN, *heavy, *heavy), mapping)
    assert not conforms(result)
    assert result.violation is not None
    assert (result.violation.invariant, result.violation.events) == ("Light", 5)


def test_invariants_are_not_checked_on_dead_ends() -> None:
    """A weight of 5 sent twice would be too much; what was sent is known from what is delivered at last."""
    send, deliver = event("Send", c="ann"), event("Deliver", c="ann")
    trace = trace_of(OPEN_ANN, send, deliver, send, event("Deliver", {"stock[ann]": 3}, c="ann"))
    assert conforms(validate(trace, 'invariants = ["Light"]'))


# --- what proves nothing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("events", [[event()], [event("Ping"), event("Ping")], [event("Perhaps", c="ann")]])
def test_a_trace_that_checks_nothing_is_refused(events: list[dict[str, Any]]) -> None:
    mapping = '[events]\nPing = { stutter = true }\nPerhaps = { sequence = ["Open?"] }'
    with pytest.raises(TraceError, match="the trace checks nothing"):
        validate(trace_of(*events), mapping)


def test_warnings() -> None:
    mapping = 'unobserved = ["stock"]\n[events]\nPing = { stutter = true }'
    result = validate(trace_of(OPEN_ANN, event("Ping"), event("Shut", c="ann"), observed=["door", "stock"]), mapping)
    assert list(result.warnings) == [
        "no event observes `way`",
        "no event observes `stock`, though the header says so",
        "1 event checks nothing, the first in line 3",
        "1 event observes nothing, and checks only that an action is possible, the first in line 4",
    ]
