// When two states are one: a hash of 64 bits, the least over all permutations of a symmetry group, or that of a VIEW.
#pragma once

#include "search.hpp"

u64 fingerprint(const V* state);  // never 0

// The same for states found from one, or from none: most components are those of the state before.
class FingerprintsFrom {
public:
    FingerprintsFrom(const V* before, u64 states);  // how many are to be expected
    u64 of(const V* state) const;

private:
    static constexpr u32 MOST = 64;
    const V* before;  // null where nothing is known
    u64 sum;
    u64 terms[MOST];  // by variable
};

// What tells states apart beside that: nothing, a second word, or all that the state is (its components, its VIEW, or the
// components of the least state over all permutations), in words that are equal for equal values.
enum class Identity : u8 { WORD, TWO_WORDS, EXACT };
extern Identity identity;
u32 further_words();
void write_further_words(const V* state, u64* words);
