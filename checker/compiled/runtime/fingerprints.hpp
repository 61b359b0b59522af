// When two states are one: a hash of 64 bits, the least over all permutations of a symmetry group, or that of a VIEW.
#pragma once

#include "search.hpp"

// What a state is known by: a hash, which is never 0, and further words, in the memory that is reset for each state, or
// null where there are none. A VIEW is evaluated once for both.
struct Known {
    u64 fingerprint;
    const u64* words;
};

Known known_by_view(const V* state);
u64 fingerprint(const V* state);  // where there is no VIEW

// The same for what differs in few components from a state: what is known of that is kept from one call to the next,
// until `expect_successors` tells that states are in other places.
u64 fingerprint_of_successor(const V* state, const V* successor);
void expect_successors();

// What tells states apart beside that: nothing, a second word, or all that the state is (its components, its VIEW, or the
// components of the least state over all permutations), in words that are equal for equal values. A second word is a
// hash, but for that of a VIEW.
enum class Identity : u8 { WORD, TWO_WORDS, EXACT };
extern Identity identity;
u32 further_words();
const u64* further_words_of(const V* state);  // where there is no VIEW
bool are_further_words_values();

// Words that are values, and were found by another process, as this one would have them.
void found_again(u64* words);
