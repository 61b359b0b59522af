---- MODULE M ----
THEOREM x
<1>1. a = b
<1>2. c
A == 1
====
