// The states found so far.
#include "states.hpp"

#include <algorithm>
#include <cstdlib>

#include "fingerprints.hpp"

// What is known of a state in the tables: its fingerprint, then what `write_further_words` gives.
static u32 further;

static bool is_equal(const u64* a, const u64* b, u32 words) {
    for (u32 i = 0; i < words; i++)
        if (a[i] != b[i]) return false;
    return true;
}

// --- earlier levels --------------------------------------------------------------------------------------------------

constexpr int SEEN_BITS = 6;
constexpr u64 FIRST_SEEN = 256;

struct Seen {
    u64* slots;
    u64 size;
    u64 capacity;
};

static Seen seen[1 << SEEN_BITS];

static void* checked(void* memory) {
    if (memory == nullptr) throw Fault{FaultKind::MEMORY, "out of memory"};
    return memory;
}

static u64 slot_in(const Seen& part, u64 fingerprint) {
    return u64((unsigned __int128)(fingerprint << SEEN_BITS) * part.capacity >> 64);
}

static u64* find_slot(const Seen& part, u64 fingerprint, const u64* words) {
    u64 width = 1 + further, at = slot_in(part, fingerprint);
    for (;; at = at + 1 == part.capacity ? 0 : at + 1) {
        u64* slot = part.slots + at * width;
        if (slot[0] == 0 || (slot[0] == fingerprint && is_equal(slot + 1, words, further))) return slot;
    }
}

static bool is_seen(u64 fingerprint, const u64* words) {
    const Seen& part = seen[fingerprint >> (64 - SEEN_BITS)];
    return part.capacity != 0 && *find_slot(part, fingerprint, words) != 0;
}

static void see(u64 fingerprint, const u64* words) {
    Seen& part = seen[fingerprint >> (64 - SEEN_BITS)];
    u64 width = 1 + further;
    if (part.size * 4 >= part.capacity * 3) {
        Seen larger{nullptr, part.size, part.capacity == 0 ? FIRST_SEEN : part.capacity + part.capacity / 2};
        larger.slots = static_cast<u64*>(checked(std::calloc(larger.capacity, width * sizeof(u64))));
        for (u64* slot = part.slots; slot != part.slots + part.capacity * width; slot += width)
            if (*slot != 0) std::memcpy(find_slot(larger, *slot, slot + 1), slot, width * sizeof(u64));
        std::free(part.slots);
        part = larger;
    }
    u64* slot = find_slot(part, fingerprint, words);
    slot[0] = fingerprint;
    for (u32 i = 0; i < further; i++) slot[i + 1] = words[i];
    part.size++;
}

u64 least_distance() {
    u64 least = ~u64(0), last = 0;
    std::vector<u64> run;
    auto flush = [&] {
        std::sort(run.begin(), run.end());
        for (u64 fingerprint : run) {
            if (last != 0) least = std::min(least, fingerprint - last);
            last = fingerprint;
        }
        run.clear();
    };
    for (const Seen& part : seen) {
        // What lies near lies in one run of slots, but for what goes on at the front of the table.
        u64 wrapped = 0;
        while (wrapped < part.capacity && part.slots[wrapped * (1 + further)] != 0 &&
               slot_in(part, part.slots[wrapped * (1 + further)]) > wrapped + part.capacity / 2)
            wrapped++;
        for (u64 i = 0; i < part.capacity; i++) {
            u64 fingerprint = part.slots[(wrapped + i) % part.capacity * (1 + further)];
            if (fingerprint == 0)
                flush();
            else
                run.push_back(fingerprint);
        }
        flush();
    }
    return least;
}

u64 table_bytes() {
    u64 bytes = 0;
    for (const Seen& part : seen) bytes += part.capacity * (1 + further) * sizeof(u64);
    return bytes;
}

// --- the level being filled ------------------------------------------------------------------------------------------

struct Filling {
    bool lock;
    u32* slots;  // index + 1 into the arrays below
    u64 slot_count;
    u64 size;
    u64 capacity;
    Origin* origins;
    V* states;
    u64* words;  // the further ones of each state
};

constexpr u64 FIRST_SLOTS = 1 << 10;
constexpr u64 MOST_SHARDS = 256;
static Filling filling[MOST_SHARDS];
static u64 shard_count;
static bool is_shared;

void start_states(u32 workers) {
    further = further_words();
    is_shared = workers > 1;
    shard_count = is_shared ? MOST_SHARDS : 1;
}

