// Operators that have no C++: the process that started this one evaluates them (`compiled/foreign.py`).
//
// A line of JSON asks, and says where the search is. A line answers: `=` and a value, `*` and a value where the run is to
// end before another state is expanded, `!` and the kind of a fault.
#pragma once

#include <string>
#include <vector>

#include "search.hpp"
#include "text.hpp"

// What TLCGet tells of the run. It is exact where the search is one of states in order.
struct Figures {
    u64 generated, distinct, waiting;
    bool is_filling;
    u64 initial, behaviours, longest;
};

// The run at hand: its figures, and the behaviour to the state at hand, steps in brackets (`write_step`).
struct Asking {
    Figures (*figures)();
    void (*write_behaviour)(Text& text);
};

void start_asking(const Asking& run, bool is_ending);
bool is_exiting();  // whether the run is to end

// What evaluations depend on beside the state, for a checkpoint.
struct Registers {
    std::vector<char> kept;
    std::string refusal;  // why they cannot be kept, or ""
};

Registers registers_at_hand();
void restore_registers(const std::vector<char>& kept);  // where any were kept
