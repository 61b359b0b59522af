// Sets held as arrays: making, comparing and combining them. What is lazy is expanded where it must be.
#include "sets.hpp"

#include <algorithm>

#include "interning.hpp"
#include "search.hpp"
#include "shapes.hpp"

[[noreturn]] COLD void not_a_set() { fault("not a set"); }
[[noreturn]] COLD void not_enumerable() { fault("not an enumerable set"); }

// --- making ----------------------------------------------------------------------------------------------------------

V sorted_set(Object* object, u64 size) {
    object->size = u32(size);
    return value_of(object);
}

static bool is_ascending(const V* items, u64 size) {
    for (u64 i = 1; i < size; i++)
        if (compare(items[i - 1], items[i]) >= 0) return false;
    return true;
}

static void insertion_sort(V* items, u64 size) {
    for (u64 i = 1; i < size; i++) {
        V item = items[i];
        u64 at = i;
        for (; at > 0 && compare(items[at - 1], item) > 0; at--) items[at] = items[at - 1];
        items[at] = item;
    }
}

V make_set(V* items, u64 size) {
    met_incomparable = false;
    if (!is_ascending(items, size)) {
        met_incomparable = false;
        if (size <= 16)
            insertion_sort(items, size);
        else
            std::sort(items, items + size, [](V a, V b) { return compare(a, b) < 0; });
        u64 kept = 1;
        for (u64 i = 1; i < size; i++)
            if (!equal_values(items[kept - 1], items[i])) items[kept++] = items[i];
        size = kept;
    }
    bool is_unordered = met_incomparable;
    Object* object = new_object(SET, size);
    std::memcpy(object->items(), items, size * sizeof(V));
    if (is_unordered) object->flags |= UNORDERED;
    return value_of(object);
}

V empty_set() { return value_of(new_object(SET, 0)); }

COLD void Collector::grow() {
    capacity *= 4;
    V* larger = static_cast<V*>(allocate(capacity * sizeof(V)));
    std::memcpy(larger, items, size * sizeof(V));
    items = larger;
}

V Collector::filtered() {
    Object* object = new_object(SET, size);
    std::memcpy(object->items(), items, size * sizeof(V));
    return value_of(object);
}

constexpr i64 SMALL_INTERVAL = 256;
constexpr i64 KEPT_SEGMENTS = 64;
static Object* segments[KEPT_SEGMENTS + 1];  // 1..n, made once

static Object* array_of_interval(i64 low, i64 high) {
    u64 size = high < low ? 0 : u64(high - low) + 1;
    Object* object = new_object(SET, size);
    for (u64 i = 0; i < size; i++) object->items()[i] = integer(low + i64(i));
    return object;
}

V interval(i64 low, i64 high) {
    if (low == 1 && high >= 0 && high <= KEPT_SEGMENTS) {
        Object* known = __atomic_load_n(&segments[high], __ATOMIC_ACQUIRE);
        if (LIKELY(known != nullptr)) return value_of(known);
        Object* made = object_of(intern(value_of(array_of_interval(1, high))));
        __atomic_store_n(&segments[high], made, __ATOMIC_RELEASE);
        return value_of(made);
    }
    if (high - low <= SMALL_INTERVAL) return value_of(array_of_interval(low, high));
    Object* object = new_object(INTERVAL, 2);
    object->items()[0] = integer(low);
    object->items()[1] = integer(high);
    return value_of(object);
}

// --- membership ------------------------------------------------------------------------------------------------------

constexpr u32 SCANNED = 8;
constexpr u32 SCANNED_BY_WORD = 256;

static bool is_among(V value, const Object* set) {
    const V* items = set->items();
    for (u32 i = 0; i < set->size; i++)
        if (same(items[i], value)) return true;
    return false;
}

// Whether looking for a value by its word finds it: atoms, and what is interned in a set that is.
static bool is_known_by_word(V value, const Object* set) {
    return set->size <= SCANNED_BY_WORD && (!is_pointer(value) || ((set->flags & INTERNED) && is_explicit(value)));
}

