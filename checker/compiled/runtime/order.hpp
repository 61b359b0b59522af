// Equality and TLC's order of values, with TLC's errors for values that it does not compare.
#pragma once

#include "value.hpp"

// Whether `compare` has met values that TLC does not compare; it then puts them in some order of its own.
extern __thread bool met_incomparable;

// The types of typed model values, by place; 0 for an untyped one and for what is no model value.
extern const char* model_types;

bool equal_values(V a, V b);       // no error: whether they are one value
int compare(V a, V b);             // TLC's compareTo: negative, 0, positive
bool differ(V a, V b);             // of values that are not equal: false, or TLC's error
bool equal_slow(V a, V b);
[[noreturn]] COLD void incomparable();

// `a = b`, TLC's error included.
inline bool equal(V a, V b) {
    if (same(a, b)) return true;
    if (tag_of(a) == tag_of(b) && tag_of(a) != POINTER && tag_of(a) != MODEL) return false;
    return equal_slow(a, b);
}

inline bool equal(V a, i64 b) {
    if (LIKELY(is_int(a))) return int_of(a) == b;
    return equal_slow(a, integer(b));
}
inline bool equal(i64 a, V b) { return equal(b, a); }
inline bool equal(i64 a, i64 b) { return a == b; }

inline bool equal(V a, bool b) {
    if (LIKELY(tag_of(a) == BOOL)) return bool_of(a) == b;
    return equal_slow(a, boolean(b));
}
inline bool equal(bool a, V b) { return equal(b, a); }
inline bool equal(bool a, bool b) { return a == b; }

inline V model_type(V v) { return V{(u64)(tag_of(v) == MODEL ? model_types[place_of(v)] : 0)}; }
inline bool is_untyped_model(V v) { return tag_of(v) == MODEL && model_types[place_of(v)] == 0; }
