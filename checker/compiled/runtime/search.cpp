// Level-synchronous breadth-first search by several workers, with the figures of `interpreted/search.py`: those of one
// worker that takes states in the order in which they were found, whatever the number of workers.
//
// Workers take states of a level in chunks, in order. Where something is wrong, what lies behind it in that order need
// not be looked at; the first such place counts, once it is certain that no earlier one finds the same state.
#include "search.hpp"

#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <new>
#include <string>
#include <utility>
#include <vector>

#include "answer.hpp"
#include "checkpoint.hpp"
#include "closures.hpp"
#include "examining.hpp"
#include "fingerprints.hpp"
#include "foreign.hpp"
#include "graph.hpp"
#include "initial.hpp"
#include "simulation.hpp"
#include "states.hpp"
#include "text.hpp"
#include "violations.hpp"

__thread Successors successors;
__thread u32 composed;
__thread const V* well_before;

[[noreturn]] COLD void incomplete() { fault("a variable gets no value"); }
[[noreturn]] COLD void unassigned() { fault("a variable is used before it has a value"); }
[[noreturn]] COLD void choose_failed() { fault("CHOOSE finds nothing"); }
[[noreturn]] COLD void no_case() { fault("no arm of CASE is true"); }
[[noreturn]] COLD void assertion_failed() { fault("Assert"); }
[[noreturn]] COLD void unsupported() { fault("not supported"); }

COLD void grow_successors() {
    u64 capacity = successors.capacity == 0 ? 256 : successors.capacity * 2;
    u64 row = SPECIFICATION.words * sizeof(V);
    successors.states = static_cast<V*>(std::realloc(successors.states, capacity * row));
    successors.labels = static_cast<u32*>(std::realloc(successors.labels, capacity * sizeof(u32)));
    if (successors.states == nullptr || successors.labels == nullptr) throw Fault{FaultKind::MEMORY, "out of memory"};
    successors.capacity = capacity;
}

void* new_rows(void* old, u64 size, u64 row_size) {
    std::free(old);
    void* rows = std::calloc(size, row_size);
    if (rows == nullptr) throw Fault{FaultKind::MEMORY, "out of memory"};
    return rows;
}

// --- the search so far -----------------------------------------------------------------------------------------------

struct Options {
    u32 workers;
    u64 max_states;
    u64 max_depth;
    bool check_deadlock;
};

static Options options;
static u64 level_count;     // states of the level being expanded
static u64 level_base;      // the number of its first state
static u64 level_number;    // 1 for initial states
static u64 generated_before;
static u64 distinct;
static u64 initial;  // of them, initial states
static std::vector<u32> generated_from;  // by position in the level
static std::vector<u64> generated_by, found_by;  // by label
static std::vector<u32> chunk_labels;    // what each chunk generated, by label
static u64 chunk_size;

struct Link {
    u32 parent;
    u32 ordinal;
};
static std::vector<Link> links;  // by number; where states are taken in order, with labels for ordinals
static std::vector<V> kept_states;  // where states are taken in order: all of them, by number
static u64 position_at_hand;        // in the level, where states are taken in order: one worker's

static u64 next_position;
static u64 generated_so_far;
constexpr u32 NOT_EXPANDED = ~u32(0);

// --- expanding -------------------------------------------------------------------------------------------------------

static void enumerate_more(const V* state) {
    reset(arena);
    composed = 0;
    depth = 0;
    if (state == nullptr)
        SPECIFICATION.init();
    else
        SPECIFICATION.next(state);
}

void enumerate(const V* state) {
    successors.size = 0;
    enumerate_more(state);
}

