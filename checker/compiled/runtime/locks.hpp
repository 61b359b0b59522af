// Locks that are held for a few instructions only.
#pragma once

#include <sched.h>

// Tells the processor, where it can be told, that this is a loop that waits.
inline void relax() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

// Of whoever waits for what takes a few instructions.
struct Patience {
    static constexpr unsigned MOST = 1 << 10;  // what takes longer may have lost its processor
    unsigned waited = 0;

    void wait() {
        if (waited++ < MOST)
            relax();
        else
            sched_yield();
    }
};

struct SpinLock {
    bool taken;

    bool try_lock() {
        return !__atomic_load_n(&taken, __ATOMIC_RELAXED) && !__atomic_exchange_n(&taken, true, __ATOMIC_ACQUIRE);
    }
    void lock() {
        for (Patience patience; !try_lock();) patience.wait();
    }
    void unlock() { __atomic_store_n(&taken, false, __ATOMIC_RELEASE); }
};

enum Taken { TAKEN };

struct Holding {
    SpinLock& held;
    explicit Holding(SpinLock& lock) : held(lock) { held.lock(); }
    Holding(SpinLock& lock, Taken) : held(lock) {}
    ~Holding() { held.unlock(); }
};
