// The states found so far.
#include "states.hpp"

#include <algorithm>
#include <cstdlib>

#include "fingerprints.hpp"
#include "locks.hpp"

// Both tables are split into parts by the first bits of the fingerprint, and within a part slots are in the order of
// fingerprints, but for what gives way to others: so that one is added to the other from front to back.
// More parts than workers, who take them in turn; not many more, so that each is large enough for huge pages.
constexpr int LEAST_PART_BITS = 6, MOST_PART_BITS = 10;
constexpr u64 MOST_PARTS = u64(1) << MOST_PART_BITS;
static int part_bits = LEAST_PART_BITS;

static u64 part_count() { return u64(1) << part_bits; }

constexpr u64 FIRST_SLOTS = 64, SOME_SLOTS = 1 << 14;

// What is known of a state in the tables: its fingerprint, then what `write_further_words` gives.
static u32 further;

static bool is_equal(const u64* a, const u64* b, u32 words) {
    for (u32 i = 0; i < words; i++)
        if (a[i] != b[i]) return false;
    return true;
}

static u64 next_part;

// What one worker does of what several do with all parts: it takes one after another.
template <class F>
static void for_parts(F body) {
    u64 part;
    while ((part = __atomic_fetch_add(&next_part, 1, __ATOMIC_RELAXED)) < part_count()) body(part);
}

static u64 part_of(u64 fingerprint) { return fingerprint >> (64 - part_bits); }

static u64 slot_in(u64 capacity, u64 fingerprint) {
    return u64((unsigned __int128)(fingerprint << part_bits) * capacity >> 64);
}

// The slot of a state, or the empty one that it would take; each is `width` words. `is_known`: which of the two it was
// when it was seen, since another worker may fill an empty one at any time, and with another state.
static u64* find_slot(u64* slots, u64 capacity, u64 width, u64 fingerprint, const u64* words, bool& is_known) {
    u64 at = slot_in(capacity, fingerprint);
    for (;; at = at + 1 == capacity ? 0 : at + 1) {
        u64* slot = slots + at * width;
        u64 found = __atomic_load_n(slot, __ATOMIC_ACQUIRE);
        is_known = found != 0;
        if (!is_known || (found == fingerprint && is_equal(slot + 1, words, further))) return slot;
    }
}

static bool is_full(u64 size, u64 capacity) { return size * 4 >= capacity * 3; }

static u64 grown(u64 size, u64 capacity) {
    while (is_full(size, capacity)) capacity = capacity == 0 ? FIRST_SLOTS : capacity + capacity / 2;
    return capacity;
}

// While a part of the level grows others wait for it: it grows seldom.
static u64 larger_places(u64 capacity) {
    return capacity == 0 ? FIRST_SLOTS : capacity < SOME_SLOTS ? capacity * 4 : capacity * 2;
}

// --- earlier levels --------------------------------------------------------------------------------------------------

struct Seen {
    u64* slots;
    u64 size;
    u64 capacity;
};

static Seen seen[MOST_PARTS];

static u64 seen_width() { return 1 + further; }

static bool is_seen(u64 fingerprint, const u64* words) {
    const Seen& part = seen[part_of(fingerprint)];
    bool is_known = false;
    if (part.capacity != 0) find_slot(part.slots, part.capacity, seen_width(), fingerprint, words, is_known);
    return is_known;
}

static void see(Seen& part, const u64* known) {
    bool is_known;
    u64* slot = find_slot(part.slots, part.capacity, seen_width(), known[0], known + 1, is_known);
    slot[0] = known[0];  // most often that is all
    if (further != 0) std::memcpy(slot + 1, known + 1, further * sizeof(u64));
}

static void prefetch_seen(const Seen& part, u64 fingerprint) {
    fetch(part.slots + slot_in(part.capacity, fingerprint) * seen_width());
}

static void make_room(Seen& part, u64 more) {
    u64 capacity = grown(part.size + more, part.capacity);
    if (capacity == part.capacity) return;
    Seen larger{static_cast<u64*>(zeroed(capacity * seen_width() * sizeof(u64))), part.size, capacity};
    for (u64* slot = part.slots; slot != part.slots + part.capacity * seen_width(); slot += seen_width())
        if (*slot != 0) see(larger, slot);
    std::free(part.slots);
    part = larger;
}

