// Operators of standard modules beside those of sets and sequences.
#pragma once

#include "closures.hpp"
#include "numbers.hpp"
#include "subsets.hpp"

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
V to_string(V v);
V print_value(V v);            // PrintT
V print_and_return(V out, V v);  // Print
bool assert_equal(V a, V b);   // AssertEq
bool fails(Thunk* expression);  // AssertError
inline V first_of(V v, V) { return v; }  // TLCCache

// --- bags ------------------------------------------------------------------------------------------------------------

V empty_bag();
bool is_a_bag(V v);
V bag_to_set(V bag);
V set_to_bag(V set);
bool bag_in(V element, V bag);
i64 copies_in(V element, V bag);
V bag_cup(V a, V b);
V bag_diff(V a, V b);
V bag_union(V bags);
bool sub_bag_of(V a, V b);
V sub_bags(V bag);
V bag_of_all(Op* rule, V bag);
i64 bag_cardinality(V bag);
V bag_add(V bag, V element);
V bag_remove(V bag, V element);
V bag_remove_all(V bag, V element);
