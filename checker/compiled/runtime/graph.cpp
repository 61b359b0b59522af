// The behaviour graph of a search, and what is asked about it when the search is over.
#include "graph.hpp"

#include <pthread.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <new>
#include <unordered_map>
#include <vector>

#include "answer.hpp"
#include "closures.hpp"
#include "fairness.hpp"
#include "fingerprints.hpp"
#include "numbering.hpp"
#include "text.hpp"

bool is_recorded;
bool keeps_images;

// --- numbers of states -----------------------------------------------------------------------------------------------

static Numbering state_numbers;                   // by fingerprint and further words
static std::vector<Numbering> component_numbers;  // by word of a state: of these words
std::vector<std::vector<u32>> columns;  // by word of a state: the number of each state's
std::vector<std::vector<u32>> image_columns;  // the same for the states that steps lead to, where they are kept
std::vector<u32> origins, targets, parents;
static std::vector<u32> labels;         // by step
static std::vector<u32> parent_labels;  // by state: the action by which it was found

static void add_row(std::vector<std::vector<u32>>& rows, const V* state) {
    for (u32 i = 0; i < SPECIFICATION.words; i++) rows[i].push_back(component_numbers[i].number(state[i].word));
}

// --- while the search goes on ----------------------------------------------------------------------------------------

struct Batch {  // of one worker
    std::vector<RecordedStep> steps;
    std::vector<u64> words;  // the further words of what each step leads to
    std::vector<V> states;
};

struct StepsOf {  // of one position of the level
    Batch* batch;
    u64 start;
    u64 count;
};

static __thread Batch* batch;
static pthread_mutex_t batches_lock = PTHREAD_MUTEX_INITIALIZER;
static std::vector<Batch*> batches;
static std::vector<StepsOf> steps_of;                                   // by position
static std::unordered_map<u64, std::vector<u64>> words_of_initial;  // by place
u64 state_count;
static u64 level_start;  // the number of the first state of the level being explored

void start_graph(bool images) {
    is_recorded = true;
    keeps_images = images;
    state_numbers = Numbering(1 + further_words());
    component_numbers.resize(SPECIFICATION.words);
    columns.resize(SPECIFICATION.words);
    image_columns.resize(SPECIFICATION.words);
}

static Batch* batch_of_worker() {
    if (batch != nullptr) return batch;
    batch = new Batch;
    pthread_mutex_lock(&batches_lock);
    batches.push_back(batch);
    pthread_mutex_unlock(&batches_lock);
    return batch;
}

void record_steps(u64 position, u64 count, const V* states) {
    Batch* own = batch_of_worker();
    u64 start = own->steps.size();
    own->steps.resize(start + count);
    own->words.resize((start + count) * further_words());
    if (keeps_images) own->states.insert(own->states.end(), states, states + count * SPECIFICATION.words);
    steps_of[position] = StepsOf{own, start, count};
}

void record_step(u64 position, u64 ordinal, const RecordedStep& step, const u64* words) {
    const StepsOf& from = steps_of[position];
    from.batch->steps[from.start + ordinal] = step;
    if (words != nullptr)
        std::copy(words, words + further_words(), &from.batch->words[(from.start + ordinal) * further_words()]);
}

// What a state is known by.
static const u64* key_of(u64 fingerprint, const u64* words) {
    static std::vector<u64> key;
    key.assign(1, fingerprint);
    key.insert(key.end(), words, words + further_words());
    return key.data();
}

void record_initial(u64 place, const u64* words) {
    if (further_words() == 0) return;
    pthread_mutex_lock(&batches_lock);
    words_of_initial[place].assign(words, words + further_words());
    pthread_mutex_unlock(&batches_lock);
}

static const u64* words_of_step(const StepsOf& from, u64 ordinal) {
    return from.batch->words.data() + (from.start + ordinal) * further_words();
}

// Its further words are not found out again: a VIEW may depend on what was evaluated before.
static const u64* words_of_state(u64 place, bool is_initial) {
    if (further_words() == 0) return nullptr;
    if (is_initial) return words_of_initial[place].data();
    return words_of_step(steps_of[parent_of_place(place)], ordinal_of_place(place));
}

