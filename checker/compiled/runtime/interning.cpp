// The tables of interned values, of domains, and of strings.
#include "interning.hpp"

#include <pthread.h>

#include <cstdlib>

#include "functions.hpp"
#include "locks.hpp"
#include "sets.hpp"

// --- values ----------------------------------------------------------------------------------------------------------

constexpr int SHARD_BITS = 5;  // few, so that each is large enough for huge pages
constexpr u64 FIRST_CAPACITY = 64;

struct Slot {
    u64 hash;
    Object* object;
};

// Slots of a shard. Whoever looks for a value takes no lock: slots are only filled, the hash before the object, and a
// table that has become too small stays for those who still look into it.
struct Slots {
    u64 capacity;
    Slot slots[1];
};

// What is written whenever a value is added lies apart from what is read for each that is looked for.
struct alignas(64) Shard {
    SpinLock lock;  // held to add
    u64 size;
};

static Shard shards[1 << SHARD_BITS];
static Slots* tables[1 << SHARD_BITS];

static Slots*& table_of(u64 hash) { return tables[hash >> (64 - SHARD_BITS)]; }

static Object* object_in(const Slot& slot) { return __atomic_load_n(&slot.object, __ATOMIC_ACQUIRE); }

// The object equal to `v`, or null; `at`: its slot, or the one that was empty. What was seen in a slot counts: another
// worker may fill an empty one at any time, and with another value.
static Object* find_in(Slots* table, V v, u64 hash, u64& at) {
    at = hash & (table->capacity - 1);
    for (;; at = (at + 1) & (table->capacity - 1)) {
        Object* object = object_in(table->slots[at]);
        if (object == nullptr || (table->slots[at].hash == hash && equal_values(value_of(object), v))) return object;
    }
}

static void fill(Slot& slot, u64 hash, Object* object) {
    slot.hash = hash;
    __atomic_store_n(&slot.object, object, __ATOMIC_RELEASE);
}

static void grow(Slots*& table) {
    u64 capacity = table == nullptr ? FIRST_CAPACITY : table->capacity * 2;
    auto* larger = static_cast<Slots*>(zeroed(sizeof(Slots) + capacity * sizeof(Slot)));
    larger->capacity = capacity;
    for (u64 i = 0; table != nullptr && i < table->capacity; i++) {
        Slot slot = table->slots[i];
        if (slot.object == nullptr) continue;
        u64 at = slot.hash & (capacity - 1);
        while (larger->slots[at].object != nullptr) at = (at + 1) & (capacity - 1);
        larger->slots[at] = slot;
    }
    __atomic_store_n(&table, larger, __ATOMIC_RELEASE);
}

static Object* find_interned(V v, u64 hash) {
    Slots* table = __atomic_load_n(&table_of(hash), __ATOMIC_ACQUIRE);
    u64 at;
    return table == nullptr ? nullptr : find_in(table, v, hash, at);
}

static Object* add_interned(Object* made, u64 hash) {
    Shard& shard = shards[hash >> (64 - SHARD_BITS)];
    Holding held(shard.lock);
    Slots*& table = table_of(hash);
    if (table == nullptr || shard.size * 4 >= table->capacity * 3) grow(table);
    u64 at;
    Object* known = find_in(table, value_of(made), hash, at);
    if (known != nullptr) return known;
    shard.size++;
    __atomic_store_n(&made->flags, made->flags | INTERNED, __ATOMIC_RELEASE);
    fill(table->slots[at], hash, made);
    return made;
}

V interned_like(V v) {
    if (is_interned(v)) return v;
    Object* found = find_interned(v, hash_of(v));
    return found == nullptr ? UNSET : value_of(found);
}