void save_known(Saver& saver, const u64* known) {
    saver.put(known[0]);
    if (are_further_words_values())
        saver.put_values(reinterpret_cast<const V*>(known + 1), further_words());
    else
        for (u32 i = 0; i < further_words(); i++) saver.put(known[i + 1]);
}

void load_known(Loader& loader, u64* known) {
    known[0] = loader.get();
    if (are_further_words_values())
        loader.get_values(reinterpret_cast<V*>(known + 1), further_words());
    else
        for (u32 i = 0; i < further_words(); i++) known[i + 1] = loader.get();
    found_again(known + 1);
}

template <class F>
static void for_seen(F body) {
    for (const Seen& part : seen)
        for (u64* slot = part.slots; slot != part.slots + part.capacity * seen_width(); slot += seen_width())
            if (*slot != 0) body(slot);
}

// Another process may have more parts, or fewer: how many states there are is saved as of the greatest number of parts.
void save_seen(Saver& saver) {
    if (saver.numbers_values && !are_further_words_values()) return;
    std::vector<u64> counts(MOST_PARTS);
    for_seen([&](const u64* known) { counts[known[0] >> (64 - MOST_PART_BITS)]++; });
    saver.put_items(counts);
    for_seen([&](const u64* known) { save_known(saver, known); });
}

// There is room for all from the first one on: into a table that is small, states in order go to one end of it.
void restore_seen(Loader& loader) {
    std::vector<u64> counts, known(seen_width());
    loader.get_items(counts);
    u64 total = 0;
    for (u64 i = 0; i < MOST_PARTS; i++) seen[i >> (MOST_PART_BITS - part_bits)].size += counts[i];
    for (u64 part = 0; part < part_count(); part++) {
        if (seen[part].size > 0) make_room(seen[part], 0);
        total += seen[part].size;
    }
    for (; total > 0; total--) {
        load_known(loader, known.data());
        see(seen[part_of(known[0])], known.data());
    }
}

// The fingerprints of a part of the table, of which 0 is none.
struct Nearness {
    u64 first, last, least;  // the least distance between two that follow one another

    void add(u64 fingerprint) {
        if (last != 0)
            least = std::min(least, fingerprint - last);
        else
            first = fingerprint;
        last = fingerprint;
    }
};

static Nearness nearness_of(const Seen& part) {
    Nearness found{0, 0, ~u64(0)};
    std::vector<u64> run;  // in order
    auto flush = [&] {
        for (u64 fingerprint : run) found.add(fingerprint);
        run.clear();
    };
    auto add = [&](u64 fingerprint) {  // most often the greatest
        u64 at = run.size();
        run.push_back(fingerprint);
        for (; at > 0 && run[at - 1] > fingerprint; at--) run[at] = run[at - 1];
        run[at] = fingerprint;
    };
    // What lies near lies in one run of slots, but for what goes on at the front of the table.
    u64 wrapped = 0;
    while (wrapped < part.capacity && part.slots[wrapped * seen_width()] != 0 &&
           slot_in(part.capacity, part.slots[wrapped * seen_width()]) > wrapped + part.capacity / 2)
        wrapped++;
    for (u64 i = wrapped; i < wrapped + part.capacity; i++) {
        u64 fingerprint = part.slots[(i < part.capacity ? i : i - part.capacity) * seen_width()];
        if (fingerprint == 0)
            flush();
        else
            add(fingerprint);
    }
    flush();
    return found;
}

static Nearness nearness[MOST_PARTS];

u64 least_distance(u32 workers) {
    next_part = 0;
    run_on(workers, [](u32) { for_parts([](u64 part) { nearness[part] = nearness_of(seen[part]); }); });
    Nearness all{0, 0, ~u64(0)};
    for (u64 part = 0; part < part_count(); part++) {
        if (nearness[part].last == 0) continue;
        all.add(nearness[part].first);
        all.least = std::min(all.least, nearness[part].least);
        all.last = nearness[part].last;
    }
    return all.least;
}

u64 table_bytes() {
    u64 bytes = 0;
    for (const Seen& part : seen) bytes += part.capacity * seen_width() * sizeof(u64);
    return bytes;
}

