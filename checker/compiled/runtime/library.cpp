// Operators of standard modules beside those of sets and sequences.
#include "library.hpp"

#include <algorithm>
#include <cstdio>

#include "interning.hpp"
#include "search.hpp"
#include "text.hpp"

V booleans() {
    V both[] = {FALSE_VALUE, TRUE_VALUE};
    return make_set(both, 2);
}

bool require_slow(V) { assertion_failed(); }

V select_sequence(V sequence, Op* test) {
    Object* object = object_of(spelled(sequence));
    Collector kept;
    for (u32 i = 0; i < object->size; i++)
        if (truth(call(test, object->items()[i]))) kept.add(object->items()[i]);
    return kept.sequence();
}

// --- TLC -------------------------------------------------------------------------------------------------------------

V single(V key, V item) { return function_of_pairs(&key, &item, 1); }

V merge(V a, V b) {
    V left = as_function(a), right = as_function(b);
    if (object_of(left)->size == 0) return right;
    if (object_of(right)->size == 0) return left;
    return merged_functions(left, right, [](V item, V) { return item; });
}

V evaluated(V v) {
    if (is_set(v)) return is_finite(v) ? value_of(explicit_set(v)) : v;
    return is_function(v) ? as_function(v) : v;
}

V permutations(V set) {
    FunctionBuilder shape(set);
    u32 size = shape.size;
    V* image = static_cast<V*>(allocate((size + 1) * sizeof(V)));
    std::memcpy(image, shape.keys, size * sizeof(V));
    Collector found;
    do {
        Object* made = shape.object->kind == FUNCTION ? new_function(shape.object->domain) : new_object(SEQUENCE, size);
        std::memcpy(made->items(), image, size * sizeof(V));
        found.add(value_of(made));
    } while (std::next_permutation(image, image + size, [](V a, V b) { return compare(a, b) < 0; }));
    return found.set();
}

V sort_sequence(V sequence, Op* before) {
    // Insertion, as in TLC: what a comparison does that is no strict order depends on it.
    Object* object = object_of(spelled(sequence));
    Object* made = new_object(SEQUENCE, object->size);
    V* items = made->items();
    for (u32 i = 0; i < object->size; i++) {
        V item = object->items()[i];
        u32 at = i;
        for (; at > 0 && truth(call(before, item, items[at - 1])); at--) items[at] = items[at - 1];
        items[at] = item;
    }
    return value_of(made);
}

V to_string(V v) {
    Text text;
    show_value(text, v);
    return string_of(text.bytes, text.size);
}

V print_value(V v) {
    Text text;
    show_value(text, v);
    text.add("\n");
    std::fwrite(text.bytes, 1, text.size, stderr);
    return TRUE_VALUE;
}

V print_and_return(V out, V v) {
    Text text;
    show_value(text, out);
    text.add("  ");
    show_value(text, v);
    text.add("\n");
    std::fwrite(text.bytes, 1, text.size, stderr);
    return v;
}

bool assert_equal(V a, V b) {
    if (equal(a, b)) return true;
    Text text;
    text.add("AssertEq: ");
    show_value(text, a);
    text.add(" is not equal to ");
    show_value(text, b);
    text.add("\n");
    std::fwrite(text.bytes, 1, text.size, stderr);
    return false;
}

bool fails(Thunk* expression) {
    u32 before = depth;
    try {
        expression->get();
        return false;
    } catch (const Fault& fault) {
        if (fault.kind != FaultKind::EVALUATION && fault.kind != FaultKind::DEPTH) throw;
        depth = before;
        return true;
    }
}

// --- bags ------------------------------------------------------------------------------------------------------------

// The pairs of a function to integers, none below `least`.
static Object* counts(V bag, i64 least) {
    Object* object = object_of(as_function(bag));
    for (u32 i = 0; i < object->size; i++)
        if (!is_int(object->items()[i]) || int_of(object->items()[i]) < least) fault("not a bag");
    return object;
}

constexpr i64 ANY_COUNT = -(i64(1) << 60);

// What a bag has at `element`; 0 where it is not in its domain.
static V count_of(V element, V bag, bool& is_there) {
    V function = as_function(bag);
    i64 position = position_of(function, element);
    is_there = position >= 0;
    if (is_there) return object_of(function)->items()[position];
    absent(element, function);
    return integer(0);
}

bool is_a_bag(V v) {
    if (!is_function(v)) return false;
    Object* object = object_of(as_function(v));
    for (u32 i = 0; i < object->size; i++)
        if (!is_int(object->items()[i]) || int_of(object->items()[i]) <= 0) return false;
    return true;
}

