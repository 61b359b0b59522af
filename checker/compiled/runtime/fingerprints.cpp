// Fingerprints of states. Under SYMMETRY nothing is permuted: an interned component knows its hash under each permutation.
#include "fingerprints.hpp"

#include <algorithm>
#include <cstdlib>

constexpr u64 VARIABLE_FACTOR = 0xa0761d6478bd642fu;

static u64 variable_term(u32 variable, u64 hash) { return mix(hash + (variable + 1) * VARIABLE_FACTOR); }

// What is left of a fingerprint: all, but in tests of what tells states apart beside it.
#ifndef FINGERPRINT_MASK
#define FINGERPRINT_MASK ~u64(0)
#endif

static u64 finished(u64 sum) {
    u64 hash = mix(sum) & FINGERPRINT_MASK;
    return hash == 0 ? 1 : hash;
}

// --- symmetry --------------------------------------------------------------------------------------------------------

static u64* const UNMOVED = reinterpret_cast<u64*>(8);  // every permutation leaves the hash as it is

static u64 atom_hash(V v, u32 permutation) {
    if (tag_of(v) != MODEL || place_of(v) >= SPECIFICATION.permuted_places) return mix(v.word);
    return mix(model_value(SPECIFICATION.permutations[permutation * SPECIFICATION.permuted_places + place_of(v)]).word);
}

static u64* hashes_of(Object* object);

static u64 permuted_hash(V v, u32 permutation) {
    if (!is_pointer(v)) return atom_hash(v, permutation);
    const u64* hashes = hashes_of(object_of(v));
    return hashes == UNMOVED ? hash_of(v) : hashes[permutation];
}

static u64 key_mix_of(const Domain* domain, u32 key, u32 permutation) {
    return key_mix(permuted_hash(domain->keys[key], permutation));
}

static u64 permuted_sum(Object* object, u32 permutation) {
    u64 sum = 0;
    const V* items = object->items();
    for (u32 i = 0; i < object->size; i++) {
        u64 hash = permuted_hash(items[i], permutation);
        if (object->kind == SET)
            sum += element_term(hash);
        else if (object->kind == SEQUENCE)
            sum += place_term(i + 1, hash);
        else
            sum += pair_term(key_mix_of(object->domain, i, permutation), hash);
    }
    return sum;
}

static u64* hashes_of(Object* object) {
    u64* known = __atomic_load_n(&permuted_hashes(object), __ATOMIC_ACQUIRE);
    if (LIKELY(known != nullptr)) return known;
    u32 count = SPECIFICATION.permutation_count;
    u64* hashes;
    {
        Permanently stays;
        hashes = static_cast<u64*>(allocate(count * sizeof(u64)));
    }
    bool is_moved = false;
    for (u32 i = 0; i < count; i++) {
        hashes[i] = mix(permuted_sum(object, i) + salt_of(object->kind));
        is_moved = is_moved || hashes[i] != hashes[0];
    }
    if (!is_moved) hashes = UNMOVED;
    __atomic_store_n(&permuted_hashes(object), hashes, __ATOMIC_RELEASE);
    return hashes;
}

// --- the view of the least state -------------------------------------------------------------------------------------

static V permuted(V v, u32 permutation);

static V permuted_object(const Object* object, u32 permutation) {
    u64 size = object->size;
    V* items = static_cast<V*>(allocate((size + 1) * sizeof(V)));
    for (u64 i = 0; i < size; i++) items[i] = permuted(object->items()[i], permutation);
    if (object->kind == SET) return make_set(items, size);
    if (object->kind == SEQUENCE) return make_sequence(items, size);
    V* keys = static_cast<V*>(allocate((size + 1) * sizeof(V)));
    for (u64 i = 0; i < size; i++) keys[i] = permuted(object->domain->keys[i], permutation);
    return function_of_pairs(keys, items, u32(size));
}

// The image of a value whose objects are interned.
static V permuted(V v, u32 permutation) {
    if (is_pointer(v)) return hashes_of(object_of(v)) == UNMOVED ? v : permuted_object(object_of(v), permutation);
    if (tag_of(v) != MODEL || place_of(v) >= SPECIFICATION.permuted_places) return v;
    return model_value(SPECIFICATION.permutations[permutation * SPECIFICATION.permuted_places + place_of(v)]);
}