// Adds the successors of a state to the batch; returns how many were generated.
static u32 expand(u64 position) {
    V* state = room_for_pending();
    std::memcpy(state, state_at(position), SPECIFICATION.words * sizeof(V));
    u64 first = successors.size;
    Fault met{FaultKind::EVALUATION, nullptr};
    interns_later = only_new_states_count;
    try {
        enumerate_more(state);
    } catch (const Fault& fault) {
        met = fault;
    }
    interns_later = false;
    add_pending(Expanded{state, position, 0, first, successors.size});
    u64 count = successors.size - first;
    if (met.what != nullptr)
        note_enumeration(Found::ENUMERATION_FAULT, position, count, met);
    else if (count + composed == 0 && options.check_deadlock)
        note_enumeration(Found::DEADLOCK, position, count, met);
    return u32(count) + composed;
}

static void expand_chunk(u64 start) {
    u64 end = std::min(start + chunk_size, level_count);
    u64 most = SPECIFICATION.counts_all ? 1 : BATCH;
    static __thread u32* labels;  // of this chunk
    if (labels == nullptr) labels = static_cast<u32*>(new_rows(nullptr, SPECIFICATION.labels, sizeof(u32)));
    u64 generated = 0;
    begin_stretch();
    for (u64 position = start; position < end; position++) {
        if (position > __atomic_load_n(&stop_position, __ATOMIC_RELAXED) || is_interrupted()) break;
        if (generated_from[position] != NOT_EXPANDED) continue;
        if (is_ordered()) position_at_hand = position;
        u64 before = successors.size;
        generated_from[position] = expand(position);
        generated += successors.size - before;
        for (u64 i = before; i < successors.size; i++) labels[successors.labels[i]]++;
        if (pending_count() == most || successors.size >= BATCH) examine_pending();
    }
    examine_pending();
    if (is_ordered()) in_order.generated += composed;
    u32* of_chunk = &chunk_labels[start / chunk_size * SPECIFICATION.labels];
    for (u32 label = 0; label < SPECIFICATION.labels; label++) {
        of_chunk[label] += labels[label];
        labels[label] = 0;
    }
    __atomic_fetch_add(&generated_so_far, generated, __ATOMIC_RELAXED);
}

static bool is_limit_reached() { return options.max_states != 0 && distinct + level_size() >= options.max_states; }

static void expand_level() {
    join_round();
    level_of_state = level_number;
    for (;;) {
        u64 start = __atomic_fetch_add(&next_position, chunk_size, __ATOMIC_RELAXED);
        if (start >= level_count || start > __atomic_load_n(&stop_position, __ATOMIC_RELAXED) || is_interrupted()) return;
        expand_chunk(start);
        // Once there are as many states as are wanted, what is taken from here on adds none.
        if (is_limit_reached()) stop_behind(__atomic_load_n(&next_position, __ATOMIC_RELAXED));
        if (is_ordered() && (is_limit_reached() || is_exiting())) return;
    }
}

// All workers expand what is left of the level.
static void expand_together() {
    run_on(options.workers, [](u32) {
        expand_level();
        merge_hits();
    });
}

// --- levels ----------------------------------------------------------------------------------------------------------

// What is found from states near each other is often the same, and a worker remembers what it has found lately.
constexpr u64 MOST_TOGETHER = 1024;

static Finding explore_level() {
    u64 share = level_count / (u64(options.workers) * 16);
    chunk_size = is_ordered() ? 1 : std::max<u64>(1, std::min(MOST_TOGETHER, share));
    generated_from.assign(level_count, NOT_EXPANDED);
    chunk_labels.assign((level_count / chunk_size + 1) * SPECIFICATION.labels, 0);
    for (;;) {
        __atomic_store_n(&next_position, 0, __ATOMIC_RELAXED);
        start_round();
        expand_together();
        u64 stopped_at = stop_position;
        if (is_interrupted()) return NOTHING_FOUND;
        Finding finding = first_finding(false);
        bool is_complete = stopped_at == ~u64(0) || stopped_at >= level_count - 1;
        if (finding.what != Found::NONE || is_complete || is_limit_reached() || is_exiting()) return finding;
        // What stopped the workers does not stand: the positions behind it are expanded after all.
    }
}

// --- the first level -------------------------------------------------------------------------------------------------

