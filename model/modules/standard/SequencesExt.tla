---------------------------- MODULE SequencesExt ----------------------------
\* Sequences: from and to sets, searching, changing, prefixes and suffixes, folds, parts and their replacement.

EXTENDS Sequences, Naturals, FiniteSets, FiniteSetsExt, Folds, Functions, Bags, TLC

\* --- sequences and sets
ToSet(s) == {s[i] : i \in DOMAIN s}

ToBag(s) == [x \in ToSet(s) |-> Cardinality({i \in DOMAIN s : x = s[i]})]

\* In TLC's order.
SetToSeq(S) == FoldSet(LAMBDA x, s : Append(s, x), <<>>, S)

SetToSortSeq(S, op(_, _)) == SortSeq(SetToSeq(S), op)

SetToSeqs(S) == {s \in [1 .. Cardinality(S) -> S] : IsInjective(s)}

SetToAllKPermutations(S) == UNION {SetToSeqs(T) : T \in SUBSET S}

TupleOf(S, n) == [1 .. n -> S]

SeqOf(S, n) == UNION {[1 .. k -> S] : k \in 0 .. n}

BoundedSeq(S, n) == SeqOf(S, n)

\* --- questions
Contains(s, x) == \E i \in 1 .. Len(s) : x = s[i]

IsSorted(s, op(_, _)) == \A i \in 1 .. Len(s) : \A j \in i + 1 .. Len(s) : op(s[i], s[j])

\* Positions of the first or the last element that passes a test; 0 where there is none.
SelectInSubSeq(s, from, to, Test(_)) ==
  LET part == SubSeq(s, from, to)
      found == {i \in DOMAIN part : Test(part[i])}
  IN IF found = {} THEN 0 ELSE from - 1 + Min(found)

SelectLastInSubSeq(s, from, to, Test(_)) ==
  LET part == SubSeq(s, from, to)
      found == {i \in DOMAIN part : Test(part[i])}
  IN IF found = {} THEN 0 ELSE from - 1 + Max(found)

SelectInSeq(s, Test(_)) == SelectInSubSeq(s, 1, Len(s), Test)

SelectLastInSeq(s, Test(_)) == SelectLastInSubSeq(s, 1, Len(s), Test)

\* --- sequences that differ a little
Cons(x, s) == <<x>> \o s

Snoc(x, s) == Append(s, x)

Front(s) == SubSeq(s, 1, Len(s) - 1)

Last(s) == s[Len(s)]

Reverse(s) == LET n == Len(s) IN [i \in 1 .. n |-> s[n + 1 - i]]

InsertAt(s, i, x) == SubSeq(s, 1, i - 1) \o <<x>> \o SubSeq(s, i, Len(s))

ReplaceAt(s, i, x) == [s EXCEPT ![i] = x]

ReplaceAll(s, old, new) == [i \in 1 .. Len(s) |-> IF old = s[i] THEN new ELSE s[i]]

RemoveAt(s, i) == SubSeq(s, 1, i - 1) \o SubSeq(s, i + 1, Len(s))

