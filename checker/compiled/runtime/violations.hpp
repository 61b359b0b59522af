// Where a search goes on after a violation: the first place at which each predicate is violated. From there on the
// predicate is not evaluated any more.
#pragma once

#include "checkpoint.hpp"
#include "search.hpp"

extern bool keeps_going;

struct Violation {
    PredicateKind kind;
    u32 index;
    u64 place;   // in the level in which it was found
    u64 parent;  // the number of the state before the one that shows it, or NO_STATE
    u64 level;
    u32 label;   // of the step to the state
    V* state;
    bool is_settled;
};

void start_violations();

// By index, whether a predicate of that kind is not to be evaluated at a place of the level.
u8* skipped_predicates(PredicateKind kind, u64 place);
void note_violation(PredicateKind kind, u32 index, u64 place, u32 label, const V* state);

// The level is over: of what was found in it, that up to a place counts.
void settle_violations(u64 last_place, u64 level, u64 level_base);

void save_violations(Saver& saver);  // those that are settled
void restore_violations(Loader& loader);

// What counts, in order.
u64 violation_count();
const Violation& violation_at(u64 index);