// The interned object of that kind, size and sum that `matches`.
template <class F>
static V find_like(const Object* base, u64 size, u64 sum, F matches) {
    u64 hash = mix(sum + salt_of(base->kind));
    Slots* table = __atomic_load_n(&table_of(hash), __ATOMIC_ACQUIRE);
    if (table == nullptr) return UNSET;
    u64 at = hash & (table->capacity - 1);
    while (const Object* object = object_in(table->slots[at])) {
        if (table->slots[at].hash == hash && object->kind == base->kind && object->size == size && matches(object))
            return value_of(object);
        at = (at + 1) & (table->capacity - 1);
    }
    return UNSET;
}

static bool is_run(const V* a, const V* b, u64 size) { return std::memcmp(a, b, size * sizeof(V)) == 0; }

V interned_with_item(const Object* base, u64 place, V item, u64 sum) {
    return find_like(base, base->size, sum, [=](const Object* object) {
        if (base->kind == FUNCTION && object->domain != base->domain) return false;
        const V *items = object->items(), *others = base->items();
        return same(items[place], item) && is_run(items, others, place) &&
               is_run(items + place + 1, others + place + 1, base->size - place - 1);
    });
}

V interned_with_more(const Object* base, V item, u64 sum) {
    return find_like(base, base->size + u64(1), sum, [=](const Object* object) {
        const V *items = object->items(), *others = base->items();
        u64 place = 0;
        while (place < base->size && same(items[place], others[place])) place++;
        if (base->kind == SEQUENCE && place < base->size) return false;
        return same(items[place], item) && is_run(items + place + 1, others + place, base->size - place);
    });
}

V interned_without(const Object* base, u64 place, u64 sum) {
    return find_like(base, base->size - u64(1), sum, [=](const Object* object) {
        const V *items = object->items(), *others = base->items();
        return is_run(items, others, place) && is_run(items + place, others + place + 1, base->size - place - 1);
    });
}

static V copied(Object* object, u64 hash) {
    // The children first, since a fault must not leave half an object behind.
    u32 size = object->size;
    V children[16];
    V* items = size <= 16 ? children : static_cast<V*>(std::malloc(size * sizeof(V)));
    for (u32 i = 0; i < size; i++) items[i] = intern(object->items()[i]);
    Object* made;
    {
        Permanently stays;
        u64* place = static_cast<u64*>(allocate(sizeof(u64) + sizeof(Object) + size * sizeof(V)));
        *place = 0;
        made = reinterpret_cast<Object*>(place + 1);
    }
    made->sum = object->sum;
    made->size = size;
    made->kind = object->kind;
    made->flags = u8((object->flags & ~(INTERNED | WAITING)) | PERMANENT);
    made->detail = 0;
    made->domain = object->kind == FUNCTION ? object->domain : nullptr;
    std::memcpy(made->items(), items, size * sizeof(V));
    if (items != children) std::free(items);
    return value_of(add_interned(made, hash));
}

V intern_slow(V v) {
    if (is_set(v)) {
        if (!is_finite(v)) fault("an infinite set in a state");
        Object* set = explicit_set(v);
        require_comparable(set);
        v = value_of(set);
    } else {
        v = as_function(v);
    }
    if (is_interned(v)) return v;
    u64 hash = hash_of(v);
    Object* known = find_interned(v, hash);
    if (known != nullptr) return value_of(known);
    return copied(object_of(v), hash);
}

// --- what waits ------------------------------------------------------------------------------------------------------

__thread bool interns_later;
static __thread Arena waiting;
constexpr u32 MOST_LOOKED_AT = 16;

// Whether interning an object is sure to cause no fault.
static bool is_plain(const Object* object) {
    if (object->flags & PLAIN) return true;
    if (object->kind > FUNCTION || object->size > MOST_LOOKED_AT || (object->flags & UNORDERED)) return false;
    for (u32 i = 0; i < object->size; i++)
        if (!is_word_of_value(object->items()[i])) return false;
    return true;
}