static bool is_less(const V* a, const V* b) {
    for (u32 i = 0; i < SPECIFICATION.words; i++) {
        met_incomparable = false;
        int order = compare(a[i], b[i]);
        if (met_incomparable) incomparable();
        if (order != 0) return order < 0;
    }
    return false;
}

// The least, in TLC's order, of a state and its images.
static const V* least_image(const V* state) {
    u64 bytes = SPECIFICATION.words * sizeof(V);
    const V* least = state;
    for (u32 permutation = 1; permutation < SPECIFICATION.permutation_count; permutation++) {
        V* image = static_cast<V*>(allocate(bytes));
        for (u32 i = 0; i < SPECIFICATION.words; i++) image[i] = permuted(state[i], permutation);
        if (is_less(image, least)) least = image;
    }
    return least;
}

static V view_of(const V* state) {
    return SPECIFICATION.view(SPECIFICATION.permutation_count > 1 ? least_image(state) : state);
}

// --- sums ------------------------------------------------------------------------------------------------------------

// For each permutation a sum over the components; the fingerprint is made of the sum of what is made of them. (The least
// of them tells states apart too, but least hashes crowd at the front of a table, and have fewer bits to differ in.)
struct Sums {
    u64* of_state;      // by permutation
    u64* terms;         // of each component, by permutation
    u64* of_successor;  // of the state at hand
    u64* term;
};

static __thread Sums sums;
static __thread const V* before;  // the state whose sums are known, or null

static void make_sums() {
    u64 count = SPECIFICATION.permutation_count, bytes = count * (SPECIFICATION.words + u64(3)) * sizeof(u64);
    auto* words = static_cast<u64*>(std::malloc(bytes));
    if (words == nullptr) throw Fault{FaultKind::MEMORY, "out of memory"};
    sums = Sums{words, words + 3 * count, words + count, words + 2 * count};
}

// What a component adds, for each permutation.
static void write_terms(u32 variable, V v, u64* terms) {
    u32 count = SPECIFICATION.permutation_count;
    const u64* hashes = is_pointer(v) ? hashes_of(object_of(v)) : UNMOVED;
    if (hashes != UNMOVED) {
        for (u32 i = 0; i < count; i++) terms[i] = variable_term(variable, hashes[i]);
    } else if (tag_of(v) == MODEL) {
        for (u32 i = 0; i < count; i++) terms[i] = variable_term(variable, atom_hash(v, i));
    } else {
        std::fill(terms, terms + count, variable_term(variable, hash_of(v)));
    }
}

static u64 fingerprint_of(const u64* of_state) {
    u32 count = SPECIFICATION.permutation_count;
    if (count == 1) return finished(of_state[0]);
    u64 sum = 0;
    for (u32 i = 0; i < count; i++) sum += mix(of_state[i]);
    return finished(sum);
}

static u64 term_of(u32 variable, V v) { return variable_term(variable, hash_of(v)); }

// Without symmetry.
static void add_up_alone(const V* state) {
    u64 sum = 0;
    for (u32 variable = 0; variable < SPECIFICATION.words; variable++)
        sum += sums.terms[variable] = term_of(variable, state[variable]);
    sums.of_state[0] = sum;
}

static u64 fingerprint_of_successor_alone(const V* state, const V* successor) {
    u64 sum = sums.of_state[0];
    for (u32 variable = 0; variable < SPECIFICATION.words; variable++)
        if (!same(state[variable], successor[variable]))
            sum += term_of(variable, successor[variable]) - sums.terms[variable];
    return finished(sum);
}

static void add_up(const V* state) {
    u32 count = SPECIFICATION.permutation_count;
    if (sums.terms == nullptr) make_sums();
    if (count == 1) return add_up_alone(state);
    std::fill(sums.of_state, sums.of_state + count, 0);
    for (u32 variable = 0; variable < SPECIFICATION.words; variable++) {
        u64* terms = sums.terms + variable * u64(count);
        write_terms(variable, state[variable], terms);
        for (u32 i = 0; i < count; i++) sums.of_state[i] += terms[i];
    }
}

u64 fingerprint(const V* state) {
    before = nullptr;
    add_up(state);
    return fingerprint_of(sums.of_state);
}

void expect_successors() { before = nullptr; }

