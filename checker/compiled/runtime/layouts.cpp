// Values to codes and back.
#include "layouts.hpp"

#include "answer.hpp"
#include "library.hpp"
#include "search.hpp"

[[noreturn]] COLD void misfit() { give_up(Fault{FaultKind::LAYOUT, "a value that its layout has no code for"}); }

// --- making ----------------------------------------------------------------------------------------------------------

static u64 made = 0;
constexpr u64 TABLE_BITS = 16;  // up to which what has been decoded is kept in a table

static u8 bits_for(u64 count) { return count <= 1 ? 0 : u8(64 - __builtin_clzll(count - 1)); }

static void begin(Layout& layout, Form form, u64 bits) {
    layout.form = form;
    layout.bits = u8(bits);
    layout.number = ++made;
}

void make_truths(Layout& layout) { begin(layout, Form::TRUTHS, 1); }

void make_numbers(Layout& layout, i64 low, u64 count) {
    begin(layout, Form::NUMBERS, bits_for(count));
    layout.low = low;
    layout.count = count;
}

void make_values(Layout& layout, V values) {
    const Object* list = object_of(as_function(values));
    begin(layout, Form::VALUES, bits_for(list->size));
    layout.size = list->size;
    layout.values = static_cast<V*>(zeroed(list->size * sizeof(V)));
    u64 slots = 4;
    while (slots < list->size * u64(2)) slots *= 2;
    layout.mask = slots - 1;
    layout.codes = static_cast<Code*>(zeroed(slots * sizeof(Code)));
    for (u64 i = 0; i < slots; i++) layout.codes[i] = Code{UNSET.word, 0};
    for (u32 i = 0; i < list->size; i++) {
        V value = layout.values[i] = intern(list->items()[i]);
        u64 at = (value.word * 0x9e3779b97f4a7c15u >> 32) & layout.mask;
        while (layout.codes[at].word != UNSET.word) at = (at + 1) & layout.mask;
        layout.codes[at] = Code{value.word, i};
    }
}

static void begin_compound(Layout& layout, Form form, u64 bits) {
    begin(layout, form, bits);
    if (bits <= TABLE_BITS) layout.values = static_cast<V*>(zeroed((u64(1) << bits) * sizeof(V)));
}

void make_mask(Layout& layout, const Layout& element) {
    u64 count = element.form == Form::NUMBERS ? element.count : element.size;
    begin_compound(layout, Form::MASK, count);
    layout.size = u32(count);
    layout.element = &element;
}

void make_array(Layout& layout, V keys, const Layout* const* parts, u32 size) {
    u64 bits = 0;
    for (u32 i = 0; i < size; i++) bits += parts[i]->bits;
    begin_compound(layout, Form::ARRAY, bits);
    layout.size = size;
    layout.parts = parts;
    layout.keys = keys;
    FunctionBuilder built(keys);
    layout.domain = built.object->kind == SEQUENCE ? nullptr : built.object->domain;
}

// --- decoding --------------------------------------------------------------------------------------------------------

// One worker's: what codes of many bits were decoded to last.
struct Decoded {
    u64 layout;
    u64 code;
    V value;
};
constexpr u64 KEPT = 1 << 12;
static __thread Decoded* decoded;

static void add_elements(Collector& found, const Layout& layout, u64 mask, u64 first) {
    for (; mask != 0; mask &= mask - 1) found.add(unpacked(*layout.element, first + u64(__builtin_ctzll(mask))));
}

static V decode(const Layout& layout, u64 code) {
    if (layout.form == Form::MASK) {
        Collector found;
        add_elements(found, layout, code, 0);
        return intern(found.set());
    }
    FunctionBuilder built(layout.keys);
    for (u32 i = 0; i < layout.size; i++) {
        const Layout& part = *layout.parts[i];
        built.object->items()[i] = unpacked(part, code & ((u64(1) << part.bits) - 1));
        code >>= part.bits;
    }
    return intern(value_of(built.object));
}

V unpacked_slow(const Layout& layout, u64 code) {
    if (layout.values != nullptr) {
        u64 known = __atomic_load_n(&layout.values[code].word, __ATOMIC_ACQUIRE);
        if (LIKELY(known != 0)) return V{known};
        V value = decode(layout, code);
        __atomic_store_n(&layout.values[code].word, value.word, __ATOMIC_RELEASE);
        return value;
    }
    if (UNLIKELY(decoded == nullptr)) decoded = static_cast<Decoded*>(zeroed(KEPT * sizeof(Decoded)));
    Decoded& kept = decoded[((code ^ layout.number << 50) * 0x9e3779b97f4a7c15u >> 40) & (KEPT - 1)];
    if (kept.layout != layout.number || kept.code != code) {
        V value = decode(layout, code);
        kept = Decoded{layout.number, code, value};
    }
    return kept.value;
}

