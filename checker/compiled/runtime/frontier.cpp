// The queue of states.
#include "frontier.hpp"

#include <algorithm>
#include <cstdlib>

// --- logs ------------------------------------------------------------------------------------------------------------

constexpr u64 FIRST_BLOCK = 64;
constexpr u64 BLOCK_BYTES = 256 << 10;

// States of a log from the index `first` on.
struct Block {
    u64 first;
    u64 size;
    u64 capacity;
    V* states;
    Origin* origins;
};

struct Log {
    std::vector<Block> blocks;
    u64 size = 0;
};

// Those of the level being filled and those of the level being expanded, by worker.
static std::vector<Log*> filling_logs, level_logs;
static std::vector<u64> forgotten;  // places
static pthread_mutex_t forgotten_lock = PTHREAD_MUTEX_INITIALIZER;

static void* checked_memory(void* memory) {
    if (memory == nullptr) throw Fault{FaultKind::MEMORY, "out of memory"};
    return memory;
}

static u64 row_bytes() { return SPECIFICATION.variables * sizeof(V); }

void start_frontier(u32 workers) {
    for (u32 i = 0; i < workers; i++) {
        filling_logs.push_back(new Log);
        level_logs.push_back(new Log);
    }
}

static void add_block(Log& log) {
    u64 most = std::max(FIRST_BLOCK, BLOCK_BYTES / (row_bytes() + sizeof(Origin)));
    u64 capacity = log.blocks.empty() ? FIRST_BLOCK : std::min(log.blocks.back().capacity * 4, most);
    Block block{log.size, 0, capacity, nullptr, nullptr};
    block.states = static_cast<V*>(checked_memory(std::malloc(capacity * row_bytes() + 1)));
    block.origins = static_cast<Origin*>(checked_memory(std::malloc(capacity * sizeof(Origin))));
    log.blocks.push_back(block);
}

void log_state(const Origin& origin, const V* state) {
    static u64 taken;
    static __thread u64 own;  // number + 1
    if (UNLIKELY(own == 0)) own = __atomic_add_fetch(&taken, 1, __ATOMIC_RELAXED);
    Log& log = *filling_logs[own - 1];
    if (log.blocks.empty() || log.blocks.back().size == log.blocks.back().capacity) add_block(log);
    Block& block = log.blocks.back();
    block.origins[block.size] = origin;
    std::memcpy(block.states + block.size * SPECIFICATION.variables, state, row_bytes());
    block.size++;
    log.size++;
}

void forget_state(u64 place) {
    pthread_mutex_lock(&forgotten_lock);
    forgotten.push_back(place);
    pthread_mutex_unlock(&forgotten_lock);
}

static void clear(Log& log) {
    for (Block& block : log.blocks) std::free(block.states);
    log.blocks.clear();
    log.size = 0;
}

static void free_origins(Log& log) {
    for (Block& block : log.blocks) {
        std::free(block.origins);
        block.origins = nullptr;
    }
}

static u64 block_of(const Log& log, u64 index) {
    auto is_behind = [](u64 wanted, const Block& block) { return wanted < block.first; };
    return u64(std::upper_bound(log.blocks.begin(), log.blocks.end(), index, is_behind) - log.blocks.begin()) - 1;
}

// --- the level being expanded ----------------------------------------------------------------------------------------

// States that follow each other in the level and in a log.
struct Run {
    u64 position;  // of the first of them
    u32 log;
    u64 start;
};

static std::vector<Run> runs;
static u64 logged_count;
static u64 level_generation;

static void add_to_runs(u32 log, u64 index) {
    bool goes_on = !runs.empty() && runs.back().log == log && runs.back().start + (logged_count - runs.back().position) == index;
    if (!goes_on) runs.push_back(Run{logged_count, log, index});
    logged_count++;
}

// What a worker looks at: states at positions that follow each other, within one block.
struct Window {
    u64 generation;
    u64 first, end;
    const V* states;
};

