// Level-synchronous breadth-first search by several workers, with the figures of `interpreted/search.py`: those of one
// worker that takes states in the order in which they were found, whatever the number of workers.
//
// Workers take states of a level in chunks, in order. Where something is wrong, what lies behind it in that order need
// not be looked at; the first such place counts, once it is certain that no earlier one finds the same state.
#include "run.hpp"

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "checkpoint.hpp"
#include "closures.hpp"
#include "fingerprints.hpp"
#include "foreign.hpp"
#include "graph.hpp"
#include "initial.hpp"
#include "states.hpp"
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
    if (capacity > ORDINALS) throw Fault{FaultKind::MEMORY, "more successors of a state than a search can tell apart"};
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

Options options;
u64 level_base, level_number, distinct, initial;
std::vector<u64> generated_by, found_by;
Rows<Link> links;
std::vector<V> kept_states;
u64 position_at_hand;
Shown shown;
Done done[MOST_WORKERS];

static u64 next_position;  // in the level, that no worker has taken in this round
static u64 taken_before;   // in earlier rounds, what lies before that
static u64 level_count;    // states of the level being expanded
static u64 generated_before;
static Rows<u32> generated_from;  // by position in the level
static Rows<u32> chunk_labels;    // what each chunk generated, by label
static u64 chunk_size;
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

static void have_done(u64 generated, u64 expanded) {
    Done& own = done[own_number];
    __atomic_store_n(&own.generated, own.generated + generated, __ATOMIC_RELAXED);
    __atomic_store_n(&own.expanded, own.expanded + expanded, __ATOMIC_RELAXED);
}

