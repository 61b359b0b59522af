// Looks at states that were found: whether each is in the model, whether it is known, and whether it is as it should be.
//
// What is wrong is a finding. The first in the order of a search by one worker counts, once it is certain that no earlier
// place finds the same state; what lies behind it need not be looked at.
#pragma once

#include "answer.hpp"
#include "states.hpp"

struct Finding {
    Found what;
    u64 place;
    u8 phase;  // orders what is found at one place: the state first, then the step
    int index;  // of the predicate
    u32 label;       // where states are taken in order
    bool is_stored;  // whether the finding stands only if the state was first found here
    u64 fingerprint;
    V* state;
    Fault fault;
};

constexpr Finding NOTHING_FOUND{Found::NONE, ~u64(0), 0, 0, 0, false, 0, nullptr, Fault{}};

extern bool only_new_states_count;  // nothing is asked of a state that is not new: its components need not be interned
extern u64 stop_position;           // positions behind it need not be expanded

void start_examining();  // before a search
void stop_behind(u64 position);
void note_enumeration(Found what, u64 position, u64 ordinal, const Fault& fault);

// A round goes over positions in ascending order. The next may begin before the end of the one before: where what stopped
// that does not stand.
void start_round();
void join_round();                       // each worker
Finding first_finding(bool is_initial);  // that stands, of the level at hand; those before it that do not are dropped

// --- what is to be examined ------------------------------------------------------------------------------------------

// What was found from one state, or, where `before` is null, some of the initial states.
struct Expanded {
    const V* before;
    u64 position;
    u64 ordinal;     // of the first of them
    u64 first, end;  // among `successors`
};

constexpr u64 BATCH = 64;  // so many may be pending

V* room_for_pending();  // for a state that is about to be expanded
void add_pending(const Expanded& expanded);
u64 pending_count();
void examine_pending();  // all that was found, in order; nothing is left of it then

// Where states are looked at in order, one after another, to the first that is not as it should be.
struct InOrder {
    u64 generated;   // states looked at
    const V* state;  // the one that is looked at, or null
    u32 label;
    u64 noted;  // findings among the states found from the same one
};
extern InOrder in_order;