u64 fingerprint_of_successor(const V* state, const V* successor) {
    u32 count = SPECIFICATION.permutation_count;
    if (before != state) add_up(state);
    before = state;
    if (count == 1) return fingerprint_of_successor_alone(state, successor);
    std::copy(sums.of_state, sums.of_state + count, sums.of_successor);
    for (u32 variable = 0; variable < SPECIFICATION.words; variable++) {
        if (same(state[variable], successor[variable])) continue;
        const u64* terms = sums.terms + variable * u64(count);
        write_terms(variable, successor[variable], sums.term);
        for (u32 i = 0; i < count; i++) sums.of_successor[i] += sums.term[i] - terms[i];
    }
    return fingerprint_of(sums.of_successor);
}

// --- further words ---------------------------------------------------------------------------------------------------

Identity identity = Identity::WORD;
constexpr u64 SECOND_FACTOR = 0x8ebc6af09c88c6e3u;

u32 further_words() {
    if (identity == Identity::WORD) return 0;
    if (identity == Identity::TWO_WORDS || SPECIFICATION.view != nullptr) return 1;
    return SPECIFICATION.words;
}

// Of all permutations that give the least hash the least words: equal for all states that are one.
static void write_least_words(const V* state, u64* words) {
    u32 width = further_words();
    u64 least = ~u64(0);
    bool is_first = true;
    u64* other = static_cast<u64*>(allocate(width * sizeof(u64)));
    for (u32 permutation = 0; permutation < SPECIFICATION.permutation_count; permutation++) {
        u64 sum = 0, second = 0;
        for (u32 i = 0; i < SPECIFICATION.words; i++) {
            u64 term = variable_term(i, permuted_hash(state[i], permutation));
            sum += term;
            second += mix(term * SECOND_FACTOR);
        }
        u64 hash = finished(sum);
        if (hash > least) continue;
        is_first = is_first || hash < least;
        least = hash;
        if (identity == Identity::TWO_WORDS)
            other[0] = second;
        else
            for (u32 i = 0; i < width; i++) other[i] = intern(permuted(state[i], permutation)).word;
        if (is_first || std::lexicographical_compare(other, other + width, words, words + width))
            std::memcpy(words, other, width * sizeof(u64));
        is_first = false;
    }
}

// A second hash of a value that is interned, which has nothing in common with the first but the value.
static u64 second_hash(V v) {
    if (!is_pointer(v)) return mix((v.word + 1) * SECOND_FACTOR);
    const Object* object = object_of(v);
    u64 known = __atomic_load_n(&second_hash_of(object_of(v)), __ATOMIC_RELAXED);
    if (LIKELY(known != 0)) return known;
    u64 hash = object->kind == FUNCTION ? second_hash(value_of(object->domain->set)) : object->kind;
    for (u32 i = 0; i < object->size; i++) hash = mix((hash ^ second_hash(object->items()[i])) * SECOND_FACTOR + i);
    __atomic_store_n(&second_hash_of(object_of(v)), hash, __ATOMIC_RELAXED);
    return hash;
}

static void write_further_words(const V* state, u64* words) {
    if (SPECIFICATION.permutation_count > 1) {
        write_least_words(state, words);
    } else if (identity == Identity::EXACT) {
        std::memcpy(words, state, SPECIFICATION.words * sizeof(V));
    } else {
        words[0] = 0;
        for (u32 i = 0; i < SPECIFICATION.words; i++) words[0] = mix((words[0] ^ second_hash(state[i])) * SECOND_FACTOR + i);
    }
}

static u64* room_for_words() { return static_cast<u64*>(allocate(further_words() * sizeof(u64))); }

const u64* further_words_of(const V* state) {
    if (identity == Identity::WORD) return nullptr;
    u64* words = room_for_words();
    write_further_words(state, words);
    return words;
}

Known known_by_view(const V* state) {
    V view = view_of(state);
    if (identity == Identity::WORD) return Known{finished(hash_of(view)), nullptr};
    u64* words = room_for_words();
    words[0] = intern(view).word;
    return Known{finished(hash_of(view)), words};
}

bool are_further_words_values() {
    return identity == Identity::EXACT || (identity == Identity::TWO_WORDS && SPECIFICATION.view != nullptr);
}

// Under symmetry they are a state, one of those that are equal, and which of them depends on addresses.
void found_again(u64* words) {
    if (identity != Identity::EXACT || SPECIFICATION.view != nullptr || SPECIFICATION.permutation_count == 1) return;
    reset(arena);
    const u64* here = further_words_of(reinterpret_cast<const V*>(words));
    std::copy(here, here + further_words(), words);
}
