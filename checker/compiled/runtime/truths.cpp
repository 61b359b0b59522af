// Predicates on all states, or on all steps, of the behaviour graph.
#include "truths.hpp"

#include <algorithm>
#include <cstdio>
#include <deque>
#include <new>

#include "answer.hpp"
#include "closures.hpp"
#include "locks.hpp"

// --- edges -----------------------------------------------------------------------------------------------------------

u64 Edges::state_of(u64 edge) const {
    return u64(std::upper_bound(starts.begin(), starts.end(), edge) - starts.begin()) - 1;
}

static void add_edges(Edges& made, u64 state, u64 first_step, u64 end_step) {
    u64 start = made.targets.size();
    made.starts.push_back(start);
    made.targets.insert(made.targets.end(), targets.begin() + i64(first_step), targets.begin() + i64(end_step));
    made.targets.push_back(u32(state));
    if (keeps_images) return;
    std::vector<u32>::iterator row = made.targets.begin() + i64(start);
    std::sort(row, made.targets.end());
    made.targets.erase(std::unique(row, made.targets.end()), made.targets.end());
}

const Edges& behaviour_edges() {
    static Edges made;
    if (!made.starts.empty()) return made;
    made.starts.reserve(state_count + 1);
    made.targets.reserve(origins.size() + state_count);
    made.loops.assign(state_count);
    u64 step = 0;
    for (u64 state = 0; state < state_count; state++) {
        u64 first = step;
        for (; step < origins.size() && origins[step] == state; step++)
            if (targets[step] == state) made.loops.set(state);
        add_edges(made, state, first, step);
    }
    if (step != origins.size()) throw Fault{FaultKind::CONTRADICTION, "steps are not in the order of their states"};
    made.starts.push_back(made.targets.size());
    return made;
}

// --- predicates ------------------------------------------------------------------------------------------------------

enum class PredicateForm : u32 {
    ALL,      // of so many parts
    ANY,
    NOT,      // of one part
    TRUTHS,   // those of that number
    CHANGES,  // of some of so many variables
    TEST,     // of that number, whether it reads what the step leads to, and the variables it reads
    STEP,     // more than stuttering
    FORMS,
};

struct Predicate {
    PredicateForm form;
    u32 number;  // of truths, or a test
    bool reads_following;
    std::vector<u32> words;  // that it reads, of a state
    std::vector<Predicate> parts;
    u32 memo;  // a test's, among those of a worker
};

class Reading {
public:
    u32 tests = 0;

    explicit Reading(const std::vector<u32>& numbers) : numbers(numbers) {}

    bool next(u32& number) {
        if (at == numbers.size()) return false;
        number = numbers[at++];
        return true;
    }
    bool is_over() const { return at == numbers.size(); }
    bool predicate(Predicate& read, bool of_edges);

private:
    const std::vector<u32>& numbers;
    u64 at = 0;

    bool variables(std::vector<u32>& words);
};

bool Reading::variables(std::vector<u32>& words) {
    u32 count, variable;
    if (!next(count)) return false;
    for (u32 i = 0; i < count; i++) {
        if (!next(variable) || variable >= SPECIFICATION.variables) return false;
        for (u32 word = SPECIFICATION.starts[variable]; word < SPECIFICATION.starts[variable + 1]; word++)
            words.push_back(word);
    }
    return true;
}

bool Reading::predicate(Predicate& read, bool of_edges) {
    u32 form, count = 1, following;
    if (!next(form) || form >= u32(PredicateForm::FORMS)) return false;
    read.form = PredicateForm(form);
    switch (read.form) {
        case PredicateForm::ALL:
        case PredicateForm::ANY:
            if (!next(count)) return false;
            [[fallthrough]];
        case PredicateForm::NOT:
            for (u32 i = 0; i < count; i++) {
                read.parts.emplace_back();
                if (!predicate(read.parts.back(), of_edges)) return false;
            }
            return true;
        case PredicateForm::TRUTHS:
            if (!next(read.number) || !are_known(read.number)) return false;
            return of_edges || !truths_of(read.number).of_edges;
        case PredicateForm::CHANGES: return of_edges && variables(read.words);
        case PredicateForm::TEST:
            read.memo = tests++;
            if (!next(read.number) || !next(following)) return false;
            read.reads_following = following != 0;
            return (of_edges || !read.reads_following) && variables(read.words);
        default: return of_edges;
    }
}