static void expand_chunk(u64 start) {
    u64 end = std::min(start + chunk_size, level_count);
    u64 most = SPECIFICATION.counts_all ? 1 : BATCH;
    static __thread u32* labels;  // of this chunk
    if (labels == nullptr) labels = static_cast<u32*>(new_rows(nullptr, SPECIFICATION.labels, sizeof(u32)));
    u64 generated = 0, expanded = 0;
    for (u64 position = start; position < end; position++) {
        if (position > __atomic_load_n(&stop_position, __ATOMIC_RELAXED) || is_interrupted()) break;
        if (generated_from[position] != NOT_EXPANDED) continue;
        if (is_ordered()) position_at_hand = position;
        u64 before = successors.size;
        generated_from[position] = expand(position);
        generated += successors.size - before;
        expanded++;
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
    have_done(generated, expanded);
}

// What is found from states near each other is often the same, and a worker remembers what it has found lately.
constexpr u64 MOST_TOGETHER = 1 << 14, LEAST_TOGETHER = 32;
constexpr u64 PARTS_OF_REST = 4;  // for each worker

// Positions for this worker to expand, whole chunks: fewer to the end of the level, where workers wait for each other. In
// each round they are claimed in the same pieces: what was expanded before is the beginning of one, by one worker.
static std::pair<u64, u64> claimed() {
    u64 start = __atomic_load_n(&next_position, __ATOMIC_RELAXED), end;
    do {
        u64 left = start < level_count ? level_count - start : 0;
        u64 size = std::min(is_ordered() ? 1 : MOST_TOGETHER, left / (u64(options.workers) * PARTS_OF_REST));
        end = start + std::max<u64>(1, size / chunk_size) * chunk_size;
    } while (!__atomic_compare_exchange_n(&next_position, &start, end, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    return {start, end};
}

static bool is_limit_reached() { return options.max_states != 0 && distinct + level_size() >= options.max_states; }

static void expand_level() {
    join_round();
    level_of_state = level_number;
    for (;;) {
        auto [start, end] = claimed();
        if (start >= level_count || start > __atomic_load_n(&stop_position, __ATOMIC_RELAXED) || is_interrupted()) return;
        begin_stretch();
        for (; start < end && start < level_count; start += chunk_size) expand_chunk(start);
        // Once there are as many states as are wanted, what is taken for the first time from here on adds none.
        if (is_limit_reached()) stop_behind(std::max(taken_before, __atomic_load_n(&next_position, __ATOMIC_RELAXED)));
        if (is_ordered() && (is_limit_reached() || is_exiting())) return;
    }
}

// All workers expand what is left of the level.
static void expand_together() {
    run_on(options.workers, [](u32) {
        expand_level();
        end_logging();
        merge_hits();
    });
}

// --- levels ----------------------------------------------------------------------------------------------------------

constexpr u64 WORTH_SHARING = 4096;

static u32 workers_for(u64 states) { return states < WORTH_SHARING ? 1 : options.workers; }

// What several workers do with all rows: each fills some, so that pages are cleared by all of them.
template <class T>
static void fill_share(Rows<T>& rows, T value, u32 worker, u32 workers) {
    std::fill(rows.data() + rows.size() * worker / workers, rows.data() + rows.size() * (worker + 1) / workers, value);
}

static u64 chunk_count() { return level_count / chunk_size + 1; }

static void begin_exploring() {
    u64 share = level_count / (u64(options.workers) * 16);
    chunk_size = is_ordered() ? 1 : std::max<u64>(1, std::min(LEAST_TOGETHER, share));
    generated_from.resize(level_count);
    chunk_labels.resize(chunk_count() * SPECIFICATION.labels);
    run_on(workers_for(level_count), [](u32 worker) {
        fill_share(generated_from, NOT_EXPANDED, worker, workers_for(level_count));
        fill_share(chunk_labels, 0u, worker, workers_for(level_count));
    });
}

// Where `max_states` ends the search: the position of the first state that is not expanded.
static u64 limit_position() {
    u64 wanted = options.max_states - distinct;
    std::vector<u64> places;
    collect_places(places);
    std::nth_element(places.begin(), places.begin() + long(wanted - 1), places.end());
    return parent_of_place(places[wanted - 1]) + 1;
}

// The position of the first state that has not been expanded.
static u64 expanded_until() {
    u64 position = 0;
    while (position < level_count && generated_from[position] != NOT_EXPANDED) position++;
    return position;
}

// How many states were generated from those before a position.
static u64 generated_before_position(u64 position) {
    u64 total = 0;
    bool is_complete = true;
    for (u64 i = 0; i < position; i++) {
        is_complete &= generated_from[i] != NOT_EXPANDED;
        total += generated_from[i];
    }
    if (!is_complete) throw Fault{FaultKind::CONTRADICTION, "a state was not expanded"};
    return total;
}

static bool is_expanded(u64 position) {
    return position < generated_from.size() && generated_from[position] != NOT_EXPANDED;
}

static bool are_expanded_before(u64 end) {
    for (u64 position = 0; position < end; position++)
        if (!is_expanded(position)) return false;
    return true;
}

// Whether all states were expanded before the place where the level is left: a finding, a limit, or its end. Others may
// have stopped before a finding, at one that does not stand.
static bool is_explored(const Finding& finding) {
    u64 end = is_limit_reached() ? std::min(limit_position(), level_count) : level_count;
    return are_expanded_before(finding.what == Found::NONE ? end : std::min(end, parent_of_place(finding.place)));
}

static Finding explore_level() {
    begin_exploring();
    for (taken_before = 0;; taken_before = std::max(taken_before, next_position)) {
        __atomic_store_n(&next_position, 0, __ATOMIC_RELAXED);
        start_round();
        expand_together();
        if (is_interrupted()) return NOTHING_FOUND;
        Finding finding = first_finding(false);
        if (is_exiting() || is_explored(finding)) return finding;
        // What stopped the workers does not stand: the positions behind it are expanded after all.
    }
}

// --- the first level -------------------------------------------------------------------------------------------------

// Chunks of initial states that one worker enumerates.
struct alignas(64) InitialShare {
    u64 next, end;                              // those that it has claimed, and not begun
    std::vector<std::pair<u64, u64>> finished;  // number, how many were generated
};

static InitialShare initial_shares[MOST_WORKERS];
static std::vector<u64> initial_before;  // by chunk: how many initial states were generated before it
static bool was_cut;                     // whether some may not have been generated

constexpr u64 MOST_CHUNKS_TOGETHER = 256;
constexpr u64 PARTS_OF_CLAIMED = 256;  // for each worker
constexpr u64 MOST_CHUNKS = ~u32(0);  // have places
static const Fault TOO_MANY_INITIAL{FaultKind::MEMORY, "more initial states than a search can tell apart"};

// More at a time the more there were: how many there are is not known. In each round in the same pieces, as positions.
static void claim_chunks(InitialShare& own) {
    u64 start = __atomic_load_n(&next_position, __ATOMIC_RELAXED), size;
    do {
        size = std::max<u64>(1, std::min(MOST_CHUNKS_TOGETHER, start / (u64(options.workers) * PARTS_OF_CLAIMED)));
    } while (!__atomic_compare_exchange_n(&next_position, &start, start + size, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    own.next = start;
    own.end = start + size;
    begin_stretch();
}

static u64 claim_initial() {
    InitialShare& own = initial_shares[own_number];
    for (;;) {
        if (own.next == own.end) claim_chunks(own);
        u64 chunk = own.next++;
        if (chunk >= MOST_CHUNKS) give_up(TOO_MANY_INITIAL);
        if (chunk > __atomic_load_n(&stop_position, __ATOMIC_RELAXED) || is_interrupted()) return NO_CHUNK;
        if (!is_expanded(chunk)) return chunk;
    }
}

// What is evaluated for states leaves nothing behind in the memory of the enumeration that goes on.
static void examine_initial(u64 chunk, u64 ordinal) {
    if (ordinal + successors.size > ORDINALS) give_up(TOO_MANY_INITIAL);
    static __thread Arena scratch;
    std::swap(arena, scratch);
    reset(arena);
    add_pending(Expanded{nullptr, chunk, ordinal, 0, successors.size});
    or_give_up(examine_pending);  // a fault that comes from there is none of Init
    std::swap(arena, scratch);
    epoch++;
}

static void finish_initial(u64 chunk, u64 found) {
    initial_shares[own_number].finished.push_back({chunk, found});
    have_done(found, 0);
}

static void expand_initial(u32) {
    static const InitialWork work{claim_initial, examine_initial,
                                  [](u64 chunk, u64 ordinal, const Fault& fault) {
                                      note_enumeration(Found::ENUMERATION_FAULT, chunk, ordinal, fault);
                                  },
                                  finish_initial};
    join_round();
    initial_shares[own_number].next = initial_shares[own_number].end = 0;
    if (!share_initial(work)) __atomic_store_n(&was_cut, true, __ATOMIC_RELAXED);
    end_logging();
    merge_hits();
}

static void count_initial() {
    for (InitialShare& share : initial_shares) {
        for (const auto& [chunk, found] : share.finished) {
            u64 known = generated_from.size();
            if (chunk >= known) generated_from.resize(chunk + 1);
            for (u64 i = known; i < chunk; i++) generated_from[i] = NOT_EXPANDED;
            generated_from[chunk] = u32(found);
        }
        share.finished.clear();
    }
    initial_before.assign(1, 0);
    for (u64 chunk = 0; chunk < generated_from.size(); chunk++)
        initial_before.push_back(initial_before.back() + (is_expanded(chunk) ? generated_from[chunk] : 0));
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
        bool is_complete = finding.what == Found::NONE ? !was_cut : are_expanded_before(parent_of_place(finding.place));
        if (is_complete) return finding;
        // What stopped the workers does not stand: what lies behind it is enumerated after all.
    }
}

u32 initial_ordinal(u64 place) { return u32(initial_before[parent_of_place(place)] + ordinal_of_place(place)); }

// --- results ---------------------------------------------------------------------------------------------------------

// How many states were generated up to a finding.
static u64 generated_until(const Finding& finding) {
    u64 total = generated_before + generated_before_position(parent_of_place(finding.place));
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

// The states of the level that has been filled, up to a place, are those to expand next.
static void advance(u64 last_place) {
    settle_violations(last_place, level_number, level_base);
    u64 size = level_size(), taken = begin_level(last_place);
    first_taken = links.size();
    links.resize(first_taken + taken);
    begin_seeing(last_place);
    run_on(workers_for(size), take_states);
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

static bool is_beyond_limit() {
    if (options.max_states != 0 && distinct >= options.max_states) return true;
    return options.max_depth != 0 && level_number + 1 >= options.max_depth;
}

// The result of a search that expands no state from a position on.
static Result cut_short(const char* verdict, u64 position) {
    count_labels_until(place_of_state(position, 0), false);
    u64 generated = generated_before + generated_before_position(position);
    u64 expanded = level_base + position;
    advance(place_of_state(position, 0) - 1);
    return stopped(verdict, generated, expanded);
}

// --- checkpoints -----------------------------------------------------------------------------------------------------

// At the end of a level. Until the next one is complete, of all that is saved only this changes.
struct Boundary {
    u64 level;
    std::vector<u64> hits;
    Registers registers;  // where evaluations depend on each other
};

static Boundary boundary;

static void save(Saver& saver) {
    for (u64 figure : {boundary.level, level_base, level_count, generated_before, distinct, initial}) saver.put(figure);
    for (const std::vector<u64>* figures : {&boundary.hits, &generated_by, &found_by, &initial_before})
        saver.put_items(*figures);
    saver.put_items(boundary.registers.kept);
    saver.put_items(links);
    saver.put(kept_states.size());
    saver.put_values(kept_states.data(), kept_states.size());
    for (u64 position = 0; position < level_count; position++) saver.put_values(state_at(position), SPECIFICATION.words);
    save_seen(saver);
    save_violations(saver);
    if (is_recorded) save_graph(saver);
}

void restore_search(Loader& loader) {
    for (u64* figure : {&level_number, &level_base, &level_count, &generated_before, &distinct, &initial})
        *figure = loader.get();
    __atomic_store_n(&shown.generated_before, generated_before, __ATOMIC_RELAXED);
    __atomic_store_n(&shown.expanded_before, level_base, __ATOMIC_RELAXED);
    for (std::vector<u64>* figures : {&boundary.hits, &generated_by, &found_by, &initial_before})
        loader.get_items(*figures);
    std::copy(boundary.hits.begin(), boundary.hits.end(), all_hits);
    loader.get_items(boundary.registers.kept);
    restore_registers(boundary.registers.kept);
    in_order.generated = generated_before;
    loader.get_items(links);
    kept_states.resize(loader.get());
    loader.get_values(kept_states.data(), kept_states.size());
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

static void take_boundary() {
    boundary.level = level_number;
    boundary.hits.assign(all_hits, all_hits + SPECIFICATION.points * 2);
    if (is_ordered()) boundary.registers = registers_at_hand();
}

static void save_now() { save_checkpoint(save, boundary.registers.refusal.c_str()); }

static void reach_boundary() {
    if (!is_saved) return;
    merge_hits();
    take_boundary();
    if (is_checkpoint_due()) save_now();
}

static void save_last() {
    if (is_saved) save_now();
}

// The end of the level before counts: what has been found since then is not complete.
static Result interrupted_result() {
    save_now();
    merge_hits();
    std::copy(boundary.hits.begin(), boundary.hits.end(), all_hits);
    level_number = boundary.level;
    return stopped("incomplete", generated_before, level_base);
}

// --- the whole -------------------------------------------------------------------------------------------------------

static void show_level() {
    __atomic_store_n(&shown.level, level_number, __ATOMIC_RELAXED);
    __atomic_store_n(&shown.distinct, distinct, __ATOMIC_RELAXED);
}

Result search() {
    start_examining();
    show_level();
    Finding finding = NOTHING_FOUND;
    if (distinct == 0) {
        if (is_saved) take_boundary();
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
        count_labels(chunk_count());
        generated_before += generated_before_position(level_count);
        advance(~u64(0));
    }
    return stopped("pass", generated_before, level_base);
}