void record_state(const Origin& origin, const V* state, bool is_initial) {
    u32 number = state_numbers.number(key_of(origin.fingerprint, words_of_state(origin.place, is_initial)));
    if (number != state_count++) throw Fault{FaultKind::CONTRADICTION, "a state was found twice"};
    add_row(columns, state);
    parents.push_back(is_initial ? NO_STATE : u32(level_start + parent_of_place(origin.place)));
    parent_labels.push_back(origin.label);
}

static void add_step(u64 position, u64 ordinal, const StepsOf& from) {
    const RecordedStep& step = from.batch->steps[from.start + ordinal];
    if (step.fingerprint == OUTSIDE) return;
    u32 target;
    if (!state_numbers.find(key_of(step.fingerprint, words_of_step(from, ordinal)), target)) return;
    origins.push_back(u32(level_start + position));
    targets.push_back(target);
    labels.push_back(step.label);
    if (keeps_images) add_row(image_columns, &from.batch->states[(from.start + ordinal) * SPECIFICATION.words]);
}

void record_level(u64 count, u64 last_place, bool is_initial) {
    std::vector<StepsOf> explored;
    explored.swap(steps_of);
    steps_of.assign(count, StepsOf{nullptr, 0, 0});
    if (is_initial) return;
    u64 size = explored.size();
    for (u64 position = 0; position < size && position <= parent_of_place(last_place); position++)
        for (u64 i = 0; i < explored[position].count && place_of_state(position, i) <= last_place; i++)
            add_step(position, i, explored[position]);
    level_start += size;
    for (Batch* each : batches) {
        each->steps.clear();
        each->words.clear();
        each->states.clear();
    }
}

// --- checkpoints -----------------------------------------------------------------------------------------------------

static std::vector<u32>* const OF_STEPS[] = {&origins, &targets, &labels};
static std::vector<u32>* const OF_STATES[] = {&parents, &parent_labels};

void save_graph(Saver& saver) {
    saver.put(level_start);
    saver.put(state_count);
    for (u64 state = 0; state < state_count; state++)
        save_known(saver, &state_numbers.keys[state * (1 + further_words())]);
    for (u32 i = 0; i < SPECIFICATION.words; i++) {
        const std::vector<u64>& words = component_numbers[i].keys;
        saver.put(words.size());
        saver.put_values(reinterpret_cast<const V*>(words.data()), words.size());
        saver.put_items(columns[i]);
        saver.put_items(image_columns[i]);
    }
    for (std::vector<u32>* numbers : OF_STEPS) saver.put_items(*numbers);
    for (std::vector<u32>* numbers : OF_STATES) saver.put_items(*numbers);
}

void restore_graph(Loader& loader, u64 size) {
    level_start = loader.get();
    state_count = loader.get();
    std::vector<u64> known(1 + further_words());
    for (u64 state = 0; state < state_count; state++) {
        load_known(loader, known.data());
        state_numbers.number(known.data());
    }
    for (u32 i = 0; i < SPECIFICATION.words; i++) {
        for (u64 count = loader.get(); count > 0; count--) {
            V word;
            loader.get_values(&word, 1);
            component_numbers[i].number(word.word);
        }
        loader.get_items(columns[i]);
        loader.get_items(image_columns[i]);
    }
    for (std::vector<u32>* numbers : OF_STEPS) loader.get_items(*numbers);
    for (std::vector<u32>* numbers : OF_STATES) loader.get_items(*numbers);
    steps_of.assign(size, StepsOf{nullptr, 0, 0});
}

// --- when it is over -------------------------------------------------------------------------------------------------
//
// A line `WHAT NUMBER COUNT` asks, a line `{"bytes":N}` and N bytes answer. Numbers are 32 bits wide.

bool answer_bytes(const void* bytes, u64 size) {
    std::printf("{\"bytes\":%llu}\n", (unsigned long long)size);
    std::fwrite(bytes, 1, size, stdout);
    return std::fflush(stdout) == 0;
}

bool answer_numbers(const std::vector<u32>& numbers) {
    return answer_bytes(numbers.data(), numbers.size() * sizeof(u32));
}

// The components of a variable that are some words: these by number, and the number of each state's, and each image's.
struct Components {
    std::vector<u64> words;
    std::vector<u32> column, image;
};

