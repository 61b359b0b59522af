// Shapes: what kinds of values a value is made of. TLC compares any two values of one shape, so that between them no
// error need be looked for.
#pragma once

#include "order.hpp"

constexpr u16 NO_SHAPE = 0xffff;  // of values that TLC may not compare with others like them, and of what is lazy

u16 compute_shape(Object* object);

inline u16 shape_of(V v) {
    if (!is_pointer(v)) return u16(tag_of(v) + 1 + ((tag_of(v) == MODEL ? u8(model_types[place_of(v)]) : 0) << TAG_BITS));
    Object* object = object_of(v);
    if (object->kind > FUNCTION) return NO_SHAPE;
    u16 known = __atomic_load_n(&object->detail, __ATOMIC_RELAXED);
    return LIKELY(known != 0) ? known : compute_shape(object);
}

bool have_comparable_shapes(V a, V b);

// Whether TLC compares any two values of the shapes of these.
inline bool compare_by_shape(V a, V b) {
    u16 shape = shape_of(a);
    return (shape != NO_SHAPE && shape == shape_of(b)) || have_comparable_shapes(a, b);
}
