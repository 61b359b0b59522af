// Sets known by their rule: membership without expanding, sizes by arithmetic, and their elements in TLC's order.
#include "interning.hpp"
#include "subsets.hpp"

// --- making ----------------------------------------------------------------------------------------------------------

static V lazy_set(Kind kind, u64 size, const V* parts) {
    Object* made = new_object(kind, size);
    if (size > 0) std::memcpy(made->items(), parts, size * sizeof(V));
    return value_of(made);
}

V subset_of(V base) { return lazy_set(SUBSET, 1, &base); }
V sequences_of(V base) { return lazy_set(SEQUENCES, 1, &base); }
V product(const V* sets, u64 count) { return lazy_set(PRODUCT, count, sets); }

V function_set(V domain, V range) {
    const V parts[] = {domain, range};
    return lazy_set(FUNCTION_SET, 2, parts);
}

V record_set(V names, const V* sets) {
    u32 count = object_of(names)->size;
    Object* made = new_object(RECORD_SET, u64(count) + 1);
    made->items()[0] = names;
    std::memcpy(made->items() + 1, sets, count * sizeof(V));
    return value_of(made);
}

V infinite(InfiniteName name) {
    V made = lazy_set(INFINITE, 0, nullptr);
    object_of(made)->detail = name;
    return made;
}

V subsets_of_size(V size, V base) {
    number(size);
    cardinality(base);
    const V parts[] = {base, size};
    return lazy_set(SIZED_SUBSETS, 2, parts);
}

V short_sequences(V base, V most) {
    number(most);
    const V parts[] = {base, most};
    return lazy_set(SHORT_SEQUENCES, 2, parts);
}

void init_filtered_set(FilteredSet* set, V source) {
    if (!is_set(source)) not_a_set();
    set->sum = 0;
    set->size = 1;
    set->kind = FILTERED;
    set->flags = is_permanent ? PERMANENT : 0;
    set->detail = 0;
    set->expanded = nullptr;
    set->source = source;
    set->make = nullptr;
}

// --- membership ------------------------------------------------------------------------------------------------------

[[noreturn]] COLD static void ill_typed() { fault("cannot tell whether a value is an element of a set of another kind"); }

// A function that may be an element; UNSET for a model value, which is none.
static V as_member_function(V value) {
    if (is_function(value)) return as_function(value);
    if (is_untyped_model(value)) return UNSET;
    ill_typed();
}

static bool member_of_infinite(V value, u16 name) {
    if (name == ANYTHING) return true;
    if (tag_of(value) == (name == STRINGS ? STRING : INT)) return name != NAT || int_of(value) >= 0;
    if (is_untyped_model(value)) return false;
    ill_typed();
}

static bool all_members(V function, V set) {
    Object* object = object_of(function);
    for (u32 i = 0; i < object->size; i++)
        if (!member(object->items()[i], set)) return false;
    return true;
}

static bool each_member(V function, const V* sets) {
    Object* object = object_of(function);
    for (u32 i = 0; i < object->size; i++)
        if (!member(object->items()[i], sets[i])) return false;
    return true;
}

// Of a function that is no element, by its domain: TLC finds that out where the domain is of that kind.
static bool differs_in_domain(V function, u64 tag) {
    const Object* object = object_of(function);
    bool is_sequence = object->kind == SEQUENCE;
    for (u32 i = 0; i < object->size; i++)
        if ((is_sequence ? u64(INT) : tag_of(object->domain->keys[i])) != tag) ill_typed();
    return false;
}

static bool member_of_sequences(V function, V base) {
    if (!is_kind(function, SEQUENCE)) ill_typed();
    return all_members(function, base);
}

static bool member_of_functions(V value, Object* set) {
    const V* parts = set->items();
    bool is_spelled = tag_of(value) == STRING && (set->kind == PRODUCT || set->kind == SEQUENCES);
    V function = as_member_function(is_spelled ? spelled(value) : value);
    if (is_unset(function)) return false;
    switch (set->kind) {
        case FUNCTION_SET:
            if (!is_set(parts[0])) not_a_set();
            return equal(domain_set(function), parts[0]) && all_members(function, parts[1]);
        case RECORD_SET: {
            Object* object = object_of(function);
            if (object->kind == FUNCTION && object->domain->set == object_of(parts[0]))
                return each_member(function, parts + 1);
            return differs_in_domain(function, STRING);
        }
        case PRODUCT:
            if (is_kind(function, SEQUENCE) && object_of(function)->size == set->size) return each_member(function, parts);
            return differs_in_domain(function, INT);
        case SEQUENCES: return member_of_sequences(function, parts[0]);
        default:
            return is_kind(function, SEQUENCE) && i64(object_of(function)->size) <= int_of(parts[1]) &&
                   all_members(function, parts[0]);
    }
}