static Filling& shard_of(u64 fingerprint) { return filling[(fingerprint >> 32) & (shard_count - 1)]; }

struct HoldingShard {
    Filling& shard;
    explicit HoldingShard(Filling& held) : shard(held) {
        if (is_shared)
            while (__atomic_exchange_n(&shard.lock, true, __ATOMIC_ACQUIRE)) {
            }
    }
    ~HoldingShard() {
        if (is_shared) __atomic_store_n(&shard.lock, false, __ATOMIC_RELEASE);
    }
};

static void grow_slots(Filling& shard) {
    std::free(shard.slots);
    shard.slot_count = shard.slot_count == 0 ? FIRST_SLOTS : shard.slot_count * 2;
    shard.slots = static_cast<u32*>(checked(std::calloc(shard.slot_count, sizeof(u32))));
    for (u64 i = 0; i < shard.size; i++) {
        u64 at = shard.origins[i].fingerprint & (shard.slot_count - 1);
        while (shard.slots[at] != 0) at = (at + 1) & (shard.slot_count - 1);
        shard.slots[at] = u32(i + 1);
    }
}

static void grow_states(Filling& shard) {
    shard.capacity = shard.capacity == 0 ? FIRST_SLOTS : shard.capacity * 2;
    u64 row = SPECIFICATION.variables * sizeof(V);
    shard.origins = static_cast<Origin*>(checked(std::realloc(shard.origins, shard.capacity * sizeof(Origin))));
    shard.states = static_cast<V*>(checked(std::realloc(shard.states, shard.capacity * row)));
    if (further == 0) return;
    u64 bytes = shard.capacity * further * sizeof(u64);
    shard.words = static_cast<u64*>(checked(std::realloc(shard.words, bytes)));
}

void prefetch_state(u64 fingerprint) {
    const Seen& part = seen[fingerprint >> (64 - SEEN_BITS)];
    if (part.capacity != 0) __builtin_prefetch(&part.slots[slot_in(part, fingerprint) * (1 + further)]);
    const Filling& shard = shard_of(fingerprint);
    if (!is_shared && shard.slot_count != 0) __builtin_prefetch(&shard.slots[fingerprint & (shard.slot_count - 1)]);
}

static void put(Filling& shard, u64 index, const Origin& origin, const V* state) {
    u32 variables = SPECIFICATION.variables;
    shard.origins[index] = origin;
    std::memcpy(shard.states + index * variables, state, variables * sizeof(V));
}

Novelty add_state(u64 fingerprint, u64 place, u32 label, const V* state) {
    u64* words = nullptr;
    if (further > 0) {
        words = static_cast<u64*>(allocate(further * sizeof(u64)));
        write_further_words(state, words);
    }
    if (is_seen(fingerprint, words)) return Novelty::OLD;
    Filling& shard = shard_of(fingerprint);
    HoldingShard held(shard);
    if (shard.size * 2 >= shard.slot_count) grow_slots(shard);
    u64 at = fingerprint & (shard.slot_count - 1);
    for (; shard.slots[at] != 0; at = (at + 1) & (shard.slot_count - 1)) {
        u32 index = shard.slots[at] - 1;
        if (shard.origins[index].fingerprint != fingerprint) continue;
        if (!is_equal(shard.words + u64(index) * further, words, further)) continue;
        if (shard.origins[index].place <= place) return Novelty::LATER;
        put(shard, index, Origin{place, fingerprint, label}, state);
        return Novelty::EARLIER;
    }
    if (shard.size == shard.capacity) grow_states(shard);
    put(shard, shard.size, Origin{place, fingerprint, label}, state);
    if (further > 0) std::memcpy(shard.words + shard.size * further, words, further * sizeof(u64));
    shard.slots[at] = u32(++shard.size);
    return Novelty::NEW;
}

bool is_found_at(u64 fingerprint, u64 place) {
    Filling& shard = shard_of(fingerprint);
    if (shard.slot_count == 0) return false;
    for (u64 at = fingerprint & (shard.slot_count - 1); shard.slots[at] != 0; at = (at + 1) & (shard.slot_count - 1)) {
        const Origin& origin = shard.origins[shard.slots[at] - 1];
        if (origin.fingerprint == fingerprint && origin.place == place) return true;
    }
    return false;
}