static std::vector<Components*> numbered;  // by variable, once they were asked for

static u32 words_of_variable(u32 variable) { return SPECIFICATION.starts[variable + 1] - SPECIFICATION.starts[variable]; }

// Numbers the components of some words that rows have; `pairs`: of what the first words are and the next one.
static void number_components(Components& made, std::vector<Numbering>& pairs, u32 variable,
                              const std::vector<std::vector<u32>>& rows, std::vector<u32>& numbers) {
    u32 first = SPECIFICATION.starts[variable], end = SPECIFICATION.starts[variable + 1];
    for (u64 row = 0; row < rows[first].size(); row++) {
        u32 number = rows[first][row];
        for (u32 i = first + 1; i < end; i++) number = pairs[i].number(u64(number) << 32 | rows[i][row]);
        if (number * u64(end - first) == made.words.size())
            for (u32 i = first; i < end; i++) made.words.push_back(component_numbers[i].keys[rows[i][row]]);
        numbers.push_back(number);
    }
}

static const Components& components_of(u32 variable) {
    numbered.resize(SPECIFICATION.variables);
    if (numbered[variable] == nullptr) {
        Components& made = *(numbered[variable] = new Components);
        std::vector<Numbering> pairs(SPECIFICATION.words);
        number_components(made, pairs, variable, columns, made.column);
        number_components(made, pairs, variable, image_columns, made.image);
    }
    return *numbered[variable];
}

static const std::vector<u32>& column_of(u32 variable, bool of_images) {
    if (words_of_variable(variable) == 1) return (of_images ? image_columns : columns)[SPECIFICATION.starts[variable]];
    return of_images ? components_of(variable).image : components_of(variable).column;
}

static bool answer_components(u32 variable) {
    Text text;
    u32 count = words_of_variable(variable);
    const std::vector<u64>& words = count == 1 ? component_numbers[SPECIFICATION.starts[variable]].keys
                                               : components_of(variable).words;
    for (u64 at = 0; at < words.size(); at += count) {
        V component[MOST_WORDS];
        for (u32 i = 0; i < count; i++) component[i] = V{words[at + i]};
        write_value(text, value_of_component(variable, component));
        text.add("\n");
    }
    return answer_bytes(text.bytes, text.size);
}

// --- predicates on states and steps ----------------------------------------------------------------------------------

struct Question {
    u32 test;
    bool of_steps;
    std::vector<u32> states;  // of steps: where they begin
    std::vector<u32> ends;    // of steps: a state's number, or the number of states and that of the step whose image it is
    std::vector<u8> truths;
    u64 next;
    u64 failed;  // the first item on which the evaluation failed
    Fault fault;
    pthread_mutex_t lock;
};

constexpr u64 PER_TURN = 256;

static void load_row(const std::vector<std::vector<u32>>& rows, u64 number, V* state) {
    for (u32 i = 0; i < SPECIFICATION.words; i++) state[i] = V{component_numbers[i].keys[rows[i][number]]};
}

void load_end(u64 end, V* state) {
    if (end < state_count)
        load_row(columns, end, state);
    else
        load_row(image_columns, end - state_count, state);
}

static bool is_true(const Question& question, u64 item, V* state, V* following) {
    reset(arena);
    depth = 0;
    load_row(columns, question.states[item], state);
    if (!question.of_steps) return SPECIFICATION.state_tests[question.test](state);
    load_end(question.ends[item], following);
    return SPECIFICATION.step_tests[question.test](state, following);
}

static void note_failure(Question& question, u64 item, const Fault& fault) {
    pthread_mutex_lock(&question.lock);
    if (item < question.failed) {
        question.failed = item;
        question.fault = fault;
    }
    pthread_mutex_unlock(&question.lock);
}

static void* answer_items(void* asked) {
    Question& question = *static_cast<Question*>(asked);
    start_worker();
    std::vector<V> state(SPECIFICATION.words + 1), following(SPECIFICATION.words + 1);
    u64 size = question.states.size(), start;
    while ((start = __atomic_fetch_add(&question.next, PER_TURN, __ATOMIC_RELAXED)) < size) {
        for (u64 item = start; item < size && item < start + PER_TURN; item++) {
            try {
                question.truths[item] = is_true(question, item, state.data(), following.data());
            } catch (const Fault& fault) {
                note_failure(question, item, fault);
                size = 0;
            }
        }
    }
    finish_worker();
    return nullptr;
}

