---------------------------- MODULE Statistics -----------------------------
\* Pearson's test. It needs the real numbers, so it has no definition here: an engine knows it, or refuses it.

EXTENDS Naturals

\* Whether counts are as expected: at the level of significance alpha, a string such as "0.05", that is not rejected.
ChiSquare(expected, actual, alpha) == CHOOSE accepted : accepted \in BOOLEAN
=============================================================================
