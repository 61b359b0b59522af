// The subsets of a set in TLC's order, and loops over those that satisfy what the body of the loop begins with.
#pragma once

#include "sets.hpp"

// Subsets by size, each size in order: the chosen places are counted up like a clock. All have the elements at the
// positions `fixed` of the base, and of the others some of those at the positions `free`. This is the order in which
// they come among all subsets: by their least elements that differ, and those they share make no difference.
struct SubsetElements : Generator {
    Object* base;
    u32* free;
    u32* fixed;
    u32* chosen;  // places in `free`
    u64 free_count, fixed_count;
    u64 size, most;  // of what is chosen
    bool is_started;

    V element() const;
    bool advance();
};

SubsetElements* subset_elements(V base, i64 least, i64 most);  // of these sizes

// The subsets of a set that is the same for every state, as far as they have been made. One worker's.
struct KnownSubsets {
    V* made;  // by the mask of their positions; 0 where there is none
    bool is_looked_at, is_one_kind;
};

// A loop over the subsets that satisfy conditions. Each is asked for once some subset satisfies those before it, with
// the operand as it is for all subsets. Where asking may be an error for some subset, all are made and tested in turn.
//
// `marks`: of a condition that coverage looks at, whether it was TRUE, and FALSE.
struct Subsets : Generator {
    explicit Subsets(V base, KnownSubsets* known = nullptr);

    // Whether there is a subset left.
    bool within(V superset, u64* marks = nullptr) { return narrow(WITHIN, superset, marks); }
    bool containing(V part, u64* marks = nullptr) { return narrow(CONTAINING, part, marks); }
    bool having(V element, u64* marks = nullptr) { return narrow(HAVING, element, marks); }
    bool nonempty(u64* marks = nullptr) { return narrow(NONEMPTY, UNSET, marks); }

    static constexpr u32 MOST_CONDITIONS = 8;
    enum ConditionKind : u8 { WITHIN, CONTAINING, HAVING, NONEMPTY };
    enum Place : u8 { FREE, FIXED, OUT };

    struct Condition {
        ConditionKind kind;
        V operand;
        u64* marks;
    };

    V base;
    SubsetElements* elements;
    KnownSubsets* known;
    u8* places;  // of each position of the base
    u64 free_count, fixed_count;
    bool has_empty, is_over, is_begun;
    bool is_tested;  // each subset, in turn
    V tested;        // the next subset that satisfies all conditions; UNSET where none is known
    Condition conditions[MOST_CONDITIONS];
    u32 count;

    bool narrow(ConditionKind kind, V operand, u64* marks);
    bool is_narrowed(const Condition& condition);
    bool keep_within(V superset);
    bool keep_containing(V part);
    bool keep_having(V element);
    bool compares_all();
    double left() const;
    void begin();
    bool satisfies(V subset) const;
    bool seek(V& subset);
    V element();
    bool advance(V& subset);
};
