// The queue of states.
#include "frontier.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "answer.hpp"

// --- logs ------------------------------------------------------------------------------------------------------------

constexpr u64 FIRST_BLOCK = 64;
constexpr u64 BLOCK_BYTES = 256 << 10;

constexpr u64 IN_MEMORY = ~u64(0);

// States of a log from the index `first` on.
struct Block {
    u64 first;
    u64 size;
    u64 capacity;
    V* states;
    Origin* origins;
    u64 offset;  // in the file, of the states, which the origins follow, or IN_MEMORY
};

struct Log {
    std::vector<Block> blocks;
    std::vector<u64> starts;  // of stretches that are in order
    u64 size = 0;
    u64 last_place = 0;
    int file = -1;
    u64 file_size = 0;
};

// Those of the level being filled and those of the level being expanded, by worker.
static std::vector<Log*> filling_logs, level_logs;
static u64 most_bytes = ~u64(0), bytes_in_memory;
static std::vector<u64> forgotten;  // places
static pthread_mutex_t forgotten_lock = PTHREAD_MUTEX_INITIALIZER;

static void* checked_memory(void* memory) {
    if (memory == nullptr) throw Fault{FaultKind::MEMORY, "out of memory"};
    return memory;
}

static u64 row_bytes() { return SPECIFICATION.words * sizeof(V); }

void limit_queue(u64 bytes) { most_bytes = bytes; }

void start_frontier(u32 workers) {
    std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error like a full disk
    for (u32 i = 0; i < workers; i++) {
        filling_logs.push_back(new Log);
        level_logs.push_back(new Log);
    }
}

static u64 state_bytes(const Block& block) { return block.capacity * row_bytes(); }
static u64 origin_bytes(const Block& block) { return block.capacity * sizeof(Origin); }

// --- files -----------------------------------------------------------------------------------------------------------

static std::string folder_of_files() {
    const char* chosen = std::getenv("TMPDIR");
    return chosen != nullptr && *chosen != 0 ? chosen : "/tmp";
}

[[noreturn]] COLD static void give_up_file(const char* what, int error) {
    std::string message = "the queue of states cannot be " + std::string(what) + " a file in " + folder_of_files() + ": " +
                          std::strerror(error);
    for (char& letter : message)
        if (letter == '"' || letter == '\\' || u8(letter) < ' ') letter = '?';  // a line of JSON
    give_up(Fault{FaultKind::DISK, message.c_str()});
}

static void open_file(Log& log) {
    std::string name = folder_of_files() + "/comitia-queue-XXXXXX";
    log.file = mkstemp(&name[0]);
    if (log.file < 0) give_up_file("written to", errno);
    unlink(name.c_str());  // it goes with the process
}

static void write_all(Log& log, const void* bytes, u64 size) {
    const char* from = static_cast<const char*>(bytes);
    while (size > 0) {
        ssize_t written = pwrite(log.file, from, size, off_t(log.file_size));
        if (written < 0 && errno == EINTR) continue;
        if (written <= 0) give_up_file("written to", written < 0 ? errno : ENOSPC);
        from += written;
        size -= u64(written);
        log.file_size += u64(written);
    }
}

static void read_all(const Log& log, u64 offset, void* bytes, u64 size) {
    char* to = static_cast<char*>(bytes);
    while (size > 0) {
        ssize_t got = pread(log.file, to, size, off_t(offset));
        if (got < 0 && errno == EINTR) continue;
        if (got <= 0) give_up_file("read from", got < 0 ? errno : EIO);
        to += got;
        offset += u64(got);
        size -= u64(got);
    }
}

static void free_origins(Block& block) {
    if (block.origins == nullptr) return;
    std::free(block.origins);
    block.origins = nullptr;
    __atomic_fetch_sub(&bytes_in_memory, origin_bytes(block), __ATOMIC_RELAXED);
}

static void free_block(Block& block) {
    free_origins(block);
    if (block.states == nullptr) return;
    std::free(block.states);
    block.states = nullptr;
    __atomic_fetch_sub(&bytes_in_memory, state_bytes(block), __ATOMIC_RELAXED);
}

static void spill(Log& log, Block& block) {
    if (log.file < 0) open_file(log);
    u64 offset = log.file_size;
    write_all(log, block.states, block.size * row_bytes());
    write_all(log, block.origins, block.size * sizeof(Origin));
    free_block(block);
    block.offset = offset;
}

// --- writing ---------------------------------------------------------------------------------------------------------

