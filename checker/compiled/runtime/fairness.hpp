// Is there a fair behaviour? Asked of a branch of a temporal property (`liveness.branches`): what violates it.
//
// The product of the behaviour graph with the branch's tableau is explored from its entries. Nothing of it is kept but a
// number or two for each node that was reached.
#pragma once

#include "truths.hpp"

// `fair 0 COUNT`, then so many numbers that are the branch; see `compiled/fairness.py`. 
// The states of a fair behaviour answer, in some order; none where there is none.
bool serve_fairness(const std::vector<u32>& asked);
