// Values as text, in the notation that the Python side reads and writes (`compiled/notation.py`): a letter, then what it
// needs, numbers ended by `;`.
//
//   i5;  b1  s12;  m3;  {2;xy  <2;xy  (1;kv   a set, a sequence, a function
//   I lo hi   P base   F domain range   R 1;names sets…   X 2;factors…   Q base   N0;   K base size   H base length
//   x4;abcd a string that was not known at compile time
#pragma once

#include "sets.hpp"

V read_value(const char*& text, bool stays = true);  // `stays`: for ever, as interned values do

// Text that grows.
struct Text {
    char* bytes;
    u64 size;
    u64 capacity;
    Text() : bytes(nullptr), size(0), capacity(0) {}
    ~Text();
    Text(const Text&) = delete;
    Text& operator=(const Text&) = delete;
    void add(const char* bytes, u64 size);
    void add(const char* text) { add(text, std::strlen(text)); }
    void add(u64 number);
    void add_signed(i64 number);
};

void write_value(Text& text, V v);
void write_by_rule(Text& text, V v);  // where there are sets that are known by a rule, the rule

void show_value(Text& text, V v);  // as TLC prints it: `model/values/text.py`