// --- the level being filled ------------------------------------------------------------------------------------------

// Slots: as in the table of earlier levels, then one more than the place, 0 in an empty slot. A slot is claimed by its
// place, which only becomes less from then on, and the fingerprint is written last, so nobody takes a lock. A table that
// has become too small has all its slots moved, one after another: what finds one of them goes to the larger one. It stays
// for those who look into it.
struct Places {
    u64 capacity;
    u64 serial;  // no other table has had it
    Places* smaller;
    alignas(64) u64 reserved;  // slots
    alignas(64) u64 slots[8];
};

constexpr u64 MOVED = u64(1) << 63;  // beside a place

// What one worker adds.
struct alignas(64) Added {
    u64 states;  // of this level
};

// Slots of a table that only this worker fills.
struct Allowance {
    u64 serial;
    u64 left;
};

struct alignas(64) GrowthLock {
    SpinLock lock;
};

static Places* places[MOST_PARTS];
static GrowthLock growing[MOST_PARTS];
static Added added[MOST_WORKERS];
static __thread Allowance allowances[MOST_PARTS];
static u64 serials;
static u32 adders;

void start_states(u32 workers, bool keeps_fingerprints) {
    further = further_words();
    adders = workers;
    while (part_count() < u64(workers) * 8 && part_bits < MOST_PART_BITS) part_bits++;
    start_frontier(workers, keeps_fingerprints);
}

static u64 place_width() { return 2 + further; }
static u64* place_in(u64* slot) { return slot + 1 + further; }
static u64 place_of(u64* slot) { return (__atomic_load_n(place_in(slot), __ATOMIC_RELAXED) & ~MOVED) - 1; }

static Places* new_places(u64 capacity) {
    auto* made = static_cast<Places*>(zeroed(sizeof(Places) + capacity * place_width() * sizeof(u64)));
    made->capacity = capacity;
    made->serial = __atomic_add_fetch(&serials, 1, __ATOMIC_RELAXED);
    return made;
}

static u64* find_place(Places* table, u64 fingerprint, const u64* words, bool& is_known) {
    return find_slot(table->slots, table->capacity, place_width(), fingerprint, words, is_known);
}

// Moves a slot, unless it is empty, to a larger table; whoever has claimed it is waited for.
static bool move_slot(u64* slot, Places* larger) {
    u64 place = __atomic_fetch_or(place_in(slot), MOVED, __ATOMIC_RELAXED);
    if (place == 0) return false;
    for (Patience patience; __atomic_load_n(slot, __ATOMIC_ACQUIRE) == 0;) patience.wait();
    bool is_known;
    u64* moved = find_place(larger, slot[0], slot + 1, is_known);
    moved[0] = slot[0];
    if (further != 0) std::memcpy(moved + 1, slot + 1, further * sizeof(u64));
    *place_in(moved) = place;
    return true;
}

// Makes a larger table in place of one that is too small, unless another worker does so, or has done so; whether it did.
static bool grow_places(u64 part, Places* table) {
    if (!growing[part].lock.try_lock()) return false;
    Holding held(growing[part].lock, TAKEN);
    if (places[part] != table) return false;
    u64 size = 0, capacity = table == nullptr ? 0 : table->capacity;
    Places* made = new_places(larger_places(capacity));
    for (u64 i = 0; i < capacity; i++) size += move_slot(table->slots + i * place_width(), made);
    made->reserved = size;
    made->smaller = table;
    __atomic_store_n(&places[part], made, __ATOMIC_RELEASE);
    return true;
}

static bool is_almost_full(const Places* table) {
    u64 reserved = __atomic_load_n(&table->reserved, __ATOMIC_RELAXED);
    return table->capacity >= SOME_SLOTS && is_full(reserved + table->capacity / 32, table->capacity);
}

// What a worker does that would wait for another who makes a table larger: others will soon be too small as well.
static bool grow_another(u64 than) {
    for (u64 i = 1; i < part_count(); i++) {
        u64 part = (than + i) % part_count();
        Places* table = __atomic_load_n(&places[part], __ATOMIC_ACQUIRE);
        if (table != nullptr && is_almost_full(table) && grow_places(part, table)) return true;
    }
    return false;
}

