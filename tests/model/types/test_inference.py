"""What is inferred for small models: each point of the type language, of the flow of values, and of narrowing."""

from __future__ import annotations

from pathlib import Path

import pytest
from comitia.model.types import AnyType, show

from .models import CONFIG, infer, of_step, shown

# --- values ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "following", "expected"),
    [
        ("0", "1 - x", "0..1"),
        ("0", "(x + 1) % N", "0..4"),
        ("0", "IF x < N THEN x + 1 ELSE 0", "0..5"),
        ("0", "IF x = N THEN 0 ELSE x + 1", "0..5"),
        ("0", "x + 1", "Nat"),
        ("3", "x - 1", "Int(..3)"),
        ("TRUE", "~x", "Bool"),
        ('"a"', 'IF x = "a" THEN "b" ELSE "c"', '"a" | "b" | "c"'),
        ("Nil", "CHOOSE s \\in Server : s # x", "Nil | s1 | s2 | s3"),
        ('"a"', "ToString(x)", "Str"),
    ],
)
def test_atoms(first: str, following: str, expected: str, tmp_path: Path) -> None:
    assert of_step(tmp_path, first, following) == expected


@pytest.mark.parametrize(
    ("first", "following", "expected"),
    [
        ("{}", "x \\cup {Nil}", "Set(Nil)"),
        ("Server", "x", "{s1, s2, s3}"),
        ("Server", "x \\ {s1 \\in x : TRUE}", "Set(s1 | s2 | s3)"),
        ("Server \\cup {Nil}", "x \\ {Nil}", "Set(Nil | s1 | s2 | s3)"),
        ("{}", "x \\cup {<<1, TRUE>>}", "Set(<<1, TRUE>>)"),
        ("{}", "x \\cup {1, Nil}", "Set(1 | Nil)"),
        ("1..3", "{y + 1 : y \\in x}", "Set(Int(1..))"),
        ("1..3", "{y \\in x : y > 1}", "Set(1..3)"),
        ("UNION {{1}, {2}}", "x", "{1, 2}"),
        ("DOMAIN [a |-> 1]", "x", '{"a"}'),
    ],
)
def test_sets(first: str, following: str, expected: str, tmp_path: Path) -> None:
    assert of_step(tmp_path, first, following) == expected


@pytest.mark.parametrize(
    ("first", "following", "expected"),
    [
        ("[s \\in Server |-> 0]", "[x EXCEPT ![CHOOSE s \\in Server : TRUE] = 1]", "{s1, s2, s3} -> 0..1"),
        ("[s \\in Server |-> {}]", "[x EXCEPT ![CHOOSE s \\in Server : TRUE] = @ \\cup {1}]", "{s1, s2, s3} -> Set(1)"),
        ("[a |-> 0, b |-> Nil]", "[x EXCEPT !.b = 7]", "{a: 0, b: 7 | Nil}"),
        ("[a |-> [b |-> 0]]", "[x EXCEPT !.a.b = 1 - @]", "{a: {b: 0..1}}"),
        ("<<1, TRUE>>", "<<2, FALSE>>", "<<1..2, Bool>>"),
        ("<<>>", "Append(x, Nil)", "Seq(Nil)"),
        ("<<>>", "<<Nil>> \\o x", "Seq(Nil)"),
        ("<<1, 2>>", "Tail(x) \\o <<Head(x)>>", "<<1..2, 1..2>>"),
        ("<<1, 2, 3>>", "SubSeq(x, 2, Len(x))", "Seq(1..3)"),
        ("<<>>", "[i \\in 1..Len(x) + 1 |-> 0]", "Seq(0)"),
        ("<<1>>", "[i \\in DOMAIN x |-> x[i]]", "<<1>>"),
        ("<<>>", "x @@ (Nil :> 1)", "<<>> | ({Nil} -> 1)"),
        ("<<>>", "x @@ ((CHOOSE s \\in Server : s \\notin DOMAIN x) :> 1)", "(s1 | s2 | s3) -> 1"),
        ("EmptyBag", "x (+) SetToBag({Nil})", "Nil -> Int(1..)"),
        ("[i \\in 1..N |-> 0]", "[x EXCEPT ![2] = TRUE]", "<<0, TRUE | 0, 0, 0, 0>>"),
        ("[i \\in 1..N |-> 0]", "x", "1..5 -> 0"),
        (
            "[i, j \\in 1..2 |-> 0]",
            "[x EXCEPT ![1, 1] = 1]",
            "[<<1, 1>> -> 0..1, <<1, 2>> -> 0, <<2, 1>> -> 0, <<2, 2>> -> 0]",
        ),
        ("[s \\in SUBSET {1} |-> 0]", "x", "{{}, {1}} -> 0"),
    ],
)
def test_functions(first: str, following: str, expected: str, tmp_path: Path) -> None:
    assert of_step(tmp_path, first, following) == expected