Remove(s, x) == SelectSeq(s, LAMBDA y : y # x)

RemoveFirstMatch(s, Test(_)) == LET i == SelectInSeq(s, Test) IN IF i = 0 THEN s ELSE RemoveAt(s, i)

RemoveFirst(s, x) == RemoveFirstMatch(s, LAMBDA y : y = x)

\* --- prefixes and suffixes
Prefixes(s) == {SubSeq(s, 1, n) : n \in 0 .. Len(s)}

Suffixes(s) == {SubSeq(s, n, Len(s)) : n \in 1 .. Len(s)} \cup {<<>>}

IsPrefix(s, t) == Len(s) <= Len(t) /\ s = SubSeq(t, 1, Len(s))

IsStrictPrefix(s, t) == IsPrefix(s, t) /\ t # s

IsSuffix(s, t) == Len(s) <= Len(t) /\ \A i \in 1 .. Len(s) : s[i] = t[Len(t) - Len(s) + i]

IsStrictSuffix(s, t) == IsSuffix(s, t) /\ t # s

CommonPrefixes(S) == {p \in UNION {Prefixes(s) : s \in S} : \A s \in S : IsPrefix(p, s)}

LongestCommonPrefix(S) == LET all == CommonPrefixes(S) IN CHOOSE p \in all : \A q \in all : Len(q) <= Len(p)

\* --- counting modulo, from 1
SeqMod(i, n) == LET rest == i % n IN IF rest = 0 THEN n ELSE rest

\* --- folds
\* op(s[n], ... op(s[2], op(s[1], base))).
FoldSeq(op(_, _), base, s) == FoldFunction(op, base, s)

\* op(... op(op(base, s[1]), s[2]) ..., s[n]).
FoldLeft(op(_, _), base, s) ==
  LET RECURSIVE upTo(_)
      upTo(n) == IF n = 0 THEN base ELSE op(upTo(n - 1), s[n])
  IN upTo(Len(s))

\* op(s[1], op(s[2], ... op(s[n], base))).
FoldRight(op(_, _), s, base) ==
  LET RECURSIVE from(_)
      from(n) == IF n > Len(s) THEN base ELSE op(s[n], from(n + 1))
  IN from(1)

FoldLeftDomain(op(_, _), base, s) == FoldLeft(op, base, [i \in DOMAIN s |-> i])

FoldRightDomain(op(_, _), s, base) == FoldRight(op, [i \in DOMAIN s |-> i], base)

\* --- several sequences
FlattenSeq(seqs) == IF Len(seqs) = 0 THEN seqs ELSE FoldLeft(LAMBDA all, s : all \o s, seqs[1], Tail(seqs))

Zip(s, t) == [i \in 1 .. (IF Len(t) < Len(s) THEN Len(t) ELSE Len(s)) |-> <<s[i], t[i]>>]

\* Each element as a sequence of its own; for sequences of one length.
Interleave(s, t) ==
  CASE Len(s) = Len(t) ->
    IF Len(s) = 0
    THEN << <<>>, <<>> >>
    ELSE [i \in 1 .. 2 * Len(s) |-> IF i % 2 = 1 THEN <<s[(i + 1) \div 2]>> ELSE <<t[i \div 2]>>]

\* --- parts, and their replacement
SubSeqs(s) == {SubSeq(s, i, j) : i \in 1 .. Len(s) + 1, j \in 0 .. Len(s)}

\* With gaps too.
AllSubSeqs(s) ==
  {FoldSet(LAMBDA i, part : Append(part, s[i]), <<>>, positions) : positions \in SUBSET (1 .. Len(s))}

IndexFirstSubSeq(s, t) == CHOOSE i \in 1 .. Len(t) - Len(s) + 1 :
  /\ s = SubSeq(t, i, i + Len(s) - 1)
  /\ \A j \in 1 .. i - 1 : s # SubSeq(t, j, j + Len(s) - 1)

\* The part at i is as long as s.
ReplaceSubSeqAt(i, r, s, t) == SubSeq(t, 1, i - 1) \o r \o SubSeq(t, i + Len(s), Len(t))

ReplaceFirstSubSeq(r, s, t) == IF s \in SubSeqs(t) THEN ReplaceSubSeqAt(IndexFirstSubSeq(s, t), r, s, t) ELSE t

\* From the left, parts that do not overlap. The empty sequence stands before each element.
ReplaceAllSubSeqs(r, s, t) ==
  LET RECURSIVE replaced(_)
      replaced(u) ==
        IF Len(u) < Len(s) THEN u
        ELSE IF IsPrefix(s, u) THEN r \o replaced(SubSeq(u, Len(s) + 1, Len(u)))
        ELSE SubSeq(u, 1, 1) \o replaced(SubSeq(u, 2, Len(u)))
      RECURSIVE spread(_)
      spread(u) == IF Len(u) = 0 THEN u ELSE r \o SubSeq(u, 1, 1) \o spread(SubSeq(u, 2, Len(u)))
  IN IF s = t THEN r ELSE IF Len(s) = 0 THEN spread(t) ELSE replaced(t)
=============================================================================