// There is a larger table in place of one that is full, in the end.
static void make_room_for_place(u64 part, Places* full) {
    for (Patience patience; __atomic_load_n(&places[part], __ATOMIC_ACQUIRE) == full;) {
        if (grow_places(part, full)) return;
        bool is_done = patience.waited % 64 == 0 && grow_another(part);
        if (!is_done) patience.wait();
    }
}

void prefetch_state(u64 fingerprint) {
    u64 part = part_of(fingerprint);
    if (seen[part].capacity != 0) prefetch_seen(seen[part], fingerprint);
    Places* table = __atomic_load_n(&places[part], __ATOMIC_ACQUIRE);
    if (table == nullptr || __atomic_load_n(&table->reserved, __ATOMIC_RELAXED) == 0) return;
    fetch(table->slots + slot_in(table->capacity, fingerprint) * place_width());
}

static bool is_found_before(u64 part, u64 fingerprint, const u64* words, u64 place) {
    Places* table = __atomic_load_n(&places[part], __ATOMIC_ACQUIRE);
    if (table == nullptr) return false;
    bool is_known;
    u64* slot = find_place(table, fingerprint, words, is_known);
    return is_known && place_of(slot) <= place;
}

// Whether there is a slot in the table that no other worker takes.
static bool has_allowance(Places* table, u64 part) {
    Allowance& own = allowances[part];
    if (own.serial == table->serial && own.left > 0) return true;
    u64 wanted = std::max<u64>(1, table->capacity / (64 * u64(adders)));
    if (is_full(__atomic_fetch_add(&table->reserved, wanted, __ATOMIC_RELAXED) + wanted, table->capacity)) return false;
    own = Allowance{table->serial, wanted};
    return true;
}

// Of a state that was found before: whoever finds it at an earlier place takes the place of the other. MOVED: it is in
// a larger table.
static Novelty lower_place(u64* slot, u64 place, bool& is_moved) {
    u64 known = __atomic_load_n(place_in(slot), __ATOMIC_RELAXED);
    do {
        is_moved = (known & MOVED) != 0;
        if (is_moved || known <= place + 1) return Novelty::LATER;
    } while (!__atomic_compare_exchange_n(place_in(slot), &known, place + 1, true, __ATOMIC_RELAXED, __ATOMIC_RELAXED));
    forget_state(known - 1);
    return Novelty::EARLIER;
}

#ifndef GIVE_WAY
#define GIVE_WAY  // in tests, what gives way to other workers
#endif

