-------------------------- MODULE DyadicRationals --------------------------
\* Fractions whose denominator is a power of two, in lowest terms.

LOCAL INSTANCE Integers
LOCAL INSTANCE Sequences
LOCAL INSTANCE TLC

LOCAL Fraction(num, den) == [num |-> num, den |-> den]

LOCAL Reduce(p) ==
  LET RECURSIVE gcd(_, _)
      gcd(a, b) == IF b = 0 THEN a ELSE gcd(b, a % b)
      common == gcd(p.num, p.den)
  IN Fraction(p.num \div common, p.den \div common)

IsDyadicRational(r) == \E n \in 0 .. r.den : r.den = 2 ^ n

Zero == Fraction(0, 1)

One == Fraction(1, 1)

Add(p, q) ==
  IF p = Zero THEN q
  ELSE IF p.den <= q.den
  THEN Reduce(Fraction(p.num * (q.den \div p.den) + q.num, q.den))
  ELSE Reduce(Fraction(p.num + q.num * (p.den \div q.den), p.den))

Half(p) == Reduce(Fraction(p.num, 2 * p.den))

PrettyPrint(p) ==
  CASE p = Zero -> "0"
    [] p = One -> "1"
    [] OTHER -> ToString(p.num) \o "/" \o ToString(p.den)
=============================================================================