V bag_to_set(V bag) { return domain_set(as_function(bag)); }
V empty_bag() { return make_sequence(nullptr, 0); }

V set_to_bag(V set) {
    FunctionBuilder made(value_of(explicit_set(set)));
    for (u32 i = 0; i < made.size; i++) made.object->items()[i] = integer(1);
    return value_of(made.object);
}

i64 copies_in(V element, V bag) {
    bool is_there;
    return number(count_of(element, bag, is_there));
}

bool bag_in(V element, V bag) { return copies_in(element, bag) > 0; }

V bag_cup(V a, V b) {
    V left = value_of(counts(a, 1)), right = value_of(counts(b, 1));
    return merged_functions(left, right, [](V x, V y) { return integer(int_of(x) + int_of(y)); });
}

// A function with only the pairs that are kept, keys in order.
struct Pairs {
    V* keys;
    V* values;
    u32 size;
    explicit Pairs(u64 room) : size(0) {
        keys = static_cast<V*>(allocate((room + 1) * sizeof(V)));
        values = static_cast<V*>(allocate((room + 1) * sizeof(V)));
    }
    void add(V key, V value) {
        keys[size] = key;
        values[size++] = value;
    }
    V function() { return function_of_pairs(keys, values, size); }
};

V bag_diff(V a, V b) {
    b = as_function(b);
    Object* x = counts(a, ANY_COUNT);
    Pairs left(x->size);
    for (u32 i = 0; i < x->size; i++) {
        V key = key_of(x, i);
        i64 count = int_of(x->items()[i]) - copies_in(key, b);
        if (count > 0) left.add(key, integer(count));
    }
    return left.function();
}

V bag_union(V bags) {
    V total = empty_bag();
    Each each(value_of(explicit_set(bags)));
    while (each.next())
        total = merged_functions(total, value_of(counts(each.value, ANY_COUNT)),
                                 [](V x, V y) { return integer(int_of(x) + int_of(y)); });
    return total;
}

bool sub_bag_of(V a, V b) {
    b = as_function(b);
    Object* x = counts(a, ANY_COUNT);
    for (u32 i = 0; i < x->size; i++)
        if (int_of(x->items()[i]) > copies_in(key_of(x, i), b)) return false;
    return true;
}

V sub_bags(V bag) {
    Object* whole = counts(bag, 1);
    i64* chosen = static_cast<i64*>(allocate((whole->size + 1) * sizeof(i64)));
    std::memset(chosen, 0, (whole->size + 1) * sizeof(i64));
    Collector found;
    for (;;) {
        Pairs part(whole->size);
        for (u32 i = 0; i < whole->size; i++)
            if (chosen[i] > 0) part.add(key_of(whole, i), integer(chosen[i]));
        found.add(part.function());
        u32 at = 0;
        while (at < whole->size && chosen[at] == int_of(whole->items()[at])) chosen[at++] = 0;
        if (at == whole->size) return found.set();
        chosen[at]++;
    }
}

V bag_of_all(Op* rule, V bag) {
    Object* object = counts(bag, ANY_COUNT);
    V total = empty_bag();
    for (u32 i = 0; i < object->size; i++)
        total = merged_functions(total, single(call(rule, key_of(object, i)), object->items()[i]),
                                 [](V x, V y) { return integer(int_of(x) + int_of(y)); });
    return total;
}

i64 bag_cardinality(V bag) {
    Object* object = counts(bag, 1);
    i64 total = 0;
    for (u32 i = 0; i < object->size; i++) total = add(total, int_of(object->items()[i]));
    return total;
}

static V without_key(Object* function, V key) {
    Pairs kept(function->size);
    for (u32 i = 0; i < function->size; i++)
        if (!equal_values(key_of(function, i), key)) kept.add(key_of(function, i), function->items()[i]);
    return kept.function();
}

V bag_add(V bag, V element) {
    V function = value_of(counts(bag, ANY_COUNT));
    V count = integer(copies_in(element, bag) + 1);
    return merged_functions(single(element, count), function, [](V x, V) { return x; });
}

V bag_remove(V bag, V element) {
    bool is_there;
    V count = count_of(element, bag, is_there);
    if (!is_there) return as_function(bag);
    Object* function = counts(bag, ANY_COUNT);
    if (number(count) == 1) return without_key(function, element);
    return with_item(value_of(function), position_of(value_of(function), element), integer(int_of(count) - 1));
}

V bag_remove_all(V bag, V element) {
    bool is_there;
    count_of(element, bag, is_there);
    return without_key(object_of(as_function(bag)), element);
}
