// Looks at states that were found, and keeps what is wrong with them.
#include "examining.hpp"

#include <pthread.h>

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "closures.hpp"
#include "fingerprints.hpp"
#include "graph.hpp"
#include "violations.hpp"

bool only_new_states_count;
u64 stop_position;
InOrder in_order;

// --- findings --------------------------------------------------------------------------------------------------------

static pthread_mutex_t findings_lock = PTHREAD_MUTEX_INITIALIZER;
static std::vector<Finding> findings;

void stop_behind(u64 position) {
    pthread_mutex_lock(&findings_lock);
    if (position < stop_position) __atomic_store_n(&stop_position, position, __ATOMIC_RELAXED);
    pthread_mutex_unlock(&findings_lock);
}

static void note(Finding finding, const V* state) {
    if (state != nullptr) {
        u64 bytes = SPECIFICATION.words * sizeof(V);
        finding.state = static_cast<V*>(std::malloc(bytes));
        std::memcpy(finding.state, state, bytes);
    }
    pthread_mutex_lock(&findings_lock);
    findings.push_back(finding);
    in_order.noted++;
    pthread_mutex_unlock(&findings_lock);
    stop_behind(parent_of_place(finding.place));
}

void note_enumeration(Found what, u64 position, u64 ordinal, const Fault& fault) {
    note(Finding{what, place_of_state(position, ordinal), 0, 0, 0, false, 0, nullptr, fault}, nullptr);
}

// --- examining -------------------------------------------------------------------------------------------------------

// A state under examination: `before` is null for an initial one.
struct Candidate {
    const V* before;
    const V* state;
    u64 place;
    u32 label;
    bool is_inside;
    bool is_known;  // found before, at an earlier place
    u64 fingerprint;
    const u64* words;  // further ones, once they are needed
};

static bool has_any(PredicateKind kind) { return SPECIFICATION.predicate_counts[kind] != 0; }

static bool holds_constraints(const Candidate& candidate) {
    if (!has_any(CONSTRAINTS)) return true;
    const u8* skipped = skipped_predicates(CONSTRAINTS, candidate.place);
    well_before = keeps_going ? nullptr : candidate.before;
    bool holds = SPECIFICATION.constraints(candidate.state, skipped) < 0;
    well_before = nullptr;
    return holds;
}

static bool is_inside(const Candidate& candidate) {
    if (!holds_constraints(candidate)) return false;
    if (candidate.before == nullptr || !has_any(STEP_CONSTRAINTS)) return true;
    const u8* skipped = skipped_predicates(STEP_CONSTRAINTS, candidate.place);
    in_step = true;
    bool holds = SPECIFICATION.step_constraints(candidate.before, candidate.state, skipped) < 0;
    in_step = false;
    return holds;
}

static Finding finding_of(Found what, const Candidate& candidate, u8 phase, int index) {
    return Finding{what,
                   candidate.place,
                   phase,
                   index,
                   candidate.label,
                   phase == 0 && candidate.is_inside,
                   candidate.fingerprint,
                   nullptr,
                   Fault{FaultKind::EVALUATION, ""}};
}

// The first predicate that is violated; none where the search goes on, which keeps the first violation of each.
template <class F>
static int broken_predicate(PredicateKind kind, const Candidate& candidate, F test) {
    u8* skipped = skipped_predicates(kind, candidate.place);
    int broken = test(skipped);
    while (keeps_going && broken >= 0) {
        note_violation(kind, u32(broken), candidate.place, candidate.label, candidate.state);
        skipped[broken] = 1;
        broken = test(skipped);
    }
    return broken;
}

static void check_state(const Candidate& candidate) {
    well_before = keeps_going ? nullptr : candidate.before;
    int broken = broken_predicate(INVARIANTS, candidate, [&](const u8* skipped) {
        return SPECIFICATION.invariants(candidate.state, skipped);
    });
    well_before = nullptr;
    if (broken >= 0) {
        note(finding_of(Found::INVARIANT, candidate, 0, broken), candidate.state);
        return;
    }
    if (candidate.before != nullptr) return;
    broken = broken_predicate(INITIAL, candidate, [&](const u8* skipped) {
        return SPECIFICATION.initial(candidate.state, skipped);
    });
    if (broken >= 0) note(finding_of(Found::INITIAL, candidate, 0, broken), candidate.state);
}

static void check_step(const Candidate& candidate) {
    if (candidate.before == nullptr) return;
    in_step = true;
    int broken = broken_predicate(STEPS, candidate, [&](const u8* skipped) {
        return SPECIFICATION.steps(candidate.before, candidate.state, skipped);
    });
    in_step = false;
    if (broken >= 0) note(finding_of(Found::ACTION, candidate, 1, broken), candidate.state);
}

