// What expressions of actions were.
#include "recall.hpp"

#include <algorithm>
#include <cstdlib>

#include "interning.hpp"

constexpr u64 FIRST_SITE_ROWS = 1 << 6;
constexpr u64 MOST_SITE_ROWS = 1 << 13;

// The words of a row: none lies in two cache lines.
constexpr u32 width_of(u32 size) { return size < 2 ? 2 : size < 4 ? 4 : 8; }

template <u32 N>
static V* row_of(const Site& site, const V* key) {
    u64 hash = 0;
    for (u32 i = 0; i < N; i++) hash = (hash ^ key[i].word) * 0x9e3779b97f4a7c15u;
    return site.rows + ((hash >> 32) & site.mask) * width_of(N);
}

template <u32 N>
static V found_at(Site& site, const V* key) {
    const V* row = row_of<N>(site, key);
    for (u32 i = 0; i < N; i++)
        if (!same(row[i + 1], key[i])) return UNSET;
    if (row[0].word == 0) return UNSET;
    site.hits++;
    return row[0];
}

V recalled_words(Site& site, const V* key, u32 size) {
    if (site.rows == nullptr) return UNSET;
    switch (size) {
        case 1: return found_at<1>(site, key);
        case 2: return found_at<2>(site, key);
        case 3: return found_at<3>(site, key);
        default: return found_at<4>(site, key);
    }
}

COLD static void resize(Site& site, u64 size, u32 width) {
    u64 bytes = size * width * sizeof(V);
    std::free(site.rows);
    site.rows = static_cast<V*>(std::aligned_alloc(64, bytes));
    if (site.rows == nullptr) throw Fault{FaultKind::MEMORY, "out of memory"};
    std::memset(site.rows, 0, bytes);
    site.mask = size - 1;
    site.hits = site.misses = 0;
}

// Whether a value is to be kept, which was not known.
static bool is_kept(Site& site, u32 width) {
    if (site.resting > 0) {
        site.resting--;
        return false;
    }
    if (UNLIKELY(site.rows == nullptr)) resize(site, FIRST_SITE_ROWS, width);
    if (LIKELY(site.misses++ < TRIAL && site.misses <= site.mask)) return true;
    if (site.misses >= TRIAL && site.hits < site.misses) {
        std::free(site.rows);
        u32 trials = site.hits < site.misses / 8 ? std::min(site.trials + 1, MOST_DOUBLINGS) : 0;
        site = Site{nullptr, 0, 0, 0, REST << trials, trials};
        return false;
    }
    if (site.misses > site.mask && site.mask + 1 < MOST_SITE_ROWS) resize(site, (site.mask + 1) * 4, width);
    if (site.misses >= TRIAL) site.hits = site.misses = site.trials = 0;
    return true;
}

template <u32 N>
static void keep_at(const Site& site, const V* key, V value) {
    V* row = row_of<N>(site, key);
    row[0] = value;
    for (u32 i = 0; i < N; i++) row[i + 1] = key[i];
}

constexpr i64 MOST_TESTED = 1 << 12;  // elements, to keep a set that is known by a test

// Whether a value is a set by a test of more elements than are tested unasked.
static bool is_by_long_test(V value) {
    if (!is_kind(value, FILTERED) || object_of(value)->expanded != nullptr) return false;
    V source = static_cast<const FilteredSet*>(object_of(value))->source;
    return is_by_long_test(source) || (!is_kind(source, FILTERED) && cardinality(source) > MOST_TESTED);
}

// The interned value, or UNSET: what cannot be interned is no fault yet, for there may be no state that has it.
static V interned_or_unset(V value) {
    try {
        if (is_by_long_test(value)) return UNSET;
        return intern(value);
    } catch (const Fault&) {
        return UNSET;
    }
}

V recall_words(Site& site, const V* key, u32 size, V evaluated) {
    for (u32 i = 0; i < size; i++)
        if (is_unset(key[i]) || !stays(key[i])) return evaluated;
    if (!is_kept(site, width_of(size))) return evaluated;
    V value = interned_or_unset(evaluated);
    if (is_unset(value)) return evaluated;
    switch (size) {
        case 1: keep_at<1>(site, key, value); break;
        case 2: keep_at<2>(site, key, value); break;
        case 3: keep_at<3>(site, key, value); break;
        default: keep_at<4>(site, key, value); break;
    }
    return value;
}
