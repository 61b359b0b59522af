// Components of states that are held as one word: values numbered from 0, in fields of a few bits (`compiled/layouts.py`).
//
// The word of such a component is its code with the tag PACKED. It is no value: it means one by the layout of its
// variable alone, which is what generated code goes by. Codes of equal values are equal.
#pragma once

#include "bits.hpp"
#include "functions.hpp"
#include "interning.hpp"
#include "sets.hpp"

enum class Form : u8 { TRUTHS, NUMBERS, VALUES, MASK, ARRAY };

struct Code {
    u64 word;
    u64 code;
};

struct Layout {
    Form form;
    u8 bits;            // of a code
    u32 size;           // of VALUES, of ARRAY: how many
    i64 low;            // of NUMBERS: the lowest
    u64 count;          // of NUMBERS: how many
    V* values;          // VALUES: by code; MASK and ARRAY of few bits: what has been decoded
    Code* codes;        // VALUES: by the word of a value, open addressing
    u64 mask;           // of `codes`
    const Layout* element;       // MASK
    const Layout* const* parts;  // ARRAY
    const Domain* domain;        // ARRAY: null for tuples
    V keys;                      // ARRAY
    u64 number;                  // tells layouts apart
};

SMALL V packed(u64 code) { return V{(code << TAG_BITS) | PACKED}; }
SMALL u64 code_of(V component) { return component.word >> TAG_BITS; }

[[noreturn]] COLD void unassigned();  // a variable used before it has a value
// A component, and the code of one, where the state may be one that is being made.
inline V given(V component) {
    if (UNLIKELY(is_unset(component))) unassigned();
    return component;
}
inline u64 code_of_given(V component) { return code_of(given(component)); }

[[noreturn]] COLD void misfit();  // a value that its layout has no code for: the search ends, to be made without layouts

V unpacked_slow(const Layout& layout, u64 code);

// The value of a code.
inline V unpacked(const Layout& layout, u64 code) {
    switch (layout.form) {
        case Form::TRUTHS: return boolean(code);
        case Form::NUMBERS: return integer(layout.low + i64(code));
        case Form::VALUES: return layout.values[code];
        default: return unpacked_slow(layout, code);
    }
}

i64 code_slow(const Layout& layout, V v);

// The code of a value, or -1.
inline i64 code_in(const Layout& layout, V v) {
    if (LIKELY(layout.form == Form::VALUES && !is_pointer(v))) {
        for (u64 at = (v.word * 0x9e3779b97f4a7c15u >> 32) & layout.mask;; at = (at + 1) & layout.mask) {
            if (LIKELY(layout.codes[at].word == v.word)) return i64(layout.codes[at].code);
            if (layout.codes[at].word == UNSET.word) return -1;
        }
    }
    return code_slow(layout, v);
}

inline u64 coded(const Layout& layout, V v) {
    i64 code = code_in(layout, v);
    if (UNLIKELY(code < 0)) misfit();
    return u64(code);
}

SMALL u64 coded_number(i64 number, i64 low, u64 count) {
    u64 code = u64(number) - u64(low);
    if (UNLIKELY(code >= count)) misfit();
    return code;
}

// --- arrays ----------------------------------------------------------------------------------------------------------

// The place of a key from 0, or -1.
inline i64 place_of_key(const Layout& layout, V key) {
    if (layout.domain != nullptr) return find_in(layout.domain, key);
    u64 place = u64(int_of(key)) - 1;
    return is_int(key) && place < layout.size ? i64(place) : -1;
}

[[noreturn]] COLD void no_place(const Layout& layout, u64 code, V key);  // a fault, that of an application
COLD void no_place_to_change(const Layout& layout, u64 code, V key);     // the same of EXCEPT, which may be none

inline u64 place_or_fault(const Layout& layout, u64 code, V key) {
    i64 place = place_of_key(layout, key);
    if (UNLIKELY(place < 0)) no_place(layout, code, key);
    return u64(place);
}