// What a test was for the numbers of the components it reads. An entry gives way to another; where it has been of little
// use, the next ones are not looked for.
class TestMemo {
public:
    u32* find(const u32* key, u32 width) {
        if (UNLIKELY(misses >= rows)) grow(width);
        u64 hash = 0;
        for (u32 i = 0; i < width; i++) hash = (hash ^ key[i]) * 0x9e3779b97f4a7c15u;
        u32* row = table.data() + (hash >> 32 & (rows - 1)) * (width + 1);
        bool is_known = row[0] != UNKNOWN;
        for (u32 i = 0; i < width; i++) is_known = is_known && row[i + 1] == key[i];
        if (is_known) {
            hits++;
            return row;
        }
        for (u32 i = 0; i < width; i++) row[i + 1] = key[i];
        row[0] = UNKNOWN;
        misses++;
        if (UNLIKELY(++missed == TRIAL)) look();
        return row;
    }

    bool is_resting() {
        if (resting == 0) return false;
        resting--;
        return true;
    }

private:
    std::vector<u32> table;  // an outcome, then a key
    u64 rows = 0, misses = 0;
    u32 hits = 0, missed = 0, resting = 0;

    COLD void grow(u32 width) {
        misses = 0;
        if (rows == MOST_ROWS) return;
        rows = rows == 0 ? FIRST_ROWS : rows * 4;
        table.assign(rows * (width + 1), UNKNOWN);
    }

    COLD void look() {
        if (hits < missed / 2) resting = REST;
        hits = missed = 0;
    }
};

struct Evaluation {  // of a predicate, by all workers
    const Predicate& predicate;
    const Edges& edges;
    Truths& truths;
    u64 size;  // how many states or edges there are
    u32 tests;
    u64 next;
    u64 failed;  // the first item on which it failed
    Fault fault;
    SpinLock lock;
};

class Evaluator {  // one worker's part
public:
    explicit Evaluator(const Evaluation& of)
        : is_of_edges(of.truths.of_edges),
          edges(of.edges),
          memos(of.tests),
          before(SPECIFICATION.words + 1),
          after(SPECIFICATION.words + 1),
          key(2 * SPECIFICATION.words + 1) {}

    u64 state, edge;
    const bool is_of_edges;

    bool holds(const Predicate& predicate) {
        switch (predicate.form) {
            case PredicateForm::ALL:
                for (const Predicate& part : predicate.parts)
                    if (!holds(part)) return false;
                return true;
            case PredicateForm::ANY:
                for (const Predicate& part : predicate.parts)
                    if (holds(part)) return true;
                return false;
            case PredicateForm::NOT: return !holds(predicate.parts[0]);
            case PredicateForm::TRUTHS: return truths_of(predicate.number).hold(state, edge);
            case PredicateForm::CHANGES: return changes(predicate);
            case PredicateForm::TEST: return test(predicate);
            default: return edges.is_step(state, edge);
        }
    }

private:
    const Edges& edges;
    std::vector<TestMemo> memos;
    std::vector<V> before, after;
    u64 loaded = NO_STATE;  // what `before` is
    std::vector<u32> key;

    u32 number_after(u32 word, u64 end) const {
        return end < state_count ? columns[word][end] : image_columns[word][end - state_count];
    }

    bool changes(const Predicate& predicate) const {
        u64 end = edges.end_of(state, edge);
        for (u32 word : predicate.words)
            if (columns[word][state] != number_after(word, end)) return true;
        return false;
    }

    bool test(const Predicate& predicate) {
        TestMemo& memo = memos[predicate.memo];
        if (memo.is_resting()) return evaluate(predicate);
        u32 width = 0;
        for (u32 word : predicate.words) key[width++] = columns[word][state];
        if (predicate.reads_following) {
            u64 end = edges.end_of(state, edge);
            for (u32 word : predicate.words) key[width++] = number_after(word, end);
        }
        u32* row = memo.find(key.data(), width);
        if (row[0] == UNKNOWN) row[0] = evaluate(predicate) ? HOLDS : FAILS;
        return row[0] == HOLDS;
    }

