// The queue of states: those of the level being filled, as each worker found them, and those of the level that is being
// expanded, in the order of a search by one worker.
//
// A worker writes what it finds to a log of its own. What it finds from states that follow each other is a stretch of its
// log, in order; the level is the stretches of all logs, one after another, and nothing is copied.
//
// Where the queue takes more memory than it may, full blocks of a log go to a file of the worker's own, and are read back
// as a whole when their turn comes. A file that cannot be written or read ends the process without a verdict.
#pragma once

#include <vector>

#include "search.hpp"

constexpr int ORDINAL_BITS = 31;  // and as many bits as positions have: the first bit of a place is 0
constexpr u64 ORDINALS = u64(1) << ORDINAL_BITS;
inline u64 place_of_state(u64 parent, u64 ordinal) { return (parent << ORDINAL_BITS) + ordinal; }
inline u64 parent_of_place(u64 place) { return place >> ORDINAL_BITS; }
inline u64 ordinal_of_place(u64 place) { return place & (ORDINALS - 1); }

// Where a state of the level being filled came from.
struct Origin {
    u64 place;
    u64 fingerprint;
    u32 label;
};

void start_frontier(u32 workers, bool keeps_fingerprints);  // of origins; or they are 0 when they are told
void limit_queue(u64 bytes);  // of states in memory
void begin_stretch();  // what this worker logs from now on comes from other states than what it has logged
void log_state(const Origin& origin, const V* state);  // of the level being filled
void forget_state(u64 place);                          // it was found at an earlier place as well
void end_logging();                                    // of this worker, for this level, or for now

// What has been logged up to a place is the level to expand from now on: `begin_level` returns how many states there are,
// and the level being filled is empty then. Each of some workers then calls `take_stretches`, and tells `each` of states:
// all are told of every one. After `end_level`, which may tell of them once more, in order, there is `state_at`.
u64 begin_level(u64 last_place);
void take_stretches(void (*each)(u64 position, const Origin& origin));
void end_level(void (*each)(u64 position, const Origin& origin));  // or null

// A state of the level to expand; it may give way when the same worker asks for another.
const V* state_at(u64 position);
