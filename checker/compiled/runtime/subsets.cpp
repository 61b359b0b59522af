// Subsets: those of a size in order, and those that satisfy conditions without making the others.
#include "subsets.hpp"

#include <cmath>
#include <cstdlib>

#include "interning.hpp"

// --- in order --------------------------------------------------------------------------------------------------------

V SubsetElements::element() const {
    Object* made = new_object(SET, fixed_count + size);
    V* out = made->items();
    u64 f = 0;
    for (u64 i = 0; i < size; i++) {
        u32 position = free[chosen[i]];
        while (f < fixed_count && fixed[f] < position) *out++ = base->items()[fixed[f++]];
        *out++ = base->items()[position];
    }
    while (f < fixed_count) *out++ = base->items()[fixed[f++]];
    return value_of(made);
}

bool SubsetElements::advance() {
    u64 n = free_count;
    if (size > most || size > n) return false;
    if (!is_started) return is_started = true;
    for (u64 i = size; i-- > 0;) {
        if (chosen[i] + (size - i) < n) {
            chosen[i]++;
            for (u64 j = i + 1; j < size; j++) chosen[j] = chosen[j - 1] + 1;
            return true;
        }
    }
    if (++size > most || size > n) return false;
    for (u64 i = 0; i < size; i++) chosen[i] = u32(i);
    return true;
}

static u32* counting(u64 size) {
    u32* made = static_cast<u32*>(allocate((size + 1) * sizeof(u32)));
    for (u64 i = 0; i < size; i++) made[i] = u32(i);
    return made;
}

SubsetElements* subset_elements(V base, i64 least, i64 most) {
    auto* made = new_generator<SubsetElements>();
    made->base = ordered_set(base);
    made->free_count = made->base->size;
    made->free = counting(made->free_count);
    made->chosen = counting(made->free_count);
    made->size = least < 0 ? 0 : u64(least);
    made->most = most < 0 ? 0 : u64(most);
    return made;
}

// --- narrowing -------------------------------------------------------------------------------------------------------

constexpr u32 MOST_KNOWN = 10;  // elements of a base whose subsets are kept

static bool next_subset(Generator* generator, V& value) { return static_cast<Subsets*>(generator)->advance(value); }

static u64 pass_over_subsets(Generator* generator, u64 count) {
    u64 passed = 0;
    for (V value; passed < count && next_subset(generator, value);) passed++;
    return passed;
}

Subsets::Subsets(V all, KnownSubsets* kept)
    : base(all), known(kept), fixed_count(0), has_empty(true), is_over(false), is_begun(false), is_tested(false),
      tested(UNSET), count(0) {
    next = next_subset;
    pass = pass_over_subsets;
    elements = static_cast<SubsetElements*>(generator_of(subset_of(base)));
    if (known != nullptr) elements->base = object_of(intern(value_of(elements->base)));
    free_count = elements->free_count;
    places = static_cast<u8*>(allocate(free_count + 1));
    std::memset(places, FREE, free_count + 1);
}

// How many subsets are left.
double Subsets::left() const {
    return is_over ? 0 : std::ldexp(1.0, int(free_count)) - (!has_empty && fixed_count == 0 ? 1 : 0);
}

bool Subsets::narrow(ConditionKind kind, V operand, u64* marks) {
    Condition condition{kind, operand, marks};
    conditions[count++] = condition;
    if (!is_tested) {
        double before = left();
        if (is_narrowed(condition)) {
            double after = left();
            if (marks != nullptr && after > 0) marks[0] = 1;
            if (marks != nullptr && after < before) marks[1] = 1;
            return after > 0;
        }
        is_tested = true;
        elements = static_cast<SubsetElements*>(generator_of(subset_of(base)));
        return seek(tested);
    }
    // The subset at hand satisfies the conditions before this one, and is tested again.
    if (satisfies(tested)) return true;
    return seek(tested);
}

// Whether a condition is an error for none of the subsets, and now those that are left satisfy it.
bool Subsets::is_narrowed(const Condition& condition) {
    try {
        switch (condition.kind) {
            case WITHIN: return keep_within(condition.operand);
            case CONTAINING: return keep_containing(condition.operand);
            case HAVING: return keep_having(condition.operand);
            default: has_empty = false; return true;
        }
    } catch (const Fault&) {  // which comes again if it comes to that
        return false;
    }
}

bool Subsets::keep_within(V superset) {
    if (!is_set(superset) || (is_kind(superset, SET) && (object_of(superset)->flags & UNORDERED))) return false;
    const Object* all = elements->base;
    for (u32 i = 0; i < all->size; i++) {
        if (places[i] == OUT || member(all->items()[i], superset)) continue;
        if (places[i] == FIXED) {
            is_over = true;
        } else {
            places[i] = OUT;
            free_count--;
        }
    }
    return true;
}

