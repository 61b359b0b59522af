// Functions, sequences and records: domains, application, EXCEPT, and the operators of module Sequences.
#pragma once

#include "order.hpp"

// The domain of functions that are no sequences, interned: equal domains are one object. Keys are in TLC's order.
struct Domain {
    u32 size;
    u32 number;      // tells domains apart in 32 bits
    u8 lookup;       // how `find` works: see Lookup
    u8 tag;          // of all keys, where they are found by place
    u64 base;        // the least place or number of a key
    u64 span;        // how many there are from there to the greatest
    Object* set;     // the keys as a set
    const V* keys;
    const u64* mixes;       // key_mix of each key
    const u16* positions;   // BY_PLACE: place - base -> position from 1; BY_HASH: slots, a power of two
    const u64** permuted;   // the mixes under each permutation of the symmetry group, once asked for
};

enum Lookup : u8 { BY_PLACE, BY_RANGE, BY_HASH, BY_SEARCH };

const Domain* domain_of(V set);  // of a set that is not 1..n; its elements must compare
const Domain* domain_of_keys(const V* keys, u32 size);  // keys in order
i64 search_domain(const Domain* domain, V key);

// The position of a key from 0, or -1.
inline i64 find_in(const Domain* domain, V key) {
    if (LIKELY(domain->lookup == BY_PLACE)) {
        u64 place = (key.word >> TAG_BITS) - domain->base;
        if (tag_of(key) != domain->tag || place >= domain->span) return -1;
        return i64(domain->positions[place]) - 1;
    }
    if (domain->lookup == BY_RANGE) {
        u64 place = u64(int_of(key)) - domain->base;
        return is_int(key) && place < domain->span ? i64(place) : -1;
    }
    return search_domain(domain, key);
}

V expand_function(V function);  // a lazy function as an array; a fault for what is no function
V apply_lazy(Object* function, V argument);
i64 position_of_lazy(V function, V argument);
[[noreturn]] COLD void not_a_function();
[[noreturn]] COLD void outside_domain();

// The position of an argument from 0, or -1; `function` is expanded.
inline i64 position_of(V function, V argument) {
    Object* object = object_of(function);
    if (object->kind == SEQUENCE) {
        u64 place = u64(int_of(argument)) - 1;
        return is_int(argument) && place < object->size ? i64(place) : -1;
    }
    return find_in(object->domain, argument);
}

V apply_slow(V function, V argument);

inline V apply(V function, V argument) {
    if (LIKELY(is_expanded_function(function))) {
        i64 position = position_of(function, argument);
        if (LIKELY(position >= 0)) return object_of(function)->items()[position];
    }
    return apply_slow(function, argument);
}

inline V apply(V function, i64 argument) {
    if (LIKELY(is_kind(function, SEQUENCE))) {
        Object* object = object_of(function);
        if (LIKELY(u64(argument) - 1 < object->size)) return object->items()[argument - 1];
    }
    return apply(function, integer(argument));
}

// Where a worker found a field last.
struct FieldCache {
    u32 position;
    u32 domain;  // its number
};

V field_slow(V record, V name, FieldCache& cache);

// `record.name`.
inline V field(V record, V name, FieldCache& cache) {
    if (LIKELY(is_kind(record, FUNCTION))) {
        if (LIKELY(cache.domain == object_of(record)->domain->number)) return object_of(record)->items()[cache.position];
    }
    return field_slow(record, name, cache);
}

// --- making ----------------------------------------------------------------------------------------------------------

inline Object* new_function(const Domain* domain) {
    Object* object = new_object(FUNCTION, domain->size);
    object->domain = domain;
    return object;
}

V make_sequence(const V* items, u64 size);
V make_record(const Domain* domain, const V* items);  // items in the order of the domain

// A function under construction over a set known only now.
struct FunctionBuilder {
    Object* object;
    const V* keys;
    u32 size;
    explicit FunctionBuilder(V set);
};

V function_of_pairs(V* keys, V* values, u32 size);  // keys differ, in any order; sorts both

// The argument at a position; `function` is expanded.
inline V key_of(const Object* function, u32 position) {
    return function->kind == SEQUENCE ? integer(position + 1) : function->domain->keys[position];
}

// A function with the arguments of both; `combine` gives the value where both have one.
template <class F>
V merged_functions(V a, V b, F combine) {
    Object *x = object_of(a), *y = object_of(b);
    u64 room = u64(x->size) + y->size;
    V* keys = static_cast<V*>(allocate((room + 1) * sizeof(V)));
    V* values = static_cast<V*>(allocate((room + 1) * sizeof(V)));
    u32 size = 0, i = 0, j = 0;
    while (i < x->size || j < y->size) {
        int order = i == x->size ? 1 : j == y->size ? -1 : compare(key_of(x, i), key_of(y, j));
        keys[size] = order <= 0 ? key_of(x, i) : key_of(y, j);
        values[size++] = order == 0 ? combine(x->items()[i], y->items()[j]) : order < 0 ? x->items()[i] : y->items()[j];
        i += order <= 0;
        j += order >= 0;
    }
    return function_of_pairs(keys, values, size);
}

// Where EXCEPT puts a value: in a function that is expanded, at a position from 0, or nowhere (-1).
struct Place {
    V function;
    i64 position;
    V item() const { return object_of(function)->items()[position]; }
};

Place place_in(V function, V argument);
Place place_in_sequence(V function, V argument);  // the same of what is a sequence, not a function that happens to be empty
V with_item(V function, i64 position, V item);    // the function with another value there
void absent(V argument, V function);  // EXCEPT outside the domain: TLC's error where it cannot tell that it is outside
inline V as_function(V v) { return LIKELY(is_expanded_function(v)) ? v : expand_function(v); }

V domain_set(V function);        // DOMAIN
V range_set(V function);
V require_tuple(V value, u32 size);  // what a pattern <<x, y>> takes apart

// --- sequences -------------------------------------------------------------------------------------------------------

V as_sequence(V v);
V spelled(V v);  // a string is the sequence of its characters, as TLC has it in some operators
i64 length_slow(V v);
inline i64 length(V v) { return LIKELY(is_kind(v, SEQUENCE)) ? object_of(v)->size : length_slow(v); }
V head(V sequence);
V tail(V sequence);
V append(V sequence, V item);
V concatenate(V a, V b);
V subsequence(V sequence, V low, V high);

// --- by rule ---------------------------------------------------------------------------------------------------------

// A function that is evaluated argument by argument (recursive, or over an infinite set): closures in `item`.
struct Remembered;
struct LazyFunction : Object {
    V domain_set;
    V (*rule)(LazyFunction* self, V argument);
    Remembered* memo;
};

template <class F>
struct LazyFunctionOf : LazyFunction {
    F body;
    static V run(LazyFunction* self, V argument) {
        return static_cast<LazyFunctionOf*>(self)->body(value_of(self), argument);
    }
};

void init_lazy_function(LazyFunction* function, V domain_set);

// `[x \in domain |-> …]` by rule; `body` takes the function itself and the argument.
template <class F>
V lazy_function(V domain_set, F body) {
    auto* function = static_cast<LazyFunctionOf<F>*>(allocate(sizeof(LazyFunctionOf<F>)));
    init_lazy_function(function, domain_set);
    function->rule = LazyFunctionOf<F>::run;
    new (&function->body) F(body);
    return value_of(function);
}