def test_a_union_of_messages_is_told_apart_by_fields(tmp_path: Path) -> None:
    body = """
VARIABLE msgs
Init == msgs = {}
Next == \\/ msgs' = msgs \\cup {[type |-> "vote", term |-> 1, granted |-> TRUE]}
        \\/ \\E s \\in Server : msgs' = msgs \\cup {[type |-> "append", from |-> s]}
"""
    assert shown(infer(tmp_path, body))["msgs"] == (
        'Set({type: "append", from: s1 | s2 | s3} | {type: "vote", term: 1, granted: TRUE})'
    )


def test_records_of_the_same_fields_are_told_apart_by_their_tag(tmp_path: Path) -> None:
    body = """
VARIABLES msgs, got
Init == msgs = {} /\\ got = 0
Send(t, v) == msgs' = msgs \\cup {[type |-> t, val |-> v]} /\\ UNCHANGED got
Next == \\/ Send("number", 3)
        \\/ Send("set", {})
        \\/ \\E m \\in msgs : m.type = "number" /\\ got' = m.val /\\ UNCHANGED msgs
"""
    found = shown(infer(tmp_path, body))
    assert found["msgs"] == 'Set({type: "number", val: 3} | {type: "set", val: {}})'
    assert found["got"] == "0..3"


def test_a_tag_that_tells_nothing_apart_is_none(tmp_path: Path) -> None:
    body = """
VARIABLE log
Init == log = <<>>
Next == \\/ log' = Append(log, [op |-> "read", key |-> 1])
        \\/ log' = Append(log, [op |-> "write", key |-> 2])
"""
    assert shown(infer(tmp_path, body))["log"] == 'Seq({op: "read" | "write", key: 1..2})'


def test_tuples_of_few_lengths_stay_apart(tmp_path: Path) -> None:
    assert of_step(tmp_path, "<<1>>", 'IF Len(x) = 1 THEN <<"a", Nil>> ELSE <<1>>') == '<<1>> | <<"a", Nil>>'


def test_nesting_without_end_is_unknown_and_says_where(tmp_path: Path) -> None:
    types = infer(tmp_path, "VARIABLE x\nInit == x = {}\nNext == x' = {x}")
    (unknown,) = types.unknown().values()
    assert isinstance(unknown, AnyType)
    assert unknown.reason.text == "the value is nested without bound"
    assert unknown.reason.span is not None and unknown.reason.span.line == 4


# --- flow ------------------------------------------------------------------------------------------------------------


def variables(folder: Path, init: str, next_: str, more: str = "") -> dict[str, str]:
    return shown(infer(folder, f"VARIABLES x, y\n{more}\nInit == {init}\nNext == {next_}"))


def test_membership_assigns_elements(tmp_path: Path) -> None:
    assert variables(tmp_path, "x \\in {1, Nil} /\\ y = 0", "x' \\in Server /\\ y' \\in 1..2") == {
        "x": "1 | Nil | s1 | s2 | s3",
        "y": "0..2",
    }


def test_inclusion_assigns_subsets(tmp_path: Path) -> None:
    assert variables(tmp_path, "x = {} /\\ y = 0", "x' \\subseteq Server /\\ UNCHANGED y")["x"] == "Set(s1 | s2 | s3)"


def test_the_second_mention_tests(tmp_path: Path) -> None:
    assert variables(tmp_path, "x = 0 /\\ y = 0", "x' \\in 0..9 /\\ x' < 3 /\\ y' = x'") == {"x": "0..2", "y": "0..2"}


def test_a_next_value_is_known_where_it_is_read(tmp_path: Path) -> None:
    found = variables(tmp_path, "x = 0 /\\ y = Nil", "x' = 1 /\\ y' = IF x' = 1 THEN \"one\" ELSE 2")
    assert found["y"] == '"one" | Nil'


def test_arms_meet_again(tmp_path: Path) -> None:
    found = variables(tmp_path, "x = 0 /\\ y = 0", "(x' = 1 \\/ x' = Nil) /\\ y' = x'")
    assert found == {"x": "0..1 | Nil", "y": "0..1 | Nil"}


def test_a_variable_given_in_one_arm_and_behind(tmp_path: Path) -> None:
    found = variables(tmp_path, "x = 0 /\\ y = 0", "(x' = 1 \\/ TRUE) /\\ x' \\in {1, 2} /\\ UNCHANGED y")
    assert found["x"] == "0..2"


