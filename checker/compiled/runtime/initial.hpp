// The initial states, enumerated by all workers; see initial.cpp.
#pragma once

#include "search.hpp"

constexpr u64 NO_CHUNK = ~u64(0);

// What a worker does with its share. Chunks have numbers in the order of the initial states.
struct InitialWork {
    u64 (*claim)();                            // the next chunk that nobody has, or NO_CHUNK
    void (*examine)(u64 chunk, u64 ordinal);   // `successors`, of which the first is the one of that ordinal in the chunk
    void (*fail)(u64 chunk, u64 ordinal, const Fault& fault);  // the enumeration ends there
    void (*finish)(u64 chunk, u64 found);
};

void divide_initial(u32 workers);
bool is_initial_divided();
bool share_initial(const InitialWork& work);  // by a worker; whether it came to the end of Init
const V* initial_state(u64 number);           // in the order in which they are found
