// The states found so far: fingerprints of earlier levels, which are only read while a level is explored, and the states
// of the level that is being filled, each with the least place at which it was found.
//
// A place is the position of the parent in its level and the ordinal among the states found from it, in one word: the
// order of a search by one worker. Whoever finds a state first in that order counts, whatever the number of workers and
// whichever comes first in time; so figures, depth and counterexample do not depend on them.
#pragma once

#include <vector>

#include "search.hpp"

constexpr int ORDINAL_BITS = 24;
inline u64 place_of_state(u64 parent, u64 ordinal) { return (parent << ORDINAL_BITS) + ordinal; }
inline u64 parent_of_place(u64 place) { return place >> ORDINAL_BITS; }
inline u64 ordinal_of_place(u64 place) { return place & ((u64(1) << ORDINAL_BITS) - 1); }

enum class Novelty : u8 { OLD, NEW, LATER, EARLIER };  // LATER, EARLIER: found in this level already, at another place

// Where a state of the level being filled came from.
struct Origin {
    u64 place;
    u64 fingerprint;
    u32 label;
};

void start_states(u32 workers);
void prefetch_state(u64 fingerprint);
Novelty add_state(u64 fingerprint, u64 place, u32 label, const V* state);
bool is_found_at(u64 fingerprint, u64 place);  // of the level being filled
u64 level_size();                              // states found so far in the level being filled

// The states of the level being filled up to a place, in order; the next level is empty then.
struct LevelStates {
    u64 size;
    V* states;
    Origin* origins;
};
LevelStates take_level(u64 last_place, u64 last_position, u32 workers);  // the position: of the last parent there may be
u64 table_bytes();
u64 least_distance();  // between two fingerprints in the table, in the order of numbers
void collect_places(std::vector<u64>& places);  // of all states of the level being filled