bool Subsets::keep_containing(V part) {
    if (!is_kind(part, SET) || (object_of(part)->flags & UNORDERED)) return false;
    const Object* needed = object_of(part);
    for (u32 i = 0; i < needed->size; i++)
        if (!keep_having(needed->items()[i])) return false;
    return true;
}

bool Subsets::keep_having(V element) {
    if (is_pointer(element) && !is_explicit(element)) return false;
    const Object* all = elements->base;
    u32 at = 0;
    while (at < all->size && !same(all->items()[at], element)) at++;
    for (at = at < all->size ? at : 0; at < all->size; at++)
        if (equal_values(all->items()[at], element)) break;
    bool is_there = at < all->size;
    if (!(is_there && known != nullptr && compares_all())) {
        for (u32 i = 0; i < all->size; i++)
            if (places[i] != OUT && i != at) differ(element, all->items()[i]);
    }
    if (!is_there || places[at] == OUT) {
        is_over = true;
    } else if (places[at] == FREE) {
        places[at] = FIXED;
        free_count--;
        fixed_count++;
    }
    return true;
}

// Whether all elements of the base compare with each other, which is found out once.
bool Subsets::compares_all() {
    if (known->is_looked_at) return known->is_one_kind;
    known->is_looked_at = true;
    const Object* all = elements->base;
    try {
        for (u32 i = 0; i < all->size; i++)
            for (u32 j = 0; j < i; j++) {
                differ(all->items()[i], all->items()[j]);
                differ(all->items()[j], all->items()[i]);
            }
        known->is_one_kind = true;
    } catch (const Fault&) {
        known->is_one_kind = false;
    }
    return known->is_one_kind;
}

// --- elements --------------------------------------------------------------------------------------------------------

// All conditions are known.
void Subsets::begin() {
    is_begun = true;
    elements->fixed = static_cast<u32*>(allocate((fixed_count + 1) * sizeof(u32)));
    u64 free_at = 0, fixed_at = 0;
    for (u32 i = 0; i < elements->base->size; i++) {
        if (places[i] == FREE) elements->free[free_at++] = i;
        if (places[i] == FIXED) elements->fixed[fixed_at++] = i;
    }
    elements->free_count = free_count;
    elements->fixed_count = fixed_count;
    elements->most = free_count;
    if (!has_empty && fixed_count == 0) elements->size = 1;
    if (elements->base->size > MOST_KNOWN) known = nullptr;
    if (known != nullptr && known->made == nullptr) {
        known->made = static_cast<V*>(std::calloc(u64(1) << elements->base->size, sizeof(V)));
        if (known->made == nullptr) throw Fault{FaultKind::MEMORY, "out of memory"};
    }
}

V Subsets::element() {
    if (known == nullptr) return elements->element();
    u64 mask = 0;
    for (u64 i = 0; i < fixed_count; i++) mask |= u64(1) << elements->fixed[i];
    for (u64 i = 0; i < elements->size; i++) mask |= u64(1) << elements->free[elements->chosen[i]];
    V& made = known->made[mask];
    if (UNLIKELY(made.word == 0)) made = intern(elements->element());
    return made;
}

bool Subsets::advance(V& subset) {
    if (is_tested) {
        if (!is_unset(tested)) {
            subset = tested;
            tested = UNSET;
            return true;
        }
        return !is_over && seek(subset);
    }
    if (UNLIKELY(!is_begun)) begin();
    if (is_over || !elements->advance()) return false;
    subset = element();
    return true;
}

// --- in turn ---------------------------------------------------------------------------------------------------------

static bool holds(const Subsets::Condition& condition, V subset) {
    switch (condition.kind) {
        case Subsets::WITHIN: return is_subset(subset, condition.operand);
        case Subsets::CONTAINING: return is_subset(condition.operand, subset);
        case Subsets::HAVING: return member(condition.operand, subset);
        default: return object_of(subset)->size > 0;
    }
}

bool Subsets::satisfies(V subset) const {
    for (u32 i = 0; i < count; i++) {
        bool is_true = holds(conditions[i], subset);
        if (conditions[i].marks != nullptr) conditions[i].marks[!is_true] = 1;
        if (!is_true) return false;
    }
    return true;
}

// The next subset that satisfies all conditions, if there is one.
bool Subsets::seek(V& subset) {
    while (elements->advance()) {
        subset = elements->element();
        if (satisfies(subset)) return true;
    }
    subset = UNSET;
    is_over = true;
    return false;
}
