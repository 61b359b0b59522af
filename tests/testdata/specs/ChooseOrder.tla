---- MODULE ChooseOrder ----
\* CHOOSE takes the first in TLC's order: integers ascending, sets by size, strings and model values by appearance.
EXTENDS Naturals, Sequences, FiniteSets
CONSTANTS Zeta, Alpha, Mid
VARIABLES x, y
First(S) == CHOOSE e \in S : TRUE
RECURSIVE Order(_)
Order(S) == IF S = {} THEN <<>> ELSE LET e == First(S) IN <<e>> \o Order(S \ {e})
Init == x = 0 /\ y = <<>>
Next == /\ x < 8
        /\ x' = x + 1
        /\ y' = CASE x = 0 -> Order({3, 1, 2})
                  [] x = 1 -> Order({"zz", "aa", "mm"})
                  [] x = 2 -> Order({Mid, Alpha, Zeta})
                  [] x = 3 -> Order(SUBSET {2, 1})
                  [] x = 4 -> Order({<<2>>, <<1, 1>>, <<>>})
                  [] x = 5 -> Order([{1, 2} -> {"p", "o"}])
                  [] x = 6 -> Order({[b |-> 1, a |-> 2], [b |-> 2, a |-> 1]})
                  [] x = 7 -> Order({TRUE, FALSE})
                  [] OTHER -> y
Seen == x # 8
====
