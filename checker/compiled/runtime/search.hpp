// What generated code gives to the search, and what it calls while it runs.
#pragma once

#include <pthread.h>

#include "interning.hpp"
#include "layouts.hpp"
#include "recall.hpp"
#include "sets.hpp"

enum PredicateKind : u8 { INVARIANTS, INITIAL, STEPS, CONSTRAINTS, STEP_CONSTRAINTS, PREDICATE_KINDS };

// What evaluations depend on: the state alone, its level too, or what was evaluated before. In the last case one worker
// takes states in the order of the interpreter, and nothing is evaluated twice.
enum class Dependence : u8 { STATE, LEVEL, ORDER };
constexpr u32 NO_STATE = ~u32(0);  // in place of the number of a state

// A specification: functions of a state (an array of its components, in the order of the variables, most of which are a
// word, and some a few), of a step (two states). Predicates give the index of the first that is FALSE, or -1;
// those that are skipped, by index, are not evaluated.
struct Specification {
    u32 variables;
    const u32* starts;  // the first word of each variable's component, then how many there are
    u32 words;
    const Layout* const* layouts;  // of each variable's components, null where they are values
    u32 labels;
    const Name* names;
    u64 name_count;
    const char* types;      // of model values, by place
    const char* constants;  // encoded: see text.hpp
    u64 constant_count;
    V* constant_values;     // decoded before anything else
    void (*start)();        // makes what depends on constants
    void (*init)();
    void (*next)(const V* state);
    int (*invariants)(const V* state, const u8* skipped);
    int (*initial)(const V* state, const u8* skipped);
    int (*constraints)(const V* state, const u8* skipped);
    int (*steps)(const V* state, const V* following, const u8* skipped);
    int (*step_constraints)(const V* state, const V* following, const u8* skipped);
    u32 predicate_counts[PREDICATE_KINDS];
    V (*view)(const V* state);  // null where there is none
    const u32* permutations;    // of places, one row after another, the identity first
    u32 permutation_count;
    u32 permuted_places;        // the length of a row
    u32 points;  // of coverage
    bool counts_all;  // whether each evaluation is counted, so that none may be spared or repeated
    bool (*const* state_tests)(const V* state);  // what is asked about the behaviour graph: see graph.hpp
    bool (*const* step_tests)(const V* state, const V* following);
    Dependence dependence;
};

extern const Specification SPECIFICATION;
inline bool is_ordered() { return SPECIFICATION.dependence == Dependence::ORDER; }

// --- successors ------------------------------------------------------------------------------------------------------

// The states found from one state, in order.
struct Successors {
    V* states;
    u32* labels;
    u64 size;
    u64 capacity;
};

extern __thread Successors successors;
extern __thread u32 composed;  // states between the parts of composed actions, that count as generated
COLD void grow_successors();

// Room for a state found by the action `label`; its components must be interned, or wait to be.
inline V* found(u32 label) {
    if (UNLIKELY(successors.size == successors.capacity)) grow_successors();
    successors.labels[successors.size] = label;
    return successors.states + SPECIFICATION.words * successors.size++;
}

[[noreturn]] COLD void incomplete();   // an action that gives some variable no value
[[noreturn]] COLD void unassigned();   // a variable used before it has one
[[noreturn]] COLD void choose_failed();
[[noreturn]] COLD void no_case();
[[noreturn]] COLD void assertion_failed();
[[noreturn]] COLD void unsupported();  // what is refused where it is reached

// --- beyond the state ------------------------------------------------------------------------------------------------

extern __thread u64 level_of_state;  // that of the state being expanded; 0 where there is none
extern __thread bool is_examining;   // whether it is states found from there that are looked at
extern __thread bool in_step;        // whether a step is: what is said of a state is then about its first one
inline i64 level_now() { return i64(level_of_state + (is_examining && !in_step)); }

// The values of operators that have no C++; see foreign.hpp.
V ask(u32 site, const V* arguments, u32 count, bool tells_behaviour);

template <class... Arguments>
inline V foreign(u32 site, Arguments... arguments) {
    const V given[] = {arguments..., UNSET};
    return ask(site, given, sizeof...(arguments), false);
}

template <class... Arguments>
inline V foreign_of_behaviour(u32 site, Arguments... arguments) {
    const V given[] = {arguments..., UNSET};
    return ask(site, given, sizeof...(arguments), true);
}

// --- workers ---------------------------------------------------------------------------------------------------------

constexpr u32 MOST_WORKERS = 256;
extern __thread u32 own_number;  // of the worker that asks
// Runs `body` on the first `workers` of all workers, or on the first alone; each is told its number. For the first to call.
void run_on(u32 workers, void (*body)(u32 worker));

// --- initial states ---------------------------------------------------------------------------------------------------

enum class InitialMode : u8 { WHOLE, COUNTING, SHARED, SEEKING };