template <class F>
static bool without_fault(const Candidate& candidate, u8 phase, F examine) {
    try {
        examine();
        return true;
    } catch (const Fault& fault) {
        depth = 0;
        well_before = nullptr;
        in_step = false;
        Finding finding = finding_of(Found::EXAMINATION_FAULT, candidate, phase, 0);
        finding.fault = fault;
        note(finding, candidate.state);
        return false;
    }
}

// Fingerprints that this worker has met lately, which need not be looked for in large tables: it takes places in
// ascending order, so each has been found at an earlier place.
struct Recent {
    static constexpr u64 SIZE = 1 << 12;  // fits into the nearest cache but one
    u64 round;
    u64 known[SIZE];

    void start(u64 of_search) {
        if (round == of_search) return;
        std::memset(known, 0, sizeof(known));
        round = of_search;
    }
    bool has(u64 fingerprint) const { return known[fingerprint % SIZE] == fingerprint; }
    void add(u64 fingerprint) { known[fingerprint % SIZE] = fingerprint; }
};

static __thread Recent recent;
static u64 round_of_search;  // places ascend in each

static bool is_same_state(const V* a, const V* b) {
    for (u32 i = 0; i < SPECIFICATION.words; i++)
        if (!same(a[i], b[i])) return false;
    return true;
}

// Fills in the fingerprint, and whether the state need not be looked for: it is no other than the one before, or has
// been met lately. A VIEW that depends on the level may tell a state from itself.
static void fingerprint_candidate(Candidate& candidate) {
    bool is_view_of_more = SPECIFICATION.view != nullptr && SPECIFICATION.dependence != Dependence::STATE;
    if (candidate.before != nullptr && !is_view_of_more) {
        candidate.is_known = is_same_state(candidate.before, candidate.state);
        if (candidate.is_known && !is_recorded) return;
    }
    if (SPECIFICATION.view != nullptr) {
        Known known = known_by_view(candidate.state);
        candidate.fingerprint = known.fingerprint;
        candidate.words = known.words;
    } else {
        candidate.fingerprint = candidate.before == nullptr ? fingerprint(candidate.state)
                                                            : fingerprint_of_successor(candidate.before, candidate.state);
        if (is_recorded) candidate.words = further_words_of(candidate.state);
    }
    if (further_words() == 0 && recent.has(candidate.fingerprint)) candidate.is_known = true;
}

static Novelty novelty_of(const Candidate& candidate) {
    if (!candidate.is_inside) return Novelty::NEW;
    if (candidate.is_known) return Novelty::OLD;
    const u64* words = candidate.words != nullptr ? candidate.words : further_words_of(candidate.state);
    Novelty novelty = add_state(Origin{candidate.place, candidate.fingerprint, candidate.label}, words, candidate.state);
    if (is_recorded && candidate.before == nullptr) record_initial(candidate.place, words);
    recent.add(candidate.fingerprint);
    return novelty;
}

// States are looked up some at a time, so that the memory they lie in is fetched meanwhile.
struct Pending {
    V* befores;
    u64 size;
    Expanded states[BATCH];
    Candidate* candidates;  // as many as there are successors
    u64 capacity;
};

static __thread Pending pending;

static void start_pending() {
    if (pending.befores == nullptr) pending.befores = static_cast<V*>(new_rows(nullptr, BATCH, SPECIFICATION.words * sizeof(V) + 1));
    if (pending.capacity >= successors.capacity) return;
    pending.candidates = static_cast<Candidate*>(new_rows(pending.candidates, successors.capacity, sizeof(Candidate)));
    pending.capacity = successors.capacity;
}

// Makes room for what is recorded of the steps from a state, where there are any.
static bool starts_recording(const Expanded& from) {
    if (!is_recorded || from.before == nullptr) return false;
    record_steps(from.position, from.end - from.first, successors.states + from.first * SPECIFICATION.words);
    return true;
}

// Whether a state is in the model, and what it is known by; whether there was no fault.
static bool identify_one(const Expanded& from, u64 i, bool is_recording) {
    Candidate& candidate = pending.candidates[i];
    candidate = Candidate{from.before,
                          successors.states + i * SPECIFICATION.words,
                          place_of_state(from.position, from.ordinal + i - from.first),
                          successors.labels[i],
                          false,
                          false,
                          0,
                          nullptr};
    bool is_well = without_fault(candidate, 0, [&] {
        bool inside = is_inside(candidate);
        if (inside) fingerprint_candidate(candidate);
        candidate.is_inside = inside;
    });
    if (is_well && is_recording) {
        u64 fingerprint = candidate.is_inside ? candidate.fingerprint : OUTSIDE;
        record_step(from.position, i - from.first, RecordedStep{fingerprint, candidate.label}, candidate.words);
    }
    return is_well;
}

// Which states of a batch are in the model, and what they are known by. Behind a fault nothing is looked at.
static void identify(Expanded& from) {
    bool is_recording = starts_recording(from);
    expect_successors();
    for (u64 i = from.first; i < from.end; i++) {
        if (!identify_one(from, i, is_recording)) {
            from.end = i;
            return;
        }
        const Candidate& candidate = pending.candidates[i];
        if (candidate.is_inside && !candidate.is_known) prefetch_state(candidate.fingerprint);
    }
}

