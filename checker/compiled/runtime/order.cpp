// Equality and TLC's order of values (`compareTo` and `equals` of tlc2/value/impl).
#include "order.hpp"

#include "sets.hpp"
#include "shapes.hpp"

__thread bool met_incomparable;
const char* model_types;

[[noreturn]] COLD void incomparable() { fault("values that do not compare"); }

// --- equality --------------------------------------------------------------------------------------------------------

static bool equal_infinite(Object* a, Object* b) {
    if (a->kind != b->kind || a->detail != b->detail || a->size != b->size) return false;
    if (a->kind == FILTERED) return a == b;
    for (u32 i = 0; i < a->size; i++)
        if (!equal_values(a->items()[i], b->items()[i])) return false;
    return true;
}

static bool equal_sets(V a, V b) {
    bool finite = is_finite(a);
    if (finite != is_finite(b)) return false;
    if (!finite) return equal_infinite(object_of(a), object_of(b));
    Object *x = explicit_set(a), *y = explicit_set(b);
    if (x == y) return true;
    if (x->size != y->size || sum_of(x) != sum_of(y)) return false;
    for (u32 i = 0; i < x->size; i++)
        if (!equal_values(x->items()[i], y->items()[i])) return false;
    return true;
}

bool equal_values(V a, V b) {
    if (same(a, b)) return true;
    if (!is_pointer(a) || !is_pointer(b)) return false;
    Object *x = object_of(a), *y = object_of(b);
    if (x->flags & y->flags & INTERNED) return false;
    if (is_function(a)) {
        if (!is_function(b)) return false;
        x = object_of(as_function(a));
        y = object_of(as_function(b));
        if (x->kind != y->kind || x->size != y->size || sum_of(x) != sum_of(y)) return false;
        if (x->kind == FUNCTION && x->domain != y->domain) return false;
    } else {
        if (is_function(b)) return false;
        if (x->kind != SET || y->kind != SET) return equal_sets(a, b);
        if (x->size != y->size || sum_of(x) != sum_of(y)) return false;
    }
    for (u32 i = 0; i < x->size; i++)
        if (!equal_values(x->items()[i], y->items()[i])) return false;
    return true;
}

// The first pair of values that differ decides whether functions compare.
static void functions_differ(Object* a, Object* b) {
    if (a->size != b->size) return;
    // Of atoms of one kind the first two that differ decide.
    if (a->kind == FUNCTION && b->kind == FUNCTION && a->domain == b->domain) {
        for (u32 i = 0; i < a->size; i++) {
            V x = a->items()[i], y = b->items()[i];
            if (same(x, y)) continue;
            if (tag_of(x) == tag_of(y) && tag_of(x) != POINTER && tag_of(x) != MODEL) return;
            break;
        }
    }
    bool is_same_domain = a->kind == b->kind && (a->kind == SEQUENCE || a->domain == b->domain);
    for (u32 i = 0; i < a->size; i++) {
        V x, y;
        if (is_same_domain) {
            x = a->items()[i];
            y = b->items()[i];
        } else {
            x = a->kind == SEQUENCE ? integer(i + 1) : a->domain->keys[i];
            y = b->kind == SEQUENCE ? integer(i + 1) : b->domain->keys[i];
        }
        if (!equal_values(x, y)) {
            differ(x, y);
            return;
        }
    }
}

// The error for two sets that were not found to be equal, and may be: one is infinite, and not both have names.
static void require_decidable(const Object* a, const Object* b) {
    if (is_finite(value_of(a)) && is_finite(value_of(b))) return;
    if (a->kind != INFINITE || b->kind != INFINITE)
        fault("cannot tell whether two sets are equal of which one is infinite");
}

static void sets_differ(Object* a, Object* b) {
    if (a->kind == SET) require_comparable(a);
    if (b->kind == SET) require_comparable(b);
    require_decidable(a, b);
    if (a->kind != SET || b->kind != SET || a->size != b->size) return;
    for (u32 i = 0; i < a->size; i++) {
        V x = a->items()[i], y = b->items()[i];
        if (!equal_values(x, y)) {
            differ(x, y);
            return;
        }
    }
}

