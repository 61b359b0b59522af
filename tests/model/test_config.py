"""The .cfg reader: what TLC's ModelConfig.java accepts, and what a user is told of the rest."""

from __future__ import annotations

from typing import Any

import pytest
from comitia.model import values
from comitia.model.config import Expression, ModelConfig, read_config
from comitia.model.diagnostics import ConfigError, SpecError, UnsupportedError
from comitia.model.source import Source


def read(text: str) -> ModelConfig:
    return read_config(Source("M.cfg", text))


def value(text: str) -> Any:
    (assignment,) = read(f"CONSTANT C = {text}").assignments
    return assignment.value


def failure(text: str) -> SpecError:
    with pytest.raises(SpecError) as caught:
        read(text)
    return caught.value


def test_every_statement() -> None:
    config = read(
        """
        SPECIFICATION Spec
        CONSTANTS N = 3  Data <- MCData
        INVARIANTS TypeOK Safe
        PROPERTY Live
        CONSTRAINT Small
        ACTION_CONSTRAINT Calm
        SYMMETRY Perms
        VIEW vars
        ALIAS Alias
        POSTCONDITION Post
        CHECK_DEADLOCK FALSE
        """
    )
    assert config.specification is not None and config.specification.name == "Spec"
    assert [(a.name, a.value, a.module) for a in config.assignments] == [("N", 3, None)]
    assert [(r.name, r.definition, r.module) for r in config.replacements] == [("Data", "MCData", None)]
    assert [n.name for n in config.invariants] == ["TypeOK", "Safe"]
    assert [n.name for n in config.properties] == ["Live"]
    assert [n.name for n in config.constraints] == ["Small"]
    assert [n.name for n in config.action_constraints] == ["Calm"]
    singles = [config.symmetry, config.view, config.alias, config.postcondition]
    assert [n and n.name for n in singles] == ["Perms", "vars", "Alias", "Post"]
    assert config.check_deadlock is False


@pytest.mark.parametrize(
    ("keyword", "attribute"),
    [
        ("INVARIANT", "invariants"),
        ("INVARIANTS", "invariants"),
        ("PROPERTY", "properties"),
        ("PROPERTIES", "properties"),
        ("CONSTRAINT", "constraints"),
        ("CONSTRAINTS", "constraints"),
        ("ACTION_CONSTRAINT", "action_constraints"),
        ("ACTION_CONSTRAINTS", "action_constraints"),
    ],
)
def test_lists_accumulate_over_statements(keyword: str, attribute: str) -> None:
    config = read(f"{keyword} A B\nINIT Init\n{keyword} C\n{keyword}\n")
    assert [name.name for name in getattr(config, attribute)] == ["A", "B", "C"]


def test_an_empty_file_says_nothing() -> None:
    config = read("")
    assert config == ModelConfig(end=config.end)
    assert config.check_deadlock is None


def test_comments_nest_and_end_with_their_line() -> None:
    config = read("INIT I \\* NEXT M\n(* NEXT (* inner *) X *) NEXT N \\* at the end")
    assert config.next is not None and config.next.name == "N"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0),
        ("42", 42),
        ("-1", -1),
        ("- 1", -1),
        ("TRUE", values.TRUE),
        ("FALSE", values.FALSE),
        ('"a b"', "a b"),
        (r'"a\"\\\n"', 'a"\\\n'),
        ("a1", values.model_value("a1")),
        ("1a", values.model_value("1a")),
        ("A_x", values.model_value("A_x")),
        ("{}", frozenset()),
        ("{1, 2}", frozenset({1, 2})),
        ("{1, TRUE}", frozenset({1, values.TRUE})),
        ("{{a}, {}}", frozenset({frozenset({values.model_value("a")}), frozenset()})),
        ("-1..2", frozenset({-1, 0, 1, 2})),
        ("2..1", frozenset()),
        ('<<1, "x">>', values.sequence([1, "x"])),
        ("<<>>", values.sequence([])),
        ("{<<a, b>>}", frozenset({values.sequence([values.model_value("a"), values.model_value("b")])})),
    ],
)
def test_values(text: str, expected: object) -> None:
    assert value(text) == expected


