"""Mappings: what is malformed or does not fit the module is refused where it stands."""

from __future__ import annotations

import json

import pytest
from comitia.checker.conformance.mapping import Mapping, MappingError, Member, parse_mapping
from comitia.model.diagnostics import TraceError
from comitia.model.source import Source

from .harness import event, mapping_of, trace_of, validate


def test_the_empty_mapping() -> None:
    mapping = mapping_of("")
    assert (mapping.init, mapping.next, mapping.specification) == ("Init", "Next", None)
    assert mapping.rule("Open").alternatives == ((Member("Open"),),)
    assert Mapping().rule("Open") == mapping.rule("Open")


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("init = ", None, "is not TOML"),
        ("init = 1", "init", "`init` is malformed"),
        ("colour = 1", "colour", "the mapping has an unknown key `colour`"),
        ('init = "Init"\nspecification = "Spec"', "specification", "both a specification and init or next"),
        ("invariants = [1]", "invariants", "`invariants` is malformed"),
        ("silent = 1", "silent", "`silent` is not a table"),
        ("[silent]\nLose = 0", "Lose", "the budget of `Lose` makes no sense"),
        ("[silent]\nLose = true", "Lose", "the budget of `Lose` makes no sense"),
        ("[events]\nGot = []", "Got", "the event `Got` stands for nothing"),
        ("[events]\nGot = {}", "Got", "the event `Got` is malformed"),
        ("[events]\nGot = { any = [] }", "Got", "`Got` is malformed"),
        ("[events]\nGot = { stutter = false }", "Got", "the event `Got` is malformed"),
        ('[events]\nGot = { any = ["Open"], sequence = ["Open"] }', "Got", "the event `Got` is malformed"),
        ('[events]\nGot = { any = ["Open"], orr = 1 }', "orr", "the event `Got` has an unknown key `orr`"),
        ('[events]\nGot = { action = "Open", optional = true }', "optional", "has an unknown key `optional`"),
        ("[events]\nGot = { sequence = [{ args = {} }] }", "Got", "has no action"),
        ('[events]\nGot = { sequence = [{ action = "Open", optional = 1 }] }', "Got", "is malformed"),
        ('[events]\nGot = { action = "Open", args = { c = 1 } }', "Got", "`Got` is malformed"),
    ],
)
def test_malformed(text: str, place: str | None, message: str) -> None:
    with pytest.raises(MappingError) as caught:
        mapping_of(text)
    assert message in caught.value.message
    assert (caught.value.span and caught.value.span.text) == place
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ('next = "Nxt"', "Nxt", "does not define `Nxt`"),
        ('invariants = ["Lite"]', "Lite", "does not define `Lite`"),
        ("[constants]\nRom = 1", "Rom", "has no constant `Rom`"),
        ("[constants]\nRoom = 1.5", "Room", "is no TLA+ value"),
        ('unobserved = ["doors"]', "doors", "has no variable `doors`"),
        ('[variables]\nd = "doors"', "doors", "has no variable `doors`"),
        ("[values_of.doors]\n1 = 2", "doors", "has no variable `doors`"),
        ("[values]\nx = 1.5", "x", "is no TLA+ value"),
        ("[values_of.door]\nx = 1.5", "x", "is no TLA+ value"),
        ("[silent]\nLoose = 1", "Loose", "has no action `Loose`"),
        ('[events]\nGot = "Parcel"', "Parcel", "`Parcel` is defined in Courier, but no step"),
        ('[events]\nGot = { action = "Open", args = { d = "x" } }', "d", "has no parameter `d`"),
    ],
)
def test_what_does_not_fit(text: str, place: str, message: str) -> None:
    with pytest.raises(TraceError) as caught:
        validate(trace_of(event("Open", c="ann")), text)
    assert message in caught.value.message
    assert caught.value.span is not None
    assert (caught.value.span.source.name, caught.value.span.text) == ("Courier.trace.toml", place)


def test_constants_of_the_mapping_are_fixed() -> None:
    trace = trace_of(event("Open", c="ann"))
    assert validate(trace, "[constants]\nRoom = 1").exit_code == 0
    with pytest.raises(TraceError, match="fixes the constant `Room`") as caught:
        validate(trace, "[constants]\nRoom = 2")
    assert (caught.value.expected, caught.value.got) == ("2", "1")
    assert caught.value.span is not None and caught.value.span.text == '"Room"'


def test_constants_of_the_mapping_need_not_be_in_the_trace() -> None:
    trace = trace_of(event("Open", c="ann"))
    text = trace.source.text.replace(', "Room": 1', "")
    assert json.loads(text.split("\n")[0])["constants"].keys() == {"Client", "Weight"}
    from comitia.checker.conformance.trace import parse_trace

    assert validate(parse_trace(Source("run.ndjson", text)), "[constants]\nRoom = 1").exit_code == 0


def test_a_specification_instead_of_init_and_next() -> None:
    assert validate(trace_of(event("Open", c="ann")), 'specification = "Spec"').exit_code == 0


@pytest.mark.parametrize(
    ("mapping", "message"),
    [
        ('[events]\nGot = { action = "Open", args = { c = "$node" } }', "the event names no node"),
        ('[events]\nGot = { action = "Open", args = { c = "who" } }', "the event has no argument `who`"),
        ('[events]\nGot = { action = "Open", args = { c = "x.who" } }', "the argument `x` has no field"),
    ],
)
def test_arguments_that_an_event_lacks(mapping: str, message: str) -> None:
    with pytest.raises(TraceError, match=message):
        validate(trace_of(event("Got", x={"y": 1})), mapping)


def test_the_mapping_of_the_docstring_is_one() -> None:
    from comitia.checker.conformance import mapping

    assert mapping.__doc__ is not None
    text = "\n".join(line for line in mapping.__doc__.splitlines() if line.startswith("    "))
    parsed = parse_mapping(Source("doc", "\n".join(line[4:] for line in text.splitlines())))
    assert set(parsed.events) == {"Elected", "Received", "Appended", "Flushed"}
    assert parsed.rule("Appended").alternatives == ((Member("UpdateTerm", {}, True), Member("HandleAppendRequest")),)
