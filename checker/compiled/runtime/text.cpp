// Values as text, both ways.
#include "text.hpp"

#include <cstdio>
#include <cstdlib>

#include "interning.hpp"

static i64 read_number(const char*& text) {
    bool is_negative = *text == '-';
    if (is_negative) text++;
    i64 number = 0;
    while (*text != ';') number = number * 10 + (*text++ - '0');
    text++;
    return is_negative ? -number : number;
}

static V* read_values(const char*& text, u64 count, bool stays) {
    V* values = static_cast<V*>(allocate((count + 1) * sizeof(V)));
    for (u64 i = 0; i < count; i++) values[i] = read_value(text, stays);
    return values;
}

static V read_function(const char*& text, bool stays) {
    u64 count = u64(read_number(text));
    V* keys = static_cast<V*>(allocate((count + 1) * sizeof(V)));
    V* values = static_cast<V*>(allocate((count + 1) * sizeof(V)));
    for (u64 i = 0; i < count; i++) {
        keys[i] = read_value(text, stays);
        values[i] = read_value(text, stays);
    }
    return function_of_pairs(keys, values, u32(count));
}

static V read_record_set(const char*& text, bool stays) {
    u64 count = u64(read_number(text));
    V names = read_value(text);
    return record_set(names, read_values(text, count, stays));
}

static u8 digit_of(char letter) { return u8(letter <= '9' ? letter - '0' : letter - 'a' + 10); }

static V read_string(const char*& text) {
    u64 size = u64(read_number(text));
    char* bytes = static_cast<char*>(allocate(size + 1));
    for (u64 i = 0; i < size; i++, text += 2) bytes[i] = char(digit_of(text[0]) << 4 | digit_of(text[1]));
    return string_of(bytes, size);
}

// Interned where that is wanted and possible: a constant may hold sets of what does not compare, which only some
// operators refuse.
static V kept(V v, bool stays) {
    try {
        return stays ? intern(v) : v;
    } catch (const Fault&) {
        return v;
    }
}

V read_value(const char*& text, bool stays) {
    switch (*text++) {
        case 'i': return integer(read_number(text));
        case 'b': return boolean(*text++ == '1');
        case 's': return string_value(u64(read_number(text)));
        case 'm': return model_value(u64(read_number(text)));
        case 'x': return read_string(text);
        case '{': {
            u64 count = u64(read_number(text));
            return kept(make_set(read_values(text, count, stays), count), stays);
        }
        case '<': {
            u64 count = u64(read_number(text));
            return kept(make_sequence(read_values(text, count, stays), count), stays);
        }
        case '(': return kept(read_function(text, stays), stays);
        case 'I': {
            V low = read_value(text);
            return interval(int_of(low), int_of(read_value(text)));
        }
        case 'P': return subset_of(read_value(text, stays));
        case 'F': {
            V domain = read_value(text, stays);
            return function_set(domain, read_value(text, stays));
        }
        case 'R': return read_record_set(text, stays);
        case 'X': {
            u64 count = u64(read_number(text));
            return product(read_values(text, count, stays), count);
        }
        case 'Q': return sequences_of(read_value(text, stays));
        case 'N': return infinite(InfiniteName(read_number(text)));
        case 'K': {
            V base = read_value(text, stays);
            return subsets_of_size(read_value(text), base);
        }
        default: {
            V base = read_value(text, stays);
            return short_sequences(base, read_value(text));
        }
    }
}

// --- writing ---------------------------------------------------------------------------------------------------------

Text::~Text() { std::free(bytes); }

void Text::add(const char* added, u64 count) {
    if (size + count + 1 > capacity) {
        capacity = (size + count + 1) * 2;
        bytes = static_cast<char*>(std::realloc(bytes, capacity));
        if (bytes == nullptr) throw Fault{FaultKind::MEMORY, "out of memory"};
    }
    std::memcpy(bytes + size, added, count);
    size += count;
    bytes[size] = 0;
}