def test_assignments_through_definitions_and_arguments(tmp_path: Path) -> None:
    more = "Put(v, e) == v' = e\nvars == <<x, y>>\nnx == x'\nKeep == UNCHANGED y"
    assert variables(tmp_path, "x = 0 /\\ y = 0", "(Put(x, Nil) /\\ Keep) \\/ (nx = 3 /\\ Put(y, TRUE))", more) == {
        "x": "0..3 | Nil",
        "y": "TRUE | 0",
    }


def test_an_action_as_argument(tmp_path: Path) -> None:
    more = "Both(A, B) == A /\\ B\nEach(Op(_)) == \\E s \\in Server : Op(s)\nMark(s) == x' = s"
    found = variables(tmp_path, "x = 0 /\\ y = 0", "Both(Each(Mark), Each(LAMBDA s : y' = <<s>>))", more)
    assert found == {"x": "0 | s1 | s2 | s3", "y": "0 | <<s1 | s2 | s3>>"}


def test_an_action_written_as_a_function(tmp_path: Path) -> None:
    more = "Step[s \\in Server] == x' = s /\\ UNCHANGED y"
    assert variables(tmp_path, "x = 0 /\\ y = 0", "\\E s \\in Server : Step[s]", more)["x"] == "0 | s1 | s2 | s3"


def test_a_let_in_an_action(tmp_path: Path) -> None:
    found = variables(
        tmp_path, "x = 0 /\\ y = 0", "LET new == IF x = 0 THEN \"up\" ELSE 0\n    Set == x' = new IN Set /\\ y' = new"
    )
    assert found == {"x": '0 | "up"', "y": '0 | "up"'}


def test_the_instances_of_a_universal_action(tmp_path: Path) -> None:
    found = variables(tmp_path, "x = 0 /\\ y = 0", "\\A i \\in {1, 2} : IF i = 1 THEN x' = Nil ELSE y' = TRUE")
    assert found == {"x": "0 | Nil", "y": "TRUE | 0"}


def test_a_missing_next_value_is_unknown(tmp_path: Path) -> None:
    types = infer(tmp_path, "VARIABLES x, y\nInit == x = 0 /\\ y = 0\nNext == x' = 1")
    assert {v.name for v in types.unknown()} == {"y"}


def test_what_is_not_reached_adds_nothing(tmp_path: Path) -> None:
    found = variables(tmp_path, "x = 0 /\\ y = 0", "(x = 7 /\\ x' = Nil /\\ UNCHANGED y) \\/ (FALSE /\\ x' = TRUE)")
    assert found == {"x": "0", "y": "0"}


# --- narrowing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("guard", "expected"),
    [
        ("x # Nil", "0..9"),
        ("x \\in 2..4", "2..4"),
        ("x \\in Nat /\\ x > 7", "8..9"),
        ("x \\notin {Nil, TRUE}", "0..9"),
        ("~(x = Nil \\/ x = TRUE)", "0..9"),
        ("(x = Nil => FALSE) /\\ x # TRUE", "0..9"),
        ("IF x = Nil THEN FALSE ELSE x = 3", "3"),
        ("Ok(x)", "1..9"),
        ("LET z == x IN z = 4", "4"),
        ("\\E v \\in {2, 5} : x = v", "2..5"),
        ("\\A v \\in {2, 5} : x # v /\\ x \\in {1, 2}", "1..2"),
        ("x = Nil \\/ x = 3", "3 | Nil"),
    ],
)
def test_a_guard_narrows(guard: str, expected: str, tmp_path: Path) -> None:
    body = f"""
VARIABLES x, y
Ok(v) == v \\in Int /\\ v >= 1
Init == x \\in (0..9) \\cup {{Nil}} /\\ y = "none"
Next == ({guard}) /\\ y' = <<x>> /\\ UNCHANGED x
"""
    found = shown(infer(tmp_path, body))["y"]
    assert found == f'"none" | <<{expected}>>'


def test_a_guard_narrows_a_component_and_a_next_value(tmp_path: Path) -> None:
    found = variables(
        tmp_path,
        "x = [a |-> 0, b |-> 0] /\\ y = 0",
        "/\\ x.a # 0 \\/ x.a = 0\n /\\ x' \\in [a : {1, Nil}, b : 0..3] /\\ x'.a = Nil /\\ x'.b > 1 /\\ y' = x'.b",
    )
    assert found == {"x": "{a: 0 | Nil, b: 0..3}", "y": "0..3"}


