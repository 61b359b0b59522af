// Asks the process that started this one for values.
#include "foreign.hpp"

#include <pthread.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "answer.hpp"

__thread u64 level_of_state;
__thread bool is_examining;
__thread bool in_step;

static Asking run_at_hand;
static bool is_exit_asked_for;
static pthread_mutex_t asking = PTHREAD_MUTEX_INITIALIZER;

void start_asking(const Asking& run, bool is_ending) {
    run_at_hand = run;
    is_exit_asked_for = is_ending;
}
bool is_exiting() { return is_exit_asked_for; }

static void add_place(Text& text, bool tells_behaviour) {
    Figures now = run_at_hand.figures();
    add_figure(text, "level", level_of_state);
    add_figure(text, "examining", is_examining);
    add_figure(text, "in_step", in_step);
    add_figure(text, "generated", now.generated);
    add_figure(text, "distinct", now.distinct);
    add_figure(text, "waiting", now.waiting);
    add_figure(text, "filling", now.is_filling);
    add_figure(text, "initial", now.initial);
    add_figure(text, "behaviours", now.behaviours);
    add_figure(text, "longest", now.longest);
    if (!tells_behaviour) return;
    text.add(",\"path\":[");
    run_at_hand.write_behaviour(text);
    text.add("]");
}

// The line that answers. Whoever is not listened to, or not answered, has nothing left to do.
static const char* answered(const Text& question) {
    static __thread char* line;
    static __thread size_t capacity;
    pthread_mutex_lock(&asking);
    std::fwrite(question.bytes, 1, question.size, stdout);
    if (std::fflush(stdout) != 0 || getline(&line, &capacity, stdin) <= 0) _exit(1);
    pthread_mutex_unlock(&asking);
    return line;
}

static const char* answered_about_registers(const char* kept, u64 size) {
    Text question;
    question.add("{\"registers\":\"");
    question.add(kept, size);
    question.add("\"}\n");
    return answered(question);
}

Registers registers_at_hand() {
    const char* answer = answered_about_registers("", 0);
    const char *text = answer + 1, *end = text + std::strcspn(text, "\n");
    if (*answer == '!') return Registers{{}, std::string(text, end)};
    return Registers{std::vector<char>(text, end), ""};
}

void restore_registers(const std::vector<char>& kept) {
    if (!kept.empty()) answered_about_registers(kept.data(), kept.size());
}

[[noreturn]] static void failed(const char* kind) {
    for (u8 i = 0; i < FAULT_KINDS; i++) {
        const char* name = name_of_fault(FaultKind(i));
        if (std::strncmp(kind, name, std::strlen(name)) == 0)
            throw Fault{FaultKind(i), "an operator that has no C++ has no value"};
    }
    _exit(1);
}

V ask(u32 site, const V* arguments, u32 count, bool tells_behaviour) {
    Text question;
    question.add("{\"foreign\":");
    question.add(u64(site));
    question.add(",\"given\":\"");
    for (u32 i = 0; i < count; i++) write_by_rule(question, arguments[i]);
    question.add("\"");
    if (is_ordered()) add_place(question, tells_behaviour);
    question.add("}\n");
    const char* answer = answered(question);
    if (*answer == '!') failed(answer + 1);
    if (*answer == '*') is_exit_asked_for = true;
    const char* text = answer + 1;
    return read_value(text, is_permanent);
}