static u32 words_of(const Layout& mask) { return u32((mask.size + WORD_BITS - 1) / WORD_BITS); }

// The same for masks of some words.
struct DecodedWords {
    u64 layout;
    u64 words[MOST_WORDS];
    V value;
};
static __thread DecodedWords* decoded_words;

V unpacked_words(const Layout& layout, const u64* words) {
    if (UNLIKELY(decoded_words == nullptr)) decoded_words = static_cast<DecodedWords*>(zeroed(KEPT * sizeof(DecodedWords)));
    u32 count = words_of(layout);
    u64 hash = layout.number;
    for (u32 i = 0; i < count; i++) hash = (hash ^ words[i]) * 0x9e3779b97f4a7c15u;
    DecodedWords& kept = decoded_words[(hash >> 40) & (KEPT - 1)];
    if (kept.layout != layout.number || std::memcmp(kept.words, words, count * sizeof(u64)) != 0) {
        Collector found;
        for (u32 i = 0; i < count; i++) add_elements(found, layout, words[i], i * WORD_BITS);
        V value = intern(found.set());
        kept.layout = layout.number;
        std::memcpy(kept.words, words, count * sizeof(u64));
        kept.value = value;
    }
    return kept.value;
}

V value_of_component(u32 variable, const V* component) {
    const Layout* layout = SPECIFICATION.layouts[variable];
    if (layout == nullptr) return *component;
    u32 count = SPECIFICATION.starts[variable + 1] - SPECIFICATION.starts[variable];
    if (count == 1) return unpacked(*layout, code_of(*component));
    u64 words[MOST_WORDS];
    for (u32 i = 0; i < count; i++) words[i] = code_of(component[i]);
    return unpacked_words(*layout, words);
}

// --- encoding --------------------------------------------------------------------------------------------------------

bool write_mask(const Layout& layout, V v, u64* words) {
    if (!is_set(v) || !is_finite(v)) return false;
    std::memset(words, 0, words_of(layout) * sizeof(u64));
    const Object* set = explicit_set(v);
    for (u32 i = 0; i < set->size; i++) {
        i64 code = code_in(*layout.element, set->items()[i]);
        if (code < 0) return false;
        words[u64(code) / WORD_BITS] |= u64(1) << (u64(code) % WORD_BITS);
    }
    return true;
}

static i64 code_of_set(const Layout& layout, V v) {
    u64 mask = 0;
    return write_mask(layout, v, &mask) ? i64(mask) : -1;
}

static i64 code_of_function(const Layout& layout, V v) {
    if (!is_function(v)) return -1;
    const Object* function = object_of(as_function(v));
    bool is_over_keys = layout.domain == nullptr ? function->kind == SEQUENCE && function->size == layout.size
                                                 : function->kind == FUNCTION && function->domain == layout.domain;
    if (!is_over_keys) return -1;
    u64 code = 0, shift = 0;
    for (u32 i = 0; i < layout.size; i++) {
        i64 part = code_in(*layout.parts[i], function->items()[i]);
        if (part < 0) return -1;
        code |= u64(part) << shift;
        shift += layout.parts[i]->bits;
    }
    return i64(code);
}

static V by_word(V v) {
    if (is_interned(v)) return v;
    if (is_explicit(v)) return interned_like(v);
    if (is_set(v) && !is_finite(v)) return UNSET;
    return intern(v);
}

i64 code_slow(const Layout& layout, V v) {
    switch (layout.form) {
        case Form::TRUTHS: return tag_of(v) == BOOL ? i64(bool_of(v)) : -1;
        case Form::NUMBERS: {
            u64 code = u64(int_of(v)) - u64(layout.low);
            return is_int(v) && code < layout.count ? i64(code) : -1;
        }
        case Form::VALUES: {
            if (is_pointer(v)) v = by_word(v);
            for (u64 at = (v.word * 0x9e3779b97f4a7c15u >> 32) & layout.mask;; at = (at + 1) & layout.mask) {
                if (layout.codes[at].word == UNSET.word) return -1;
                if (layout.codes[at].word == v.word) return i64(layout.codes[at].code);
            }
        }
        case Form::MASK: return code_of_set(layout, v);
        default: return code_of_function(layout, v);
    }
}

// --- keys ------------------------------------------------------------------------------------------------------------

[[noreturn]] COLD void no_place(const Layout& layout, u64 code, V key) {
    apply(unpacked(layout, code), key);
    outside_domain();
}

COLD void no_place_to_change(const Layout& layout, u64 code, V key) {
    V function = unpacked(layout, code);
    if (layout.domain == nullptr)
        place_in_sequence(function, key);
    else
        place_in(function, key);
}
