// Functions, sequences and records.
#include "functions.hpp"

#include "interning.hpp"
#include "sets.hpp"

[[noreturn]] COLD void not_a_function() { fault("not a function"); }
[[noreturn]] COLD void outside_domain() { fault("a function is applied outside its domain"); }
[[noreturn]] COLD static void not_a_sequence() { fault("not a sequence"); }

// --- application -----------------------------------------------------------------------------------------------------

i64 search_domain(const Domain* domain, V key) {
    if (domain->lookup == BY_HASH) {
        u64 last = domain->span - 1, slot = hash_of(key) & last;
        for (; domain->positions[slot] != 0; slot = (slot + 1) & last) {
            u32 position = domain->positions[slot] - 1u;
            if (equal_values(domain->keys[position], key)) return position;
        }
        return -1;
    }
    u32 low = 0, high = domain->size;
    while (low < high) {
        u32 middle = (low + high) / 2;
        int order = compare(domain->keys[middle], key);
        if (order == 0) return middle;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return -1;
}

V apply_slow(V function, V argument) {
    if (is_kind(function, LAZY_FUNCTION)) {
        auto* lazy = static_cast<LazyFunction*>(object_of(function));
        return apply_lazy(lazy, argument);
    }
    if (!is_function(function)) not_a_function();
    outside_domain();
}

V field_slow(V record, V name, FieldCache& cache) {
    if (is_kind(record, FUNCTION)) {
        const Domain* domain = object_of(record)->domain;
        i64 position = find_in(domain, name);
        if (position < 0) outside_domain();
        cache = FieldCache{u32(position), domain->number};
        return object_of(record)->items()[position];
    }
    return apply_slow(record, name);
}

// --- making ----------------------------------------------------------------------------------------------------------

V make_sequence(const V* items, u64 size) {
    Object* object = new_object(SEQUENCE, size);
    std::memcpy(object->items(), items, size * sizeof(V));
    return value_of(object);
}

V make_record(const Domain* domain, const V* items) {
    Object* object = new_function(domain);
    std::memcpy(object->items(), items, domain->size * sizeof(V));
    return value_of(object);
}

// Whether a set in order is 1..n.
static bool is_initial_segment(const Object* set) {
    u32 n = set->size;
    return n == 0 || (same(set->items()[0], integer(1)) && same(set->items()[n - 1], integer(n)) && is_int(set->items()[0]));
}

FunctionBuilder::FunctionBuilder(V set) {
    Object* keys_set = explicit_set(set);
    if (keys_set->flags & UNORDERED) incomparable();
    size = keys_set->size;
    if (is_initial_segment(keys_set)) {
        object = new_object(SEQUENCE, size);
        keys = keys_set->items();
        return;
    }
    const Domain* domain = domain_of(value_of(keys_set));
    object = new_function(domain);
    keys = domain->keys;
}

V function_of_pairs(V* keys, V* values, u32 size) {
    met_incomparable = false;
    for (u32 i = 1; i < size; i++) {
        V key = keys[i], value = values[i];
        u32 at = i;
        for (; at > 0 && compare(keys[at - 1], key) > 0; at--) {
            keys[at] = keys[at - 1];
            values[at] = values[at - 1];
        }
        keys[at] = key;
        values[at] = value;
    }
    if (met_incomparable) incomparable();
    Object* set = new_object(SET, size);
    std::memcpy(set->items(), keys, size * sizeof(V));
    FunctionBuilder made(sorted_set(set, size));
    std::memcpy(made.object->items(), values, size * sizeof(V));
    return value_of(made.object);
}

V with_item(V function, i64 position, V item) {
    Object* old = object_of(function);
    V before = old->items()[position];
    if (same(before, item)) return function;
    u64 sum = 0;
    if (interns_later && is_explicit(item) && !is_interned(item)) item = interned_where_known(item);
    bool is_plain = (old->flags & (INTERNED | PLAIN)) && is_word_of_value(item);
    if (old->flags & HASHED) {
        u64 was = hash_of(before), is = hash_of(item);
        if (old->kind == SEQUENCE)
            sum = old->sum - place_term(u64(position) + 1, was) + place_term(u64(position) + 1, is);
        else
            sum = old->sum - pair_term(old->domain->mixes[position], was) + pair_term(old->domain->mixes[position], is);
        if (is_plain && (old->flags & INTERNED) && !interns_later) {
            V known = interned_with_item(old, u64(position), item, sum);
            if (!is_unset(known)) return known;
        }
    }
    Object* made = new_object(Kind(old->kind), old->size);
    made->domain = old->domain;
    std::memcpy(made->items(), old->items(), old->size * sizeof(V));
    made->items()[position] = item;
    made->sum = sum;
    made->flags |= old->flags & HASHED;
    if (is_plain) made->flags |= PLAIN;
    return value_of(made);
}

static const Object* key_set(V function) {
    Object* object = object_of(function);
    if (object->kind == FUNCTION) return object->domain->set;
    return object_of(interval(1, object->size));
}

void absent(V argument, V function) { member(argument, value_of(key_set(function))); }

Place place_in(V function, V argument) {
    V in = as_function(function);
    i64 position = position_of(in, argument);
    if (UNLIKELY(position < 0)) absent(argument, in);
    return {in, position};
}

Place place_in_sequence(V function, V argument) {
    V in = as_function(function);
    i64 position = position_of(in, argument);
    if (UNLIKELY(position < 0) && !is_int(argument)) not_integer();
    return {in, position};
}

V domain_set(V function) {
    if (is_kind(function, LAZY_FUNCTION)) return static_cast<LazyFunction*>(object_of(function))->domain_set;
    return value_of(key_set(as_function(function)));
}

V range_set(V function) {
    V expanded = as_function(function);
    Collector found;
    for (u32 i = 0; i < object_of(expanded)->size; i++) found.add(object_of(expanded)->items()[i]);
    return found.set();
}

V require_tuple(V value, u32 size) {
    if (is_function(value)) value = as_function(value);
    if (!is_kind(value, SEQUENCE) || object_of(value)->size != size) fault("a tuple of another form");
    return value;
}

// --- sequences -------------------------------------------------------------------------------------------------------

V as_sequence(V v) {
    if (LIKELY(is_kind(v, SEQUENCE))) return v;
    if (!is_function(v)) not_a_sequence();
    v = as_function(v);
    if (!is_kind(v, SEQUENCE)) not_a_sequence();
    return v;
}

i64 length_slow(V v) {
    if (tag_of(v) == STRING) return string_length(v);
    return object_of(as_sequence(v))->size;
}

V spelled(V v) {
    if (tag_of(v) != STRING) return as_sequence(v);
    u64 count = u64(string_length(v));
    Object* made = new_object(SEQUENCE, count);
    for (u64 i = 0; i < count; i++) made->items()[i] = substring(v, i, i + 1);
    return value_of(made);
}

V head(V sequence) {
    Object* object = object_of(spelled(sequence));
    if (object->size == 0) fault("Head of the empty sequence");
    return object->items()[0];
}

V tail(V sequence) {
    if (tag_of(sequence) == STRING && string_length(sequence) > 0)
        return substring(sequence, 1, u64(string_length(sequence)));
    Object* object = object_of(as_sequence(sequence));
    if (object->size == 0) fault("Tail of the empty sequence");
    return make_sequence(object->items() + 1, object->size - 1);
}

V append(V sequence, V item) {
    if (tag_of(sequence) == STRING && tag_of(item) == STRING) return joined_strings(sequence, item);
    Object* old = object_of(as_sequence(sequence));
    u64 sum = 0;
    if (interns_later && is_explicit(item) && !is_interned(item)) item = interned_where_known(item);
    bool is_plain = (old->flags & (INTERNED | PLAIN)) && is_word_of_value(item);
    if (old->flags & HASHED) {
        sum = old->sum + place_term(old->size + 1, hash_of(item));
        if (is_plain && (old->flags & INTERNED) && !interns_later) {
            V known = interned_with_more(old, item, sum);
            if (!is_unset(known)) return known;
        }
    }
    Object* made = new_object(SEQUENCE, old->size + 1);
    std::memcpy(made->items(), old->items(), old->size * sizeof(V));
    made->items()[old->size] = item;
    made->sum = sum;
    made->flags |= old->flags & HASHED;
    if (is_plain) made->flags |= PLAIN;
    return value_of(made);
}

V concatenate(V a, V b) {
    if (tag_of(a) == STRING && tag_of(b) == STRING) return joined_strings(a, b);
    Object *x = object_of(as_sequence(a)), *y = object_of(spelled(b));
    Object* made = new_object(SEQUENCE, u64(x->size) + y->size);
    std::memcpy(made->items(), x->items(), x->size * sizeof(V));
    std::memcpy(made->items() + x->size, y->items(), y->size * sizeof(V));
    return value_of(made);
}

V subsequence(V sequence, V low, V high) {
    if (!is_int(low) || !is_int(high)) not_integer();
    bool is_string = tag_of(sequence) == STRING;
    if (!is_string) sequence = as_sequence(sequence);
    i64 size = is_string ? string_length(sequence) : object_of(sequence)->size;
    i64 first = int_of(low), last = int_of(high);
    if (first > last) return is_string ? substring(sequence, 0, 0) : make_sequence(nullptr, 0);
    if (first < 1 || last > size) fault("SubSeq beyond the sequence");
    if (is_string) return substring(sequence, u64(first) - 1, u64(last));
    return make_sequence(object_of(sequence)->items() + first - 1, u64(last - first) + 1);
}

// --- by rule ---------------------------------------------------------------------------------------------------------

struct MemoEntry {
    V argument;
    V value;
};

// A hash table of arguments and their values.
struct Remembered {
    u64 size;
    u64 capacity;
    MemoEntry* entries;
};

void init_lazy_function(LazyFunction* function, V domain_set) {
    if (!is_set(domain_set)) not_enumerable();
    function->sum = 0;
    function->size = 0;
    function->kind = LAZY_FUNCTION;
    function->flags = is_permanent ? PERMANENT : 0;
    function->detail = 0;
    function->expanded = nullptr;
    function->domain_set = domain_set;
    function->memo = nullptr;
}

static MemoEntry* memo_entry(Remembered* memo, V argument) {
    u64 at = hash_of(argument) & (memo->capacity - 1);
    while (!is_unset(memo->entries[at].argument) && !equal_values(memo->entries[at].argument, argument))
        at = (at + 1) & (memo->capacity - 1);
    return &memo->entries[at];
}

static MemoEntry* new_entries(u64 capacity) {
    auto* entries = static_cast<MemoEntry*>(allocate(capacity * sizeof(MemoEntry)));
    for (u64 i = 0; i < capacity; i++) entries[i].argument = UNSET;
    return entries;
}

static void remember(LazyFunction* function, V argument, V value) {
    Remembered* memo = function->memo;
    if (memo == nullptr) {
        memo = function->memo = static_cast<Remembered*>(allocate(sizeof(Remembered)));
        *memo = Remembered{0, 8, new_entries(8)};
    } else if (memo->size * 2 >= memo->capacity) {
        Remembered larger{memo->size, memo->capacity * 2, new_entries(memo->capacity * 2)};
        for (u64 i = 0; i < memo->capacity; i++)
            if (!is_unset(memo->entries[i].argument)) *memo_entry(&larger, memo->entries[i].argument) = memo->entries[i];
        *memo = larger;
    }
    *memo_entry(memo, argument) = MemoEntry{argument, value};
    memo->size++;
}

static V evaluate_rule(LazyFunction* function, V argument) {
    Deeper deeper;
    if (!member(argument, function->domain_set)) outside_domain();
    V value = function->rule(function, argument);
    remember(function, argument, value);
    return value;
}

V apply_lazy(Object* object, V argument) {
    auto* function = static_cast<LazyFunction*>(object);
    if (function->memo != nullptr) {
        MemoEntry* entry = memo_entry(function->memo, argument);
        if (!is_unset(entry->argument)) return entry->value;
    }
    if (!(function->flags & PERMANENT)) return evaluate_rule(function, argument);
    Permanently stays;  // what the function remembers must outlive the state at hand
    return evaluate_rule(function, intern(argument));
}

V expand_function(V v) {
    if (is_expanded_function(v)) return v;
    if (!is_kind(v, LAZY_FUNCTION)) not_a_function();
    auto* function = static_cast<LazyFunction*>(object_of(v));
    if (function->expanded != nullptr) return value_of(function->expanded);
    auto expand = [function]() {
        FunctionBuilder made(function->domain_set);
        for (u32 i = 0; i < made.size; i++) made.object->items()[i] = apply_lazy(function, made.keys[i]);
        function->expanded = made.object;
    };
    if (function->flags & PERMANENT) {
        Permanently stays;
        expand();
    } else {
        expand();
    }
    return value_of(function->expanded);
}
