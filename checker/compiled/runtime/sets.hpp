// Sets: those held as arrays in TLC's order, those known by their rule, membership, and the loops over both.
//
// What a lazy set is made of lies in its items:
//
// | kind            | items                                             | detail        |
// |-----------------|---------------------------------------------------|---------------|
// | INTERVAL        | low, high                                         |               |
// | SUBSET          | base                                              |               |
// | FUNCTION_SET    | domain, range                                     |               |
// | RECORD_SET      | the set of field names, then a set for each       |               |
// | PRODUCT         | the factors                                       |               |
// | SEQUENCES       | base                                              |               |
// | SHORT_SEQUENCES | base, greatest length                             |               |
// | SIZED_SUBSETS   | base, size                                        |               |
// | INFINITE        |                                                   | InfiniteName  |
// | COMBINED        | left, right                                       | Combination   |
// | UNITED          | base, of UNION                                    |               |
// | FILTERED        | source (and a closure: FilteredSet)               |               |
#pragma once

#include "functions.hpp"

enum InfiniteName : u16 { NAT, INTEGERS, STRINGS, ANYTHING };
enum Combination : u16 { UNION, INTERSECTION, DIFFERENCE };

constexpr u64 SET_LIMIT = 1000000;  // elements a set may have when it is expanded (TLC's -maxSetSize)

[[noreturn]] COLD void not_a_set();
[[noreturn]] COLD void not_enumerable();

// --- making ----------------------------------------------------------------------------------------------------------

V make_set(V* items, u64 size);         // in any order, repetitions allowed; `items` is sorted
V sorted_set(Object* object, u64 size);  // an object whose first `size` items are in order and differ
V empty_set();
V interval(i64 low, i64 high);
V subset_of(V base);
V function_set(V domain, V range);
V record_set(V names, const V* sets);
V product(const V* sets, u64 count);
V sequences_of(V base);
V infinite(InfiniteName name);

// --- questions -------------------------------------------------------------------------------------------------------

Object* explicit_set(V set);  // the set as an array
Object* ordered_set(V set);   // the same, where its elements compare
bool member_slow(V value, V set);
bool member_of_lazy(V value, Object* set);
bool is_finite(V set);
bool is_finite_set(V set);  // IsFiniteSet, with TLC's error where an infinite set may have lost elements
i64 cardinality(V set);
bool is_subset(V a, V b);
bool found_in(V value, const Object* set);  // no error
bool not_found(V value, Object* set);       // false, or an error where TLC does not compare them
bool all_found(const Object* a, const Object* b);
// Whether TLC applies a set operator to a set at once, rather than when elements are asked for (Reducible.java).
inline bool is_reducible(V v) { return is_kind(v, SET) || is_kind(v, INTERVAL); }
// The error where TLC could not bring a set into normal form, since some elements do not compare.
inline void require_comparable(const Object* set) {
    if (UNLIKELY(set->flags & UNORDERED)) incomparable();
}

// `value \in set`.
inline bool member(V value, V set) {
    if (LIKELY(is_kind(set, SET))) {
        Object* object = object_of(set);
        const V* items = object->items();
        if (object->size <= 8 && !is_pointer(value)) {
            for (u32 i = 0; i < object->size; i++)
                if (same(items[i], value)) return true;
        } else if (found_in(value, object)) {
            return true;
        }
        if (object->size == 0) return false;
        if (tag_of(items[0]) == tag_of(value) && tag_of(value) != POINTER && tag_of(value) != MODEL &&
            tag_of(items[object->size - 1]) == tag_of(value))
            return false;
        return not_found(value, object);
    }
    return member_slow(value, set);
}

// Membership in `low..high`, which is not made.
inline bool member_of_interval(V value, i64 low, i64 high) {
    if (LIKELY(is_int(value))) return low <= int_of(value) && int_of(value) <= high;
    return member_slow(value, interval(low, high));
}
inline bool member_of_interval(i64 value, i64 low, i64 high) { return low <= value && value <= high; }

// --- operators -------------------------------------------------------------------------------------------------------

V set_union(V a, V b);
V set_intersection(V a, V b);
V set_difference(V a, V b);
V union_of(V sets);  // UNION
V united(V sets);    // the same, where it turns out later whether they are sets
V subsets_of_size(V size, V base);
V short_sequences(V base, V most);

