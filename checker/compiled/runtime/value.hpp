// TLA+ values as tagged 64-bit words, the objects they point to, and the memory these lie in.
//
// | TLA+                              | word                                                                      |
// |-----------------------------------|---------------------------------------------------------------------------|
// | integer                           | 61 bits, tag INT; what needs more is a fault                                |
// | boolean                           | tag BOOL                                                                  |
// | string, model value               | its place in the order of first appearance, tag STRING or MODEL           |
// | set, sequence, function, record   | a pointer to an Object                                                    |
// | component of a state, by layout   | its code, tag PACKED: see layouts.hpp                                      |
//
// A set is an array of its elements in TLC's order. A sequence is an array; any other function is an array of values
// with a shared, interned Domain. A function whose domain is 1..n is a sequence, whatever it was written as.
//
// The hash of an object is a sum over its elements, so that nothing is sorted to be hashed, and an update adds and
// subtracts. Components of states are interned: one object for each value, so that they are compared by address.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

typedef std::uint8_t u8;
typedef std::uint16_t u16;
typedef std::uint32_t u32;
typedef std::uint64_t u64;
typedef std::int64_t i64;

#define COLD __attribute__((cold, noinline))
#define APART __attribute__((noinline))
#define LIKELY(x) __builtin_expect(!!(x), 1)
#define UNLIKELY(x) __builtin_expect(!!(x), 0)

struct Object;
struct Domain;

struct V {
    u64 word;
};

enum Tag : u64 { POINTER = 0, INT = 1, BOOL = 2, STRING = 3, MODEL = 4, PACKED = 5, MARK = 7 };
constexpr u64 TAG_MASK = 7;
constexpr int TAG_BITS = 3;

constexpr V FALSE_VALUE{BOOL};
constexpr V TRUE_VALUE{(1u << TAG_BITS) | BOOL};
constexpr V UNSET{MARK};  // what has not been evaluated yet, and a variable without a next value

inline u64 tag_of(V v) { return v.word & TAG_MASK; }
inline bool is_pointer(V v) { return tag_of(v) == POINTER; }
inline bool is_int(V v) { return tag_of(v) == INT; }
inline bool is_unset(V v) { return v.word == UNSET.word; }
inline bool same(V a, V b) { return a.word == b.word; }
constexpr V boolean(bool truth) { return V{(u64(truth) << TAG_BITS) | BOOL}; }
constexpr V string_value(u64 place) { return V{(place << TAG_BITS) | STRING}; }
constexpr V model_value(u64 place) { return V{(place << TAG_BITS) | MODEL}; }
inline u32 place_of(V atom) { return u32(atom.word >> TAG_BITS); }
inline i64 int_of(V v) { return i64(v.word) >> TAG_BITS; }
inline bool bool_of(V v) { return v.word >> TAG_BITS; }

// --- faults ----------------------------------------------------------------------------------------------------------

// Why an evaluation has no value. The interpreter evaluates the same thing again and says where, and in which words;
// a fault of the other kinds is one of this engine alone.
// CONTRADICTION: what the search knows cannot be, which is an error of ours.
enum class FaultKind : u8 { EVALUATION, OVERFLOW, MEMORY, DEPTH, DISK, LAYOUT, FOREIGN, CHECKPOINT, CONTRADICTION };
constexpr u8 FAULT_KINDS = 9;

struct Fault {
    FaultKind kind;
    const char* what;
};

[[noreturn]] COLD void fault(const char* what);
[[noreturn]] COLD void overflow();

inline V integer(i64 number) {
    if (UNLIKELY(((i64)((u64)number << TAG_BITS) >> TAG_BITS) != number)) overflow();
    return V{((u64)number << TAG_BITS) | INT};
}

// --- objects ---------------------------------------------------------------------------------------------------------

enum Kind : u8 {
    SET,
    SEQUENCE,
    FUNCTION,
    LAZY_FUNCTION,
    // Sets known by their rule; see lazy.hpp.
    INTERVAL,
    SUBSET,
    FUNCTION_SET,
    RECORD_SET,
    PRODUCT,
    SEQUENCES,
    SHORT_SEQUENCES,
    SIZED_SUBSETS,
    INFINITE,
    COMBINED,
    UNITED,
    FILTERED,
};

enum Flag : u8 {
    HASHED = 1,     // `sum` is known
    INTERNED = 2,   // the one object with this value
    UNORDERED = 4,  // a set with elements that TLC does not compare: it has no order
    PERMANENT = 8,  // not in the memory that is reset for each state
    PLAIN = 16,     // an array in order whose items are found by their words: interning it causes no fault
    WAITING = 32    // until it is known whether the state is new that it is a component of
};

struct Object {
    u64 sum;  // of the mixed hashes of the elements
    u32 size;
    u8 kind;
    u8 flags;
    u16 detail;  // of a lazy set: see lazy.hpp; of another, and of a function: its shape, once that was asked for
    union {
        const Domain* domain;  // of a function; of an interned set, the domain with these keys once it was asked for
        Object* expanded;      // of a lazy set or function, once it was expanded
    };
    V* items() { return reinterpret_cast<V*>(this + 1); }
    const V* items() const { return reinterpret_cast<const V*>(this + 1); }
};