static pthread_mutex_t chunks_lock = PTHREAD_MUTEX_INITIALIZER;
static std::vector<std::pair<u64, u64>> shared_chunks;  // of initial states: number, how many were generated
static std::vector<u64> initial_before;                 // by chunk: how many initial states were generated before it
static bool was_cut;                                    // whether some may not have been generated

static u64 claim_initial() {
    for (;;) {
        u64 chunk = __atomic_fetch_add(&next_position, 1, __ATOMIC_RELAXED);
        if (chunk > __atomic_load_n(&stop_position, __ATOMIC_RELAXED) || is_interrupted()) return NO_CHUNK;
        if (chunk >= generated_from.size() || generated_from[chunk] == NOT_EXPANDED) return chunk;
    }
}

// What is evaluated for states leaves nothing behind in the memory of the enumeration that goes on.
static void examine_initial(u64 chunk, u64 ordinal) {
    static __thread Arena scratch;
    std::swap(arena, scratch);
    reset(arena);
    begin_stretch();
    add_pending(Expanded{nullptr, chunk, ordinal, 0, successors.size});
    examine_pending();
    std::swap(arena, scratch);
    epoch++;
}

static void finish_initial(u64 chunk, u64 found) {
    pthread_mutex_lock(&chunks_lock);
    shared_chunks.push_back({chunk, found});
    pthread_mutex_unlock(&chunks_lock);
    __atomic_fetch_add(&generated_so_far, found, __ATOMIC_RELAXED);
}

static void expand_initial(u32) {
    static const InitialWork work{claim_initial, examine_initial,
                                  [](u64 chunk, u64 ordinal, const Fault& fault) {
                                      note_enumeration(Found::ENUMERATION_FAULT, chunk, ordinal, fault);
                                  },
                                  finish_initial};
    join_round();
    if (!share_initial(work)) __atomic_store_n(&was_cut, true, __ATOMIC_RELAXED);
    merge_hits();
}

static void count_initial() {
    for (const auto& [chunk, found] : shared_chunks) {
        if (chunk >= generated_from.size()) generated_from.resize(chunk + 1, NOT_EXPANDED);
        generated_from[chunk] = u32(found);
    }
    initial_before.assign(1, 0);
    for (u32 count : generated_from) initial_before.push_back(initial_before.back() + (count == NOT_EXPANDED ? 0 : count));
}

static Finding explore_initial() {
    divide_initial(options.workers);
    for (;;) {
        __atomic_store_n(&next_position, 0, __ATOMIC_RELAXED);
        start_round();
        was_cut = false;
        run_on(is_initial_divided() ? options.workers : 1, expand_initial);
        if (is_interrupted()) return NOTHING_FOUND;
        count_initial();
        Finding finding = first_finding(true);
        if (finding.what != Found::NONE || !was_cut) return finding;
        // What stopped the workers does not stand: what lies behind it is enumerated after all.
    }
}

// The number, in the order in which they are found, of the initial state at a place.
static u32 initial_ordinal(u64 place) { return u32(initial_before[parent_of_place(place)] + ordinal_of_place(place)); }

// --- results ---------------------------------------------------------------------------------------------------------

struct Result {
    const char* verdict;
    Finding finding;
    u64 parent;  // the number of the state before the one found, or NO_STATE
    u64 generated;
    u64 depth;
    u64 queue;
};

// How many states were generated up to a finding.
static u64 generated_until(const Finding& finding) {
    u64 position = parent_of_place(finding.place), total = generated_before;
    for (u64 i = 0; i < position; i++) total += generated_from[i];
    bool is_of_parent = finding.what == Found::DEADLOCK || finding.what == Found::ENUMERATION_FAULT;
    return total + ordinal_of_place(finding.place) + (is_of_parent ? 0 : 1);
}

static void count_labels(u64 chunks) {
    for (u64 chunk = 0; chunk < chunks; chunk++)
        for (u32 label = 0; label < SPECIFICATION.labels; label++)
            generated_by[label] += chunk_labels[chunk * SPECIFICATION.labels + label];
}

