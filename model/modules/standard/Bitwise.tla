------------------------------ MODULE Bitwise ------------------------------
\* Natural numbers as rows of bits.

LOCAL INSTANCE Integers

\* The number whose bits are bit(b, c), b and c the bits of x and y at the same place.
LOCAL Combine(x, y, bit(_, _)) ==
  LET RECURSIVE combined(_, _)
      combined(u, v) == IF u = 0 /\ v = 0 THEN 0 ELSE bit(u % 2, v % 2) + 2 * combined(u \div 2, v \div 2)
  IN combined(x, y)

x & y == Combine(x, y, LAMBDA b, c : b * c)

x | y == Combine(x, y, LAMBDA b, c : IF b + c = 0 THEN 0 ELSE 1)

x ^^ y == Combine(x, y, LAMBDA b, c : (b + c) % 2)

\* The bits from the highest one on, each turned over.
Not(x) == Combine(x, 0, LAMBDA b, c : 1 - b)

shiftR(x, places) == x \div 2 ^ places
=============================================================================
