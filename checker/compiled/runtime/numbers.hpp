// Arithmetic on 64-bit integers; what goes beyond is a fault.
#pragma once

#include "value.hpp"

inline i64 add(i64 a, i64 b) {
    i64 result;
    if (UNLIKELY(__builtin_add_overflow(a, b, &result))) overflow();
    return result;
}

inline i64 subtract(i64 a, i64 b) {
    i64 result;
    if (UNLIKELY(__builtin_sub_overflow(a, b, &result))) overflow();
    return result;
}

inline i64 multiply(i64 a, i64 b) {
    i64 result;
    if (UNLIKELY(__builtin_mul_overflow(a, b, &result))) overflow();
    return result;
}

inline i64 negate(i64 a) { return subtract(0, a); }

// `\div` and `%` round towards minus infinity.
inline i64 divide(i64 a, i64 b) {
    if (UNLIKELY(b == 0)) fault("division by zero");
    if (UNLIKELY(b == -1)) return negate(a);
    i64 quotient = a / b;
    return quotient - (a % b != 0 && (a < 0) != (b < 0));
}

inline i64 modulo(i64 a, i64 b) {
    if (UNLIKELY(b <= 0)) fault("% of a number that is not positive");
    i64 rest = a % b;
    return rest < 0 ? rest + b : rest;
}

inline i64 power(i64 base, i64 exponent) {
    if (exponent < 0) fault("a negative exponent");
    if (base == 0 && exponent == 0) fault("0^0");
    i64 result = 1;
    for (; exponent > 0 && base != 1 && result != 0; exponent--) result = multiply(result, base);
    return result;
}
