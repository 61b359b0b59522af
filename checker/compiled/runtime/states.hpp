// The states found so far: fingerprints of earlier levels, which are only read while a level is explored, and the states
// of the level that is being filled, each with the least place at which it was found.
//
// A place is the position of the parent in its level and the ordinal among the states found from it, in one word: the
// order of a search by one worker. Whoever finds a state first in that order counts, whatever the number of workers and
// whichever comes first in time; so figures, depth and counterexample do not depend on them.
#pragma once

#include <vector>

#include "checkpoint.hpp"
#include "frontier.hpp"

enum class Novelty : u8 { OLD, NEW, LATER, EARLIER };  // LATER, EARLIER: found in this level already, at another place

void start_states(u32 workers, bool keeps_fingerprints);  // of origins: see frontier.hpp
void prefetch_state(u64 fingerprint);
bool is_found(u64 fingerprint, u64 place);  // before that place; where states are known by fingerprints alone
Novelty add_state(const Origin& origin, const u64* words, const V* state);
bool is_found_at(u64 fingerprint, u64 place);        // of the level being filled
u64 place_found(u64 fingerprint, const u64* words);  // of a state of the level being filled
u64 level_size();                                    // states found so far in the level being filled

void collect_places(std::vector<u64>& places);  // of all states of the level being filled

// What was found up to a place is of an earlier level, once each of some workers has called `see_level`; the level being
// filled is empty then.
void begin_seeing(u64 last_place);
void see_level();

// What a state is known by: its fingerprint, and further words.
void save_known(Saver& saver, const u64* known);
void load_known(Loader& loader, u64* known);

void save_seen(Saver& saver);  // states of earlier levels
void restore_seen(Loader& loader);

u64 table_bytes();
u64 least_distance(u32 workers);  // between two fingerprints in the table, in the order of numbers