// --- loops -----------------------------------------------------------------------------------------------------------

struct Generator {
    bool (*next)(Generator* self, V& value);  // which may be asked for again when there is none left
    u64 (*pass)(Generator* self, u64 count);  // goes on by so many elements, or to the end; tells by how many
};

Generator* generator_of(V set);

// Of a type with `advance`, which tells whether there is another element, and `element`, which makes it. At its end it
// stays there: a loop that has passed over the last element asks once more.
template <class T>
bool next_of(Generator* generator, V& value) {
    T* self = static_cast<T*>(generator);
    if (!self->advance()) return false;
    value = self->element();
    return true;
}

template <class T>
u64 pass_over(Generator* generator, u64 count) {
    T* self = static_cast<T*>(generator);
    u64 passed = 0;
    while (passed < count && self->advance()) passed++;
    return passed;
}

template <class T>
T* new_generator() {
    T* made = static_cast<T*>(allocate(sizeof(T)));
    std::memset(static_cast<void*>(made), 0, sizeof(T));
    made->next = next_of<T>;
    made->pass = pass_over<T>;
    return made;
}

// The elements of a set in TLC's order, one after another: `for (Each e(set); e.next();) … e.value`.
struct Each {
    const V* at;
    const V* end;
    V value;
    Generator* generator;

    explicit Each(V set) : at(nullptr), end(nullptr), value(UNSET), generator(nullptr) {
        if (LIKELY(is_kind(set, SET))) {
            const Object* object = object_of(set);
            if (UNLIKELY(object->flags & UNORDERED)) incomparable();
            at = object->items();
            end = at + object->size;
        } else {
            generator = generator_of(set);
        }
    }

    explicit Each(Generator* elements) : at(nullptr), end(nullptr), value(UNSET), generator(elements) {}

    bool next() {
        if (LIKELY(at != end)) {
            value = *at++;
            return true;
        }
        return generator != nullptr && generator->next(generator, value);
    }

    // Passes over so many elements, or those that are left; returns how many.
    u64 pass(u64 count) {
        if (at != end) {
            u64 left = u64(end - at), passed = left < count ? left : count;
            at += passed;
            return passed;
        }
        return generator == nullptr ? 0 : generator->pass(generator, count);
    }
};

// The elements of a set under construction.
struct Collector {
    static constexpr u64 FEW = 8;  // that lie in it
    V* items;
    u64 size;
    u64 capacity;
    V few[FEW];

    Collector() : items(few), size(0), capacity(FEW) {}
    Collector(const Collector&) = delete;
    COLD void grow();
    void add(V item) {
        if (UNLIKELY(size == capacity)) grow();
        items[size++] = item;
    }
    V set() { return make_set(items, size); }
    V sequence() { return make_sequence(items, size); }
    V filtered();  // of elements added in order, from a set
};

// A set by a test, where the set it is taken from is known by its rule: elements are tested when they are asked for.
struct FilteredSet : Object {
    V source;
    bool (*test)(FilteredSet* self, V element);
    V (*make)(FilteredSet* self);  // all elements; null where the source is infinite
};

void init_filtered_set(FilteredSet* set, V source);

template <class Test>
struct FilteredSetOf : FilteredSet {
    Test body;
    static bool run(FilteredSet* self, V element) { return static_cast<FilteredSetOf*>(self)->body(element); }
};

template <class Test, class Make>
struct FiniteFilteredSetOf : FilteredSetOf<Test> {
    Make maker;
    static V run_maker(FilteredSet* self) { return static_cast<FiniteFilteredSetOf*>(self)->maker(); }
};

template <class Set, class Test>
Set* new_filtered_set(V source, Test body) {
    auto* set = static_cast<Set*>(allocate(sizeof(Set)));
    init_filtered_set(set, source);
    set->test = Set::run;
    new (&set->body) Test(body);
    return set;
}

template <class Test>
V filtered_set(V source, Test body) {
    return value_of(new_filtered_set<FilteredSetOf<Test>>(source, body));
}

template <class Test, class Make>
V filtered_set(V source, Test body, Make maker) {
    using Set = FiniteFilteredSetOf<Test, Make>;
    Set* set = new_filtered_set<Set>(source, body);
    set->make = Set::run_maker;
    new (&set->maker) Make(maker);
    return value_of(set);
}
