// What is found, and the line of JSON that tells it: see `compiled/process.py`.
#pragma once

#include <new>

#include "search.hpp"
#include "text.hpp"

enum class Found : u8 { INVARIANT, INITIAL, ACTION, DEADLOCK, ENUMERATION_FAULT, EXAMINATION_FAULT, NONE };

const char* name_of_finding(Found what);
void add_figure(Text& text, const char* name, u64 figure);
void add_word(Text& text, const char* name, const char* word);
void write_step(Text& text, u64 ordinal, const V* state);  // of a path, which begins with `[`
[[noreturn]] void give_up(const Fault& fault);  // where nothing is evaluated for a state: there is no answer

// What a thread does, of which a fault that is not of some state leaves no answer.
template <class F>
void or_give_up(F body) {
    try {
        body();
    } catch (const Fault& fault) {
        give_up(fault);
    } catch (const std::bad_alloc&) {
        give_up(Fault{FaultKind::MEMORY, "out of memory"});
    }
}