static __thread Window window;

static COLD void move_window(u64 position) {
    auto is_behind = [](u64 wanted, const Run& run) { return wanted < run.position; };
    u64 number = u64(std::upper_bound(runs.begin(), runs.end(), position, is_behind) - runs.begin()) - 1;
    const Run& run = runs[number];
    u64 run_end = number + 1 < runs.size() ? runs[number + 1].position : logged_count;
    const Log& log = *level_logs[run.log];
    u64 index = run.start + (position - run.position);
    const Block& block = log.blocks[block_of(log, index)];
    window = Window{level_generation, position, std::min(run_end, position + (block.first + block.size - index)),
                    block.states + (index - block.first) * SPECIFICATION.variables};
}

const V* state_at(u64 position) {
    if (UNLIKELY(window.generation != level_generation || position < window.first || position >= window.end))
        move_window(position);
    return window.states + (position - window.first) * SPECIFICATION.variables;
}

// --- the end of a level ----------------------------------------------------------------------------------------------

// Part of a log, in order.
struct Stretch {
    u32 log;
    u64 block;
    u64 at;
    u64 end;

    const Block& current() {
        const std::vector<Block>& blocks = level_logs[log]->blocks;
        while (at >= blocks[block].first + blocks[block].size) block++;
        return blocks[block];
    }
    const Origin& origin() {
        const Block& here = current();
        return here.origins[at - here.first];
    }
    const V* state() {
        const Block& here = current();
        return here.states + (at - here.first) * SPECIFICATION.variables;
    }
};

// A log is in order but for positions that were gone over a second time.
static void add_stretches(std::vector<Stretch>& stretches, u32 log) {
    u64 last = 0;
    Stretch stretch{log, 0, 0, 0};
    for (u64 number = 0; number < level_logs[log]->blocks.size(); number++) {
        const Block& block = level_logs[log]->blocks[number];
        for (u64 i = 0; i < block.size; i++) {
            if (block.origins[i].place < last) {
                stretches.push_back(stretch);
                stretch = Stretch{log, number, stretch.end, stretch.end};
            }
            last = block.origins[i].place;
            stretch.end++;
        }
    }
    if (stretch.at != stretch.end) stretches.push_back(stretch);
}

// The stretch with the least place; `bound`: the least place of the others.
static Stretch* first_of(std::vector<Stretch>& stretches, u64& bound) {
    Stretch* first = nullptr;
    u64 least = ~u64(0);
    bound = ~u64(0);
    for (Stretch& stretch : stretches) {
        if (stretch.at == stretch.end) continue;
        u64 place = stretch.origin().place;
        if (first == nullptr || place < least) {
            bound = least;
            least = place;
            first = &stretch;
        } else {
            bound = std::min(bound, place);
        }
    }
    return first;
}

u64 take_logged(u64 last_place, void (*each)(u64 position, const Origin& origin, const V* state)) {
    for (Log* log : level_logs) clear(*log);
    std::swap(filling_logs, level_logs);
    std::sort(forgotten.begin(), forgotten.end());
    runs.clear();
    logged_count = 0;
    level_generation++;
    std::vector<Stretch> stretches;
    for (u32 log = 0; log < level_logs.size(); log++) add_stretches(stretches, log);
    u64 bound;
    while (Stretch* stretch = first_of(stretches, bound)) {
        for (; stretch->at != stretch->end; stretch->at++) {
            const Origin& origin = stretch->origin();
            if (origin.place > bound) break;
            if (origin.place > last_place) {
                stretch->at = stretch->end;
                break;
            }
            if (!forgotten.empty() && std::binary_search(forgotten.begin(), forgotten.end(), origin.place)) continue;
            u64 position = logged_count;
            add_to_runs(stretch->log, stretch->at);
            each(position, origin, stretch->state());
        }
    }
    for (Log* log : level_logs) free_origins(*log);
    forgotten.clear();
    return logged_count;
}