V wait_to_intern(V v) {
    Object* object = object_of(v);
    if (!interns_later || !is_plain(object)) return intern_slow(v);
    if (object->flags & (WAITING | PERMANENT)) return v;
    u64 size = sizeof(Object) + object->size * sizeof(V);
    sum_of(object);
    Object* copy = static_cast<Object*>(std::memcpy(allocate_in(waiting, size), object, size));
    copy->flags |= WAITING;
    return value_of(copy);
}

void stop_waiting() {
    if (waiting.current != nullptr) reset(waiting);
}

// --- domains ---------------------------------------------------------------------------------------------------------

static SpinLock domain_lock;
static u32 domain_count;
constexpr u64 MAX_PLACES = 1024;

template <class T>
static T* permanent_array(u64 count) {
    Permanently stays;
    return static_cast<T*>(allocate(count * sizeof(T)));
}

static bool index_by_range(Domain* domain) {
    const V* keys = domain->keys;
    for (u32 i = 0; i < domain->size; i++)
        if (!is_int(keys[i]) || int_of(keys[i]) != int_of(keys[0]) + i64(i)) return false;
    domain->lookup = BY_RANGE;
    domain->base = u64(int_of(keys[0]));
    domain->span = domain->size;
    return true;
}

static bool index_by_place(Domain* domain) {
    const V* keys = domain->keys;
    u64 tag = tag_of(keys[0]), low = ~u64(0), high = 0;
    if (tag == POINTER) return false;
    for (u32 i = 0; i < domain->size; i++) {
        if (tag_of(keys[i]) != tag) return false;
        u64 place = keys[i].word >> TAG_BITS;
        low = place < low ? place : low;
        high = place > high ? place : high;
    }
    if (high - low >= MAX_PLACES) return false;
    u64 span = high - low + 1;
    u16* positions = permanent_array<u16>(span);
    std::memset(positions, 0, span * sizeof(u16));
    for (u32 i = 0; i < domain->size; i++) positions[(keys[i].word >> TAG_BITS) - low] = u16(i + 1);
    domain->lookup = BY_PLACE;
    domain->tag = u8(tag);
    domain->base = low;
    domain->span = span;
    domain->positions = positions;
    return true;
}

static void index_by_hash(Domain* domain) {
    if (domain->size >= 0xffff) {
        domain->lookup = BY_SEARCH;
        return;
    }
    u64 span = 2;
    while (span < u64(domain->size) * 2) span *= 2;
    u16* positions = permanent_array<u16>(span);
    std::memset(positions, 0, span * sizeof(u16));
    for (u32 i = 0; i < domain->size; i++) {
        u64 slot = hash_of(domain->keys[i]) & (span - 1);
        while (positions[slot] != 0) slot = (slot + 1) & (span - 1);
        positions[slot] = u16(i + 1);
    }
    domain->lookup = BY_HASH;
    domain->span = span;
    domain->positions = positions;
}

static Domain* make_domain(Object* set) {
    Domain* domain = permanent_array<Domain>(1);
    domain->size = set->size;
    domain->set = set;
    domain->keys = set->items();
    domain->permuted = nullptr;
    u64* mixes = permanent_array<u64>(set->size);
    for (u32 i = 0; i < set->size; i++) mixes[i] = key_mix(hash_of(domain->keys[i]));
    domain->mixes = mixes;
    if (!index_by_range(domain) && !index_by_place(domain)) index_by_hash(domain);
    return domain;
}

const Domain* domain_of(V set) {
    Object* keys = object_of(intern(set));
    const Domain* known = __atomic_load_n(&keys->domain, __ATOMIC_ACQUIRE);
    if (LIKELY(known != nullptr)) return known;
    Domain* made = make_domain(keys);
    Holding held(domain_lock);
    if (keys->domain != nullptr) return keys->domain;
    made->number = ++domain_count;
    __atomic_store_n(&keys->domain, made, __ATOMIC_RELEASE);
    return made;
}

