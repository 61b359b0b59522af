// The shapes of objects, each with a number. That of a set is made of the one shape of its elements, that of a function
// of its domain and of the shapes of its values.
#include "shapes.hpp"

#include "functions.hpp"

constexpr u16 FIRST_OF_OBJECTS = 1 << 12;  // less are those of atoms
constexpr u64 MOST_SHAPES = 1 << 15;
constexpr u16 EMPTY_SET_SHAPE = FIRST_OF_OBJECTS - 1;

static u64 shapes[MOST_SHAPES];  // what each is made of, mixed to a word; 0 for none

// The number of the shape that is made of that; it is filled in by whoever comes first.
static u16 number_of(u64 made_of) {
    constexpr u64 LOOKED_AT = 64;
    for (u64 i = 0; i < LOOKED_AT; i++) {
        u64 at = (made_of + i) % MOST_SHAPES, found = __atomic_load_n(&shapes[at], __ATOMIC_ACQUIRE);
        if (found == 0) __atomic_compare_exchange_n(&shapes[at], &found, made_of, false, __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE);
        if (found == 0 || found == made_of) return u16(FIRST_OF_OBJECTS + at);
    }
    return NO_SHAPE;
}

static u16 set_shape(const Object* set) {
    if (set->flags & UNORDERED) return NO_SHAPE;
    if (set->size == 0) return EMPTY_SET_SHAPE;
    u16 common = shape_of(set->items()[0]);
    for (u32 i = 1; i < set->size && common != NO_SHAPE; i++)
        if (shape_of(set->items()[i]) != common) return NO_SHAPE;
    return common == NO_SHAPE ? NO_SHAPE : number_of(mix(SET_SALT + common));
}

static u16 function_shape(const Object* function) {
    u64 made_of = function->kind == SEQUENCE ? SEQUENCE_SALT + function->size : mix(u64(function->domain->number) + FUNCTION_SALT);
    for (u32 i = 0; i < function->size; i++) {
        u16 shape = shape_of(function->items()[i]);
        if (shape == NO_SHAPE) return NO_SHAPE;
        made_of = mix(made_of + shape);
    }
    return number_of(mix(made_of + VALUE_FACTOR));
}

u16 compute_shape(Object* object) {
    u16 shape = object->kind == SET ? set_shape(object) : function_shape(object);
    __atomic_store_n(&object->detail, shape, __ATOMIC_RELAXED);
    return shape;
}

// --- of two values ---------------------------------------------------------------------------------------------------

static bool have_comparable_items(const Object* a, const Object* b) {
    if (a->size != b->size) return true;
    if (a->kind != b->kind || (a->kind == FUNCTION && a->domain != b->domain)) return false;
    for (u32 i = 0; i < a->size; i++)
        if (!compare_by_shape(a->items()[i], b->items()[i])) return false;
    return true;
}

static bool are_comparable(V a, V b) {
    if (!is_pointer(a) || !is_pointer(b)) return is_untyped_model(a) || is_untyped_model(b);
    if (is_function(a) != is_function(b)) return false;
    const Object *x = object_of(a), *y = object_of(b);
    if (is_function(a)) return have_comparable_items(x, y);
    return x->size == 0 || y->size == 0 || compare_by_shape(x->items()[0], y->items()[0]);
}

// Pairs of shapes that were found to be comparable are remembered.
bool have_comparable_shapes(V a, V b) {
    constexpr u64 KEPT = 256;
    static __thread u32 known[KEPT];
    u32 shapes_of = u32(shape_of(a)) << 16 | shape_of(b);
    if (shape_of(a) == NO_SHAPE || shape_of(b) == NO_SHAPE) return false;
    u32& pair = known[(shapes_of * 0x9e3779b1u) / (1u << 24) % KEPT];
    if (pair == shapes_of) return true;
    if (!are_comparable(a, b)) return false;
    pair = shapes_of;
    return true;
}