// The labels of what was generated before a place, of a level that is left before its end.
static void count_labels_until(u64 place, bool is_inclusive) {
    u64 position = parent_of_place(place), first = position / chunk_size * chunk_size;
    count_labels(position / chunk_size);
    if (is_ordered()) {  // nothing is enumerated again, and what was last is still there
        for (u64 i = 0; i < ordinal_of_place(place) + is_inclusive; i++) generated_by[successors.labels[i]]++;
        return;
    }
    for (u64 at = first; at <= position && at < level_count; at++) {
        try {
            enumerate(state_at(at));
        } catch (const Fault&) {
        }
        u64 most = at < position ? successors.size : ordinal_of_place(place) + is_inclusive;
        for (u64 i = 0; i < successors.size && i < most; i++) generated_by[successors.labels[i]]++;
    }
}

static u64 first_taken;  // the number of the first state of the level that has been filled
static __thread u64* found_labels;

static void take_state(u64 position, const Origin& origin) {
    Link& link = links[first_taken + position];
    if (level_number == 0) {
        link = Link{NO_STATE, initial_ordinal(origin.place)};
    } else {
        u32 ordinal = is_ordered() ? origin.label : u32(ordinal_of_place(origin.place));
        link = Link{u32(level_base + parent_of_place(origin.place)), ordinal};
        found_labels[origin.label]++;
    }
}

// What each worker does at the end of a level.
static void take_states(u32) {
    if (found_labels == nullptr) found_labels = static_cast<u64*>(new_rows(nullptr, SPECIFICATION.labels, sizeof(u64)));
    take_stretches(take_state);
    for (u32 label = 0; label < SPECIFICATION.labels; label++) {
        if (found_labels[label] > 0) __atomic_fetch_add(&found_by[label], found_labels[label], __ATOMIC_RELAXED);
        found_labels[label] = 0;
    }
    see_level();
}

static void keep_state(u64 position, const Origin& origin) {
    const V* state = state_at(position);
    if (is_recorded) record_state(origin, state, level_number == 0);
    if (is_ordered()) kept_states.insert(kept_states.end(), state, state + SPECIFICATION.words);
}

constexpr u64 WORTH_SHARING = 4096;

// The states of the level that has been filled, up to a place, are those to expand next.
static void advance(u64 last_place) {
    settle_violations(last_place, level_number, level_base);
    u64 size = level_size(), taken = begin_level(last_place);
    first_taken = links.size();
    links.resize(first_taken + taken);
    begin_seeing(last_place);
    run_on(size < WORTH_SHARING ? 1 : options.workers, take_states);
    end_level(is_recorded || is_ordered() ? keep_state : nullptr);
    if (is_recorded) record_level(taken, last_place, level_number == 0);
    if (level_number == 0) initial += taken;
    level_base += level_count;
    distinct += taken;
    if (distinct >= NO_STATE) throw Fault{FaultKind::MEMORY, "more states than a search can tell apart: 4,294,967,295"};
    level_count = taken;
}

static bool is_enumerated_again(const Finding& finding) {
    return finding.what != Found::DEADLOCK && finding.what != Found::ENUMERATION_FAULT;
}

static Result result_of(const Finding& finding) {
    Result result{"violation", finding, NO_STATE, generated_until(finding), 0, 0};
    u64 expanded = 0;
    if (level_number > 0) {
        u64 position = parent_of_place(finding.place);
        result.parent = level_base + position;
        expanded = result.parent + 1;
        count_labels_until(finding.place, is_enumerated_again(finding));
    }
    advance(finding.place);
    result.depth = std::max<u64>(1, level_number + (level_count > 0));
    result.queue = distinct - expanded;
    return result;
}

static Result stopped(const char* verdict, u64 generated, u64 expanded) {
    u64 reached = std::max<u64>(1, level_number + (level_count > 0));
    return Result{verdict, NOTHING_FOUND, NO_STATE, generated, reached, distinct - expanded};
}