bool differ(V a, V b) {
    u64 tag = tag_of(a);
    if (tag == tag_of(b) && (tag == INT || tag == BOOL || tag == STRING)) return false;
    if (tag == MODEL || tag_of(b) == MODEL) {
        if (is_untyped_model(a) || is_untyped_model(b) || same(model_type(a), model_type(b))) return false;
        incomparable();
    }
    if (tag != POINTER || tag_of(b) != POINTER || is_function(a) != is_function(b)) incomparable();
    if (is_function(a))
        functions_differ(object_of(as_function(a)), object_of(as_function(b)));
    else
        sets_differ(object_of(a), object_of(b));
    return false;
}

// Whether two values are arrays of different sizes that TLC compares, so that they differ.
static bool differ_by_size(V a, V b) {
    if (!is_explicit(a) || !is_explicit(b)) return false;
    const Object *x = object_of(a), *y = object_of(b);
    return x->size != y->size && x->kind == y->kind && !((x->flags | y->flags) & UNORDERED);
}

bool equal_slow(V a, V b) {
    if (differ_by_size(a, b)) return false;
    return equal_values(a, b) || (!compare_by_shape(a, b) && differ(a, b));
}

// --- order -----------------------------------------------------------------------------------------------------------

static int kind_rank(V v) {
    switch (tag_of(v)) {
        case MODEL: return 0;
        case BOOL: return 1;
        case INT: return 2;
        case STRING: return 3;
        default: return is_function(v) ? 5 : 4;
    }
}

static int compare_kinds(V a, V b) {
    met_incomparable = true;
    return kind_rank(a) - kind_rank(b);
}

static int compare_models(V a, V b) {
    if (tag_of(a) == tag_of(b)) {
        u64 x = model_type(a).word, y = model_type(b).word;
        if (x != 0 && y != 0 && x != y) met_incomparable = true;
        return place_of(a) < place_of(b) ? -1 : 1;
    }
    if (model_type(tag_of(a) == MODEL ? a : b).word != 0) return compare_kinds(a, b);
    return tag_of(a) == MODEL ? -1 : 1;
}

static int compare_functions(Object* a, Object* b) {
    if (a->size != b->size) return a->size < b->size ? -1 : 1;
    if (a->kind != b->kind || (a->kind == FUNCTION && a->domain != b->domain)) {
        for (u32 i = 0; i < a->size; i++) {
            V x = a->kind == SEQUENCE ? integer(i + 1) : a->domain->keys[i];
            V y = b->kind == SEQUENCE ? integer(i + 1) : b->domain->keys[i];
            int order = compare(x, y);
            if (order) return order;
        }
    }
    for (u32 i = 0; i < a->size; i++) {
        if (same(a->items()[i], b->items()[i])) continue;
        int order = compare(a->items()[i], b->items()[i]);
        if (order) return order;
    }
    return 0;
}

static int compare_sets(Object* a, Object* b) {
    if ((a->flags | b->flags) & UNORDERED) met_incomparable = true;
    if (a->size != b->size) return a->size < b->size ? -1 : 1;
    for (u32 i = 0; i < a->size; i++) {
        if (same(a->items()[i], b->items()[i])) continue;
        int order = compare(a->items()[i], b->items()[i]);
        if (order) return order;
    }
    return 0;
}

int compare(V a, V b) {
    if (same(a, b)) return 0;
    u64 tag = tag_of(a);
    if (tag == tag_of(b)) {
        if (tag == INT) return i64(a.word) < i64(b.word) ? -1 : 1;
        if (tag == MODEL) return compare_models(a, b);
        if (tag != POINTER) return a.word < b.word ? -1 : 1;
        if (is_function(a) != is_function(b)) return compare_kinds(a, b);
        if (is_function(a)) return compare_functions(object_of(as_function(a)), object_of(as_function(b)));
        return compare_sets(explicit_set(a), explicit_set(b));
    }
    if (tag == MODEL || tag_of(b) == MODEL) return compare_models(a, b);
    return compare_kinds(a, b);
}
