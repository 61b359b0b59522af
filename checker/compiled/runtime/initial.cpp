// The initial states, enumerated by all workers.
//
// Each worker enumerates them, but passes over what is not its own. What is divided is the loop at some nesting of Init:
// the rounds of all loops at that nesting, in the order in which they come, and states found outside of them, are
// items, and chunks of items are claimed. What encloses that loop is evaluated by everyone.
#include "initial.hpp"

#include <algorithm>

#include "checkpoint.hpp"
#include "closures.hpp"

__thread InitialPass initial_pass;

struct Enough {};

static u32 divided_nesting;  // 0: nothing is divided
static u64 items_per_chunk;
static __thread const InitialWork* work_at_hand;

constexpr u32 MOST_NESTING = 16;
constexpr u64 CHUNKS_PER_WORKER = 16;
constexpr u64 MOST_ITEMS = 64;  // of a chunk
constexpr u64 FOUND_TOGETHER = 64;

bool is_initial_divided() { return divided_nesting != 0; }

// --- what is passed over ---------------------------------------------------------------------------------------------

static void examine_found() {
    InitialPass& pass = initial_pass;
    u64 count = successors.size;
    if (count == 0) return;
    u32 was_depth = depth;
    work_at_hand->examine(pass.chunk, pass.found);
    depth = was_depth;
    pass.found += count;
}

static void end_chunk() {
    examine_found();
    work_at_hand->finish(initial_pass.chunk, initial_pass.found);
    initial_pass.found = 0;
}

static void claim() {
    initial_pass.chunk = work_at_hand->claim();
    if (initial_pass.chunk == NO_CHUNK) throw Enough{};
}

static bool is_others_item() {
    InitialPass& pass = initial_pass;
    u64 chunk = pass.items++ / items_per_chunk;
    if (chunk > pass.chunk) {
        end_chunk();
        claim();
    }
    return chunk != pass.chunk;
}

bool passes_over_item() {
    if (initial_pass.mode == InitialMode::SHARED) return is_others_item();
    if (++initial_pass.items >= initial_pass.wanted) throw Enough{};
    return true;
}

bool passes_over_items(Each& each) {
    if (!passes_over_item()) return false;
    InitialPass& pass = initial_pass;
    u64 first = pass.mode == InitialMode::SHARED ? pass.chunk * items_per_chunk : pass.wanted;
    pass.items += each.pass(first - pass.items);
    return true;
}

bool passes_over_state() {
    InitialPass& pass = initial_pass;
    if (pass.mode == InitialMode::SEEKING) {
        if (pass.items > pass.wanted) throw Enough{};
        return pass.items++ != pass.wanted;
    }
    if (pass.mode == InitialMode::SHARED && successors.size >= FOUND_TOGETHER && !is_ordered()) {
        examine_found();
        if (is_interrupted()) throw Enough{};
    }
    return pass.nesting < pass.divided && passes_over_item();
}

// --- passes ----------------------------------------------------------------------------------------------------------

// Whether Init was enumerated to its end.
static bool pass_through(InitialMode mode, u32 divided, u64 wanted) {
    initial_pass = InitialPass{mode, 0, divided, 0, wanted, 0, 0, 0};
    try {
        enumerate(nullptr);
        initial_pass.mode = InitialMode::WHOLE;
        return true;
    } catch (const Enough&) {
        initial_pass.mode = InitialMode::WHOLE;
        return false;
    }
}

void divide_initial(u32 workers) {
    divided_nesting = 0;
    items_per_chunk = 1;
    if (SPECIFICATION.counts_all) return;
    u64 enough = workers * CHUNKS_PER_WORKER;
    try {
        for (u32 nesting = 1; nesting <= MOST_NESTING; nesting++) {
            pass_through(InitialMode::COUNTING, nesting, enough * MOST_ITEMS);
            if (initial_pass.deepest < nesting) return;
            if (initial_pass.items < enough) continue;
            divided_nesting = nesting;
            items_per_chunk = std::min(MOST_ITEMS, initial_pass.items / enough);
            return;
        }
    } catch (const Fault&) {
        initial_pass.mode = InitialMode::WHOLE;  // it will be met again
    }
}

bool share_initial(const InitialWork& work) {
    work_at_hand = &work;
    u64 chunk = work.claim();
    if (chunk == NO_CHUNK) return false;
    if (!is_initial_divided() && chunk > 0) return true;
    Fault met{FaultKind::EVALUATION, nullptr};
    try {
        initial_pass = InitialPass{InitialMode::SHARED, 0, divided_nesting, 0, 0, chunk, 0, 0};
        enumerate(nullptr);
    } catch (const Enough&) {
        initial_pass.mode = InitialMode::WHOLE;
        return false;
    } catch (const Fault& fault) {
        met = fault;
    }
    initial_pass.mode = InitialMode::WHOLE;
    // What was found, or met, last belongs to whoever claimed the last chunk there is.
    u64 last = initial_pass.items == 0 ? 0 : (initial_pass.items - 1) / items_per_chunk;
    if (initial_pass.chunk != last) return true;
    examine_found();
    if (met.what != nullptr) work.fail(last, initial_pass.found, met);
    work.finish(last, initial_pass.found);
    return true;
}

const V* initial_state(u64 number) {
    try {
        pass_through(InitialMode::SEEKING, 0, number);
    } catch (const Fault&) {
        initial_pass.mode = InitialMode::WHOLE;  // behind it
    }
    return successors.states;
}
