// The queue of states.
#include "frontier.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
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
    u32* origins;  // see `put_origin`
    u64 offset;  // in the file, of the states, which the origins follow, or IN_MEMORY
};

struct Start {
    u64 index;
    u64 place;
};

struct alignas(64) Log {  // each is written to by one worker only
    std::vector<Block> blocks;
    std::vector<Start> starts;  // of stretches
    bool is_at_start = true;
    std::vector<u64> forgotten;  // places, of any log
    u64 size = 0;
    int file = -1;
    u64 file_size = 0;
};

// Those of the level being filled and those of the level being expanded, by worker.
static std::vector<Log*> filling_logs, level_logs;
static u64 most_bytes = ~u64(0), bytes_in_memory;

static void* checked_memory(void* memory) {
    if (memory == nullptr) throw Fault{FaultKind::MEMORY, "out of memory"};
    return memory;
}

static u64 row_bytes() { return SPECIFICATION.words * sizeof(V); }

void limit_queue(u64 bytes) { most_bytes = bytes; }

// An origin as it is kept, in words: the place, the label and, where it is asked for, the fingerprint.
static u32 origin_words;

static u64 bytes_of_origins(u64 count) { return count * origin_words * sizeof(u32); }

static void put_origin(u32* to, const Origin& origin) {
    std::memcpy(to, &origin.place, sizeof(u64));
    to[2] = origin.label;
    if (origin_words > 3) std::memcpy(to + 3, &origin.fingerprint, sizeof(u64));
}

static Origin origin_in(const u32* from) {
    Origin origin{0, 0, from[2]};
    std::memcpy(&origin.place, from, sizeof(u64));
    if (origin_words > 3) std::memcpy(&origin.fingerprint, from + 3, sizeof(u64));
    return origin;
}

void start_frontier(u32 workers, bool keeps_fingerprints) {
    origin_words = keeps_fingerprints ? 5 : 3;
    std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error like a full disk
    for (u32 i = 0; i < workers; i++) {
        filling_logs.push_back(new Log);
        level_logs.push_back(new Log);
    }
}

static u64 state_bytes(const Block& block) { return block.capacity * row_bytes(); }
static u64 origin_bytes(const Block& block) { return bytes_of_origins(block.capacity); }

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
    write_all(log, block.origins, bytes_of_origins(block.size));
    free_block(block);
    block.offset = offset;
}

// --- writing ---------------------------------------------------------------------------------------------------------

static void add_block(Log& log) {
    u64 most = std::max(FIRST_BLOCK, BLOCK_BYTES / (row_bytes() + bytes_of_origins(1)));
    u64 capacity = log.blocks.empty() ? FIRST_BLOCK : std::min(log.blocks.back().capacity * 4, most);
    Block block{log.size, 0, capacity, nullptr, nullptr, IN_MEMORY};
    u64 bytes = __atomic_add_fetch(&bytes_in_memory, state_bytes(block) + origin_bytes(block), __ATOMIC_RELAXED);
    if (bytes > most_bytes && !log.blocks.empty()) spill(log, log.blocks.back());
    block.states = static_cast<V*>(checked_memory(std::malloc(capacity * row_bytes() + 1)));
    block.origins = static_cast<u32*>(checked_memory(std::malloc(origin_bytes(block))));
    log.blocks.push_back(block);
}

void begin_stretch() { filling_logs[own_number]->is_at_start = true; }

void log_state(const Origin& origin, const V* state) {
    Log& log = *filling_logs[own_number];
    if (log.blocks.empty() || log.blocks.back().size == log.blocks.back().capacity) add_block(log);
    if (log.is_at_start) log.starts.push_back(Start{log.size, origin.place});
    log.is_at_start = false;
    Block& block = log.blocks.back();
    put_origin(block.origins + block.size * origin_words, origin);
    std::memcpy(block.states + block.size * SPECIFICATION.words, state, row_bytes());
    block.size++;
    log.size++;
}

void forget_state(u64 place) { filling_logs[own_number]->forgotten.push_back(place); }

void end_logging() { std::sort(filling_logs[own_number]->forgotten.begin(), filling_logs[own_number]->forgotten.end()); }

