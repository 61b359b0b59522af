// Arguments that are evaluated at most once, when first asked for, and operators passed as arguments.
#pragma once

#include "value.hpp"

// An argument that its operator may not need.
struct Thunk {
    V value;
    V (*compute)(Thunk* self);
    V get() { return LIKELY(!is_unset(value)) ? value : (value = compute(this)); }
};

template <class F>
struct ThunkOf : Thunk {
    F body;
    static V run(Thunk* self) { return static_cast<ThunkOf*>(self)->body(); }
};

inline Thunk* known(V value) {
    auto* thunk = static_cast<Thunk*>(allocate(sizeof(Thunk)));
    thunk->value = value;
    return thunk;
}

template <class F>
Thunk* thunk(F body) {
    auto* made = static_cast<ThunkOf<F>*>(allocate(sizeof(ThunkOf<F>)));
    made->value = UNSET;
    made->compute = ThunkOf<F>::run;
    new (&made->body) F(body);
    return made;
}

// An operator of values: `arguments` has as many as its arity.
struct Op {
    V (*call)(Op* self, const V* arguments);
};

template <class F>
struct OpOf : Op {
    F body;
    static V run(Op* self, const V* arguments) { return static_cast<OpOf*>(self)->body(self, arguments); }
};

template <class F>
Op* op(F body) {
    auto* made = static_cast<OpOf<F>*>(allocate(sizeof(OpOf<F>)));
    made->call = OpOf<F>::run;
    new (&made->body) F(body);
    return made;
}

template <class... A>
V call(Op* operation, A... arguments) {
    const V values[] = {arguments..., UNSET};
    return operation->call(operation, values);
}

// What is to be done once a formula that may call itself holds: a lambda of the caller's, given next values.
template <class R>
struct Continuation {
    void* object = nullptr;
    R (*run)(void* object, const V* given) = nullptr;

    Continuation(decltype(nullptr)) {}
    template <class F>
    Continuation(F& body) : object(&body), run([](void* it, const V* given) -> R { return (*static_cast<F*>(it))(given); }) {}
    R operator()(const V* given) const { return run(object, given); }
};

// How deep recursive definitions may go.
constexpr u32 MAX_DEPTH = 20000;
extern __thread u32 depth;
[[noreturn]] COLD void too_deep();

struct Deeper {
    Deeper() {
        if (UNLIKELY(++depth > MAX_DEPTH)) too_deep();
    }
    ~Deeper() { depth--; }
};
