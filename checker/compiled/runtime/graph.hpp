// The behaviour graph of a search: every state as a row of numbers of its components, and every step between states of
// the model, in the order of a search by one worker.
//
// While a level is explored a step is known by the fingerprint, and the further words, of the state it leads to. Once the
// level is complete every state has its number, and so has every step.
#pragma once

#include "search.hpp"
#include "states.hpp"

constexpr u64 OUTSIDE = 0;  // in place of the fingerprint of a state that is not in the model

extern bool is_recorded;

void start_graph(bool keeps_images);  // keeps_images: states that are one need not be equal (SYMMETRY, VIEW)

struct RecordedStep {
    u64 fingerprint;
    u32 label;
};

// What is found from the state at a position of the level: room for it first, then each step, by one worker.
void record_steps(u64 position, u64 count, const V* states);
void record_step(u64 position, u64 ordinal, const RecordedStep& step, const u64* words);

// Where an initial state was found, and the further words.
void record_initial(u64 place, const u64* words);

// The level that was explored is complete: `record_state` for each state found in it, in order, then `record_level`, and
// its steps up to a place get their numbers.
void record_state(const Origin& origin, const V* state, bool is_initial);
void record_level(u64 size, u64 last_place, bool is_initial);  // how many states were found in it

void save_graph(Saver& saver);
void restore_graph(Loader& loader, u64 size);  // of the level to expand

// What was recorded.
extern bool keeps_images;
extern u64 state_count;
extern std::vector<std::vector<u32>> columns, image_columns;  // by word of a state, then by state or step: a number
extern std::vector<u32> origins, targets;                     // by step, in the order of its origin
extern std::vector<u32> parents;                              // by state: where it was found first, or NO_STATE
void load_end(u64 end, V* state);  // a state of that number; from the number of states on, that of a step

bool answer_bytes(const void* bytes, u64 size);
bool answer_numbers(const std::vector<u32>& numbers);

// Answers what is asked on standard input about the graph, until that ends; see `compiled/behaviours.py`.
void serve_graph(u32 workers);
