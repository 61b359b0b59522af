// A search: what it is asked, what it has found so far, and its result.
#pragma once

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "checkpoint.hpp"
#include "examining.hpp"

struct Options {
    u32 workers;
    u64 max_states;  // 0: no bound
    u64 max_depth;
    bool check_deadlock;
};

extern Options options;

// Rows that are not touched, nor copied, when there are to be more: those who fill them, all at once, do so.
template <class T>
class Rows {
public:
    u64 size() const { return count; }
    T* data() { return rows; }
    const T* data() const { return rows; }
    T& operator[](u64 number) { return rows[number]; }
    void resize(u64 wanted) {
        if (wanted > capacity) {
            u64 more = std::max(wanted, capacity + capacity / 2);
            void* larger = std::realloc(rows, more * sizeof(T));
            if (larger == nullptr) throw Fault{FaultKind::MEMORY, "out of memory"};
            rows = static_cast<T*>(larger);
            capacity = more;
        }
        count = wanted;
    }

private:
    T* rows;
    u64 count, capacity;
};

// Where a state was found first.
struct Link {
    u32 parent;  // its number, or NO_STATE
    u32 ordinal;
};

extern u64 level_base;    // the number of the first state of the level being expanded
extern u64 level_number;  // of that level: 1 for initial states, 0 while there are none
extern u64 distinct;
extern u64 initial;                             // of them, initial states
extern std::vector<u64> generated_by, found_by;  // by label
extern Rows<Link> links;                         // by number; where states are taken in order, with labels for ordinals
extern std::vector<V> kept_states;               // where states are taken in order: all of them, by number
extern u64 position_at_hand;                     // in the level, where states are taken in order: one worker's

u32 initial_ordinal(u64 place);  // the number, in the order in which they are found, of the initial state at a place

// For the thread that tells how far the search is: what is known at the beginning of a level, and what was done before
// this process; then what each worker has done.
struct Shown {
    u64 level, distinct;
    u64 generated_before, expanded_before;
};

struct alignas(64) Done {
    u64 generated, expanded;
};

extern Shown shown;
extern Done done[MOST_WORKERS];

struct Result {
    const char* verdict;
    Finding finding;
    u64 parent;  // the number of the state before the one found, or NO_STATE
    u64 generated;
    u64 depth;
    u64 queue;
};

void restore_search(Loader& loader);
Result search();