// Where `max_states` ends the search: the position of the first state that is not expanded.
static u64 limit_position() {
    u64 wanted = options.max_states - distinct;
    std::vector<u64> places;
    collect_places(places);
    std::nth_element(places.begin(), places.begin() + long(wanted - 1), places.end());
    return parent_of_place(places[wanted - 1]) + 1;
}

static bool is_beyond_limit() {
    if (options.max_states != 0 && distinct >= options.max_states) return true;
    return options.max_depth != 0 && level_number + 1 >= options.max_depth;
}

// The result of a search that expands no state from a position on.
static Result cut_short(const char* verdict, u64 position) {
    count_labels_until(place_of_state(position, 0), false);
    u64 generated = generated_before;
    for (u64 i = 0; i < position; i++) generated += generated_from[i];
    u64 expanded = level_base + position;
    advance(place_of_state(position, 0) - 1);
    return stopped(verdict, generated, expanded);
}

// The position of the first state that has not been expanded.
static u64 expanded_until() {
    u64 position = 0;
    while (position < level_count && generated_from[position] != NOT_EXPANDED) position++;
    return position;
}

// --- checkpoints -----------------------------------------------------------------------------------------------------

// At the end of a level. Until the next one is complete, of all that is saved only this changes.
struct Boundary {
    u64 level;
    std::vector<u64> hits;
};

static Boundary boundary;

static void save(Saver& saver) {
    for (u64 figure : {boundary.level, level_base, level_count, generated_before, distinct, initial}) saver.put(figure);
    for (const std::vector<u64>* figures : {&boundary.hits, &generated_by, &found_by, &initial_before})
        saver.put_items(*figures);
    saver.put_items(links);
    for (u64 position = 0; position < level_count; position++) saver.put_values(state_at(position), SPECIFICATION.words);
    save_seen(saver);
    save_violations(saver);
    if (is_recorded) save_graph(saver);
}

static void restore(Loader& loader) {
    for (u64* figure : {&level_number, &level_base, &level_count, &generated_before, &distinct, &initial})
        *figure = loader.get();
    __atomic_store_n(&generated_so_far, generated_before, __ATOMIC_RELAXED);
    for (std::vector<u64>* figures : {&boundary.hits, &generated_by, &found_by, &initial_before})
        loader.get_items(*figures);
    std::copy(boundary.hits.begin(), boundary.hits.end(), all_hits);
    loader.get_items(links);
    std::vector<V> state(SPECIFICATION.words);
    for (u64 position = 0; position < level_count; position++) {
        loader.get_values(state.data(), SPECIFICATION.words);
        log_state(Origin{position, 0, 0}, state.data());
    }
    begin_level(~u64(0));
    take_stretches([](u64, const Origin&) {});
    end_level(nullptr);
    restore_seen(loader);
    restore_violations(loader);
    if (is_recorded) restore_graph(loader, level_count);
}

static void reach_boundary() {
    if (!is_saved) return;
    merge_hits();
    boundary.level = level_number;
    boundary.hits.assign(all_hits, all_hits + SPECIFICATION.points * 2);
    if (is_checkpoint_due()) save_checkpoint(save);
}

static void save_last() {
    if (is_saved) save_checkpoint(save);
}

// The end of the level before counts: what has been found since then is not complete.
static Result interrupted_result() {
    save_checkpoint(save);
    merge_hits();
    std::copy(boundary.hits.begin(), boundary.hits.end(), all_hits);
    level_number = boundary.level;
    return stopped("incomplete", generated_before, level_base);
}

// --- the whole -------------------------------------------------------------------------------------------------------

// What is known at the beginning of a level, for the thread that tells how far the search is.
struct Shown {
    u64 level, base, count, distinct;
};

static Shown shown;
static void show_level() {
    __atomic_store_n(&shown.level, level_number, __ATOMIC_RELAXED);
    __atomic_store_n(&shown.base, level_base, __ATOMIC_RELAXED);
    __atomic_store_n(&shown.count, level_count, __ATOMIC_RELAXED);
    __atomic_store_n(&shown.distinct, distinct, __ATOMIC_RELAXED);
}

