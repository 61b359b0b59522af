// Random behaviours by several workers.
//
// The choices of a behaviour depend on the seed and on its number alone. Workers take numbers in rounds; the first
// behaviour in which something is wrong counts, and figures are those up to it. Values stay for as long as the process
// lives: where they take too much memory the simulation ends between two rounds, and another process goes on.
#include "simulation.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <utility>
#include <vector>

#include "answer.hpp"
#include "closures.hpp"
#include "foreign.hpp"
#include "numbering.hpp"
#include "violations.hpp"

static u64 behaviours_of_round() { return is_ordered() ? 1 : 256; }
constexpr u64 MOST_BYTES = u64(1) << 30;  // of values that stay, for each worker

// SplitMix64 (Steele, Lea & Flood): the same as in `interpreted/simulation.py`.
struct Chance {
    u64 state;

    Chance(u64 seed, u64 behaviour) : state(seed) {
        state = next() + behaviour;
        state = next();
    }
    u64 below(u64 bound) { return u64((unsigned __int128)next() * bound >> 64); }
    u64 next() {
        state += 0x9e3779b97f4a7c15u;
        u64 mixed = state;
        mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9u;
        mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111ebu;
        return mixed ^ (mixed >> 31);
    }
};

struct Visit {
    u64 ordinal;  // among the states found; where evaluations depend on their order, the label of the step
    std::vector<V> state;
};

struct Behaviour {
    u64 generated;
    u64 length;
    Found found;
    int index;
    Fault fault;
    std::vector<Visit> path;  // where something was found
};

static u64 worker_count, first_behaviour, behaviour_count, most_steps, seed;
static bool checks_deadlock;
static std::vector<Visit> initial_states;
static std::vector<Behaviour> behaviours;  // of the round
static u64 round_start, next_in_round, stop_in_round;
static u64 kept_bytes;
static Barrier barrier_of_rounds;

// --- one state -------------------------------------------------------------------------------------------------------

static std::vector<V> copy_of(const V* state) { return std::vector<V>(state, state + SPECIFICATION.words); }

static const V* found_state(u64 ordinal) { return successors.states + ordinal * SPECIFICATION.words; }

static Visit visit_of(u64 ordinal) {
    return Visit{is_ordered() ? successors.labels[ordinal] : ordinal, copy_of(found_state(ordinal))};
}

struct Verdict {
    Found found;
    int index;
};

// What is wrong with a state found from another one, or with an initial state.
static Verdict examine(const V* before, const V* state, bool& is_inside) {
    is_inside = SPECIFICATION.constraints(state, skipped_predicates(CONSTRAINTS, 0)) < 0;
    if (is_inside && before != nullptr) {
        in_step = true;
        is_inside = SPECIFICATION.step_constraints(before, state, skipped_predicates(STEP_CONSTRAINTS, 0)) < 0;
        in_step = false;
    }
    int broken = SPECIFICATION.invariants(state, skipped_predicates(INVARIANTS, 0));
    if (broken >= 0) return {Found::INVARIANT, broken};
    if (before == nullptr) {
        broken = SPECIFICATION.initial(state, skipped_predicates(INITIAL, 0));
        return {broken >= 0 ? Found::INITIAL : Found::NONE, broken};
    }
    in_step = true;
    broken = SPECIFICATION.steps(before, state, skipped_predicates(STEPS, 0));
    in_step = false;
    return {broken >= 0 ? Found::ACTION : Found::NONE, broken};
}

// Ends a behaviour with what is found at the state of that ordinal among those found last; with none, before any.
static void end_with(Behaviour& behaviour, Verdict verdict, const Fault& fault, u64 ordinal, bool has_state) {
    behaviour.found = verdict.found;
    behaviour.index = verdict.index;
    behaviour.fault = fault;
    if (has_state) behaviour.path.push_back(visit_of(ordinal));
}

static u64 ordinal_at_hand;  // where evaluations depend on their order: of the state that is looked at

// While it lives a state that was found is looked at.
struct Examining {
    explicit Examining(u64 ordinal) {
        is_examining = true;
        if (is_ordered()) ordinal_at_hand = ordinal;
    }
    ~Examining() { is_examining = in_step = false; }
};

