// The first violation of each predicate.
#include "violations.hpp"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "states.hpp"

bool keeps_going;

constexpr u64 NOWHERE = ~u64(0);
static std::vector<Violation> first[PREDICATE_KINDS];  // by index; `place` is NOWHERE where there is none
static std::vector<Violation> settled;
static pthread_mutex_t first_lock = PTHREAD_MUTEX_INITIALIZER;

void start_violations() {
    keeps_going = true;
    for (u32 kind = 0; kind < PREDICATE_KINDS; kind++)
        for (u32 index = 0; index < SPECIFICATION.predicate_counts[kind]; index++)
            first[kind].push_back(Violation{PredicateKind(kind), index, NOWHERE, 0, 0, 0, nullptr, false});
}

u8* skipped_predicates(PredicateKind kind, u64 place) {
    static __thread u8* skipped[PREDICATE_KINDS];
    u32 count = SPECIFICATION.predicate_counts[kind];
    if (skipped[kind] == nullptr) skipped[kind] = static_cast<u8*>(std::calloc(count + 1, 1));
    if (skipped[kind] == nullptr) throw Fault{FaultKind::MEMORY, "out of memory"};
    if (!keeps_going) return skipped[kind];
    for (u32 index = 0; index < count; index++) {
        const Violation& known = first[kind][index];
        skipped[kind][index] = known.is_settled || __atomic_load_n(&known.place, __ATOMIC_RELAXED) < place;
    }
    return skipped[kind];
}

void note_violation(PredicateKind kind, u32 index, u64 place, u32 label, const V* state) {
    Violation& known = first[kind][index];
    u64 bytes = SPECIFICATION.words * sizeof(V);
    pthread_mutex_lock(&first_lock);
    if (place < known.place) {
        if (known.state == nullptr) known.state = static_cast<V*>(std::malloc(bytes + 1));
        std::memcpy(known.state, state, bytes);
        known.label = label;
        __atomic_store_n(&known.place, place, __ATOMIC_RELAXED);
    }
    pthread_mutex_unlock(&first_lock);
}

static bool comes_before(const Violation& a, const Violation& b) {
    if (a.level != b.level) return a.level < b.level;
    if (a.place != b.place) return a.place < b.place;
    return a.kind != b.kind ? a.kind < b.kind : a.index < b.index;
}

void settle_violations(u64 last_place, u64 level, u64 level_base) {
    for (std::vector<Violation>& of_kind : first) {
        for (Violation& known : of_kind) {
            if (known.is_settled || known.place == NOWHERE) continue;
            if (known.place > last_place) {
                known.place = NOWHERE;
                continue;
            }
            known.is_settled = true;
            known.level = level;
            known.parent = level == 0 ? NO_STATE : level_base + parent_of_place(known.place);
            settled.push_back(known);
        }
    }
    std::sort(settled.begin(), settled.end(), comes_before);
}

u64 violation_count() { return settled.size(); }
const Violation& violation_at(u64 index) { return settled[index]; }

void save_violations(Saver& saver) {
    saver.put(settled.size());
    for (const Violation& violation : settled) {
        for (u64 word : {u64(violation.kind), u64(violation.index), violation.place, violation.parent, violation.level,
                         u64(violation.label)})
            saver.put(word);
        saver.put_values(violation.state, SPECIFICATION.words);
    }
}

void restore_violations(Loader& loader) {
    for (u64 count = loader.get(); count > 0; count--) {
        u64 kind = loader.get(), index = loader.get();
        Violation& known = first[kind][index];
        known.place = loader.get();
        known.parent = loader.get();
        known.level = loader.get();
        known.label = u32(loader.get());
        known.state = static_cast<V*>(std::malloc(SPECIFICATION.words * sizeof(V) + 1));
        if (known.state == nullptr) throw Fault{FaultKind::MEMORY, "out of memory"};
        loader.get_values(known.state, SPECIFICATION.words);
        known.is_settled = true;
        settled.push_back(known);
    }
}
