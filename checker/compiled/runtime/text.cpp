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

static V* read_values(const char*& text, u64 count) {
    V* values = static_cast<V*>(allocate((count + 1) * sizeof(V)));
    for (u64 i = 0; i < count; i++) values[i] = read_value(text);
    return values;
}

static V read_function(const char*& text) {
    u64 count = u64(read_number(text));
    V* keys = static_cast<V*>(allocate((count + 1) * sizeof(V)));
    V* values = static_cast<V*>(allocate((count + 1) * sizeof(V)));
    for (u64 i = 0; i < count; i++) {
        keys[i] = read_value(text);
        values[i] = read_value(text);
    }
    return function_of_pairs(keys, values, u32(count));
}

static V read_record_set(const char*& text) {
    u64 count = u64(read_number(text));
    V names = read_value(text);
    return record_set(names, read_values(text, count));
}

V read_value(const char*& text) {
    switch (*text++) {
        case 'i': return integer(read_number(text));
        case 'b': return boolean(*text++ == '1');
        case 's': return string_value(u64(read_number(text)));
        case 'm': return model_value(u64(read_number(text)));
        case '{': {
            u64 count = u64(read_number(text));
            return intern(make_set(read_values(text, count), count));
        }
        case '<': {
            u64 count = u64(read_number(text));
            return intern(make_sequence(read_values(text, count), count));
        }
        case '(': return intern(read_function(text));
        case 'I': {
            V low = read_value(text);
            return interval(int_of(low), int_of(read_value(text)));
        }
        case 'P': return subset_of(read_value(text));
        case 'F': {
            V domain = read_value(text);
            return function_set(domain, read_value(text));
        }
        case 'R': return read_record_set(text);
        case 'X': {
            u64 count = u64(read_number(text));
            return product(read_values(text, count), count);
        }
        case 'Q': return sequences_of(read_value(text));
        case 'N': return infinite(InfiniteName(read_number(text)));
        case 'K': {
            V base = read_value(text);
            return subsets_of_size(read_value(text), base);
        }
        default: {
            V base = read_value(text);
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

void write_value(Text& text, V v) {
    if (!is_pointer(v)) {
        write_atom(text, v);
        return;
    }
    Object* object = object_of(is_function(v) ? as_function(v) : value_of(explicit_set(v)));
    text.add(object->kind == SET ? "{" : object->kind == SEQUENCE ? "<" : "(");
    text.add(u64(object->size));
    text.add(";");
    for (u32 i = 0; i < object->size; i++) {
        if (object->kind == FUNCTION) write_value(text, object->domain->keys[i]);
        write_value(text, object->items()[i]);
    }
}
