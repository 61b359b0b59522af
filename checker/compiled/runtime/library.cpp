// Operators of standard modules beside those of sets and sequences.
#include "library.hpp"

#include <algorithm>

#include "search.hpp"

V booleans() {
    V both[] = {FALSE_VALUE, TRUE_VALUE};
    return make_set(both, 2);
}

bool require_slow(V) { assertion_failed(); }

V select_sequence(V sequence, Op* test) {
    Object* object = object_of(as_sequence(sequence));
    Collector kept;
    for (u32 i = 0; i < object->size; i++)
        if (truth(call(test, object->items()[i]))) kept.add(object->items()[i]);
    return kept.sequence();
}

// --- TLC -------------------------------------------------------------------------------------------------------------

V single(V key, V item) { return function_of_pairs(&key, &item, 1); }

static V key_of(const Object* function, u32 position) {
    return function->kind == SEQUENCE ? integer(position + 1) : function->domain->keys[position];
}

V merge(V a, V b) {
    V left = as_function(a), right = as_function(b);
    Object *x = object_of(left), *y = object_of(right);
    if (x->size == 0) return right;
    if (y->size == 0) return left;
    u64 most = u64(x->size) + y->size;
    V* keys = static_cast<V*>(allocate(most * sizeof(V)));
    V* values = static_cast<V*>(allocate(most * sizeof(V)));
    u32 size = 0;
    for (u32 i = 0; i < x->size; i++) {
        keys[size] = key_of(x, i);
        values[size++] = x->items()[i];
    }
    for (u32 i = 0; i < y->size; i++) {
        V key = key_of(y, i);
        if (position_of(left, key) >= 0) continue;
        keys[size] = key;
        values[size++] = y->items()[i];
    }
    return function_of_pairs(keys, values, size);
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
    Object* object = object_of(as_sequence(sequence));
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
