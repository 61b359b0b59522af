// Masks of elements that have codes: a bit for each, in one word or in some words of WORD_BITS side by side.
#pragma once

#include "value.hpp"

#define SMALL inline __attribute__((always_inline))

constexpr u64 WORD_BITS = 60;  // of the code of a component
constexpr u32 MOST_WORDS = 4;  // of a mask

// What is written out for each word takes a compiler the least time.
template <u32 N>
struct Bits {
    u64 words[N];
};

constexpr Bits<2> bits(u64 a, u64 b) { return Bits<2>{{a, b}}; }
constexpr Bits<3> bits(u64 a, u64 b, u64 c) { return Bits<3>{{a, b, c}}; }
constexpr Bits<4> bits(u64 a, u64 b, u64 c, u64 d) { return Bits<4>{{a, b, c, d}}; }

#define EACH_WORD(expression)                                             \
    {                                                                     \
        Bits<N> made;                                                     \
        { constexpr u32 i = 0; made.words[i] = expression; }              \
        { constexpr u32 i = 1; made.words[i] = expression; }              \
        if constexpr (N > 2) { constexpr u32 i = 2; made.words[i] = expression; } \
        if constexpr (N > 3) { constexpr u32 i = 3; made.words[i] = expression; } \
        return made;                                                      \
    }

template <u32 N>
SMALL Bits<N> operator&(const Bits<N>& a, const Bits<N>& b) EACH_WORD(a.words[i] & b.words[i])
template <u32 N>
SMALL Bits<N> operator|(const Bits<N>& a, const Bits<N>& b) EACH_WORD(a.words[i] | b.words[i])
template <u32 N>
SMALL Bits<N> operator~(const Bits<N>& a) EACH_WORD(~a.words[i])
template <u32 N>
SMALL void operator|=(Bits<N>& a, const Bits<N>& b) { a = a | b; }

template <u32 N>
SMALL bool is_empty(const Bits<N>& a) {
    u64 any = a.words[0] | a.words[1];
    if constexpr (N > 2) any |= a.words[2];
    if constexpr (N > 3) any |= a.words[3];
    return any == 0;
}
SMALL bool is_empty(u64 mask) { return mask == 0; }

template <u32 N>
SMALL bool operator==(const Bits<N>& a, const Bits<N>& b) {
    u64 differ = (a.words[0] ^ b.words[0]) | (a.words[1] ^ b.words[1]);
    if constexpr (N > 2) differ |= a.words[2] ^ b.words[2];
    if constexpr (N > 3) differ |= a.words[3] ^ b.words[3];
    return differ == 0;
}

// Of a code that may be none.
SMALL u64 bit_of_word(u64 at) { return at < WORD_BITS ? u64(1) << at : 0; }
template <u32 N>
SMALL Bits<N> bit_in(u64 code) EACH_WORD(bit_of_word(code - i * WORD_BITS))

template <u32 N>
SMALL bool has_bit(const Bits<N>& a, u64 code) { return !is_empty(a & bit_in<N>(code)); }

SMALL u64 code_or_none(i64 number, i64 low, u64 count) {
    u64 code = u64(number) - u64(low);
    return code < count ? code : ~u64(0);
}

SMALL bool has_bit(u64 mask, u64 code) { return code < 64 && (mask >> code & 1); }

SMALL i64 count_of(u64 mask) { return __builtin_popcountll(mask); }
template <u32 N>
SMALL i64 count_of(const Bits<N>& a) {
    i64 count = count_of(a.words[0]) + count_of(a.words[1]);
    if constexpr (N > 2) count += count_of(a.words[2]);
    if constexpr (N > 3) count += count_of(a.words[3]);
    return count;
}

// The codes of a mask in order: `for (CodesIn<2> c(mask); c.next();) … c.code`.
template <u32 N>
struct CodesIn {
    Bits<N> mask;
    u64 rest, word, code;
    SMALL explicit CodesIn(const Bits<N>& all) : mask(all), rest(all.words[0]), word(0) {}
    SMALL bool next() {
        while (rest == 0) {
            if (++word == N) return false;
            rest = mask.words[word];
        }
        code = word * WORD_BITS + u64(__builtin_ctzll(rest));
        rest &= rest - 1;
        return true;
    }
};

// The place of a number in a table of those from `low` on, the first and the last of which stand for all beyond them.
SMALL u64 place_between(i64 number, i64 low, u64 count) {
    return number <= low ? 0 : u64(number) - u64(low) < count ? u64(number) - u64(low) : count - 1;
}

// The place of a number in a table that has one more for all others.
SMALL u64 place_or_last(i64 number, i64 low, u64 count) {
    u64 place = u64(number) - u64(low);
    return place < count ? place : count;
}