// The same where the keys are so many integers from the lowest on.
SMALL i64 place_in_range(i64 key, i64 low, u64 size) { return u64(key) - u64(low) < size ? key - low : -1; }
SMALL u64 place_in_range_or_fault(const Layout& layout, u64 code, i64 key, i64 low, u64 size) {
    if (UNLIKELY(u64(key) - u64(low) >= size)) no_place(layout, code, integer(key));
    return u64(key) - u64(low);
}

// --- values that are listed ------------------------------------------------------------------------------------------

constexpr u8 NO_CODE = 255;                    // in a table, where there is nothing
constexpr i64 NO_NUMBER = i64(u64(1) << 63);  // the same in one of numbers

// The code of an element that is put together, from a table by the place that its fields give, or NO_CODE.
SMALL u64 element_at(const u8* table, u64 place, u64 places) { return place < places ? table[place] : NO_CODE; }

SMALL u64 fitting(u64 code) {
    if (UNLIKELY(code == NO_CODE)) misfit();
    return code;
}

// The code of a value that is listed, or how many are.
inline u64 code_or_last(const Layout& layout, V v) {
    i64 code = code_in(layout, v);
    return code < 0 ? layout.size : u64(code);
}

SMALL u64 with_field(u64 code, u64 shift, u64 ones, u64 field) { return (code & ~(ones << shift)) | (field << shift); }

// --- masks -----------------------------------------------------------------------------------------------------------

// `v \in set`, as `member` has it.
inline bool is_in_mask(const Layout& layout, u64 mask, V v) {
    i64 code = code_in(*layout.element, v);
    if (LIKELY(code >= 0)) return mask >> code & 1;
    return member(v, unpacked(layout, mask));
}

// The element as a mask; nothing where it is none, but a fault where TLC does not compare it with those of `mask`.
inline u64 bit_of(const Layout& layout, u64 mask, V v) {
    i64 code = code_in(*layout.element, v);
    if (LIKELY(code >= 0)) return u64(1) << code;
    member(v, unpacked(layout, mask));
    return 0;
}

// --- masks of some words ---------------------------------------------------------------------------------------------

// The component of a state that begins there.
template <u32 N>
SMALL Bits<N> bits_at(const V* component) EACH_WORD(code_of(component[i]))
template <u32 N>
SMALL Bits<N> bits_given(const V* component) {  // where the state may be one that is being made
    if (UNLIKELY(is_unset(component[0]))) unassigned();
    return bits_at<N>(component);
}
template <u32 N>
SMALL V word_of(const Bits<N>& mask, u32 word) { return packed(mask.words[word]); }

V unpacked_words(const Layout& layout, const u64* words);
template <u32 N>
inline V unpacked(const Layout& layout, const Bits<N>& mask) { return unpacked_words(layout, mask.words); }

bool write_mask(const Layout& layout, V v, u64* words);  // whether it has a code
template <u32 N>
inline Bits<N> coded_bits(const Layout& layout, V v) {
    Bits<N> mask;
    if (UNLIKELY(!write_mask(layout, v, mask.words))) misfit();
    return mask;
}

template <u32 N>
inline bool is_in_mask(const Layout& layout, const Bits<N>& mask, V v) {
    i64 code = code_in(*layout.element, v);
    return code >= 0 ? has_bit(mask, u64(code)) : member(v, unpacked(layout, mask));
}

template <u32 N>
inline Bits<N> bit_of(const Layout& layout, const Bits<N>& mask, V v) {
    i64 code = code_in(*layout.element, v);
    if (UNLIKELY(code < 0)) member(v, unpacked(layout, mask));
    return bit_in<N>(u64(code));
}

// --- making ----------------------------------------------------------------------------------------------------------

void make_truths(Layout& layout);
void make_numbers(Layout& layout, i64 low, u64 count);
void make_values(Layout& layout, V values);  // a sequence
void make_mask(Layout& layout, const Layout& element);
void make_array(Layout& layout, V keys, const Layout* const* parts, u32 size);

// The value of a component of a state, given its first word.
V value_of_component(u32 variable, const V* component);
