// One object for each value that occurs in a state, and one word for each string: shared by all workers.
#pragma once

#include "value.hpp"

V intern_slow(V v);

V interned_like(V v);  // the interned value equal to one held as an array, or UNSET where there is none

inline V interned_where_known(V v) {
    V known = interned_like(v);
    return is_unset(known) ? v : known;
}

// The one value equal to `v` that may be compared by address and that stays. Lazy values are expanded.
inline V intern(V v) {
    if (!is_pointer(v) || LIKELY(is_interned(v))) return v;
    return intern_slow(v);
}

// Objects that differ in one item from an interned one are looked for before they are made: the interned object with that
// item at a place, with one more item there, or without that there, or UNSET. `sum` is what the sum of its hash would be.
V interned_with_item(const Object* base, u64 place, V item, u64 sum);
V interned_with_more(const Object* base, V item, u64 sum);
V interned_without(const Object* base, u64 place, u64 sum);

// Whether objects are looked for only where that is sure to be needed: components of successors are hashed first.
extern __thread bool interns_later;

V wait_to_intern(V v);

// A component of a successor: interned, or, while `interns_later`, an object that waits, which `intern` takes.
inline V interned_later(V v) {
    if (!is_pointer(v) || LIKELY(is_interned(v))) return v;
    return wait_to_intern(v);
}
void stop_waiting();  // of the calling worker: all that waits may go

inline bool is_word_of_value(V v) { return !is_pointer(v) || is_interned(v); }  // whether it is found by its word

// What is kept before an interned object, 0 at first: what a symmetry group makes of it, its hash under each permutation;
// without one a second hash. See fingerprints.cpp.
inline u64*& permuted_hashes(Object* object) { return reinterpret_cast<u64**>(object)[-1]; }
inline u64& second_hash_of(Object* object) { return reinterpret_cast<u64*>(object)[-1]; }

// --- strings and model values ----------------------------------------------------------------------------------------

struct Name {
    const char* text;
    u64 size;
};

void start_names(const Name* names, u64 count, const char* types);  // those known at compile time, in TLC's order
Name name_of(V atom);
u64 known_names();  // how many there were at the start
u64 made_names();   // how many came since then
V string_of(const char* text, u64 size);

i64 string_length(V string);  // in characters
V substring(V string, u64 first, u64 last);  // by character
V joined_strings(V a, V b);