static Result search() {
    start_examining();
    show_level();
    Finding finding = NOTHING_FOUND;
    if (distinct == 0) {
        boundary.hits.assign(SPECIFICATION.points * 2, 0);
        finding = explore_initial();
        if (is_interrupted()) return interrupted_result();
        if (finding.what != Found::NONE) return result_of(finding);
        generated_before = initial_before.back();
        advance(~u64(0));
    }
    while (level_count > 0) {
        reach_boundary();
        if (is_interrupted()) return interrupted_result();
        if (is_exiting()) return stopped("pass", generated_before, level_base);
        if (is_beyond_limit()) {
            save_last();
            return stopped("incomplete", generated_before, level_base);
        }
        level_number++;
        show_level();
        finding = explore_level();
        if (is_interrupted()) return interrupted_result();
        if (is_exiting() && finding.what == Found::NONE && expanded_until() < level_count)
            return cut_short("pass", expanded_until());
        if (is_limit_reached() && !is_exiting()) {
            u64 position = limit_position();
            if (position < level_count && (finding.what == Found::NONE || parent_of_place(finding.place) >= position)) {
                save_last();
                return cut_short("incomplete", position);
            }
        }
        if (finding.what != Found::NONE) return result_of(finding);
        count_labels(level_count / chunk_size + 1);
        for (u32 count : generated_from) generated_before += count;
        advance(~u64(0));
    }
    return stopped("pass", generated_before, level_base);
}

// --- behaviours ------------------------------------------------------------------------------------------------------

static void write_state(Text& text, const V* state) {
    for (u32 i = 0; i < SPECIFICATION.variables; i++)
        write_value(text, value_of_component(i, state + SPECIFICATION.starts[i]));
}

void write_step(Text& text, u64 ordinal, const V* state) {
    text.add(text.bytes[text.size - 1] == '[' ? "[" : ",[");
    text.add(ordinal);
    text.add(",\"");
    write_state(text, state);
    text.add("\"]");
}

// The states on the way to the one of that number, which were kept, with labels for ordinals.
static void write_kept_path(Text& text, u64 number) {
    std::vector<u64> way;
    for (u64 at = number; at != NO_STATE; at = links[at].parent) way.push_back(at);
    for (u64 i = way.size(); i-- > 0;) write_step(text, links[way[i]].ordinal, &kept_states[way[i] * SPECIFICATION.words]);
}

// The states on the way to the one of that number, found again from an initial one.
static void write_found_path(Text& text, u64 number) {
    std::vector<u32> ordinals;
    for (u64 at = number; at != NO_STATE; at = links[at].parent) ordinals.push_back(links[at].ordinal);
    std::vector<V> state;
    for (u64 i = ordinals.size(); i-- > 0;) {
        const V* next;
        level_of_state = ordinals.size() - 1 - i;
        if (state.empty()) {
            next = initial_state(ordinals[i]);
        } else {
            try {
                enumerate(state.data());
            } catch (const Fault&) {
            }
            next = successors.states + u64(ordinals[i]) * SPECIFICATION.words;
        }
        state.assign(next, next + SPECIFICATION.words);
        write_step(text, ordinals[i], state.data());
    }
}

// The states on the way to the one of that number, and the one found from it at a place by an action.
static void write_path(Text& text, u64 number, u64 place, u32 label, const V* last) {
    text.add("[");
    if (is_ordered())
        write_kept_path(text, number);
    else
        write_found_path(text, number);
    u64 ordinal = is_ordered() ? label : number == NO_STATE ? initial_ordinal(place) : ordinal_of_place(place);
    if (last != nullptr) write_step(text, ordinal, last);
    text.add("]");
}

// --- what is asked about the run -------------------------------------------------------------------------------------