bool found_in(V value, const Object* set) {
    const V* items = set->items();
    if (set->size > SCANNED && is_known_by_word(value, set)) {
        if (is_pointer(value)) value = interned_like(value);
        return !is_unset(value) && is_among(value, set);
    }
    if (set->size <= SCANNED) {
        for (u32 i = 0; i < set->size; i++)
            if (same(items[i], value)) return true;
        if (!is_pointer(value)) return false;
        bool is_unique = is_interned(value);
        if ((set->flags & INTERNED) && is_unique) return false;
        for (u32 i = 0; i < set->size; i++) {
            if (!is_pointer(items[i]) || (is_unique && is_interned(items[i]))) continue;
            if (equal_values(items[i], value)) return true;
        }
        return false;
    }
    u32 low = 0, high = set->size;
    while (low < high) {
        u32 middle = (low + high) / 2;
        int order = compare(items[middle], value);
        if (order == 0) return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

// Whether TLC compares any value of the shape of this one with the first elements of a set. Where it does, with a set
// that stays, that is remembered.
static bool compares_with_first(V value, Object* set) {
    struct Pair {
        const Object* set;
        u16 shape;
    };
    constexpr u64 KEPT = 1 << 8;
    static __thread Pair known[KEPT];
    u16 shape = shape_of(value), before = NO_SHAPE;
    Pair& pair = known[((reinterpret_cast<u64>(set) ^ u64(shape) << 40) * 0x9e3779b97f4a7c15u >> 32) % KEPT];
    if (pair.set == set && pair.shape == shape) return true;
    for (u32 i = 0; i < set->size && i < SCANNED; i++) {
        V item = set->items()[i];
        if (i > 0 && shape_of(item) == before && before != NO_SHAPE) continue;
        if (!compare_by_shape(value, item)) return false;
        before = shape_of(item);
    }
    if (stays(value_of(set))) pair = Pair{set, shape};
    return true;
}

// `differ`, of interned values once.
static void require_difference(V a, V b) {
    struct Pair {
        V a, b;
    };
    constexpr u64 KEPT = 1 << 9;
    static __thread Pair known[KEPT];
    if (!is_pointer(a) || !is_pointer(b) || !is_interned(a) || !is_interned(b)) {
        differ(a, b);
        return;
    }
    Pair& pair = known[((a.word ^ (b.word << 20)) * 0x9e3779b97f4a7c15u >> 32) % KEPT];
    if (same(pair.a, a) && same(pair.b, b)) return;
    differ(a, b);
    pair = Pair{a, b};
}

// `member_of_lazy`, of an interned value and a set that stays: that it is an element is remembered.
static bool is_known_member(V value, V set) {
    struct Pair {
        V value, set;
    };
    constexpr u64 KEPT = 1 << 11;
    static __thread Pair known[KEPT];
    Pair& pair = known[((value.word ^ (set.word << 20)) * 0x9e3779b97f4a7c15u >> 32) % KEPT];
    if (same(pair.value, value) && same(pair.set, set)) return true;
    if (!member_of_lazy(value, object_of(set))) return false;
    pair = Pair{value, set};
    return true;
}

bool member_slow(V value, V set) {
    if (!is_set(set)) not_a_set();
    Object* object = object_of(set);
    if (object->kind != SET) {
        bool is_remembered = is_pointer(value) && is_interned(value) && stays(set) && !SPECIFICATION.counts_all;
        return is_remembered ? is_known_member(value, set) : member_of_lazy(value, object);
    }
    return found_in(value, object) || not_found(value, object);
}

bool not_found(V value, Object* set) {
    // The elements are of one kind, or TLC would not have them in a set, so a few stand for all.
    if (compares_with_first(value, set)) return false;
    for (u32 i = 0; i < set->size && i < SCANNED; i++) require_difference(value, set->items()[i]);
    return false;
}

// --- operators -------------------------------------------------------------------------------------------------------

static Object* merged(const Object* a, const Object* b) {
    Object* made = new_object(SET, u64(a->size) + b->size);
    const V *x = a->items(), *x_end = x + a->size, *y = b->items(), *y_end = y + b->size;
    V* out = made->items();
    met_incomparable = false;
    while (x != x_end && y != y_end) {
        int order = compare(*x, *y);
        *out++ = order <= 0 ? *x : *y;
        x += order <= 0;
        y += order >= 0;
    }
    while (x != x_end) *out++ = *x++;
    while (y != y_end) *out++ = *y++;
    made->size = u32(out - made->items());
    if (met_incomparable || ((a->flags | b->flags) & UNORDERED)) made->flags |= UNORDERED;
    return made;
}

static const V* place_for(const Object* set, V value, bool& is_found) {
    const V *low = set->items(), *high = low + set->size;
    is_found = false;
    while (low < high) {
        const V* middle = low + (high - low) / 2;
        int order = compare(*middle, value);
        if (order == 0) {
            is_found = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static V with_element(Object* set, V value) {
    if ((set->flags & INTERNED) && is_pointer(value) && is_explicit(value) && !is_interned(value)) {
        value = interned_where_known(value);
    }
    bool is_by_word = (set->flags & INTERNED) && is_word_of_value(value) && set->size <= SCANNED_BY_WORD;
    if (is_by_word) {
        if (is_among(value, set)) return value_of(set);
        V known = interns_later ? UNSET : interned_with_more(set, value, sum_of(set) + element_term(hash_of(value)));
        if (!is_unset(known)) return known;
    }
    bool is_found;
    met_incomparable = false;
    const V* place = place_for(set, value, is_found);
    if (is_found) return value_of(set);
    bool is_unordered = met_incomparable || (set->flags & UNORDERED);
    Object* made = new_object(SET, u64(set->size) + 1);
    u64 before = u64(place - set->items());
    std::memcpy(made->items(), set->items(), before * sizeof(V));
    made->items()[before] = value;
    std::memcpy(made->items() + before + 1, place, (set->size - before) * sizeof(V));
    if (is_unordered) made->flags |= UNORDERED;
    else if ((set->flags & (INTERNED | PLAIN)) && is_word_of_value(value)) made->flags |= PLAIN;
    if (set->flags & HASHED) {
        made->sum = set->sum + element_term(hash_of(value));
        made->flags |= HASHED;
    }
    return value_of(made);
}

static V without_element(Object* set, V value) {
    bool is_found;
    const V* place = place_for(set, value, is_found);
    if (!is_found) return value_of(set);
    u64 before = u64(place - set->items());
    if ((set->flags & INTERNED) && !interns_later) {
        V known = interned_without(set, before, sum_of(set) - element_term(hash_of(*place)));
        if (!is_unset(known)) return known;
    }
    Object* made = new_object(SET, set->size - 1);
    std::memcpy(made->items(), set->items(), before * sizeof(V));
    std::memcpy(made->items() + before, place + 1, (set->size - before - 1) * sizeof(V));
    made->flags |= set->flags & UNORDERED;
    if ((set->flags & (INTERNED | PLAIN)) && !(set->flags & UNORDERED)) made->flags |= PLAIN;
    if (set->flags & HASHED) {
        made->sum = set->sum - element_term(hash_of(value));
        made->flags |= HASHED;
    }
    return value_of(made);
}

static V combined(Combination combination, V a, V b) {
    Object* made = new_object(COMBINED, 2);
    made->detail = combination;
    made->items()[0] = a;
    made->items()[1] = b;
    return value_of(made);
}

static bool is_written_empty(V v) { return is_kind(v, SET) && object_of(v)->size == 0; }

static void require_set(V v) {
    if (!is_set(v)) not_a_set();
}

// TLC refuses to look for what does not compare; the first elements stand for all.
static void require_one_kind(const Object* a, const Object* b) {
    if (a->size == 0 || b->size == 0) return;
    V x = a->items()[0], y = b->items()[0];
    if (tag_of(x) != tag_of(y) || (is_pointer(x) && is_function(x) != is_function(y))) differ(x, y);
}

V set_union(V a, V b) {
    // As in TLC, an empty side that is written out is united with anything: the other is the result.
    if (is_written_empty(a)) return b;
    if (is_written_empty(b) && !is_reducible(a)) return a;
    require_set(a);
    require_set(b);
    if (!is_reducible(a) || !is_reducible(b)) return combined(UNION, a, b);
    Object *x = explicit_set(a), *y = explicit_set(b);
    if (y->size == 0) return value_of(x);
    if (y->size == 1) return with_element(x, y->items()[0]);
    if (x->size == 1) return with_element(y, x->items()[0]);
    return value_of(merged(x, y));
}

template <class F>
static V filter(V set, F keeps) {
    Collector found;
    Each each(set);
    while (each.next())
        if (keeps(each.value)) found.add(each.value);
    return found.filtered();
}

// The elements of one side that are, or are not, in the other, which TLC looks at only to test them.
static V filtered_by(V side, V other, bool is_kept) {
    if (explicit_set(side)->size > 0) require_set(other);
    return filter(side, [other, is_kept](V value) { return member(value, other) == is_kept; });
}

// The elements of `x` that are, or are not, in `y`.
static V chosen(Object* x, const Object* y, bool is_kept) {
    require_one_kind(x, y);
    Object* made = new_object(SET, x->size);
    u64 size = 0;
    for (u32 i = 0; i < x->size; i++)
        if (found_in(x->items()[i], y) == is_kept) made->items()[size++] = x->items()[i];
    if (x->flags & UNORDERED) return make_set(made->items(), size);
    return sorted_set(made, size);
}

V set_intersection(V a, V b) {
    if (is_kind(a, SET) && is_kind(b, SET)) return chosen(object_of(a), object_of(b), true);
    if (is_reducible(a)) return filtered_by(a, b, true);
    if (is_reducible(b)) return filtered_by(b, a, true);
    require_set(a);
    require_set(b);
    return is_finite(b) && !is_finite(a) ? combined(INTERSECTION, b, a) : combined(INTERSECTION, a, b);
}

V set_difference(V a, V b) {
    if (is_kind(a, SET) && is_kind(b, SET)) {
        Object *x = object_of(a), *y = object_of(b);
        if (y->size == 0) return a;
        if (y->size > 1 || (x->flags & UNORDERED)) return chosen(x, y, false);
        require_one_kind(x, y);
        return without_element(x, y->items()[0]);
    }
    if (is_reducible(a)) return filtered_by(a, b, false);
    require_set(a);
    require_set(b);
    return combined(DIFFERENCE, a, b);
}

V united(V sets) {
    if (is_kind(sets, SUBSET)) return object_of(sets)->items()[0];
    bool is_plain = is_kind(sets, SET);
    Collector all;
    for (u32 i = 0; is_plain && i < object_of(sets)->size; i++) {
        V set = object_of(sets)->items()[i];
        is_plain = is_kind(set, SET);
        for (u32 j = 0; is_plain && j < object_of(set)->size; j++) all.add(object_of(set)->items()[j]);
    }
    if (is_plain) return all.set();
    Object* made = new_object(UNITED, 1);
    made->items()[0] = sets;
    return value_of(made);
}

V union_of(V sets) {
    if (!is_set(sets)) not_enumerable();
    if (is_kind(sets, SET))
        for (u32 i = 0; i < object_of(sets)->size; i++) require_set(object_of(sets)->items()[i]);
    return united(sets);
}

bool all_found(const Object* a, const Object* b) {
    if (a->size > b->size) return false;
    for (u32 i = 0; i < a->size; i++)
        if (!found_in(a->items()[i], b)) return false;
    return true;
}

// Its elements are tested one by one, up to the first that is not in `b` (EnumerableValue.isSubsetEq).
static bool is_filter_subset(FilteredSet* a, V b) {
    Each each(a->source);
    while (each.next()) {
        if (!a->test(a, each.value)) continue;
        require_set(b);
        if (!member(each.value, b)) return false;
    }
    return true;
}

bool is_subset(V a, V b) {
    require_set(a);
    if (is_kind(a, SET) && is_kind(b, SET) && all_found(object_of(a), object_of(b))) {
        require_comparable(object_of(b));
        return true;
    }
    if (is_kind(a, SUBSET) && is_kind(b, SUBSET)) return is_subset(object_of(a)->items()[0], object_of(b)->items()[0]);
    if (is_kind(a, FILTERED) && object_of(a)->expanded == nullptr)
        return is_filter_subset(static_cast<FilteredSet*>(object_of(a)), b);
    Each each(value_of(explicit_set(a)));
    while (each.next()) {
        require_set(b);  // TLC looks at the right side only to test elements of the left
        if (!member(each.value, b)) return false;
    }
    return true;
}

// --- hashes ----------------------------------------------------------------------------------------------------------

u64 compute_sum(Object* object) {
    u64 sum = 0;
    const V* items = object->items();
    if (object->kind == SET)
        for (u32 i = 0; i < object->size; i++) sum += element_term(hash_of(items[i]));
    else if (object->kind == SEQUENCE)
        for (u32 i = 0; i < object->size; i++) sum += place_term(i + 1, hash_of(items[i]));
    else
        for (u32 i = 0; i < object->size; i++) sum += pair_term(object->domain->mixes[i], hash_of(items[i]));
    object->sum = sum;
    object->flags |= HASHED;
    return sum;
}

COLD u64 hash_of_lazy(Object* object) {
    V v = value_of(object);
    if (object->kind == LAZY_FUNCTION) return hash_of(expand_function(v));
    return is_finite(v) ? hash_of(value_of(explicit_set(v))) : mix(object->kind);
}