@pytest.mark.parametrize("text", ["1", "{a, {1}}", '"s"', "TRUE", "NEW", "{STATE, OTHER}"])
def test_what_tlc_reads_is_plain(text: str) -> None:
    (assignment,) = read(f"CONSTANT C = {text} INIT I").assignments
    assert assignment.is_plain and not isinstance(assignment.value, Expression)


@pytest.mark.parametrize("text", ["-1", "1..2", "<<a>>", "{-1}"])
def test_what_goes_beyond_tlc_is_not(text: str) -> None:
    (assignment,) = read(f"CONSTANT C = {text} INIT I").assignments
    assert not assignment.is_plain and not isinstance(assignment.value, Expression)


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("1 + 2", "Apply"),
        ("-N", "Apply"),
        ("1..N", "Apply"),
        ("x = 3", "Apply"),
        ("[i \\in 1..2 |-> i]", "FunctionConstructor"),
        ("[a |-> 1, b |-> 2]", "Record"),
        ("[S -> T]", "FunctionSet"),
        ("(1)", "Number"),
        ("IF a THEN b ELSE c", "If"),
        ("LET a == 1 b == 2 IN a + b", "Let"),
        ("CHOOSE x \\in S : TRUE", "Choose"),
        ("CASE a -> 1 [] OTHER -> 2", "Case"),
        ("SUBSET {a}", "Apply"),
        ("{x \\in S : x = 3}", "SetFilter"),
        ("{a} \\cup {b}", "Apply"),
        ("f(1)", "Apply"),
        ("f[1]", "FunctionApplication"),
        ("I!x", "Name"),
        ("/\\ TRUE\n  /\\ FALSE", "Junction"),
    ],
)
@pytest.mark.parametrize("after", ["", " INIT I", " D = 3", " D <- E", " + <- Plus", " I!E <- F", "\n\\* end"])
def test_expressions(text: str, shape: str, after: str) -> None:
    config = read(f"CONSTANT C = {text}{after}")
    value = config.assignments[0].value
    assert isinstance(value, Expression) and type(value.tree).__name__ == shape
    assert value.span.text == text if "\n" not in text else value.span.end_line == 2
    assert len(config.assignments) + len(config.replacements) == 1 + ("=" in after or "<-" in after)


def test_an_expression_keeps_its_place() -> None:
    (assignment,) = read("INIT I CONSTANT\n  C =\n   1 + {2} \\* comment\n").assignments
    assert assignment.value_span is not None and assignment.value_span.text == "1 + {2}"
    assert isinstance(assignment.value, Expression)
    span = assignment.value.tree.span
    assert (span.line, span.column, span.end_column) == (3, 4, 10)
    assert span.source.line(3) == "   1 + {2} \\* comment"


def test_model_values_are_those_of_values() -> None:
    config = read('CONSTANTS S = {a} T = <<b, "c">> U = [d |-> e] V = {"f"} \\cup g')
    assert config.model_values == ["a", "b"]
    assert config.identifiers == ["a", "b"]
    assert config.expression_names == ["b", "d", "e", "g"]
    assert config.expression_strings == ["c", "f"]


def test_one_and_true_are_two_values() -> None:
    assert len(value("{1, TRUE}")) == 2


def test_model_values_are_typed_by_their_prefix() -> None:
    assert value("A_x").type == "A"
    assert value("ab_x").type is None


def test_replacements() -> None:
    config = read("CONSTANTS A <- B  Nat <- [Integers] MyNat  I!Op <- J!Op  Ballot <-[Voting] MCBallot")
    assert [(r.name, r.definition, r.module) for r in config.replacements] == [
        ("A", "B", None),
        ("Nat", "MyNat", "Integers"),
        ("I!Op", "J!Op", None),
        ("Ballot", "MCBallot", "Voting"),
    ]


def test_an_operator_symbol_has_one_spelling() -> None:
    config = read(r"CONSTANTS \oplus <- Plus  =< <- Less")
    assert [r.name for r in config.replacements] == ["(+)", r"\leq"]


def test_assignment_in_a_module() -> None:
    (assignment,) = read("CONSTANT NoHash = [Nano] NoHashVal").assignments
    assert (assignment.name, assignment.module) == ("NoHash", "Nano")
    assert assignment.value == values.model_value("NoHashVal")