static Figures figures_of_search() {
    u64 found_states = distinct + level_size(), expanded = level_number == 0 ? 0 : level_base + position_at_hand + 1;
    return Figures{in_order.generated, found_states, found_states - expanded, level_size() > 0,
                   level_number == 0 ? level_size() : initial, 0, level_number};
}

static void write_behaviour_of_search(Text& text) {
    if (level_number > 0) write_kept_path(text, level_base + position_at_hand);
    if (in_order.state != nullptr) write_step(text, in_order.label, in_order.state);
}

const char* name_of_finding(Found what) {
    static const char* const names[] = {"invariant", "initial", "action", "deadlock", "enumeration", "examination", "none"};
    return names[int(what)];
}

const char* name_of_fault(FaultKind kind) {
    static const char* const names[] = {"evaluation", "overflow", "memory",  "depth",
                                        "disk",       "layout",   "foreign", "checkpoint"};
    return names[int(kind)];
}

void add_figure(Text& text, const char* name, u64 figure) {
    text.add(",\"");
    text.add(name);
    text.add("\":");
    text.add(figure);
}

void add_word(Text& text, const char* name, const char* word) {
    text.add(",\"");
    text.add(name);
    text.add("\":\"");
    text.add(word);
    text.add("\"");
}

static void write_violations(Text& text) {
    static const char* const names[] = {"invariant", "initial", "action"};  // by kind of predicate
    for (u64 i = 0; i < violation_count(); i++) {
        const Violation& violation = violation_at(i);
        text.add(i == 0 ? "{\"found\":\"" : ",{\"found\":\"");
        text.add(names[violation.kind]);
        text.add("\"");
        add_figure(text, "index", violation.index);
        text.add(",\"path\":");
        write_path(text, violation.parent, violation.place, violation.label, violation.state);
        text.add("}");
    }
}

static void write_result(Text& text, const Result& result) {
    text.add("{\"verdict\":\"");
    text.add(result.verdict);
    text.add("\"");
    add_figure(text, "generated", result.generated);
    add_figure(text, "distinct", distinct);
    add_figure(text, "initial", initial);
    add_figure(text, "depth", result.depth);
    add_figure(text, "queue", result.queue);
    add_figure(text, "table_bytes", table_bytes());
    add_figure(text, "least_distance", least_distance());
    text.add(",\"actions\":[");
    for (u32 i = 0; i < SPECIFICATION.labels; i++) {
        text.add(i == 0 ? "[" : ",[");
        text.add(generated_by[i]);
        text.add(",");
        text.add(found_by[i]);
        text.add("]");
    }
    text.add("]");
    text.add(",\"hits\":[");
    for (u32 i = 0; i < SPECIFICATION.points * 2; i++) {
        if (i != 0) text.add(",");
        text.add(all_hits[i]);
    }
    text.add("]");
    text.add(",\"violations\":[");
    write_violations(text);
    text.add("]");
    const Finding& finding = result.finding;
    if (finding.what != Found::NONE) {
        add_word(text, "found", name_of_finding(finding.what));
        add_figure(text, "index", u64(finding.index));
        add_word(text, "fault", name_of_fault(finding.fault.kind));
        add_word(text, "what", finding.fault.what == nullptr ? "" : finding.fault.what);
        text.add(",\"path\":");
        write_path(text, result.parent, finding.place, finding.label, finding.state);
    }
    text.add("}\n");
}

// --- the process -----------------------------------------------------------------------------------------------------

static bool is_over;

static void* report_progress(void*) {
    for (u32 tick = 0; !__atomic_load_n(&is_over, __ATOMIC_RELAXED); tick++) {
        timespec pause{0, 10 * 1000 * 1000};
        nanosleep(&pause, nullptr);
        if (tick % 25 != 24) continue;
        u64 count = __atomic_load_n(&shown.count, __ATOMIC_RELAXED), taken = __atomic_load_n(&next_position, __ATOMIC_RELAXED);
        u64 expanded = __atomic_load_n(&shown.base, __ATOMIC_RELAXED) + std::min(taken, count);
        u64 found_states = __atomic_load_n(&shown.distinct, __ATOMIC_RELAXED) + level_size();
        std::printf("{\"progress\":[%llu,%llu,%llu,%llu]}\n",
                    (unsigned long long)__atomic_load_n(&generated_so_far, __ATOMIC_RELAXED), (unsigned long long)found_states,
                    (unsigned long long)__atomic_load_n(&shown.level, __ATOMIC_RELAXED),
                    (unsigned long long)(found_states > expanded ? found_states - expanded : 0));
        if (std::fflush(stdout) != 0) _exit(1);  // nobody listens
    }
    return nullptr;
}