// Whether an empty slot is this worker's now.
static bool claim_slot(u64* slot, u64 fingerprint, const u64* words, u64 place) {
    u64 none = 0;
    GIVE_WAY;
    if (!__atomic_compare_exchange_n(place_in(slot), &none, place + 1, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) return false;
    GIVE_WAY;
    for (u32 i = 0; i < further; i++) slot[i + 1] = words[i];
    __atomic_store_n(slot, fingerprint, __ATOMIC_RELEASE);
    return true;
}

// `is_moved`: nothing was put there, for the slot is in a larger table.
static Novelty put_in(Places* table, u64 fingerprint, const u64* words, u64 place, bool& is_moved) {
    is_moved = false;
    for (;;) {
        bool is_known;
        u64* slot = find_place(table, fingerprint, words, is_known);
        if (is_known) return lower_place(slot, place, is_moved);
        if (claim_slot(slot, fingerprint, words, place)) return Novelty::NEW;
        is_moved = __atomic_load_n(place_in(slot), __ATOMIC_RELAXED) == MOVED;
        if (is_moved) return Novelty::LATER;
        for (Patience patience; __atomic_load_n(slot, __ATOMIC_ACQUIRE) == 0;) patience.wait();
    }
}

static Novelty put_place(u64 part, u64 fingerprint, const u64* words, u64 place) {
    for (;;) {
        Places* table = __atomic_load_n(&places[part], __ATOMIC_ACQUIRE);
        if (table != nullptr && has_allowance(table, part)) {
            bool is_moved;
            Novelty novelty = put_in(table, fingerprint, words, place, is_moved);
            if (novelty == Novelty::NEW) {
                allowances[part].left--;
                __atomic_store_n(&added[own_number].states, added[own_number].states + 1, __ATOMIC_RELAXED);
            }
            if (!is_moved) return novelty;
        }
        make_room_for_place(part, table);
    }
}

bool is_found(u64 fingerprint, u64 place) {
    return is_seen(fingerprint, nullptr) || is_found_before(part_of(fingerprint), fingerprint, nullptr, place);
}

Novelty add_state(const Origin& origin, const u64* words, const V* state) {
    if (is_seen(origin.fingerprint, words)) return Novelty::OLD;
    u64 part = part_of(origin.fingerprint);
    if (is_found_before(part, origin.fingerprint, words, origin.place)) return Novelty::LATER;
    Novelty novelty = put_place(part, origin.fingerprint, words, origin.place);
    if (novelty != Novelty::LATER) log_state(origin, state);
    return novelty;
}

bool is_found_at(u64 fingerprint, u64 place) {
    Places* table = places[part_of(fingerprint)];
    if (table == nullptr) return false;
    u64 at = slot_in(table->capacity, fingerprint);
    for (u64* slot; *(slot = table->slots + at * place_width()) != 0; at = at + 1 == table->capacity ? 0 : at + 1)
        if (slot[0] == fingerprint && place_of(slot) == place) return true;
    return false;
}

u64 place_found(u64 fingerprint, const u64* words) {
    bool is_known;
    u64* slot = find_place(places[part_of(fingerprint)], fingerprint, words, is_known);
    if (!is_known) throw Fault{FaultKind::CONTRADICTION, "a state that was found is not known"};
    return place_of(slot);
}

u64 level_size() {
    u64 size = 0;
    for (u32 worker = 0; worker < adders; worker++) size += __atomic_load_n(&added[worker].states, __ATOMIC_RELAXED);
    return size;
}

// `expect` is told of each slot some time before `body`.
template <class E, class F>
static void for_places(u64 part, E expect, F body) {
    constexpr u64 AHEAD = 16;
    Places* table = places[part];
    if (table == nullptr || table->reserved == 0) return;
    u64 width = place_width();
    u64* end = table->slots + table->capacity * width;
    for (u64* slot = table->slots; slot != end; slot += width) {
        if (slot + AHEAD * width < end && slot[AHEAD * width] != 0) expect(slot[AHEAD * width]);
        if (slot[0] != 0) body(slot);
    }
}

void collect_places(std::vector<u64>& found) {
    for (u64 part = 0; part < part_count(); part++)
        for_places(part, [](u64) {}, [&](u64* slot) { found.push_back(place_of(slot)); });
}

// --- the end of a level ----------------------------------------------------------------------------------------------

static u64 last_seen_place;
constexpr u64 MUCH_LARGER = 8;

// A table for the next level: that of this one, which is empty, unless it was much too large for so many.
static void renew_places(u64 part, u64 size) {
    Places* table = places[part];
    while (Places* smaller = table->smaller) {
        table->smaller = smaller->smaller;
        std::free(smaller);
    }
    if (table->capacity > FIRST_SLOTS && size * MUCH_LARGER < table->capacity) {
        places[part] = new_places(std::max(FIRST_SLOTS, size * 2));
        std::free(table);
    } else if (table->reserved > 0) {
        table->serial = __atomic_add_fetch(&serials, 1, __ATOMIC_RELAXED);
        table->reserved = 0;
    }
}

static void see_part(u64 part) {
    if (places[part] == nullptr) return;
    u64 size = 0, count = 0;
    make_room(seen[part], places[part]->reserved);
    auto expect = [&](u64 fingerprint) { prefetch_seen(seen[part], fingerprint); };
    for_places(part, expect, [&](u64* slot) {
        size++;
        if (place_of(slot) <= last_seen_place) {
            see(seen[part], slot);
            count++;
        }
        slot[0] = *place_in(slot) = 0;
        if (further != 0) std::memset(slot + 1, 0, further * sizeof(u64));
    });
    seen[part].size += count;
    renew_places(part, size);
}

void begin_seeing(u64 last_place) {
    last_seen_place = last_place;
    next_part = 0;
    for (u32 worker = 0; worker < adders; worker++)
        __atomic_store_n(&added[worker].states, 0, __ATOMIC_RELAXED);
}

void see_level() {
    for_parts(see_part);
}