static void add_block(Log& log) {
    u64 most = std::max(FIRST_BLOCK, BLOCK_BYTES / (row_bytes() + sizeof(Origin)));
    u64 capacity = log.blocks.empty() ? FIRST_BLOCK : std::min(log.blocks.back().capacity * 4, most);
    Block block{log.size, 0, capacity, nullptr, nullptr, IN_MEMORY};
    u64 bytes = __atomic_add_fetch(&bytes_in_memory, state_bytes(block) + origin_bytes(block), __ATOMIC_RELAXED);
    if (bytes > most_bytes && !log.blocks.empty()) spill(log, log.blocks.back());
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
    // A log is in order but for positions that were gone over a second time.
    if (log.size == 0 || origin.place < log.last_place) log.starts.push_back(log.size);
    log.last_place = origin.place;
    Block& block = log.blocks.back();
    block.origins[block.size] = origin;
    std::memcpy(block.states + block.size * SPECIFICATION.words, state, row_bytes());
    block.size++;
    log.size++;
}

void forget_state(u64 place) {
    pthread_mutex_lock(&forgotten_lock);
    forgotten.push_back(place);
    pthread_mutex_unlock(&forgotten_lock);
}

static void clear(Log& log) {
    for (Block& block : log.blocks) free_block(block);
    log.blocks.clear();
    log.starts.clear();
    log.size = 0;
    if (log.file_size > 0 && ftruncate(log.file, 0) != 0) give_up_file("written to", errno);
    log.file_size = 0;
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

// The block of a log that a worker has read back, of one level.
struct ReadBlock {
    u64 generation;
    u32 log;
    u64 block;
    V* states;
    u64 capacity;
};

static __thread ReadBlock read_block;

static const V* read_states(u32 log, u64 number) {
    ReadBlock& read = read_block;
    if (read.generation == level_generation && read.log == log && read.block == number) return read.states;
    const Block& block = level_logs[log]->blocks[number];
    if (read.capacity < block.size) {
        std::free(read.states);
        read.states = static_cast<V*>(checked_memory(std::malloc(block.size * row_bytes() + 1)));
        read.capacity = block.size;
    }
    read_all(*level_logs[log], block.offset, read.states, block.size * row_bytes());
    read.generation = level_generation;
    read.log = log;
    read.block = number;
    return read.states;
}

static COLD void move_window(u64 position) {
    auto is_behind = [](u64 wanted, const Run& run) { return wanted < run.position; };
    u64 number = u64(std::upper_bound(runs.begin(), runs.end(), position, is_behind) - runs.begin()) - 1;
    const Run& run = runs[number];
    u64 run_end = number + 1 < runs.size() ? runs[number + 1].position : logged_count;
    const Log& log = *level_logs[run.log];
    u64 index = run.start + (position - run.position), in = block_of(log, index);
    const Block& block = log.blocks[in];
    const V* states = block.offset == IN_MEMORY ? block.states : read_states(run.log, in);
    window = Window{level_generation, position, std::min(run_end, position + (block.first + block.size - index)),
                    states + (index - block.first) * SPECIFICATION.words};
}

const V* state_at(u64 position) {
    if (UNLIKELY(window.generation != level_generation || position < window.first || position >= window.end))
        move_window(position);
    return window.states + (position - window.first) * SPECIFICATION.words;
}

// --- the end of a level ----------------------------------------------------------------------------------------------

// Part of a log, in order.
struct Stretch {
    u32 log;
    u64 at;
    u64 end;
    const Block* block;
    std::vector<Origin> read;  // those of the block, where it had to be read

    const Origin& origin() {
        if (block == nullptr || at >= block->first + block->size) enter();
        const Origin* origins = block->offset == IN_MEMORY ? block->origins : read.data();
        return origins[at - block->first];
    }

    void enter() {
        const Log& from = *level_logs[log];
        block = &from.blocks[block_of(from, at)];
        if (block->offset == IN_MEMORY) return;
        read.resize(block->size);
        read_all(from, block->offset + block->size * row_bytes(), read.data(), block->size * sizeof(Origin));
    }
};

static void add_stretches(std::vector<Stretch>& stretches, u32 number) {
    const Log& log = *level_logs[number];
    for (u64 i = 0; i < log.starts.size(); i++) {
        u64 end = i + 1 < log.starts.size() ? log.starts[i + 1] : log.size;
        stretches.push_back(Stretch{number, log.starts[i], end, nullptr, {}});
    }
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

u64 take_logged(u64 last_place, void (*each)(u64 position, const Origin& origin)) {
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
            each(position, origin);
        }
    }
    for (Log* log : level_logs)
        for (Block& block : log->blocks) free_origins(block);
    forgotten.clear();
    return logged_count;
}