const Domain* domain_of_keys(const V* keys, u32 size) {
    Object* set = new_object(SET, size);
    std::memcpy(set->items(), keys, size * sizeof(V));
    return domain_of(sorted_set(set, size));
}

// --- strings and model values ----------------------------------------------------------------------------------------

constexpr u64 PAGE_OF_NAMES = 1 << 12, MOST_PAGES = 1 << 16;
static SpinLock name_lock;
static Name* pages[MOST_PAGES];
static u64 name_count, start_count;
static u32* name_slots;  // by hash, place + 1
static u64 name_capacity;

static void add_name(const Name& name) {
    u64 page = name_count / PAGE_OF_NAMES;
    if (page == MOST_PAGES) throw Fault{FaultKind::MEMORY, "too many different strings"};
    if (pages[page] == nullptr) pages[page] = static_cast<Name*>(zeroed(PAGE_OF_NAMES * sizeof(Name)));
    pages[page][name_count++ % PAGE_OF_NAMES] = name;
}

void start_names(const Name* known, u64 count, const char* types) {
    for (u64 i = 0; i < count; i++) add_name(known[i]);
    start_count = count;
    model_types = types;
}

u64 known_names() { return start_count; }

u64 made_names() { return name_count - start_count; }
static Name name_at(u64 place) { return pages[place / PAGE_OF_NAMES][place % PAGE_OF_NAMES]; }
Name name_of(V atom) { return name_at(place_of(atom)); }

// The slot of a name, or the empty one that it would take.
static u32& slot_of(const char* text, u64 size) {
    u64 hash = FUNCTION_SALT;
    for (u64 i = 0; i < size; i++) hash = (hash ^ u8(text[i])) * SET_SALT;
    for (u64 at = mix(hash) & (name_capacity - 1);; at = (at + 1) & (name_capacity - 1)) {
        u32& slot = name_slots[at];
        if (slot == 0) return slot;
        Name name = name_at(slot - 1);
        if (name.size == size && std::memcmp(name.text, text, size) == 0) return slot;
    }
}

static void make_room_for_name() {
    if ((name_count + 1) * 2 < name_capacity) return;
    while ((name_count + 1) * 2 >= name_capacity) name_capacity = name_capacity == 0 ? 1 << 10 : name_capacity * 2;
    std::free(name_slots);
    name_slots = static_cast<u32*>(zeroed(name_capacity * sizeof(u32)));
    for (u64 i = 0; i < name_count; i++) {
        Name name = name_at(i);
        slot_of(name.text, name.size) = u32(i + 1);
    }
}

V string_of(const char* text, u64 size) {
    Holding held(name_lock);
    make_room_for_name();
    u32& slot = slot_of(text, size);
    if (slot == 0) {
        char* copy = static_cast<char*>(std::malloc(size + 1));
        std::memcpy(copy, text, size);
        add_name(Name{copy, size});
        slot = u32(name_count);
    }
    return string_value(slot - 1);
}

static bool starts_character(char byte) { return (u8(byte) & 0xc0) != 0x80; }

i64 string_length(V string) {
    Name name = name_of(string);
    i64 length = 0;
    for (u64 i = 0; i < name.size; i++) length += starts_character(name.text[i]);
    return length;
}

V substring(V string, u64 first, u64 last) {
    Name name = name_of(string);
    u64 character = 0, start = name.size, end = name.size;
    for (u64 i = 0; i < name.size; i++) {
        if (!starts_character(name.text[i])) continue;
        if (character == first) start = i;
        if (character == last) end = i;
        character++;
    }
    return string_of(name.text + start, start < end ? end - start : 0);
}

V joined_strings(V a, V b) {
    Name x = name_of(a), y = name_of(b);
    char* text = static_cast<char*>(allocate(x.size + y.size + 1));
    std::memcpy(text, x.text, x.size);
    std::memcpy(text + x.size, y.text, y.size);
    return string_of(text, x.size + y.size);
}