def test_a_name_that_looks_like_a_keyword_is_none() -> None:
    assert [a.name for a in read("CONSTANT Constant = 1 INITIAL = 2").assignments] == ["Constant", "INITIAL"]


def test_the_last_assignment_of_a_constant_comes_last() -> None:
    assert [a.value for a in read("CONSTANT N = 1\nCONSTANT N = 2").assignments] == [1, 2]


def test_identifiers_in_order_of_first_appearance() -> None:
    config = read('CONSTANTS S = {c, a} D <- Def T = {"b", a, "z"}')
    assert config.identifiers == ["c", "a", "b", "z"]


def test_spans() -> None:
    config = read("INIT\n  Init\nCONSTANT\n  Quorum = {q1,\n    q2}\n  A <- B")
    assert config.init is not None
    assert (config.init.span.line, config.init.span.column, config.init.span.end_column) == (2, 3, 6)
    span = config.assignments[0].span
    assert (span.line, span.column, span.end_line, span.end_column) == (4, 3, 5, 7)
    span = config.replacements[0].span
    assert (span.line, span.column, span.end_line, span.end_column) == (6, 3, 6, 8)


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ("INIT", (1, 1), "INIT names nothing"),
        ("INIT NEXT Next", (1, 1), "INIT names nothing"),
        ("INIT A INIT B", (1, 8), "INIT is given more than once"),
        ("CHECK_DEADLOCK TRUE\nCHECK_DEADLOCK TRUE", (2, 1), "CHECK_DEADLOCK is given more than once"),
        ("CHECK_DEADLOCK yes", (1, 16), "CHECK_DEADLOCK takes a boolean"),
        ("INIT Init Next", (1, 11), "`Next` does not begin a statement"),
        ("INVARIANT A, B", (1, 12), "`,` is not a name"),
        ("CONSTANT N", (1, 10), "`N` is given neither a value nor a definition"),
        ("CONSTANT N 3", (1, 12), "`N` is given neither a value nor a definition"),
        ("CONSTANT N =", (1, 10), "`N =` is given no value"),
        ("CONSTANT N = INIT Init", (1, 10), "`N =` is given no value"),
        ("CONSTANT N <- 3", (1, 15), "`3` is not a name"),
        ("CONSTANT N <-", (1, 10), "`N <-` names no definition"),
        ("CONSTANT N <- [M N", (1, 18), "`[M` is not closed"),
        ("CONSTANT N = {1, 2", (1, 19), "the value of `N` ends too early"),
        ("CONSTANT N = {1, 2 INIT I", (1, 19), "the value of `N` ends too early"),
        ("CONSTANT N = {1 2}", (1, 17), "unexpected `2`"),
        ("CONSTANT N = 1 +", (1, 17), "the value of `N` ends too early"),
        ("CONSTANT N = 1, M = 2", (1, 15), "a value ends before this `,`"),
        ('CONSTANT N = "abc', (1, 14), "this string is not closed on its line"),
        ("INIT Init (* (* *)", (1, 11), "this comment is never closed"),
        ("CONSTANT N = ;", (1, 14), "the character `;` has no meaning here"),
    ],
)
def test_errors_are_located(text: str, place: tuple[int, int], message: str) -> None:
    error = failure(text)
    assert isinstance(error, ConfigError) and error.exit_code == 151
    assert error.message == message
    assert error.span is not None and (error.span.line, error.span.column) == place


@pytest.mark.parametrize(
    ("text", "keyword"),
    [
        ("INVARAINT TypeOK", "INVARIANT"),
        ("Constants N = 1", "CONSTANTS"),
        ("INIT Init NXT Next", "NEXT"),
        ("CONSTANT N = 3 SPECIFCATION Spec", "SPECIFICATION"),
    ],
)
def test_a_misspelt_keyword_is_recognised(text: str, keyword: str) -> None:
    assert failure(text).hint == f"did you mean `{keyword}`?"


@pytest.mark.parametrize(
    "text",
    ["_PERIODIC P", "_RL_REWARD R", "_POSSIBLE A B", "CONSTANT f(1) = 2", "POSTCONDITIONS A B"],
)
def test_what_is_not_supported_is_named(text: str) -> None:
    assert isinstance(failure(text), UnsupportedError)