void Text::add(u64 number) {
    char digits[32];
    add(digits, u64(std::snprintf(digits, sizeof digits, "%llu", static_cast<unsigned long long>(number))));
}

void Text::add_signed(i64 number) {
    char digits[32];
    add(digits, u64(std::snprintf(digits, sizeof digits, "%lld", static_cast<long long>(number))));
}

static void write_atom(Text& text, V v) {
    if (is_int(v)) {
        text.add("i");
        text.add_signed(int_of(v));
        text.add(";");
    } else if (tag_of(v) == BOOL) {
        text.add(bool_of(v) ? "b1" : "b0");
    } else if (tag_of(v) == STRING && place_of(v) >= known_names()) {
        Name name = name_of(v);
        text.add("x");
        text.add(name.size);
        text.add(";");
        for (u64 i = 0; i < name.size; i++) {
            char digits[3];
            std::snprintf(digits, sizeof digits, "%02x", u8(name.text[i]));
            text.add(digits, 2);
        }
    } else {
        text.add(tag_of(v) == STRING ? "s" : "m");
        text.add(u64(place_of(v)));
        text.add(";");
    }
}

// The items of an array, each written by `write`.
template <class F>
static void write_array(Text& text, const Object* object, F write) {
    text.add(object->kind == SET ? "{" : object->kind == SEQUENCE ? "<" : "(");
    text.add(u64(object->size));
    text.add(";");
    for (u32 i = 0; i < object->size; i++) {
        if (object->kind == FUNCTION) write(text, object->domain->keys[i]);
        write(text, object->items()[i]);
    }
}

void write_value(Text& text, V v) {
    if (!is_pointer(v))
        write_atom(text, v);
    else
        write_array(text, object_of(is_function(v) ? as_function(v) : value_of(explicit_set(v))), write_value);
}

static void write_parts(Text& text, const char* letter, const Object* set) {
    text.add(letter);
    if (set->kind == RECORD_SET || set->kind == PRODUCT) {
        text.add(u64(set->size - (set->kind == RECORD_SET)));
        text.add(";");
    }
    for (u32 i = 0; i < set->size; i++) write_by_rule(text, set->items()[i]);
}

void write_by_rule(Text& text, V v) {
    if (!is_pointer(v)) return write_atom(text, v);
    if (is_function(v)) return write_array(text, object_of(as_function(v)), write_by_rule);
    const Object* set = object_of(v);
    switch (set->kind) {
        case INTERVAL: return write_parts(text, "I", set);
        case SUBSET: return write_parts(text, "P", set);
        case FUNCTION_SET: return write_parts(text, "F", set);
        case RECORD_SET: return write_parts(text, "R", set);
        case PRODUCT: return write_parts(text, "X", set);
        case SEQUENCES: return write_parts(text, "Q", set);
        case SIZED_SUBSETS: return write_parts(text, "K", set);
        case SHORT_SEQUENCES: return write_parts(text, "H", set);
        case INFINITE:
            text.add("N");
            text.add(u64(set->detail));
            return text.add(";");
        default:
            if (!is_finite(v)) throw Fault{FaultKind::FOREIGN, "an infinite set that has no text"};
            return write_array(text, explicit_set(v), write_by_rule);
    }
}

// --- as TLC prints values --------------------------------------------------------------------------------------------

static void show_string(Text& text, Name name) {
    static const char special[] = "\\\"\n\t\r\f", letters[] = "\\\"ntrf";
    text.add("\"");
    for (u64 i = 0; i < name.size; i++) {
        const char* found = name.text[i] == 0 ? nullptr : std::strchr(special, name.text[i]);
        if (found != nullptr) {
            text.add("\\");
            text.add(letters + (found - special), 1);
        } else {
            text.add(name.text + i, 1);
        }
    }
    text.add("\"");
}

static bool is_field(V key) {
    if (tag_of(key) != STRING || name_of(key).size == 0) return false;
    Name name = name_of(key);
    for (u64 i = 0; i < name.size; i++) {
        char c = name.text[i];
        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) return false;
    }
    return true;
}

