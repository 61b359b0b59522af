"""The tables of states of the compiled engine, with several workers that add to them at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from .pieces import STATES_OF_ONE_WORD, output_of

pytestmark = pytest.mark.usefixtures("compiler")

# The tables without a search; now and then a worker gives way where it has found the slot that it is about to take, or
# has taken it and not yet written to it. There may be no memory for larger tables.
TABLES = (
    """
#include <sched.h>
static __thread unsigned turn;
#define GIVE_WAY \\
    if (++turn % 4 == 0) sched_yield()
#include "states.cpp"

#include <cstdio>
#include <thread>

constexpr u64 WORKERS = 4;

"""
    + STATES_OF_ONE_WORD
    + """static u64 counts[4], forgotten_places;
static bool is_memory_short;
u32 further_words() { return 0; }
void forget_state(u64) { __atomic_fetch_add(&forgotten_places, 1, __ATOMIC_RELAXED); }
void* zeroed(u64 bytes) {
    if (is_memory_short) throw Fault{FaultKind::MEMORY, "out of memory"};
    return std::calloc(bytes, 1);
}

// Of what is not asked.
bool are_further_words_values() { return false; }
void found_again(u64*) {}
void start_frontier(u32, bool) {}
void log_state(const Origin&, const V*) {}
void run_on(u32, void (*)(u32)) {}
void Saver::put(u64) {}
void Saver::put_bytes(const void*, u64) {}
void Saver::put_values(const V*, u64) {}
u64 Loader::get() { return 0; }
void Loader::get_bytes(void*, u64) {}
void Loader::get_values(V*, u64) {}

static u64 fingerprint_of(u64 state) { return mix(state + 1); }

static Novelty add(u64 state, u64 place) {
    return add_state(Origin{place, fingerprint_of(state), 0}, nullptr, nullptr);
}
"""
)

# Each worker adds all states, in an order of its own, each at a place of its own; tables grow meanwhile. Prints how
# many states there are, and how many things are other than they should be: a state that is new to two workers, or that
# has not the least of its places at the end, or whose place was made less without one that was forgotten.
ADDED_AT_ONCE = """
constexpr u64 STATES = 1000003;  // a prime

static u64 place_by(u64 worker, u64 state) { return mix(state * WORKERS + worker) >> 2; }

static void add_all(u64 worker) {
    own_number = u32(worker);
    for (u64 i = 0; i < STATES; i++) {
        u64 state = (i * (worker + 1)) % STATES;
        Novelty novelty = add(state, place_by(worker, state));
        __atomic_fetch_add(&counts[int(novelty)], 1, __ATOMIC_RELAXED);
    }
}

static bool is_at_least_place(u64 state) {
    u64 least = ~u64(0);
    for (u64 worker = 0; worker < WORKERS; worker++) least = std::min(least, place_by(worker, state));
    bool is_known;
    u64* slot = find_place(places[part_of(fingerprint_of(state))], fingerprint_of(state), nullptr, is_known);
    return is_known && place_of(slot) == least;
}

int main() {
    start_states(WORKERS, false);
    std::thread workers[WORKERS];
    for (u64 i = 0; i < WORKERS; i++) workers[i] = std::thread(add_all, i);
    for (std::thread& worker : workers) worker.join();
    u64 wrong = 0, larger = 0;
    for (u64 state = 0; state < STATES; state++) wrong += !is_at_least_place(state);
    wrong += counts[int(Novelty::NEW)] != STATES || counts[int(Novelty::EARLIER)] != forgotten_places;
    std::vector<u64> found;
    collect_places(found);
    wrong += found.size() != STATES;
    for (Places* table = places[0]; table->smaller != nullptr; table = table->smaller) larger++;
    std::printf("%d %d %d", int(level_size()), int(wrong), larger > 3);
}
"""


def test_states_that_several_workers_add_at_once_are_kept_at_the_least_place(tmp_path: Path) -> None:
    assert output_of(TABLES + ADDED_AT_ONCE, tmp_path) == ["1000003", "0", "1"]


# Prints what becomes of the first state that there is no memory for, of the same once more, and once there is some.
MEMORY_IS_SHORT = """
static void tell(u64 state) {
    try {
        std::printf("%d\\n", add(state, state) == Novelty::NEW);
    } catch (const Fault& fault) {
        std::puts(fault.what);
    }
}

int main() {
    start_states(WORKERS, false);
    u64 state = 0;
    for (; state < 1000; state++) add(state, state);
    is_memory_short = true;
    try {
        for (;; state++) add(state, state);
    } catch (const Fault&) {
    }
    tell(state);
    is_memory_short = false;
    tell(state);
    std::printf("%d", level_size() == state + 1);
}
"""


def test_where_there_is_no_memory_nobody_waits_for_it(tmp_path: Path) -> None:
    """The lock of a table that could not grow was held for ever."""
    assert output_of(TABLES + MEMORY_IS_SHORT, tmp_path) == ["out", "of", "memory", "1", "1"]
