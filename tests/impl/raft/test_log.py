"""The log, and above all what it hands over for persisting, against a plain list."""

from __future__ import annotations

from comitia.impl.raft import DurableState, Entry, Persist
from comitia.impl.raft.log import Log
from hypothesis import given
from hypothesis import strategies as st

from .harness import log_of

CHANGES = st.lists(
    st.one_of(
        st.tuples(st.just("append"), st.integers(1, 3)),
        st.tuples(st.just("truncate"), st.integers(1, 8)),
        st.tuples(st.just("take"), st.just(0)),
    )
)


@given(st.integers(0, 4), CHANGES)
def test_what_is_taken_and_persisted_yields_the_log(restored: int, changes: list[tuple[str, int]]) -> None:
    durable = DurableState(1, None, log_of(*[1] * restored))
    log = Log(durable.entries)
    for term, (change, number) in enumerate([*changes, ("take", 0)], start=1):
        if change == "append":
            log.append([Entry(term, b"x")] * number)
        elif change == "truncate" and number <= log.last_index:
            log.truncate_from(number)
        elif change == "take":
            durable = durable.after(Persist(term, None, *log.take_changes()))
            assert durable.entries == log.entries
    assert log.take_changes() == (None, ())


def test_index_0_precedes_the_first_entry() -> None:
    log = Log(log_of(1, 1, 2))
    assert (log.term_at(0), log.last_index, log.last_term) == (0, 3, 2)
    assert log.holds(0, 0)
    assert not log.holds(0, 1)
    assert (Log().last_index, Log().last_term) == (0, 0)


def test_first_conflict_is_the_first_difference_in_term() -> None:
    log = Log(log_of(1, 1, 2, 2))
    assert log.first_conflict(1, log_of(1, 2, 3)) == 4
    assert log.first_conflict(1, log_of(1, 2)) is None
    assert log.first_conflict(4, log_of(3)) is None
    assert log.first_conflict(9, log_of(3)) is None
    assert log.slice(2, 9) == log.entries[1:]