static void answer_truths(Question& question, u32 workers) {
    std::vector<pthread_t> helpers;
    u64 size = question.states.size();
    for (u32 i = 1; i < workers && size > i * PER_TURN; i++) helpers.push_back(start_thread(answer_items, &question));
    if (helpers.empty()) helpers.push_back(start_thread(answer_items, &question));
    for (pthread_t helper : helpers) pthread_join(helper, nullptr);
    if (question.failed < size) {
        std::printf("{\"failed\":%llu,\"fault\":\"%s\",\"what\":\"%s\"}\n", (unsigned long long)question.failed,
                    name_of_fault(question.fault.kind), question.fault.what);
        std::fflush(stdout);
        return;
    }
    answer_bytes(question.truths.data(), question.truths.size());
}

static bool read_numbers(std::vector<u32>& numbers, u64 count) {
    numbers.resize(count);
    return std::fread(numbers.data(), sizeof(u32), count, stdin) == count;
}

// `test N of COUNT`, then the numbers of states, and of what steps lead to.
static bool serve_test(u32 workers, u32 test, u64 count, bool of_steps) {
    Question question{test, of_steps, {}, {}, std::vector<u8>(count), 0, ~u64(0), Fault{FaultKind::EVALUATION, ""},
                      PTHREAD_MUTEX_INITIALIZER};
    if (!read_numbers(question.states, count)) return false;
    if (of_steps && !read_numbers(question.ends, count)) return false;
    answer_truths(question, workers);
    return true;
}

// The steps between some states: by turns the number of one, where it begins, where it ends, and its label.
static bool answer_between(const std::vector<u32>& states) {
    std::vector<bool> chosen(state_count);
    for (u32 state : states) {
        if (state >= state_count) return false;
        chosen[state] = true;
    }
    std::vector<u32> found;
    for (u64 step = 0; step < origins.size(); step++)
        if (chosen[origins[step]] && chosen[targets[step]])
            found.insert(found.end(), {u32(step), origins[step], targets[step], labels[step]});
    return answer_numbers(found);
}

static bool serve(u32 workers, const char* what, u64 number, u64 count) {
    std::vector<u32> asked;
    if (std::strcmp(what, "states") == 0) return serve_test(workers, u32(number), count, false);
    if (std::strcmp(what, "steps") == 0) return serve_test(workers, u32(number), count, true);
    if (std::strcmp(what, "truths") == 0) return read_numbers(asked, count) && serve_truths(workers, number, asked);
    if (std::strcmp(what, "fair") == 0) return read_numbers(asked, count) && serve_fairness(asked);
    if (std::strcmp(what, "between") == 0) return read_numbers(asked, count) && answer_between(asked);
    if (std::strcmp(what, "column") == 0) return answer_numbers(column_of(u32(number), false));
    if (std::strcmp(what, "image") == 0) return answer_numbers(column_of(u32(number), true));
    if (std::strcmp(what, "components") == 0) return answer_components(u32(number));
    if (std::strcmp(what, "origins") == 0) return answer_numbers(origins);
    if (std::strcmp(what, "targets") == 0) return answer_numbers(targets);
    if (std::strcmp(what, "labels") == 0) return answer_numbers(labels);
    if (std::strcmp(what, "parents") == 0) return answer_numbers(parents);
    if (std::strcmp(what, "parent_labels") == 0) return answer_numbers(parent_labels);
    if (std::strcmp(what, "hits") == 0) return answer_bytes(all_hits, SPECIFICATION.points * 2 * sizeof(u64));
    return false;
}

void serve_graph(u32 workers) {
    char line[128], what[32];
    unsigned long long number, count;
    while (std::fgets(line, sizeof line, stdin) != nullptr) {
        if (std::sscanf(line, "%31s %llu %llu", what, &number, &count) != 3) return;
        bool is_answered = false;
        or_give_up([&] { is_answered = serve(workers, what, number, count); });
        if (!is_answered) return;
    }
}
