"""A text parses or is refused with a message; what messages say is tested in tests/checker/test_diagnostics.py."""

from __future__ import annotations

import random

import pytest
from comitia.model.diagnostics import ParseError
from comitia.model.source import Source
from comitia.model.syntax import parser


@pytest.mark.parametrize("text", ["", " ", "\n", "+", "(", "a b", "/\\", '"', "(*", "a +", "\\", "====", "---- MODULE"])
def test_no_text_is_too_short_for_a_message(text: str) -> None:
    for parse in (parser.parse_module, parser.parse_expression):
        with pytest.raises(ParseError) as caught:
            parse(Source("short", text))
        assert str(caught.value)


SAMPLE = r"""---- MODULE M ----
EXTENDS Naturals
CONSTANTS N, F(_, _)
VARIABLES x, y
LOCAL I(z) == INSTANCE K WITH a <- z, + <- F
f[i \in 1..N] == IF i = 0 THEN "a" ELSE [f EXCEPT ![i].b = @ + 1]
Next == /\ x' = [a |-> 1, b |-> {e + 1 : e \in S}]
        /\ \/ \E u, v \in S : CASE u -> v [] OTHER -> LET w == -u IN (w * w)
           \/ <<A>>_x /\ WF_<<x, y>>(Next) (* a (* b *) *)
THEOREM T == ASSUME NEW q \in S PROVE P
<1>1. a = b  BY DEF Next
<1> QED
====
"""


def test_every_truncation_is_refused_with_a_message() -> None:
    end = SAMPLE.rindex("====")
    for length in range(end + 3):
        with pytest.raises(ParseError) as caught:
            parser.parse_module(Source("M.tla", SAMPLE[:length]))
        assert caught.value.span is not None
        assert str(caught.value)
    assert parser.parse_module(Source("M.tla", SAMPLE)).name.name == "M"


@pytest.mark.parametrize("seed", range(5))
def test_any_two_tokens_may_change_places(seed: int) -> None:
    """Whatever becomes of the module, it parses or is refused with a message."""
    chance = random.Random(seed)
    words = SAMPLE.split(" ")
    for _ in range(60):
        mixed = list(words)
        one, other = chance.randrange(len(words)), chance.randrange(len(words))
        mixed[one], mixed[other] = mixed[other], mixed[one]
        try:
            parser.parse_module(Source("M.tla", " ".join(mixed)))
        except ParseError as error:
            assert error.span is not None
            assert str(error)