void start_constants() {
    Permanently stays;
    const char* text = SPECIFICATION.constants;
    for (u64 i = 0; i < SPECIFICATION.constant_count; i++) SPECIFICATION.constant_values[i] = read_value(text);
    SPECIFICATION.start();
}

static Text answer;

static void* first_worker(void*) {
    try {
        start_worker();
        Loader* loader = resumed_from();
        start_constants();
        start_states(options.workers);
        if (loader != nullptr) {
            loader->get_objects();
            restore(*loader);
            delete loader;
        }
        Result result = search();
        merge_hits();
        write_result(answer, result);
    } catch (const Fault& fault) {
        give_up(fault);
    } catch (const std::bad_alloc&) {
        give_up(Fault{FaultKind::MEMORY, "out of memory"});
    }
    return nullptr;
}

static bool set_identity(const char* name) {
    static const char* const names[] = {"fingerprint=64", "fingerprint=128", "fingerprint=exact"};
    for (u8 i = 0; i < 3; i++) {
        if (std::strcmp(name, names[i]) != 0) continue;
        identity = Identity(i);
        return true;
    }
    return false;
}

// Arguments: workers, greatest number of states, greatest depth (0: no bound), whether deadlock is checked, whether the
// behaviour graph is recorded, whether the search goes on after a violation, fingerprint=…, how many bytes of states may
// wait in memory. Then, where checkpoints are written: their folder, after how many milliseconds, the file to go on from or
// "", and how long the line is with which they begin, which is the first on standard input.
int main(int count, char** arguments) {
    if (count > 1 && std::strcmp(arguments[1], "simulate") == 0) return simulation_main(count, arguments);
    if ((count != 9 && count != 13) || !set_identity(arguments[7])) return 2;
    if (count == 13) {
        std::string line(std::strtoull(arguments[12], nullptr, 10), 0);
        if (std::fread(&line[0], 1, line.size(), stdin) != line.size()) return 2;
        start_checkpoints(arguments[9], std::strtoull(arguments[10], nullptr, 10), line, arguments[11]);
    }
    limit_queue(std::strtoull(arguments[8], nullptr, 10));
    options = Options{u32(std::atoi(arguments[1])), std::strtoull(arguments[2], nullptr, 10),
                      std::strtoull(arguments[3], nullptr, 10), std::atoi(arguments[4]) != 0};
    if (std::atoi(arguments[5]) != 0) start_graph(SPECIFICATION.permutation_count > 1 || SPECIFICATION.view != nullptr);
    if (std::atoi(arguments[6]) != 0) start_violations();
    start_names(SPECIFICATION.names, SPECIFICATION.name_count, SPECIFICATION.types);
    start_asking(Asking{figures_of_search, write_behaviour_of_search});
    generated_by.assign(SPECIFICATION.labels, 0);
    found_by.assign(SPECIFICATION.labels, 0);
    all_hits = no_hits();
    pthread_t progress = start_thread(report_progress, nullptr);
    start_helpers(options.workers);
    pthread_t first = start_thread(first_worker, nullptr);
    pthread_join(first, nullptr);
    __atomic_store_n(&is_over, true, __ATOMIC_RELAXED);
    pthread_join(progress, nullptr);
    std::fwrite(answer.bytes, 1, answer.size, stdout);
    std::fflush(stdout);
    if (is_recorded) serve_graph(options.workers);
    _exit(0);
}
