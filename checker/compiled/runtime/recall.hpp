// What a definition, or an expression of an action, was for the components it reads and its arguments, by their words.
//
// A word is good for ever if it is no pointer, or points to what stays. A row with any other word, or whose value is
// another, is good until the arena is reset, for the state at hand.
#pragma once

#include "functions.hpp"

// Whether it pays to look for what was is looked at after so many misses; where it does not, nothing is for a while.
#ifndef TRIAL_MISSES
#define TRIAL_MISSES 1024  // fewer in tests
#endif
constexpr u32 TRIAL = TRIAL_MISSES, REST = 32 * TRIAL;
constexpr u32 MOST_DOUBLINGS = 8;  // of the rest

constexpr u64 NEVER = 0, FOREVER = ~u64(0);

inline bool stays(V v) { return !is_pointer(v) || (object_of(v)->flags & PERMANENT); }

void* new_rows(void* old, u64 size, u64 row_size);

// One worker's. A row gives way to another; the table grows as long as many do.
template <u32 N>
struct Recalled {
    struct Row {
        u64 epoch;  // NEVER, FOREVER, or that of the arena
        V value;
        V key[N];
    };
    static constexpr u64 FIRST = 64, MOST = 1 << 16;
    Row* rows;
    u64 mask;
    u64 misses;

    Row* row_of(const V (&key)[N]) {
        u64 hash = 0;
        for (u32 i = 0; i < N; i++) hash = (hash ^ key[i].word) * 0x9e3779b97f4a7c15u;
        return &rows[(hash >> 32) & mask];
    }

    // UNSET where it is not known.
    V find(const V (&key)[N]) {
        if (UNLIKELY(rows == nullptr)) return UNSET;
        const Row* row = row_of(key);
        if (row->epoch != FOREVER && row->epoch != epoch) return UNSET;
        for (u32 i = 0; i < N; i++)
            if (!same(row->key[i], key[i])) return UNSET;
        return row->value;
    }

    void put(const V (&key)[N], V value) {
        if (UNLIKELY(misses >= mask)) grow();
        bool lasts = stays(value);
        for (u32 i = 0; i < N; i++) lasts = lasts && stays(key[i]);
        Row* row = row_of(key);
        row->epoch = lasts ? FOREVER : epoch;
        row->value = value;
        for (u32 i = 0; i < N; i++) row->key[i] = key[i];
        misses++;
    }

    COLD void grow() {
        u64 size = rows == nullptr ? FIRST : (mask + 1) * 4;
        misses = 0;
        if (size > MOST) return;
        rows = static_cast<Row*>(new_rows(rows, size, sizeof(Row)));
        mask = size - 1;
    }
};

// --- expressions of actions ------------------------------------------------------------------------------------------

// What one expression was, by the words its value depends on. Only what is good for ever is kept; where that is seldom
// asked for again, nothing is for a while, which is longer each time: what is kept stays in memory. One worker's.
struct Site {
    V* rows;  // a value (0 where there is none), then its key
    u64 mask;
    u32 hits, misses;  // since it was looked at last whether it pays
    u32 resting;       // how many misses it rests for
    u32 trials;        // in vain, one after another
};

// A part of a component, as a word; UNSET, with which nothing is kept, where it has no such part.
inline V part_of(V function, V argument) {
    if (!is_expanded_function(function)) return UNSET;
    i64 position = position_of(function, argument);
    return position < 0 ? UNSET : object_of(function)->items()[position];
}

V recalled_words(Site& site, const V* key, u32 size);  // UNSET where it is not known
V recall_words(Site& site, const V* key, u32 size, V evaluated);  // keeps a value; gives it interned, where it can be

template <u32 N>
inline __attribute__((always_inline)) V recalled(Site& site, const V (&key)[N]) {
    return recalled_words(site, key, N);
}

template <u32 N>
inline __attribute__((always_inline)) V recall(Site& site, const V (&key)[N], V value) {
    return recall_words(site, key, N, value);
}
