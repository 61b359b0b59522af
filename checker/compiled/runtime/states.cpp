// The states found so far.
#include "states.hpp"

#include <algorithm>
#include <cstdlib>

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

static u64* find_slot(const Seen& part, u64 fingerprint) {
    u64 at = slot_in(part, fingerprint);
    while (part.slots[at] != 0 && part.slots[at] != fingerprint) at = at + 1 == part.capacity ? 0 : at + 1;
    return &part.slots[at];
}

static bool is_seen(u64 fingerprint) {
    const Seen& part = seen[fingerprint >> (64 - SEEN_BITS)];
    return part.capacity != 0 && *find_slot(part, fingerprint) == fingerprint;
}

static void see(u64 fingerprint) {
    Seen& part = seen[fingerprint >> (64 - SEEN_BITS)];
    if (part.size * 4 >= part.capacity * 3) {
        Seen larger{nullptr, part.size, part.capacity == 0 ? FIRST_SEEN : part.capacity + part.capacity / 2};
        larger.slots = static_cast<u64*>(checked(std::calloc(larger.capacity, sizeof(u64))));
        for (u64 i = 0; i < part.capacity; i++)
            if (part.slots[i] != 0) *find_slot(larger, part.slots[i]) = part.slots[i];
        std::free(part.slots);
        part = larger;
    }
    *find_slot(part, fingerprint) = fingerprint;
    part.size++;
}

u64 table_bytes() {
    u64 bytes = 0;
    for (const Seen& part : seen) bytes += part.capacity * sizeof(u64);
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
};

constexpr u64 FIRST_SLOTS = 1 << 10;
constexpr u64 MOST_SHARDS = 256;
static Filling filling[MOST_SHARDS];
static u64 shard_count;
static bool is_shared;

void start_states(u32 workers) {
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
}

void prefetch_state(u64 fingerprint) {
    const Seen& part = seen[fingerprint >> (64 - SEEN_BITS)];
    if (part.capacity != 0) __builtin_prefetch(&part.slots[slot_in(part, fingerprint)]);
    const Filling& shard = shard_of(fingerprint);
    if (!is_shared && shard.slot_count != 0) __builtin_prefetch(&shard.slots[fingerprint & (shard.slot_count - 1)]);
}

static void put(Filling& shard, u64 index, const Origin& origin, const V* state) {
    u32 variables = SPECIFICATION.variables;
    shard.origins[index] = origin;
    std::memcpy(shard.states + index * variables, state, variables * sizeof(V));
}

Novelty add_state(u64 fingerprint, u64 place, u32 label, const V* state) {
    if (is_seen(fingerprint)) return Novelty::OLD;
    Filling& shard = shard_of(fingerprint);
    HoldingShard held(shard);
    if (shard.size * 2 >= shard.slot_count) grow_slots(shard);
    u64 at = fingerprint & (shard.slot_count - 1);
    for (; shard.slots[at] != 0; at = (at + 1) & (shard.slot_count - 1)) {
        u32 index = shard.slots[at] - 1;
        if (shard.origins[index].fingerprint != fingerprint) continue;
        if (shard.origins[index].place <= place) return Novelty::LATER;
        put(shard, index, Origin{place, fingerprint, label}, state);
        return Novelty::EARLIER;
    }
    if (shard.size == shard.capacity) grow_states(shard);
    put(shard, shard.size, Origin{place, fingerprint, label}, state);
    shard.slots[at] = u32(++shard.size);
    return Novelty::NEW;
}

bool is_found_at(u64 fingerprint, u64 place) {
    Filling& shard = shard_of(fingerprint);
    if (shard.slot_count == 0) return false;
    for (u64 at = fingerprint & (shard.slot_count - 1); shard.slots[at] != 0; at = (at + 1) & (shard.slot_count - 1)) {
        const Origin& origin = shard.origins[shard.slots[at] - 1];
        if (origin.fingerprint == fingerprint) return origin.place == place;
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

static void clear(Filling& shard) {
    shard.size = 0;
    if (shard.slots != nullptr) std::memset(shard.slots, 0, shard.slot_count * sizeof(u32));
}

// One worker finds states in order: they need not be sorted, only cut off.
static LevelStates take_only_shard(u64 last_place) {
    Filling& shard = filling[0];
    LevelStates taken{0, shard.states, shard.origins};
    while (taken.size < shard.size && shard.origins[taken.size].place <= last_place) taken.size++;
    shard.states = nullptr;
    shard.origins = nullptr;
    shard.capacity = 0;
    clear(shard);
    return taken;
}

static LevelStates take_sorted(u64 last_place) {
    u64 total = level_size(), variables = SPECIFICATION.variables;
    Row* rows = static_cast<Row*>(checked(std::malloc((total + 1) * sizeof(Row))));
    u64 count = 0;
    for (u32 part = 0; part < shard_count; part++)
        for (u32 i = 0; i < filling[part].size; i++)
            if (filling[part].origins[i].place <= last_place) rows[count++] = Row{filling[part].origins[i].place, part, i};
    std::sort(rows, rows + count, [](const Row& a, const Row& b) { return a.place < b.place; });
    LevelStates taken{count, nullptr, nullptr};
    taken.states = static_cast<V*>(checked(std::malloc((count + 1) * variables * sizeof(V))));
    taken.origins = static_cast<Origin*>(checked(std::malloc((count + 1) * sizeof(Origin))));
    for (u64 i = 0; i < count; i++) {
        const Filling& shard = filling[rows[i].shard];
        taken.origins[i] = shard.origins[rows[i].index];
        std::memcpy(taken.states + i * variables, shard.states + rows[i].index * variables, variables * sizeof(V));
    }
    std::free(rows);
    for (u64 i = 0; i < shard_count; i++) clear(filling[i]);
    return taken;
}

LevelStates take_level(u64 last_place) {
    LevelStates taken = shard_count == 1 ? take_only_shard(last_place) : take_sorted(last_place);
    for (u64 i = 0; i < taken.size; i++) see(taken.origins[i].fingerprint);
    return taken;
}