static void clear(Log& log) {
    for (Block& block : log.blocks) free_block(block);
    log.blocks.clear();
    log.starts.clear();
    log.is_at_start = true;
    log.forgotten.clear();
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
    u64 count;

    u64 end() const { return position + count; }
};

[[noreturn]] COLD static void not_in_order() { throw Fault{FaultKind::CONTRADICTION, "the queue is not in order"}; }

static std::vector<Run> runs;
static u64 logged_count;
static u64 level_generation;

// What a worker looks at: states at positions that follow each other, within one block.
struct Window {
    u64 generation;
    u64 first, end;
    const V* states;
    u64 run;  // its number
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

// Which run a position is in: the one at hand, the next, or another.
static u64 run_of(u64 position) {
    if (window.generation == level_generation)
        for (u64 number = window.run; number < runs.size() && number <= window.run + 1; number++)
            if (runs[number].position <= position && position < runs[number].end()) return number;
    auto is_behind = [](u64 wanted, const Run& run) { return wanted < run.position; };
    return u64(std::upper_bound(runs.begin(), runs.end(), position, is_behind) - runs.begin()) - 1;
}

static void move_window(u64 position) {
    u64 number = run_of(position);
    const Run& run = runs[number];
    if (position >= run.end()) not_in_order();
    const Log& log = *level_logs[run.log];
    u64 index = run.start + (position - run.position), in = block_of(log, index);
    const Block& block = log.blocks[in];
    const V* states = block.offset == IN_MEMORY ? block.states : read_states(run.log, in);
    window = Window{level_generation, position, std::min(run.end(), position + (block.first + block.size - index)),
                    states + (index - block.first) * SPECIFICATION.words, number};
}

const V* state_at(u64 position) {
    if (UNLIKELY(window.generation != level_generation || position < window.first || position >= window.end))
        move_window(position);
    return window.states + (position - window.first) * SPECIFICATION.words;
}

// --- the end of a level ----------------------------------------------------------------------------------------------

// The origins of states, by log: those of a block that had to be read are kept until another is.
struct OriginReader {
    struct Held {
        u64 first = 0, end = 0;
        const u32* origins = nullptr;
        std::vector<u32> read;
    };
    std::vector<Held> held{level_logs.size()};

    Origin at(u32 log, u64 index) {
        Held& block = held[log];
        if (index < block.first || index >= block.end) enter(block, *level_logs[log], index);
        return origin_in(block.origins + (index - block.first) * origin_words);
    }

