// Predicates on all states, or on all steps, of the behaviour graph: each evaluated once, by all workers, and kept as bits.
//
// An edge is a step, or a state's stuttering, which is in the graph of any state. Edges are in the order of the states
// where they begin, numbered as by `interpreted.behaviours.behaviour_graph`: of those that lead to one state there is
// one, unless what steps lead to is kept.
#pragma once

#include "graph.hpp"

class BitArray {
public:
    void assign(u64 size) { words.assign((size + 63) / 64, 0); }
    bool operator[](u64 at) const { return words[at / 64] >> at % 64 & 1; }
    void set(u64 at) { words[at / 64] |= u64(1) << at % 64; }

private:
    std::vector<u64> words;
};

struct Edges {
    std::vector<u64> starts;   // by state, then how many there are
    std::vector<u32> targets;
    BitArray loops;            // the states that some step leads from and to

    u64 size() const { return targets.size(); }
    u64 state_of(u64 edge) const;
    bool is_step(u64 state, u64 edge) const {
        return keeps_images ? edge + 1 != starts[state + 1] : targets[edge] != state || loops[state];
    }
    // What it leads to: the number of a state, or the number of states and that of the step whose image it is.
    u64 end_of(u64 state, u64 edge) const {
        return keeps_images && edge + 1 != starts[state + 1] ? state_count + edge - state : targets[edge];
    }
};

const Edges& behaviour_edges();  // made when it is first called

struct Truths {
    bool of_edges;
    BitArray bits;

    bool hold(u64 state, u64 edge) const { return bits[of_edges ? edge : state]; }
};

constexpr u32 NO_TRUTHS = ~u32(0);  // in place of the number of a predicate that always holds
bool are_known(u32 number);         // whether there is a predicate of that number
const Truths& truths_of(u32 number);

// `truths NUMBER COUNT`, then so many numbers that are the predicate; see `compiled/fairness.py`.
bool serve_truths(u32 workers, u64 number, const std::vector<u32>& asked);