// All that is found from a state is checked; whether nothing is wrong. `inside`: the ordinals of what is in the model.
static bool check_found(Behaviour& behaviour, const V* before, std::vector<u64>& inside) {
    Fault met{FaultKind::EVALUATION, nullptr};
    level_of_state = behaviour.path.size();
    try {
        enumerate(before);
    } catch (const Fault& fault) {
        met = fault;
    }
    u64 size = successors.size;
    for (u64 i = 0; i < size; i++) {
        behaviour.generated++;
        if (before != nullptr) behaviour.length = std::max<u64>(behaviour.length, behaviour.path.size() + 1);
        try {
            bool is_inside;
            Examining examining(i);
            Verdict verdict = examine(before, found_state(i), is_inside);
            if (is_inside) inside.push_back(i);
            if (verdict.found == Found::NONE) continue;
            end_with(behaviour, verdict, Fault{FaultKind::EVALUATION, ""}, i, true);
        } catch (const Fault& fault) {
            end_with(behaviour, {Found::EXAMINATION_FAULT, 0}, fault, i, true);
        }
        return false;
    }
    if (met.what != nullptr)
        end_with(behaviour, {Found::ENUMERATION_FAULT, 0}, met, 0, false);
    else if (before != nullptr && size == 0 && checks_deadlock)
        end_with(behaviour, {Found::DEADLOCK, 0}, Fault{FaultKind::EVALUATION, ""}, 0, false);
    return behaviour.found == Found::NONE;
}

// --- one behaviour ---------------------------------------------------------------------------------------------------

// Of the ordinals one of an action that is drawn first; actions are in the order of their first successor.
static u64 drawn(Chance& chance, const std::vector<u64>& inside) {
    std::vector<u32> labels;
    for (u64 ordinal : inside) {
        u32 label = successors.labels[ordinal];
        if (std::find(labels.begin(), labels.end(), label) == labels.end()) labels.push_back(label);
    }
    u32 label = labels[chance.below(labels.size())];
    std::vector<u64> of_label;
    for (u64 ordinal : inside)
        if (successors.labels[ordinal] == label) of_label.push_back(ordinal);
    return of_label[chance.below(of_label.size())];
}

static Behaviour nothing_yet() {
    return Behaviour{0, 0, Found::NONE, 0, Fault{FaultKind::EVALUATION, ""}, {}};
}

static Behaviour* behaviour_at_hand;  // where evaluations depend on their order

static Behaviour simulate(u64 number) {
    Behaviour behaviour = nothing_yet();
    if (is_ordered()) behaviour_at_hand = &behaviour;
    Chance chance(seed, number);
    behaviour.length = 1;
    behaviour.path.push_back(initial_states[chance.below(initial_states.size())]);
    std::vector<u64> inside;
    for (u64 step = 0; step < most_steps; step++) {
        std::vector<V> before = behaviour.path.back().state;
        inside.clear();
        if (!check_found(behaviour, before.data(), inside)) return behaviour;
        if (inside.empty()) break;
        u64 ordinal = drawn(chance, inside);
        behaviour.path.push_back(visit_of(ordinal));
    }
    behaviour.path.clear();
    return behaviour;
}

// The initial states of the model, each once.
static Behaviour find_initial_states() {
    Behaviour behaviour = nothing_yet();
    if (is_ordered()) behaviour_at_hand = &behaviour;
    std::vector<u64> inside;
    check_found(behaviour, nullptr, inside);
    Numbering known(SPECIFICATION.words);
    for (u64 ordinal : inside)
        if (known.number(&found_state(ordinal)->word) == initial_states.size()) initial_states.push_back(visit_of(ordinal));
    return behaviour;
}

// --- rounds ----------------------------------------------------------------------------------------------------------

static void simulate_next() {
    u64 index;
    while ((index = __atomic_fetch_add(&next_in_round, 1, __ATOMIC_RELAXED)) < behaviours.size()) {
        if (index > __atomic_load_n(&stop_in_round, __ATOMIC_RELAXED)) break;
        behaviours[index] = simulate(round_start + index);
        if (behaviours[index].found == Found::NONE) continue;
        u64 stop = __atomic_load_n(&stop_in_round, __ATOMIC_RELAXED);
        while (index < stop && !__atomic_compare_exchange_n(&stop_in_round, &stop, index, false, __ATOMIC_RELAXED,
                                                            __ATOMIC_RELAXED)) {
        }
    }
    __atomic_fetch_add(&kept_bytes, permanent.reserved, __ATOMIC_RELAXED);
}

static void* simulation_helper(void*) {
    start_worker();
    for (;;) {
        barrier_of_rounds.wait(u32(worker_count));
        simulate_next();
        barrier_of_rounds.wait(u32(worker_count));
    }
}

static void simulate_round() {
    u64 left = first_behaviour + behaviour_count - round_start;
    behaviours.assign(std::min(behaviours_of_round(), left), nothing_yet());
    next_in_round = kept_bytes = 0;
    stop_in_round = ~u64(0);
    if (worker_count > 1) barrier_of_rounds.wait(u32(worker_count));
    simulate_next();
    if (worker_count > 1) barrier_of_rounds.wait(u32(worker_count));
}