static void intern_components(const V* state) {
    V* components = const_cast<V*>(state);  // a row of `successors`
    for (u32 i = 0; i < SPECIFICATION.words; i++) components[i] = intern(components[i]);
}

// Whether a state that is found in two places of a level is looked at in one of them: it is the same state.
static bool is_examined_once() {
    return !keeps_going && SPECIFICATION.view == nullptr && SPECIFICATION.permutation_count <= 1;
}

static void examine(const Candidate& candidate) {
    if (only_new_states_count) {
        if (candidate.is_known) return;
        recent.add(candidate.fingerprint);
        if (is_found(candidate.fingerprint, candidate.place)) return;
        intern_components(candidate.state);
    }
    Novelty novelty = novelty_of(candidate);
    if (novelty == Novelty::NEW || (novelty == Novelty::EARLIER && !is_examined_once()))
        without_fault(candidate, 0, [&] { check_state(candidate); });
    bool is_over = is_ordered() && in_order.noted > 0;
    if (has_any(STEPS) && !is_over) without_fault(candidate, 1, [&] { check_step(candidate); });
}

V* room_for_pending() {
    start_pending();
    return pending.befores + pending.size * SPECIFICATION.words;
}

void add_pending(const Expanded& expanded) { pending.states[pending.size++] = expanded; }
u64 pending_count() { return pending.size; }

// Each state is done with before the next is looked at.
static void examine_in_order(const Expanded& from) {
    bool is_recording = starts_recording(from);
    expect_successors();
    in_order.noted = 0;
    for (u64 i = from.first; i < from.end && in_order.noted == 0; i++) {
        in_order.generated++;
        in_order.state = successors.states + i * SPECIFICATION.words;
        in_order.label = successors.labels[i];
        if (identify_one(from, i, is_recording)) examine(pending.candidates[i]);
        in_order.state = nullptr;
    }
}

void examine_pending() {
    start_pending();
    is_examining = true;
    if (is_ordered()) {
        for (u64 i = 0; i < pending.size; i++) examine_in_order(pending.states[i]);
    } else {
        for (u64 i = 0; i < pending.size; i++) identify(pending.states[i]);
        for (u64 i = 0; i < pending.size; i++)
            for (u64 at = pending.states[i].first; at < pending.states[i].end; at++) examine(pending.candidates[at]);
    }
    is_examining = false;
    pending.size = successors.size = 0;
    stop_waiting();
}

// --- rounds ----------------------------------------------------------------------------------------------------------

static bool do_only_new_states_count() {
    for (PredicateKind kind : {STEPS, CONSTRAINTS, STEP_CONSTRAINTS})
        if (has_any(kind)) return false;
    return !is_recorded && further_words() == 0 && SPECIFICATION.view == nullptr && SPECIFICATION.permutation_count <= 1;
}

void start_examining() { only_new_states_count = do_only_new_states_count(); }

void start_round() {
    stop_position = findings.empty() ? ~u64(0) : parent_of_place(findings[0].place);
    round_of_search++;
}

void join_round() { recent.start(round_of_search); }

static bool is_before(const Finding& a, const Finding& b) {
    return a.place != b.place ? a.place < b.place : a.phase < b.phase;
}

// Whether a predicate fails that was not violated before: which are is known now.
static bool fails_again(const Finding& finding, bool is_initial) {
    const V* before = is_initial ? nullptr : state_at(parent_of_place(finding.place));
    Candidate candidate{before, finding.state, finding.place, finding.label, false, false, 0, nullptr};
    is_examining = true;
    try {
        if (finding.phase == 1) {
            check_step(candidate);
        } else {
            if (is_inside(candidate) && SPECIFICATION.view != nullptr) known_by_view(candidate.state);
            check_state(candidate);
        }
        is_examining = false;
        return false;
    } catch (const Fault&) {
        depth = 0;
        well_before = nullptr;
        is_examining = in_step = false;
        return true;
    }
}

static bool stands(const Finding& finding, bool is_initial) {
    if (finding.is_stored && !is_found_at(finding.fingerprint, finding.place)) return false;
    if (!keeps_going || finding.what != Found::EXAMINATION_FAULT || is_ordered()) return true;
    return fails_again(finding, is_initial);
}

// What is wrong with a state is so where the state counts, which may have been found there after it was looked at.
static void move_findings() {
    for (Finding& finding : findings)
        if (finding.is_stored) finding.place = place_found(finding.fingerprint, further_words_of(finding.state));
}

Finding first_finding(bool is_initial) {
    if (is_examined_once()) move_findings();
    std::sort(findings.begin(), findings.end(), is_before);
    while (!findings.empty() && !stands(findings[0], is_initial))
        findings.erase(findings.begin());
    return findings.empty() ? NOTHING_FOUND : findings[0];
}