static bool member_of_subsets(V value, V base) {
    if (is_untyped_model(value)) return false;
    if (!is_set(value)) ill_typed();
    if (is_kind(value, SET) && is_kind(base, SET) && all_found(object_of(value), object_of(base))) return true;
    return is_subset(value, base);
}

// The sets that UNION unites, in order.
static Each united_sets(const Object* set) {
    Each all(value_of(explicit_set(set->items()[0])));
    for (const V* at = all.at; at != all.end; at++)
        if (!is_set(*at)) not_a_set();
    return all;
}

static bool member_of_united(V value, const Object* set) {
    Each all(value_of(explicit_set(set->items()[0])));
    while (all.next()) {
        if (!is_set(all.value)) not_a_set();
        if (member(value, all.value)) return true;
    }
    return false;
}

static bool member_of_combined(V value, Object* set) {
    V a = set->items()[0], b = set->items()[1];
    switch (set->detail) {
        case UNION:  // TLC looks first into the one that is written out
            return is_reducible(b) ? member(value, b) || member(value, a) : member(value, a) || member(value, b);
        case INTERSECTION: return member(value, a) && member(value, b);
        default: return member(value, a) && !member(value, b);
    }
}

bool member_of_lazy(V value, Object* set) {
    const V* parts = set->items();
    switch (set->kind) {
        case INTERVAL:
            if (is_int(value)) return int_of(parts[0]) <= int_of(value) && int_of(value) <= int_of(parts[1]);
            if (is_untyped_model(value)) return false;
            ill_typed();
        case SUBSET: return member_of_subsets(value, parts[0]);
        case SIZED_SUBSETS: return member_of_subsets(value, parts[0]) && cardinality(value) == int_of(parts[1]);
        case INFINITE: return member_of_infinite(value, set->detail);
        case COMBINED: return member_of_combined(value, set);
        case UNITED: return member_of_united(value, set);
        case FILTERED: {
            auto* filtered = static_cast<FilteredSet*>(set);
            return member(value, filtered->source) && filtered->test(filtered, value);
        }
        default: return member_of_functions(value, set);
    }
}

// --- sizes -----------------------------------------------------------------------------------------------------------

bool is_finite(V v) {
    if (!is_set(v)) not_enumerable();
    Object* set = object_of(v);
    const V* parts = set->items();
    switch (set->kind) {
        case SUBSET:
        case SIZED_SUBSETS:
        case SHORT_SEQUENCES: return is_finite(parts[0]);
        case FUNCTION_SET: return is_finite(parts[0]) && is_finite(parts[1]);
        case RECORD_SET:
            for (u32 i = 1; i < set->size; i++)
                if (!is_finite(parts[i])) return false;
            return true;
        case PRODUCT:
            for (u32 i = 0; i < set->size; i++)
                if (!is_finite(parts[i])) return false;
            return true;
        case COMBINED: return is_finite(parts[0]) && (set->detail != UNION || is_finite(parts[1]));
        case UNITED:
            for (Each all = united_sets(set); all.next();)
                if (!is_finite(all.value)) return false;
            return true;
        case FILTERED: return is_finite(static_cast<FilteredSet*>(set)->source);
        case SEQUENCES:
        case INFINITE: return false;
        default: return true;
    }
}

static bool all_finite(const V* sets, u64 count) {
    for (u64 i = 0; i < count; i++)
        if (!is_finite_set(sets[i])) return false;
    return true;
}

[[noreturn]] COLD static void undecided() { fault("cannot tell whether a part of an infinite set is finite"); }

static bool is_finite_combined(const Object* set) {
    const V* parts = set->items();
    switch (set->detail) {
        case UNION: return all_finite(parts, 2);
        case INTERSECTION:
            if (!is_finite_set(parts[0]) && !is_finite_set(parts[1])) undecided();
            return true;
        default:
            if (is_finite_set(parts[0])) return true;
            if (!is_finite_set(parts[1])) undecided();
            return false;
    }
}