    static void enter(Held& held, const Log& log, u64 index) {
        const Block& block = log.blocks[block_of(log, index)];
        held.first = block.first;
        held.end = block.first + block.size;
        held.origins = block.origins;
        if (block.offset == IN_MEMORY) return;
        held.read.resize(block.size * origin_words);
        read_all(log, block.offset + block.size * row_bytes(), held.read.data(), bytes_of_origins(block.size));
        held.origins = held.read.data();
    }
};

// Part of a log, in order: no state of another has a place between those of its own.
struct Stretch {
    u32 log;
    u64 start, end;
    u64 place;  // of the first of its states
    u64 position;
    u64 count;
    u64 forgotten;  // the first place among `forgotten` that may be of this one
};

static std::vector<Stretch> stretches;
static std::vector<u64> forgotten;
static u64 next_stretch;
static pthread_mutex_t runs_lock = PTHREAD_MUTEX_INITIALIZER;

static void add_stretches(u32 number, u64 last_place) {
    const Log& log = *level_logs[number];
    for (u64 i = 0; i < log.starts.size(); i++) {
        if (log.starts[i].place > last_place) continue;
        u64 end = i + 1 < log.starts.size() ? log.starts[i + 1].index : log.size;
        stretches.push_back(Stretch{number, log.starts[i].index, end, log.starts[i].place, 0, 0, 0});
    }
}

static u64 place_behind(u64 last_place) { return last_place == ~u64(0) ? last_place : last_place + 1; }

// Leaves out what lies behind a place.
static void shorten(Stretch& stretch, u64 last_place) {
    OriginReader reader;
    while (reader.at(stretch.log, stretch.end - 1).place > last_place) stretch.end--;
}

// Adds items that are in order to others that are.
template <class T, class Less>
static void merge_in(std::vector<T>& items, const std::vector<T>& more, Less less) {
    long size = long(items.size());
    items.insert(items.end(), more.begin(), more.end());
    std::inplace_merge(items.begin(), items.begin() + size, items.end(), less);
}

u64 begin_level(u64 last_place) {
    for (Log* log : level_logs) clear(*log);
    std::swap(filling_logs, level_logs);
    level_generation++;
    runs.clear();
    stretches.clear();
    forgotten.clear();
    next_stretch = logged_count = 0;
    for (u32 log = 0; log < level_logs.size(); log++) {
        add_stretches(log, last_place);
        merge_in(forgotten, level_logs[log]->forgotten, std::less<u64>());
    }
    std::sort(stretches.begin(), stretches.end(), [](const Stretch& a, const Stretch& b) { return a.place < b.place; });
    if (!stretches.empty()) shorten(stretches.back(), last_place);
    u64 gone = 0;
    for (u64 i = 0; i < stretches.size(); i++) {
        Stretch& stretch = stretches[i];
        u64 behind = i + 1 < stretches.size() ? stretches[i + 1].place : place_behind(last_place);
        stretch.position = logged_count;
        stretch.forgotten = gone;
        while (gone < forgotten.size() && forgotten[gone] < behind) gone++;
        stretch.count = stretch.end - stretch.start - (gone - stretch.forgotten);
        logged_count += stretch.count;
    }
    return logged_count;
}

// Adds a state to the runs that one worker has found. Between two stretches that it takes others may take some: what
// follows on in a log need not in the level, nor, where some were forgotten, the other way round.
static void add_to_runs(std::vector<Run>& found, u64 position, u32 log, u64 index) {
    bool goes_on = !found.empty() && found.back().log == log && found.back().end() == position &&
                   found.back().start + found.back().count == index;
    if (!goes_on) found.push_back(Run{position, log, index, 0});
    found.back().count++;
}

// `behind`: no state of the stretch has that place, or a later one.
static void take_stretch(const Stretch& stretch, u64 behind, OriginReader& reader, std::vector<Run>& found,
                         void (*each)(u64 position, const Origin& origin)) {
    u64 position = stretch.position, end = position + stretch.count, gone = stretch.forgotten, least = stretch.place;
    for (u64 index = stretch.start; index < stretch.end; index++) {
        Origin origin = reader.at(stretch.log, index);
        if (origin.place < least) not_in_order();
        least = origin.place + 1;
        if (gone < forgotten.size() && forgotten[gone] == origin.place) {
            gone++;
            continue;
        }
        if (position == end) not_in_order();
        add_to_runs(found, position, stretch.log, index);
        each(position++, origin);
    }
    if (position != end || least > behind) not_in_order();
}

void take_stretches(void (*each)(u64 position, const Origin& origin)) {
    OriginReader reader;
    std::vector<Run> found;
    for (;;) {
        u64 next = __atomic_fetch_add(&next_stretch, 1, __ATOMIC_RELAXED);
        if (next >= stretches.size()) break;
        u64 behind = next + 1 < stretches.size() ? stretches[next + 1].place : ~u64(0);
        take_stretch(stretches[next], behind, reader, found, each);
    }
    pthread_mutex_lock(&runs_lock);
    merge_in(runs, found, [](const Run& a, const Run& b) { return a.position < b.position; });
    pthread_mutex_unlock(&runs_lock);
}

// Every position is in one run.
static void check_runs() {
    u64 position = 0;
    for (const Run& run : runs) {
        if (run.position != position) not_in_order();
        position = run.end();
    }
    if (position != logged_count) not_in_order();
}

void end_level(void (*each)(u64 position, const Origin& origin)) {
    check_runs();
    if (each != nullptr) {
        OriginReader reader;
        for (const Run& run : runs)
            for (u64 i = 0; i < run.count; i++) each(run.position + i, reader.at(run.log, run.start + i));
    }
    for (Log* log : level_logs)
        for (Block& block : log->blocks) free_origins(block);
}
