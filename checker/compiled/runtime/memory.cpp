// Memory that is released as a whole, and faults.
#include <cstdlib>
#include <cstring>

#include "closures.hpp"
#include "value.hpp"

__thread Arena arena;
__thread Arena permanent;
__thread bool is_permanent;
__thread u64 epoch;
__thread u32 depth;

constexpr u64 FIRST_CHUNK = 256 << 10;
constexpr u64 LATER_CHUNK = 4 << 20;

COLD void* allocate_slow(Arena& from, u64 size) {
    Chunk* next = from.current != nullptr ? from.current->next : from.first;
    if (next == nullptr || next->size < size + sizeof(Chunk)) {
        u64 wanted = from.first == nullptr ? FIRST_CHUNK : LATER_CHUNK;
        if (wanted < size + sizeof(Chunk)) wanted = size + sizeof(Chunk);
        Chunk* made = static_cast<Chunk*>(std::malloc(wanted));
        if (made == nullptr) throw Fault{FaultKind::MEMORY, "out of memory"};
        made->size = wanted;
        made->next = next;
        from.reserved += wanted;
        if (from.current != nullptr)
            from.current->next = made;
        else
            from.first = made;
        next = made;
    }
    from.current = next;
    char* place = reinterpret_cast<char*>(next + 1);
    from.bump = place + size;
    from.end = reinterpret_cast<char*>(next) + next->size;
    return place;
}

void reset(Arena& used) {
    epoch++;
    if (used.current == nullptr) return;
    used.current = used.first;
    used.bump = reinterpret_cast<char*>(used.first + 1);
    used.end = reinterpret_cast<char*>(used.first) + used.first->size;
}

Permanently::Permanently() : was(is_permanent) {
    if (was) return;
    kept = arena;
    arena = permanent;
    is_permanent = true;
}

Permanently::~Permanently() {
    if (was) return;
    permanent = arena;
    arena = kept;
    is_permanent = false;
}

constexpr u64 LINE = 64;

void* zeroed(u64 bytes) {
    u64 whole = (bytes + LINE - 1) / LINE * LINE;
    void* memory = std::aligned_alloc(LINE, whole);
    if (memory == nullptr) throw Fault{FaultKind::MEMORY, "out of memory"};
    return std::memset(memory, 0, whole);
}

[[noreturn]] COLD void fault(const char* what) { throw Fault{FaultKind::EVALUATION, what}; }
[[noreturn]] COLD void overflow() { throw Fault{FaultKind::OVERFLOW, "an integer beyond 60 bits"}; }
[[noreturn]] COLD void too_deep() { throw Fault{FaultKind::DEPTH, "the evaluation recurses too deeply"}; }
[[noreturn]] COLD void not_boolean() { fault("not a boolean"); }
[[noreturn]] COLD void not_integer() { fault("not an integer"); }
