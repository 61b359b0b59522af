// Keys, each with the number that it got in the order of first appearance.
#pragma once

#include <vector>

#include "value.hpp"

// Keys of some words each.
class Numbering {
public:
    std::vector<u64> keys;  // one behind the other
    u32 count = 0;

    explicit Numbering(u32 words = 1) : width(words) {}

    u32 number(const u64* key) {
        if (u64(count) * 2 >= slots.size()) grow();
        u32& slot = slots[place(key)];
        if (slot == 0) {
            keys.insert(keys.end(), key, key + width);
            slot = ++count;
        }
        return slot - 1;
    }
    u32 number(u64 key) { return number(&key); }

    bool find(const u64* key, u32& number) const {
        if (slots.empty()) return false;
        u32 slot = slots[place(key)];
        number = slot - 1;
        return slot != 0;
    }
    bool find(u64 key, u32& number) const { return find(&key, number); }

private:
    std::vector<u32> slots;  // number + 1
    u32 width;

    u64 place(const u64* key) const {
        u64 hash = 0;
        for (u32 i = 0; i < width; i++) hash = mix(hash + key[i]);
        u64 at = hash & (slots.size() - 1);
        while (slots[at] != 0 && std::memcmp(&keys[(slots[at] - 1) * u64(width)], key, width * sizeof(u64)) != 0)
            at = (at + 1) & (slots.size() - 1);
        return at;
    }

    void grow() {
        if (count >= ~u32(0) - 1) throw Fault{FaultKind::MEMORY, "more than can be numbered: 4,294,967,294"};
        u64 size = slots.empty() ? 64 : slots.size() * 2;
        slots.assign(size, 0);
        for (u64 i = 0; i < count; i++) slots[place(&keys[i * width])] = u32(i + 1);
    }
};