u64 level_size() {
    u64 size = 0;
    for (u64 i = 0; i < shard_count; i++) size += __atomic_load_n(&filling[i].size, __ATOMIC_RELAXED);
    return size;
}

void collect_places(std::vector<u64>& places) {
    for (u64 part = 0; part < shard_count; part++)
        for (u64 i = 0; i < filling[part].size; i++) places.push_back(filling[part].origins[i].place);
}

// --- the end of a level ----------------------------------------------------------------------------------------------

struct Row {
    u64 place;
    u32 shard;
    u32 index;
};

// What the workers do together: each takes the states of one stretch of places, and those of some parts of the table.
struct Taking {
    u64 last_place;
    u64 stretch;
    u32 workers;
    LevelStates taken;
    std::vector<Row> rows[MOST_WORKERS];
};

static Taking taking;
constexpr u64 WORTH_SHARING = 4096;

static void clear(Filling& shard) {
    shard.size = 0;
    if (shard.slots != nullptr) std::memset(shard.slots, 0, shard.slot_count * sizeof(u32));
}

// One worker finds states in order: they need not be sorted, only cut off.
static LevelStates take_only_shard(u64 last_place) {
    Filling& shard = filling[0];
    LevelStates taken{0, shard.states, shard.origins};
    while (taken.size < shard.size && shard.origins[taken.size].place <= last_place) taken.size++;
    for (u64 i = 0; i < taken.size; i++) see(taken.origins[i].fingerprint, shard.words + i * further);
    shard.states = nullptr;
    shard.origins = nullptr;
    shard.capacity = 0;
    clear(shard);
    return taken;
}

static void sort_stretch(u32 worker) {
    std::vector<Row>& rows = taking.rows[worker];
    rows.clear();
    for (u32 part = 0; part < shard_count; part++) {
        for (u32 i = 0; i < filling[part].size; i++) {
            u64 place = filling[part].origins[i].place;
            if (place <= taking.last_place && std::min<u64>(place / taking.stretch, taking.workers - 1) == worker)
                rows.push_back(Row{place, part, i});
        }
    }
    std::sort(rows.begin(), rows.end(), [](const Row& a, const Row& b) { return a.place < b.place; });
}

static void copy_stretch(u32 worker) {
    u64 at = 0, variables = SPECIFICATION.variables;
    for (u32 i = 0; i < worker; i++) at += taking.rows[i].size();
    for (const Row& row : taking.rows[worker]) {
        const Filling& shard = filling[row.shard];
        taking.taken.origins[at] = shard.origins[row.index];
        std::memcpy(taking.taken.states + at * variables, shard.states + row.index * variables, variables * sizeof(V));
        at++;
    }
}

static void see_parts(u32 worker) {
    for (u64 part = 0; part < shard_count; part++) {
        const Filling& shard = filling[part];
        for (u64 i = 0; i < shard.size; i++) {
            const Origin& origin = shard.origins[i];
            if ((origin.fingerprint >> (64 - SEEN_BITS)) % taking.workers == worker && origin.place <= taking.last_place)
                see(origin.fingerprint, shard.words + i * further);
        }
    }
}

static void clear_shards(u32 worker) {
    for (u64 part = worker; part < shard_count; part += taking.workers) clear(filling[part]);
}

static LevelStates take_sorted(u64 last_place, u64 last_position, u32 workers) {
    workers = level_size() < WORTH_SHARING ? 1 : std::min(workers, MOST_WORKERS);
    taking.last_place = last_place;
    taking.workers = workers;
    taking.stretch = place_of_state(last_position + 1, 0) / workers + 1;
    run_on(workers, sort_stretch);
    u64 count = 0;
    for (u32 i = 0; i < workers; i++) count += taking.rows[i].size();
    taking.taken = LevelStates{count, nullptr, nullptr};
    taking.taken.states = static_cast<V*>(checked(std::malloc((count + 1) * SPECIFICATION.variables * sizeof(V))));
    taking.taken.origins = static_cast<Origin*>(checked(std::malloc((count + 1) * sizeof(Origin))));
    run_on(workers, [](u32 worker) {
        copy_stretch(worker);
        see_parts(worker);
    });
    run_on(workers, clear_shards);
    return taking.taken;
}

LevelStates take_level(u64 last_place, u64 last_position, u32 workers) {
    return shard_count == 1 ? take_only_shard(last_place) : take_sorted(last_place, last_position, workers);
}