inline Object* object_of(V v) { return reinterpret_cast<Object*>(v.word); }
inline V value_of(const Object* object) { return V{reinterpret_cast<u64>(object)}; }
inline bool is_kind(V v, Kind kind) { return is_pointer(v) && object_of(v)->kind == kind; }
inline bool is_interned(V v) { return object_of(v)->flags & INTERNED; }
inline bool is_set(V v) { return is_pointer(v) && (object_of(v)->kind == SET || object_of(v)->kind >= INTERVAL); }
inline bool is_function(V v) {
    return is_pointer(v) && (object_of(v)->kind == SEQUENCE || object_of(v)->kind == FUNCTION ||
                             object_of(v)->kind == LAZY_FUNCTION);
}
// What is held as an array.
inline bool is_explicit(V v) { return is_pointer(v) && object_of(v)->kind <= FUNCTION; }
// A function held as an array of its values.
inline bool is_expanded_function(V v) {
    return is_pointer(v) && (object_of(v)->kind == SEQUENCE || object_of(v)->kind == FUNCTION);
}

// --- memory ----------------------------------------------------------------------------------------------------------

struct Chunk {
    Chunk* next;
    u64 size;
};

// Memory taken from the front, released as a whole.
struct Arena {
    char* bump;
    char* end;
    Chunk* first;
    Chunk* current;
    u64 reserved;
};

extern __thread Arena arena;      // of the state at hand
extern __thread Arena permanent;  // of what stays
extern __thread bool is_permanent;  // whether `arena` stands for `permanent` now
extern __thread u64 epoch;          // how often `arena` has been reset

COLD void* allocate_slow(Arena& from, u64 size);

inline void* allocate_in(Arena& from, u64 size) {
    size = (size + 7) & ~u64(7);
    char* place = from.bump;
    if (UNLIKELY(size > u64(from.end - place))) return allocate_slow(from, size);
    from.bump = place + size;
    return place;
}

inline void* allocate(u64 size) { return allocate_in(arena, size); }
void reset(Arena& used);

// Memory for a table, all 0, from the beginning of a line of the cache. Each page is written to: one that is read first
// gets its own memory only when it is written, which all processors have to be told, and is never part of a huge one.
void* zeroed(u64 bytes);

// Fetches memory that is looked at soon. To g++ 12 a function that does nothing else has no effect, and its calls are
// left out: but for the instruction that is none.
inline void fetch(const void* memory) {
    __builtin_prefetch(memory);
    asm volatile("" : : "r"(memory));
}

// While it lives, what is allocated stays.
struct Permanently {
    bool was;
    Arena kept;
    Permanently();
    ~Permanently();
};

inline Object* new_object(Kind kind, u64 size) {
    Object* object = static_cast<Object*>(allocate(sizeof(Object) + size * sizeof(V)));
    object->sum = 0;
    object->size = u32(size);
    object->kind = kind;
    object->flags = is_permanent ? PERMANENT : 0;
    object->detail = 0;
    object->domain = nullptr;
    return object;
}

// --- hashes ----------------------------------------------------------------------------------------------------------

inline u64 mix(u64 x) {
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    x ^= x >> 32;
    x *= 0xd6e8feb86659fd93u;
    x ^= x >> 32;
    return x;
}

constexpr u64 SET_SALT = 0x9e3779b97f4a7c15u;
constexpr u64 SEQUENCE_SALT = 0xc2b2ae3d27d4eb4fu;
constexpr u64 FUNCTION_SALT = 0x165667b19e3779f9u;
constexpr u64 PLACE_FACTOR = 0x27d4eb2f165667c5u;
constexpr u64 VALUE_FACTOR = 0x85ebca77c2b2ae63u;

u64 compute_sum(Object* object);  // fills in `sum`; expands what is lazy

inline u64 sum_of(Object* object) {
    return LIKELY(object->flags & HASHED) ? object->sum : compute_sum(object);
}

inline u64 salt_of(u8 kind) { return kind == SET ? SET_SALT : kind == SEQUENCE ? SEQUENCE_SALT : FUNCTION_SALT; }

COLD u64 hash_of_lazy(Object* object);

inline u64 hash_of(V v) {
    if (!is_pointer(v)) return mix(v.word);
    Object* object = object_of(v);
    if (UNLIKELY(object->kind >= LAZY_FUNCTION)) return hash_of_lazy(object);
    return mix(sum_of(object) + salt_of(object->kind));
}

inline u64 element_term(u64 hash) { return mix(hash + SET_SALT); }
inline u64 place_term(u64 place, u64 hash) { return mix(hash + place * PLACE_FACTOR); }  // places from 1
inline u64 pair_term(u64 key_mix, u64 hash) { return mix(hash * VALUE_FACTOR + key_mix); }
inline u64 key_mix(u64 hash) { return mix(hash + FUNCTION_SALT); }

// --- truth and numbers -----------------------------------------------------------------------------------------------

[[noreturn]] COLD void not_boolean();
[[noreturn]] COLD void not_integer();

inline bool truth(V v) {
    if (LIKELY(tag_of(v) == BOOL)) return v.word >> TAG_BITS;
    not_boolean();
}

inline i64 number(V v) {
    if (LIKELY(is_int(v))) return int_of(v);
    not_integer();
}