static void show_items(Text& text, const char* open, const Object* object, const char* close) {
    text.add(open);
    for (u32 i = 0; i < object->size; i++) {
        if (i > 0) text.add(", ");
        show_value(text, object->items()[i]);
    }
    text.add(close);
}

static void show_pairs(Text& text, const Object* object) {
    bool is_record = true;
    for (u32 i = 0; i < object->size; i++) is_record = is_record && is_field(object->domain->keys[i]);
    text.add(is_record ? "[" : "(");
    for (u32 i = 0; i < object->size; i++) {
        V key = object->domain->keys[i];
        if (i > 0) text.add(is_record ? ", " : " @@ ");
        if (is_record)
            text.add(name_of(key).text, name_of(key).size);
        else
            show_value(text, key);
        text.add(is_record ? " |-> " : " :> ");
        show_value(text, object->items()[i]);
    }
    text.add(is_record ? "]" : ")");
}

static void show_list(Text& text, const V* items, u64 count, const char* between) {
    for (u64 i = 0; i < count; i++) {
        if (i > 0) text.add(between);
        show_value(text, items[i]);
    }
}

static void show_record_set(Text& text, const Object* set) {
    const Object* names = object_of(set->items()[0]);
    text.add("[");
    for (u32 i = 0; i < names->size; i++) {
        if (i > 0) text.add(", ");
        text.add(name_of(names->items()[i]).text, name_of(names->items()[i]).size);
        text.add(": ");
        show_value(text, set->items()[i + 1]);
    }
    text.add("]");
}

// A lazy set that is not expanded, by its rule.
static void show_rule(Text& text, const Object* set) {
    static const char* const infinite_names[] = {"Nat", "Int", "STRING", "Any"};
    static const char* const combinations[] = {" \\cup ", " \\cap ", " \\ "};
    const V* parts = set->items();
    switch (set->kind) {
        case INTERVAL: show_list(text, parts, 2, ".."); break;
        case SUBSET: text.add("SUBSET "); show_value(text, parts[0]); break;
        case FUNCTION_SET: text.add("["); show_list(text, parts, 2, " -> "); text.add("]"); break;
        case RECORD_SET: show_record_set(text, set); break;
        case PRODUCT: text.add("("); show_list(text, parts, set->size, " \\X "); text.add(")"); break;
        case SEQUENCES: text.add("Seq("); show_value(text, parts[0]); text.add(")"); break;
        case SHORT_SEQUENCES: text.add("SeqOf("); show_list(text, parts, 2, ", "); text.add(")"); break;
        case SIZED_SUBSETS:
            text.add("kSubset(");
            show_value(text, parts[1]);
            text.add(", ");
            show_value(text, parts[0]);
            text.add(")");
            break;
        case INFINITE: text.add(infinite_names[set->detail]); break;
        case COMBINED: text.add("("); show_list(text, parts, 2, combinations[set->detail]); text.add(")"); break;
        case UNITED: text.add("UNION "); show_value(text, parts[0]); break;
        default: text.add("{x \\in "); show_value(text, parts[0]); text.add(" : …}");
    }
}

constexpr i64 EXPAND_BELOW = 2000;  // lazy sets smaller than this print their elements

void show_value(Text& text, V v) {
    if (is_int(v)) {
        text.add_signed(int_of(v));
    } else if (tag_of(v) == BOOL) {
        text.add(bool_of(v) ? "TRUE" : "FALSE");
    } else if (tag_of(v) == STRING) {
        show_string(text, name_of(v));
    } else if (tag_of(v) == MODEL) {
        text.add(name_of(v).text, name_of(v).size);
    } else if (is_function(v)) {
        Object* object = object_of(as_function(v));
        if (object->kind == SEQUENCE)
            show_items(text, "<<", object, ">>");
        else
            show_pairs(text, object);
    } else if (object_of(v)->kind == SET || (is_finite(v) && cardinality(v) < EXPAND_BELOW)) {
        show_items(text, "{", explicit_set(v), "}");
    } else {
        show_rule(text, object_of(v));
    }
}
