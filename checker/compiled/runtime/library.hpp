// Operators of standard modules beside those of sets and sequences.
#pragma once

#include "closures.hpp"
#include "numbers.hpp"
#include "sets.hpp"

V booleans();
bool require_slow(V condition);
inline bool require(V condition) { return LIKELY(same(condition, TRUE_VALUE)) || require_slow(condition); }  // Assert
V select_sequence(V sequence, Op* test);

// --- TLC -------------------------------------------------------------------------------------------------------------

V single(V key, V item);       // key :> item
V merge(V a, V b);             // a @@ b
V evaluated(V v);              // TLCEval
V permutations(V set);
V sort_sequence(V sequence, Op* before);
