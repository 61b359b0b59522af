// The threads of a search: each worker runs what the first one has it run, and waits.
#include "search.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

#include "answer.hpp"

static Barrier barrier;
static u32 worker_total;
__thread u32 own_number;
__thread u64* hits;
u64* all_hits;

u64* no_hits() { return static_cast<u64*>(std::calloc(SPECIFICATION.points * 2 + 1, sizeof(u64))); }

void start_worker() { hits = no_hits(); }

void merge_hits() {
    for (u32 i = 0; i < SPECIFICATION.points * 2; i++) {
        if (hits[i] != 0) __atomic_fetch_add(&all_hits[i], hits[i], __ATOMIC_RELAXED);
        hits[i] = 0;
    }
}

void finish_worker() {
    merge_hits();
    std::free(hits);
    hits = nullptr;
}

static void (*work)(u32 worker);
static u32 working;

// A fault where nothing is evaluated for a state: there is no answer.
[[noreturn]] void give_up(const Fault& fault) {
    std::printf("{\"verdict\":\"failed\",\"fault\":\"%s\",\"what\":\"%s\"}\n", name_of_fault(fault.kind), fault.what);
    std::fflush(stdout);
    _exit(1);
}

static void* helper(void* number) {
    u32 worker = own_number = u32(reinterpret_cast<u64>(number));
    start_worker();
    or_give_up([&] {
        for (;;) {
            barrier.wait(worker_total);
            if (worker < working) work(worker);
            barrier.wait(worker_total);
        }
    });
    return nullptr;
}

void run_on(u32 workers, void (*body)(u32 worker)) {
    if (workers == 1) {
        body(0);
        return;
    }
    work = body;
    working = workers;
    barrier.wait(worker_total);
    body(0);
    barrier.wait(worker_total);
}

pthread_t start_thread(void* (*body)(void*), void* argument) {
    constexpr u64 STACK_BYTES = u64(512) << 20;  // reserved, not used: recursive definitions may go deep
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    pthread_t thread;
    if (pthread_create(&thread, &attributes, body, argument) != 0) {
        give_up(Fault{FaultKind::MEMORY, "no thread can be started"});
    }
    return thread;
}

void start_helpers(u32 workers) {
    worker_total = workers;
    for (u64 i = 1; i < workers; i++) start_thread(helper, reinterpret_cast<void*>(i));
}
