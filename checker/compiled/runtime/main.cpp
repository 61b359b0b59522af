// The process of a search: its arguments, what it tells on the way, and its answer.
#include <pthread.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <string>
#include <vector>

#include "answer.hpp"
#include "checkpoint.hpp"
#include "fingerprints.hpp"
#include "foreign.hpp"
#include "graph.hpp"
#include "initial.hpp"
#include "run.hpp"
#include "simulation.hpp"
#include "states.hpp"
#include "violations.hpp"

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
    static const char* const names[FAULT_KINDS] = {"evaluation", "overflow", "memory",     "depth",        "disk",
                                                   "layout",     "foreign",  "checkpoint", "contradiction"};
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
    add_figure(text, "least_distance", least_distance(options.workers));
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

static std::mutex end_lock;
static std::condition_variable end_told;
static bool is_over;

static void print_progress() {
    u64 generated = __atomic_load_n(&shown.generated_before, __ATOMIC_RELAXED);
    u64 expanded = __atomic_load_n(&shown.expanded_before, __ATOMIC_RELAXED);
    for (u32 worker = 0; worker < options.workers; worker++) {
        generated += __atomic_load_n(&done[worker].generated, __ATOMIC_RELAXED);
        expanded += __atomic_load_n(&done[worker].expanded, __ATOMIC_RELAXED);
    }
    u64 found_states = __atomic_load_n(&shown.distinct, __ATOMIC_RELAXED) + level_size();
    std::printf("{\"progress\":[%llu,%llu,%llu,%llu]}\n", (unsigned long long)generated, (unsigned long long)found_states,
                (unsigned long long)__atomic_load_n(&shown.level, __ATOMIC_RELAXED),
                (unsigned long long)(found_states > expanded ? found_states - expanded : 0));
    if (std::fflush(stdout) != 0) _exit(1);  // nobody listens
}

static void* report_progress(void*) {
    std::unique_lock<std::mutex> held(end_lock);
    while (!end_told.wait_for(held, std::chrono::milliseconds(250), [] { return is_over; })) print_progress();
    return nullptr;
}

static void end_progress(pthread_t progress) {
    {
        std::lock_guard<std::mutex> held(end_lock);
        is_over = true;
    }
    end_told.notify_one();
    pthread_join(progress, nullptr);
}

void start_constants() {
    Permanently stays;
    const char* text = SPECIFICATION.constants;
    for (u64 i = 0; i < SPECIFICATION.constant_count; i++) SPECIFICATION.constant_values[i] = read_value(text);
    SPECIFICATION.start();
}

static Text answer;

static void* first_worker(void*) {
    or_give_up([&] {
        start_worker();
        Loader* loader = resumed_from();
        start_constants();
        start_states(options.workers, is_recorded);
        if (loader != nullptr) {
            loader->get_objects();
            restore_search(*loader);
            delete loader;
        }
        Result result = search();
        merge_hits();
        write_result(answer, result);
    });
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
// behaviour graph is recorded, whether the search goes on after a violation, whether the run is to end once the initial
// states are found, fingerprint=…, how many bytes of states may wait in memory. Then, where checkpoints are written:
// their folder, after how many milliseconds, the file to go on from or "", and how long the line is with which they
// begin, which is the first on standard input.
int main(int count, char** arguments) {
    if (count > 1 && std::strcmp(arguments[1], "simulate") == 0) return simulation_main(count, arguments);
    if ((count != 10 && count != 14) || !set_identity(arguments[8])) return 2;
    if (count == 14) {
        std::string line(std::strtoull(arguments[13], nullptr, 10), 0);
        if (std::fread(&line[0], 1, line.size(), stdin) != line.size()) return 2;
        start_checkpoints(arguments[10], std::strtoull(arguments[11], nullptr, 10), line, arguments[12]);
    }
    limit_queue(std::strtoull(arguments[9], nullptr, 10));
    options = Options{u32(std::atoi(arguments[1])), std::strtoull(arguments[2], nullptr, 10),
                      std::strtoull(arguments[3], nullptr, 10), std::atoi(arguments[4]) != 0};
    if (std::atoi(arguments[5]) != 0) start_graph(SPECIFICATION.permutation_count > 1 || SPECIFICATION.view != nullptr);
    if (std::atoi(arguments[6]) != 0) start_violations();
    start_names(SPECIFICATION.names, SPECIFICATION.name_count, SPECIFICATION.types);
    start_asking(Asking{figures_of_search, write_behaviour_of_search}, std::atoi(arguments[7]) != 0);
    generated_by.assign(SPECIFICATION.labels, 0);
    found_by.assign(SPECIFICATION.labels, 0);
    all_hits = no_hits();
    pthread_t progress = start_thread(report_progress, nullptr);
    start_helpers(options.workers);
    pthread_t first = start_thread(first_worker, nullptr);
    pthread_join(first, nullptr);
    end_progress(progress);
    std::fwrite(answer.bytes, 1, answer.size, stdout);
    std::fflush(stdout);
    if (is_recorded) serve_graph(options.workers);
    _exit(0);
}