struct Total {
    u64 generated;
    u64 begun;
    u64 longest;
};
static Total figures;

static void tell() {
    static timespec last;
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    if (now.tv_sec == last.tv_sec) return;
    last = now;
    std::printf("{\"progress\":[%llu,%llu,%llu,0]}\n", (unsigned long long)figures.generated,
                (unsigned long long)figures.begun, (unsigned long long)figures.longest);
    if (std::fflush(stdout) != 0) _exit(1);  // nobody listens
}

static void take(const Behaviour& behaviour) {
    figures.generated += behaviour.generated;
    figures.longest = std::max(figures.longest, behaviour.length);
}

// Simulates to the end, to the first finding, or until there is too much to be kept in memory.
static Behaviour simulate_all() {
    Behaviour initial = find_initial_states();
    if (first_behaviour == 0) take(initial);
    if (initial.found != Found::NONE || initial_states.empty()) return initial;
    u64 end = first_behaviour + behaviour_count;
    for (round_start = first_behaviour; round_start < end; round_start += behaviours_of_round()) {
        if (is_exiting()) break;
        simulate_round();
        for (Behaviour& behaviour : behaviours) {
            figures.begun++;
            take(behaviour);
            if (behaviour.found != Found::NONE) return std::move(behaviour);
        }
        behaviour_at_hand = nullptr;
        tell();
        // What evaluating Init does is not to be done again.
        if (kept_bytes > MOST_BYTES * worker_count && !is_ordered()) break;
    }
    return nothing_yet();
}

// --- what is asked about the run -------------------------------------------------------------------------------------

static Figures figures_of_simulation() {
    const Behaviour* now = behaviour_at_hand;
    u64 generated = now == nullptr ? 0 : now->generated, length = now == nullptr ? 0 : now->length;
    bool is_behaviour = now != nullptr && !now->path.empty();
    return Figures{figures.generated + generated,       0, 0, false, 0, figures.begun + is_behaviour,
                   std::max(figures.longest, length)};
}

static void write_behaviour_of_simulation(Text& text) {
    for (const Visit& visit : behaviour_at_hand->path) write_step(text, visit.ordinal, visit.state.data());
    if (is_examining) write_step(text, successors.labels[ordinal_at_hand], found_state(ordinal_at_hand));
}

// --- the answer ------------------------------------------------------------------------------------------------------

static Text simulation_answer;

static void write_simulation(Text& text, const Behaviour& last) {
    bool is_nothing = last.found == Found::NONE && initial_states.empty();
    text.add("{\"verdict\":\"");
    text.add(is_nothing ? "nothing" : last.found == Found::NONE ? "incomplete" : "violation");
    text.add("\"");
    add_figure(text, "generated", figures.generated);
    add_figure(text, "behaviours", figures.begun);
    add_figure(text, "depth", figures.longest);
    if (last.found != Found::NONE) {
        add_word(text, "found", name_of_finding(last.found));
        add_figure(text, "index", u64(last.index));
        add_word(text, "fault", name_of_fault(last.fault.kind));
        add_word(text, "what", last.fault.what);
        text.add(",\"path\":[");
        for (const Visit& visit : last.path) write_step(text, visit.ordinal, visit.state.data());
        text.add("]");
    }
    text.add("}\n");
}

static void* first_simulator(void*) {
    or_give_up([&] {
        start_worker();
        start_constants();
        Behaviour last = simulate_all();
        write_simulation(simulation_answer, last);
    });
    return nullptr;
}

int simulation_main(int count, char** arguments) {
    if (count != 9) return 2;
    u64* const numbers[] = {&worker_count, &first_behaviour, &behaviour_count, &most_steps, &seed};
    for (u32 i = 0; i < 5; i++) *numbers[i] = std::strtoull(arguments[i + 2], nullptr, 10);
    checks_deadlock = std::atoi(arguments[7]) != 0;
    start_names(SPECIFICATION.names, SPECIFICATION.name_count, SPECIFICATION.types);
    start_asking(Asking{figures_of_simulation, write_behaviour_of_simulation}, std::atoi(arguments[8]) != 0);
    all_hits = no_hits();
    for (u64 i = 1; i < worker_count; i++) start_thread(simulation_helper, nullptr);
    pthread_join(start_thread(first_simulator, nullptr), nullptr);
    std::fwrite(simulation_answer.bytes, 1, simulation_answer.size, stdout);
    std::fflush(stdout);
    _exit(0);
}