    bool evaluate(const Predicate& predicate) {
        reset(arena);
        depth = 0;
        if (loaded != state) load_end(state, before.data());
        loaded = state;
        if (!is_of_edges) return SPECIFICATION.state_tests[predicate.number](before.data());
        load_end(edges.end_of(state, edge), after.data());
        return SPECIFICATION.step_tests[predicate.number](before.data(), after.data());
    }
};

constexpr u64 PER_BLOCK = 4096;  // no two blocks share a word of bits

static void note_failure(Evaluation& evaluation, u64 item, const Fault& fault) {
    Holding holding(evaluation.lock);
    __atomic_store_n(&evaluation.next, evaluation.size, __ATOMIC_RELAXED);
    if (item >= evaluation.failed) return;
    evaluation.failed = item;
    evaluation.fault = fault;
}

static void evaluate_block(Evaluation& evaluation, Evaluator& evaluator, u64 start) {
    bool of_edges = evaluation.truths.of_edges;
    u64 end = std::min(start + PER_BLOCK, evaluation.size);
    evaluator.state = of_edges ? evaluation.edges.state_of(start) : start;
    for (u64 item = start; item < end; item++) {
        evaluator.edge = item;
        if (of_edges)
            while (item >= evaluation.edges.starts[evaluator.state + 1]) evaluator.state++;
        else
            evaluator.state = item;
        try {
            if (evaluator.holds(evaluation.predicate)) evaluation.truths.bits.set(item);
        } catch (const Fault& fault) {
            note_failure(evaluation, item, fault);
            return;
        }
    }
}

static void* evaluate_blocks(void* given) {
    Evaluation& evaluation = *static_cast<Evaluation*>(given);
    start_worker();
    try {
        Evaluator evaluator(evaluation);
        u64 start;
        while ((start = __atomic_fetch_add(&evaluation.next, PER_BLOCK, __ATOMIC_RELAXED)) < evaluation.size)
            evaluate_block(evaluation, evaluator, start);
    } catch (const std::bad_alloc&) {
        give_up(Fault{FaultKind::MEMORY, "out of memory"});
    }
    finish_worker();
    return nullptr;
}

static void evaluate(Evaluation& evaluation, u32 workers) {
    std::vector<pthread_t> helpers;
    for (u32 i = 0; i < workers && (i == 0 || i * PER_BLOCK < evaluation.size); i++)
        helpers.push_back(start_thread(evaluate_blocks, &evaluation));
    for (pthread_t helper : helpers) pthread_join(helper, nullptr);
}

// --- what is kept ----------------------------------------------------------------------------------------------------

static std::deque<Truths> all_truths;

bool are_known(u32 number) { return number < all_truths.size(); }

const Truths& truths_of(u32 number) { return all_truths[number]; }

bool serve_truths(u32 workers, u64 number, const std::vector<u32>& asked) {
    Reading reading(asked);
    Predicate predicate;
    u32 of_edges;
    if (number != all_truths.size() || !reading.next(of_edges)) return false;
    if (!reading.predicate(predicate, of_edges != 0) || !reading.is_over()) return false;
    const Edges& edges = behaviour_edges();
    Truths truths{of_edges != 0, {}};
    u64 size = truths.of_edges ? edges.size() : state_count;
    truths.bits.assign(size);
    Evaluation evaluation{predicate, edges, truths, size, reading.tests, 0, size, Fault{FaultKind::EVALUATION, ""}, {}};
    evaluate(evaluation, workers);
    if (evaluation.failed < size) {
        u64 state = truths.of_edges ? edges.state_of(evaluation.failed) : evaluation.failed;
        u64 target = truths.of_edges ? edges.targets[evaluation.failed] : state;
        std::printf("{\"failed\":[%llu,%llu],\"fault\":\"%s\",\"what\":\"%s\"}\n", (unsigned long long)state,
                    (unsigned long long)target, name_of_fault(evaluation.fault.kind), evaluation.fault.what);
        return std::fflush(stdout) == 0;
    }
    all_truths.push_back(std::move(truths));
    return answer_bytes("", 0);
}