bool is_finite_set(V v) {
    if (!is_set(v)) not_enumerable();
    Object* set = object_of(v);
    switch (set->kind) {
        case SUBSET: return is_finite_set(set->items()[0]);
        case FUNCTION_SET:
        case PRODUCT: return all_finite(set->items(), set->size);
        case RECORD_SET: return all_finite(set->items() + 1, set->size - 1);
        case COMBINED: return is_finite_combined(set);
        case FILTERED:
            if (!is_finite_set(static_cast<FilteredSet*>(set)->source)) undecided();
            return true;
        default: return is_finite(v);
    }
}

static i64 times(i64 a, i64 b) {
    i64 result;
    if (__builtin_mul_overflow(a, b, &result)) overflow();
    return result;
}

static i64 power_of(i64 base, i64 exponent) {
    i64 result = 1;
    for (i64 i = 0; i < exponent && result != 0 && base != 1; i++) result = times(result, base);
    return result;
}

static i64 binomial(i64 n, i64 k) {
    if (k < 0 || k > n) return 0;
    i64 result = 1;
    for (i64 i = 1; i <= k; i++) result = times(result, n - k + i) / i;
    return result;
}

static i64 size_of_product(const V* sets, u64 count) {
    i64 size = 1;
    for (u64 i = 0; i < count; i++) size = times(size, cardinality(sets[i]));
    return size;
}

i64 cardinality(V v) {
    if (LIKELY(is_kind(v, SET))) {
        require_comparable(object_of(v));
        return object_of(v)->size;
    }
    if (!is_finite(v)) not_enumerable();
    Object* set = object_of(v);
    const V* parts = set->items();
    switch (set->kind) {
        case INTERVAL: return int_of(parts[1]) - int_of(parts[0]) + 1;
        case SUBSET: return power_of(2, cardinality(parts[0]));
        case FUNCTION_SET: return power_of(cardinality(parts[1]), cardinality(parts[0]));
        case RECORD_SET: return size_of_product(parts + 1, set->size - 1);
        case PRODUCT: return size_of_product(parts, set->size);
        case SIZED_SUBSETS: return binomial(cardinality(parts[0]), int_of(parts[1]));
        case SHORT_SEQUENCES: {
            i64 total = 0;
            for (i64 length = 0; length <= int_of(parts[1]); length++) total += power_of(cardinality(parts[0]), length);
            return total;
        }
        default: return explicit_set(v)->size;
    }
}

// --- elements --------------------------------------------------------------------------------------------------------

struct IntervalElements : Generator {
    i64 at, last;
    bool advance() {
        if (at > last) return false;
        at++;
        return true;
    }

    V element() const { return integer(at - 1); }
};

// Functions, records, tuples: values from sets of their own, the last varying fastest.
struct ProductElements : Generator {
    u32 count;
    Object** sets;
    u32* at;
    const Domain* domain;  // null for sequences
    bool is_started, is_over;
    i64 more_lengths;  // SHORT_SEQUENCES: how many lengths are left

    V element() const {
        Object* made = domain != nullptr ? new_function(domain) : new_object(SEQUENCE, count);
        for (u32 i = 0; i < count; i++) made->items()[i] = sets[i]->items()[at[i]];
        return value_of(made);
    }

    bool advance() {
        while (!count_up())
            if (!lengthen()) return false;
        return true;
    }

    bool count_up() {
        if (is_over) return false;
        if (!is_started) {
            is_started = true;
            for (u32 i = 0; i < count; i++)
                if (sets[i]->size == 0) is_over = true;
            return !is_over;
        }
        for (u32 i = count; i-- > 0;) {
            if (++at[i] < sets[i]->size) return true;
            at[i] = 0;
        }
        is_over = true;
        return false;
    }

    bool lengthen() {
        if (more_lengths == 0) return false;
        more_lengths--;
        count++;
        std::memset(at, 0, count * sizeof(u32));
        is_started = is_over = false;
        return true;
    }
};

struct ArrayElements : Generator {
    const V *at, *end;
    bool advance() { return at != end && at++ != nullptr; }
    V element() const { return at[-1]; }
};

Object* ordered_set(V set) {
    Object* object = explicit_set(set);
    if (object->flags & UNORDERED) incomparable();
    return object;
}

static ProductElements* products(u64 room) {
    auto* made = new_generator<ProductElements>();
    made->sets = static_cast<Object**>(allocate((room + 1) * sizeof(Object*)));
    made->at = static_cast<u32*>(allocate((room + 1) * sizeof(u32)));
    std::memset(made->at, 0, (room + 1) * sizeof(u32));
    return made;
}

