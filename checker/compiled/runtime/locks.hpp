// Locks that are held for a few instructions only.
#pragma once

#include <sched.h>

// Tells the processor, where it can be told, that this is a loop that waits.
inline void relax() {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#endif
}

struct SpinLock {
    static constexpr unsigned PATIENCE = 1 << 10;  // whoever holds a lock for longer may have lost its processor
    bool taken;

    void lock() {
        while (__atomic_exchange_n(&taken, true, __ATOMIC_ACQUIRE)) {
            for (unsigned waited = 0; __atomic_load_n(&taken, __ATOMIC_RELAXED); waited++) {
                if (waited < PATIENCE)
                    relax();
                else
                    sched_yield();
            }
        }
    }
    void unlock() { __atomic_store_n(&taken, false, __ATOMIC_RELEASE); }
};

struct Holding {
    SpinLock& held;
    explicit Holding(SpinLock& lock) : held(lock) { held.lock(); }
    ~Holding() { held.unlock(); }
};
