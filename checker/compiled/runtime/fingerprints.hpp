// When two states are one: a hash of 64 bits, the least over all permutations of a symmetry group, or that of a VIEW.
#pragma once

#include "search.hpp"

u64 fingerprint(const V* state);  // never 0