// How a worker goes through Init; see initial.cpp.
struct InitialPass {
    InitialMode mode;
    u32 nesting;  // of loops that give values
    u32 divided;  // the nesting at which these are divided, 0 for none
    u64 items;
    u64 wanted;  // COUNTING: so many items are enough; SEEKING: the number of a state
    u64 chunk;   // SHARED: the one at hand
    u64 found;   // in it, and examined
    u32 deepest;
};
extern __thread InitialPass initial_pass;
bool passes_over_item();
bool passes_over_items(Each& each);
bool passes_over_state();

// A round of a loop of Init that gives values.
struct InitialLoop {
    bool is_divided;
    InitialLoop() {
        InitialPass& pass = initial_pass;
        if (++pass.nesting > pass.deepest) pass.deepest = pass.nesting;
        is_divided = pass.nesting == pass.divided && pass.mode >= InitialMode::COUNTING;
    }
    ~InitialLoop() { initial_pass.nesting--; }
    bool passes_over() { return is_divided && passes_over_item(); }
    bool passes_over(Each& each) { return is_divided && passes_over_items(each); }
};

// Whether a state that is about to be found is none of this worker's.
inline bool is_passed_over() { return initial_pass.mode != InitialMode::WHOLE && passes_over_state(); }

// --- coverage --------------------------------------------------------------------------------------------------------

extern __thread u64* hits;  // two for each point: how often, or whether at all, it was TRUE, and FALSE
extern u64* all_hits;       // of all workers, as they come to the end of a level

// A test that is counted.
inline bool counted(u32 point, bool holds) {
    hits[2 * point + !holds]++;
    return holds;
}

u64* no_hits();  // to begin with

// --- workers ---------------------------------------------------------------------------------------------------------

// All of so many workers wait until the last one is there.
struct Barrier {
    pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
    pthread_cond_t all_there = PTHREAD_COND_INITIALIZER;
    u32 waiting = 0;
    u64 round = 0;

    void wait(u32 workers) {
        pthread_mutex_lock(&lock);
        u64 now = round;
        if (++waiting == workers) {
            waiting = 0;
            round++;
            pthread_cond_broadcast(&all_there);
        }
        while (now == round) pthread_cond_wait(&all_there, &lock);
        pthread_mutex_unlock(&lock);
    }
};

void start_constants();
void enumerate(const V* state);  // the initial states, or the successors of a state
pthread_t start_thread(void* (*body)(void*), void* argument);
void start_worker();
void finish_worker();
void merge_hits();                // of the calling worker into those of all
void start_helpers(u32 workers);  // all but the first
const char* name_of_fault(FaultKind kind);

// --- memoised predicates ---------------------------------------------------------------------------------------------

// The state before the one at hand, where all invariants and constraints are known to hold in it; null elsewhere. A
// conjunct that reads none of the components that changed need not be evaluated.
extern __thread const V* well_before;

enum Outcome : u64 { UNKNOWN, HOLDS, FAILS };

// What a predicate was for the components it reads, by their addresses. An entry gives way to another.
template <u32 N>
struct Memo {
    struct Row {
        V key[N];
        u64 outcome;
    };
    Row* rows;
    u64 mask;
    u64 misses;   // since it grew
    u32 missed;   // since it was looked at whether it pays
    u32 hits;
    u32 resting;  // how many times nothing is looked for
    Row spare;

    // A row of this key; where it has been of little use, one that is good for this time.
    Row* find(const V (&key)[N]) {
        if (UNLIKELY(resting > 0)) {
            resting--;
            spare.outcome = UNKNOWN;
            return &spare;
        }
        if (UNLIKELY(misses >= mask)) grow();
        u64 hash = 0;
        for (u32 i = 0; i < N; i++) hash = (hash ^ key[i].word) * 0x9e3779b97f4a7c15u;
        Row* row = &rows[(hash >> 32) & mask];
        bool is_known = true;
        for (u32 i = 0; i < N; i++) is_known = is_known && same(row->key[i], key[i]);
        if (!is_known) {
            for (u32 i = 0; i < N; i++) row->key[i] = key[i];
            row->outcome = UNKNOWN;
            misses++;
            if (UNLIKELY(++missed == TRIAL)) look();
        } else {
            hits++;
        }
        return row;
    }

    COLD void grow();
    COLD void look() {
        if (hits < missed / 2) resting = REST;
        hits = missed = 0;
    }
};

constexpr u64 FIRST_ROWS = 1 << 10;
constexpr u64 MOST_ROWS = 1 << 15;

template <u32 N>
COLD void Memo<N>::grow() {
    u64 size = rows == nullptr ? FIRST_ROWS : (mask + 1) * 4;
    misses = 0;
    if (size > MOST_ROWS) return;
    rows = static_cast<Row*>(new_rows(rows, size, sizeof(Row)));
    mask = size - 1;
}

// --- small things of generated code ----------------------------------------------------------------------------------

// An array of components that outlives the function that makes it.
template <class... Components>
inline const V* state_of(Components... components) {
    V* state = static_cast<V*>(allocate(sizeof...(components) * sizeof(V)));
    u32 at = 0;
    ((state[at++] = components), ...);
    return state;
}
