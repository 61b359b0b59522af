"""One small system under several fairness conditions, and what holds of it: a case for each form of a property.

The verdicts are TLC's, save for the forms that it refuses.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from comitia.checker.catalog import Target, find_target

MODULE = r"""---- MODULE Lift ----
EXTENDS Naturals
CONSTANT Top
VARIABLES floor, door
vars == <<floor, door>>
Init == floor = 0 /\ door = "shut"
Up == floor < Top /\ floor' = floor + 1 /\ UNCHANGED door
Down == floor = Top /\ floor' = 0 /\ UNCHANGED door
Move(to) == floor = 1 /\ door # to /\ door' = to /\ UNCHANGED floor
Open == Move("open")
Shut == Move("shut")
Wait == UNCHANGED vars
Next == Up \/ Down \/ Open \/ Shut
System == Init /\ [][Next]_vars
Bare == System
Weak == System /\ WF_vars(Next)
Moving == System /\ WF_vars(Up) /\ WF_vars(Down) /\ WF_vars(Shut)
Strong == Moving /\ SF_vars(Open)
Each == System /\ WF_vars(Up) /\ WF_vars(Down) /\ \A to \in {"open", "shut"} : SF_vars(Move(to))
Local == LET A == Up IN System /\ WF_vars(A) /\ LET B == Down C(to) == Move(to) IN WF_vars(B) /\ WF_vars(C("shut"))
Chosen == System /\ IF Top = 2 THEN WF_vars(Up) /\ WF_vars(Down) ELSE TRUE
Idle == System /\ WF_vars(Wait) /\ SF_floor(Open)
Stuck == Init /\ [][Up]_vars /\ WF_vars(Up)
Odd == floor % 2 = 1
Done == Top % 2 = 1
Later(F) == <>F
Rounds(A) == []<><<A>>_vars
Lit == INSTANCE Light WITH on <- door = "open"
Hidden == INSTANCE Light WITH on <- floor = 7
Fixed == INSTANCE Light WITH on <- FALSE
Numbered(n) == INSTANCE Light WITH on <- floor = n
====
"""
LIGHT = r"""---- MODULE Light ----
VARIABLE on
Init == ~on
Flip == on' = ~on
Off == on /\ on' = FALSE
CanFlip == ENABLED Flip
Spec == Init /\ [][Flip]_on
Fair == Spec /\ WF_on(Flip)
Settling == Spec /\ WF_on(Off)
====
"""

HOLDS: tuple[tuple[str, str], ...] = (
    # fairness of the specification
    ("Weak", "[]<>(floor = 1)"),
    ("Moving", "[]<>(floor = 0)"),
    ("Moving", "floor = 1 ~> floor = 0"),
    ("Strong", '[]<>(door = "open")'),
    ("Each", r'\A to \in {"open", "shut"} : []<>(door = to)'),
    ("Chosen", "[]<>(floor = 0)"),
    # fairness as a property
    ("Moving", "WF_vars(Next)"),
    ("Weak", "WF_vars(Down)"),
    ("Bare", "SF_vars(Wait)"),
    ("Strong", "SF_vars(Open) /\\ WF_vars(Up)"),
    ("Bare", "WF_vars(Next) => []<>(floor = 1)"),
    ("Bare", r'(WF_vars(Next) /\ \A to \in {"open"} : ~[]<><<Move(to)>>_vars) => []<>(floor = 0)'),
    # actions
    ("Moving", "[]<><<Up>>_vars"),
    ("Moving", "[]<><<Up>>_floor"),
    ("Weak", "<>[][Open \\/ Shut]_vars \\/ []<><<Down>>_vars \\/ <>[][FALSE]_vars"),
    ("Bare", "(<>[][FALSE]_door) => <>[][Up \\/ Down]_vars"),
    # connectives
    ("Weak", r"(\E n \in 0..2 : <>[](floor = n)) \/ []<>(floor = 2)"),
    ("Moving", "IF Top = 2 THEN <>(floor = 2) ELSE <>(floor = 3)"),
    ("Weak", "IF floor = 0 THEN <>(floor = 1) ELSE FALSE"),
    ("Moving", "[](floor = 1 => <>(floor = 2))"),
    ("Moving", "(floor = 1 ~> floor = 2) /\\ [](floor < 3) /\\ [][floor' # floor]_floor"),
    ("Moving", "~<>[](floor = 1)"),
    ("Bare", "<>[](floor = 0) \\/ <>(floor = 1)"),
    ("Moving", "LET back == floor = 0 IN []<>back /\\ (~back ~> back)"),
    ("Moving", "[]<>Odd"),
    # ENABLED
    ("Moving", "[]<>ENABLED Down"),
    ("Bare", "[]<>(ENABLED <<Next>>_vars)"),
    ("Bare", "<>[]~ENABLED <<Wait>>_vars"),
    # refinement
    ("Strong", "Lit!Spec"),
    ("Each", "Lit!Fair"),
    ("Each", "Lit!Settling"),
    ("Bare", "Hidden!Spec"),
    ("Bare", "[]<>Hidden!CanFlip"),
    ("Bare", "[]<>Fixed!CanFlip"),
)
FAILS: tuple[tuple[str, str], ...] = (
    ("Bare", "<>(floor = 1)"),
    ("Weak", "[]<>(floor = 0)"),
    ("Moving", '[]<>(door = "open")'),
    ("Each", '<>[](door = "open")'),
    ("Idle", "<>(floor = 1)"),
    ("Bare", "[]<>FALSE"),
    ("Bare", "WF_vars(Next)"),
    ("Moving", "SF_vars(Open)"),
    ("Weak", "SF_vars(Up)"),
    ("Weak", "[]<><<Down>>_vars"),
    ("Moving", "<>[][Up]_vars"),
    ("Bare", "(<>[][FALSE]_door) => []<><<Up \\/ Down>>_vars"),
    ("Weak", "floor = 1 ~> floor = 2"),
    ("Weak", r"\E n \in 0..2 : <>[](floor = n)"),
    ("Moving", "floor = 0 => [](floor = 0) \\/ <>(floor = 3)"),
    ("Moving", "(floor = 0 ~> floor = 1) /\\ <>(floor = 3)"),
    ("Bare", "[]<>ENABLED Down"),
    ("Bare", "Lit!Fair"),
    ("Moving", "Lit!Fair"),
    ("Strong", "Lit!Fair"),
    ("Moving", "Lit!Settling"),
    ("Strong", "Hidden!Fair"),
    ("Moving", "[]<>ENABLED Fixed!Flip"),
)
OTHERS: tuple[tuple[str, str, bool], ...] = (
    ("Moving", "floor = 2 ~> [][Down]_vars", False),
    ("Weak", "[](floor = 1 => <><<Up>>_vars)", False),
    ("Moving", "[](floor = 1 => <><<Up>>_vars)", True),
    ("Each", '[](door = "open" => <><<Shut>>_vars)', True),
    ("Moving", "Later(Later([]<>(floor = 0)))", True),
    ("Bare", "<><<Up>>_vars => <>(floor = 1)", True),
    ("Bare", "[][Up]_vars \\/ <><<~Up>>_vars", True),
    ("Bare", "<>[][Up]_vars => [][Up]_vars", False),
    # TLC loses one of the negations, and takes constants wrongly
    ("Bare", "<>TRUE", True),
    ("Bare", "[]FALSE => <>(floor = 3)", True),
    ("Weak", "[]~~[]<>(floor = 1)", True),
    ("Weak", "[](~(floor = 0 ~> floor = 1) => <>(floor = 3))", True),
    ("Local", "[]<>(floor = 0)", True),
    ("Moving", "[]<><<Down>>_vars <=> []<>(floor = 0)", True),
    ("Moving", "Rounds(Down)", True),
    ("Moving", r"\A n \in 1..2 : Numbered(n)!Fair", True),
    ("Moving", "[]<>(floor = 1) <=> <>[](floor = 1)", False),
)
"""What TLC refuses, or gets wrong, with the verdict: whether the formula holds."""


def lift(folder: Path, spec: str, formulas: Sequence[str], statements: str = "") -> Target:
    """The system under that specification, the formulas as its properties Prop0, Prop1, …"""
    names = [f"Prop{index}" for index in range(len(formulas))]
    definitions = "".join(f"{name} == {formula}\n" for name, formula in zip(names, formulas, strict=True))
    (folder / "Light.tla").write_text(LIGHT, encoding="utf-8")
    (folder / "Lift.tla").write_text(MODULE.replace("====\n", f"{definitions}====\n"), encoding="utf-8")
    config = f"CONSTANT Top = 2\nSPECIFICATION {spec}\nPROPERTIES {' '.join(names)}\n{statements}\n"
    (folder / "Lift.cfg").write_text(config, encoding="utf-8")
    return find_target(str(folder / "Lift.tla"))