static Generator* functions(Object* set) {
    FunctionBuilder shape(set->items()[0]);
    ProductElements* made = products(shape.size);
    made->count = shape.size;
    made->domain = shape.object->kind == FUNCTION ? shape.object->domain : nullptr;
    for (u32 i = 0; i < shape.size; i++) made->sets[i] = ordered_set(set->items()[1]);
    return made;
}

static Generator* tuples(const V* sets, u32 count, const Domain* domain) {
    ProductElements* made = products(count);
    made->count = count;
    made->domain = domain;
    for (u32 i = 0; i < count; i++) made->sets[i] = ordered_set(sets[i]);
    return made;
}

static Generator* growing_sequences(V base, i64 most) {
    ProductElements* made = products(u64(most < 0 ? 0 : most));
    made->is_over = most < 0;
    made->more_lengths = most < 0 ? 0 : most;
    for (i64 i = 0; i < most; i++) made->sets[i] = ordered_set(base);
    return made;
}

static Generator* array(V set) {
    auto* made = new_generator<ArrayElements>();
    Object* object = ordered_set(set);
    made->at = object->items();
    made->end = made->at + object->size;
    return made;
}

static Generator* interval_elements(i64 low, i64 high) {
    auto* made = new_generator<IntervalElements>();
    made->at = low;
    made->last = high;
    return made;
}

Generator* generator_of(V v) {
    if (!is_set(v) || !is_finite(v)) not_enumerable();
    Object* set = object_of(v);
    const V* parts = set->items();
    if (set->expanded != nullptr) return array(v);
    switch (set->kind) {
        case INTERVAL: return interval_elements(int_of(parts[0]), int_of(parts[1]));
        case SUBSET: return subset_elements(parts[0], 0, cardinality(parts[0]));
        case SIZED_SUBSETS: {
            i64 size = int_of(parts[1]);
            return size < 0 ? interval_elements(1, 0) : subset_elements(parts[0], size, size);
        }
        case FUNCTION_SET: return functions(set);
        case RECORD_SET: return tuples(parts + 1, set->size - 1, domain_of(parts[0]));
        case PRODUCT: return tuples(parts, set->size, nullptr);
        case SHORT_SEQUENCES: return growing_sequences(parts[0], int_of(parts[1]));
        default: return array(v);
    }
}

static void add_all(Collector& found, V set) {
    const Object* object = explicit_set(set);
    for (u32 i = 0; i < object->size; i++) found.add(object->items()[i]);
}

static Object* expand_combined(Object* set) {
    V a = set->items()[0], b = set->items()[1];
    Collector found;
    if (set->detail == UNION) {
        add_all(found, a);
        add_all(found, b);
        return ordered_set(found.set());
    }
    Each each(a);
    while (each.next())
        if (member(each.value, b) == (set->detail == INTERSECTION)) found.add(each.value);
    return object_of(found.filtered());
}

static Object* expand_united(const Object* set) {
    Collector found;
    for (Each all = united_sets(set); all.next();) add_all(found, all.value);
    return ordered_set(found.set());
}

static Object* expand(Object* set) {
    if (set->kind == COMBINED) return expand_combined(set);
    if (set->kind == UNITED) return expand_united(set);
    Collector found;
    if (set->kind == FILTERED) {
        auto* filtered = static_cast<FilteredSet*>(set);
        if (filtered->make != nullptr) return explicit_set(filtered->make(filtered));
        Each each(filtered->source);
        while (each.next())
            if (filtered->test(filtered, each.value)) found.add(each.value);
        return object_of(found.filtered());
    }
    if (set->kind != SHORT_SEQUENCES && u64(cardinality(value_of(set))) > SET_LIMIT) fault("a set with too many elements");
    Generator* generator = generator_of(value_of(set));
    for (V value; generator->next(generator, value);) {
        found.add(value);
        if (found.size > SET_LIMIT) fault("a set with too many elements");
    }
    return object_of(found.filtered());
}

Object* explicit_set(V v) {
    if (LIKELY(is_kind(v, SET))) return object_of(v);
    if (!is_set(v) || !is_finite(v)) not_enumerable();
    Object* set = object_of(v);
    Object* known = __atomic_load_n(&set->expanded, __ATOMIC_ACQUIRE);
    if (known != nullptr) return known;
    if (set->flags & PERMANENT) {
        Permanently stays;
        known = expand(set);
    } else {
        known = expand(set);
    }
    __atomic_store_n(&set->expanded, known, __ATOMIC_RELEASE);
    return known;
}