def test_a_field_of_a_union_is_that_of_the_members_that_have_it(tmp_path: Path) -> None:
    body = """
VARIABLES msgs, y
Init == msgs = {[t |-> "a", v |-> 1], [t |-> "b", w |-> Nil]} /\\ y = 0
Next == UNCHANGED msgs /\\ \\E m \\in msgs : y' = m.v \\/ ("w" \\in DOMAIN m /\\ y' = m)
"""
    assert shown(infer(tmp_path, body))["y"] == '0..1 | {t: "b", w: Nil}'


def test_a_constraint_holds_where_a_step_starts(tmp_path: Path) -> None:
    body = """
VARIABLE x
Init == x = [s \\in Server |-> 0]
Next == \\E s \\in Server : x' = [x EXCEPT ![s] = @ + 1]
Bound == \\A s \\in Server : x[s] <= N
"""
    assert shown(infer(tmp_path, body, CONFIG + "CONSTRAINT Bound\n"))["x"] == "{s1, s2, s3} -> 0..6"


def test_what_holds_of_each_by_one_or_the_other_narrows_neither(tmp_path: Path) -> None:
    body = """
VARIABLES x, y
Init == x = <<1, 7>> /\\ y = 0
Next == (\\A i \\in {1, 2} : x[i] <= 3 \\/ x[i] = 7) /\\ y' = x /\\ UNCHANGED x
"""
    assert shown(infer(tmp_path, body))["y"] == "0 | <<1, 7>>"


# --- recursion -------------------------------------------------------------------------------------------------------


def test_recursive_operators_and_functions(tmp_path: Path) -> None:
    more = """
RECURSIVE Sum(_), Repeat(_, _)
Sum(s) == IF s = <<>> THEN 0 ELSE Head(s) + Sum(Tail(s))
Repeat(e, n) == IF n = 0 THEN <<>> ELSE Append(Repeat(e, n - 1), e)
Length[n \\in 0..N] == IF n = 0 THEN <<>> ELSE <<Nil>> \\o Length[n - 1]
Folded(Op(_, _), base, S) ==
  LET RECURSIVE fold(_)
      fold(T) == IF T = {} THEN base ELSE LET e == CHOOSE e \\in T : TRUE IN Op(e, fold(T \\ {e}))
  IN fold(S)
"""
    found = variables(
        tmp_path,
        "x = 0 /\\ y = 0",
        "x' = Sum(Repeat(1, 3)) /\\ y' = <<Length[2], Folded(LAMBDA e, r : <<e>> \\o r, <<>>, Server)>>",
        more,
    )
    assert found == {"x": "Nat", "y": "0 | <<Seq(Nil), Seq(s1 | s2 | s3)>>"}


def test_a_fold_within_a_fold(tmp_path: Path) -> None:
    more = """
Folded(Op(_, _), base, S) ==
  LET RECURSIVE fold(_)
      fold(T) == IF T = {} THEN base ELSE LET e == CHOOSE e \\in T : TRUE IN Op(e, fold(T \\ {e}))
  IN fold(S)
Inner(s) == Folded(LAMBDA e, r : r \\cup {e}, {}, s)
"""
    found = variables(
        tmp_path,
        "x = 0 /\\ y = 0",
        "x' = Folded(LAMBDA s, r : Inner(s) \\cup r, {}, {{1}, {2}}) /\\ UNCHANGED y",
        more,
    )
    assert found["x"] == "0 | Set(1..2)"


# --- configuration ---------------------------------------------------------------------------------------------------


def test_replacements_are_followed(tmp_path: Path) -> None:
    body = "VARIABLE x\nSmall == 0..2\nDef == 1\nOther == Nil\nInit == x \\in Nat\nNext == x' = Def"
    config = CONFIG + "CONSTANTS Nat <- Small\nDef <- Other\n"
    assert shown(infer(tmp_path, body, config))["x"] == "0..2 | Nil"


def test_constants_and_what_is_called(tmp_path: Path) -> None:
    body = "VARIABLE x\nTwice(n) == 2 * n\nInit == x = 1\nNext == x < N /\\ x' = Twice(x)"
    types = infer(tmp_path, body)
    assert {c.name: show(t) for c, t in types.constants.items()} == {"Server": "{s1, s2, s3}", "Nil": "Nil", "N": "5"}
    (twice,) = [d for d in types.definitions if d.name == "Twice"]
    assert show(types.locals[twice.params[0]]) == "1..4"
    assert show(types.definitions[twice]) == "2..8"


def test_an_init_without_states(tmp_path: Path) -> None:
    assert of_step(tmp_path, "CHOOSE n \\in {} : TRUE", "1") == "Never"
