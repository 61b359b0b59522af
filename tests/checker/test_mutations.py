"""Modules and configurations with a mistake or two put in at random: what comes of them is a verdict or a message.

Each round changes a model that is right: tokens are left out, doubled, exchanged or replaced by others, lines are
moved, the text ends early. Nothing but a SpecError may be raised; it has a place and fits on a screen.
"""

from __future__ import annotations

import random
import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import FrameType

import pytest
from comitia.checker.catalog import Target
from comitia.checker.engine import Limits
from comitia.checker.interpreted.engine import InterpretedEngine
from comitia.checker.loading import load_problem
from comitia.model.diagnostics import InputError, SpecError
from comitia.model.syntax.lexer import KEYWORDS as RESERVED

from ..archive import read_archive

TESTDATA = Path(__file__).parent.parent / "testdata"
SEEDS = range(6)
SECONDS_PER_MUTANT = 1.0
LIMITS = Limits(max_states=60, max_depth=5)
MAX_LINES, MAX_COLUMNS = 24, 400

TOKEN = re.compile(
    r"(\s+|\(\*.*?\*\)|\\\*[^\n]*|\"[^\"\n]*\"|[A-Za-z0-9_]+|----+|====+|\\[A-Za-z]+"
    r"|/\\|\\/|<<|>>_?|\]_|\|->|->|<-|==|=>|<=>|<>|~>|\.\.|:>|@@|.)",
    re.DOTALL,
)
TOKENS = r"""
0 1 -1 9999999999 "a" TRUE x x' {} <<>> Nat STRING BOOLEAN UNCHANGED ENABLED [] <> CHOOSE LET IN IF THEN ELSE CASE OTHER
EXCEPT @ ! . : \in /\ \/ = == + \cup SUBSET UNION DOMAIN ' ( ) [ ] { } RECURSIVE INSTANCE EXTENDS LAMBDA LOCAL VARIABLE
CONSTANT ASSUME THEOREM PROOF _ \A \E \AA |-> -> <- , WF_x ~> \X ^ % \div .. # ¬
"""
STRANGERS = (*TOKENS.split(), "\t", "\0")
VALUES = (
    *("0", "1", "(-1)", "3", '"a"', '"zz"', "TRUE", "FALSE", "{}", "<<>>", "{1}", '{"a"}', "<<1, 2>>", '{1, "a"}'),
    *("Nat", "STRING", "BOOLEAN", "[a |-> 1]", "[i \\in 1..2 |-> i]", "{{}, {1}}", "(1..2)", "SUBSET {1, 2}"),
    *("[{1} -> {2}]", "[a : {1}]", "({1} \\X {2})", "{i \\in Nat : i > 1}", "(CHOOSE i \\in {} : TRUE)", "(1 % 0)"),
    *("(SUBSET 1)", '[i \\in {1, "a"} |-> i]', "[Nat -> 1]", "UNION {1}", "Seq(1)"),
)


class Expired(BaseException):
    """A mutant has had its time; no handler of the checker takes this for an error of its own."""


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Raise Expired within the block once the time is up."""

    def expire(_signal: int, _frame: FrameType | None) -> None:
        raise Expired

    previous = signal.signal(signal.SIGALRM, expire)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, previous)


@dataclass(slots=True)
class Mutator:
    """Changes texts at random."""

    random: random.Random

    def changed(self, text: str) -> str:
        for _ in range(self.random.choice((1, 1, 1, 2, 3))):
            text = self.random.choice((self.operands, self.operands, self.tokens, self.tokens, self.lines))(text)
        return text

    def operands(self, text: str) -> str:
        """A name or literal in place of another: most of what comes of this parses."""
        parts = TOKEN.findall(text)
        places = [i for i, part in enumerate(parts) if part[0] == '"' or (part[0].isalnum() and part not in RESERVED)]
        if places:
            others = VALUES if self.random.random() < 0.5 else [parts[i] for i in places]
            parts[self.random.choice(places)] = self.random.choice(others)
        return "".join(parts)

    def tokens(self, text: str) -> str:
        parts = TOKEN.findall(text)
        places = [i for i, part in enumerate(parts) if not part.isspace()]
        if not places:
            return text
        here, there = self.random.choice(places), self.random.choice(places)
        match self.random.randrange(6):
            case 0:
                parts[here] = ""
            case 1:
                parts[here] += " " + parts[here]
            case 2:
                parts[here], parts[there] = parts[there], parts[here]
            case 3:
                parts[here] = self.random.choice(STRANGERS)
            case 4:
                parts[here] = f"{self.random.choice(STRANGERS)} {parts[here]}"
            case _:
                alike = [i for i in places if parts[i][0].isalnum() == parts[here][0].isalnum()]
                parts[here] = parts[self.random.choice(alike)]
        return "".join(parts)

    def lines(self, text: str) -> str:
        lines = text.split("\n")
        here, there = self.random.randrange(len(lines)), self.random.randrange(len(lines))
        match self.random.randrange(5):
            case 0:
                del lines[here]
            case 1:
                lines[here], lines[there] = lines[there], lines[here]
            case 2:
                lines[here] = " " * self.random.randrange(12) + lines[here].lstrip()
            case 3:
                lines.insert(there, lines[here])
            case _:
                lines = [*lines[:here], lines[here][: self.random.randrange(len(lines[here]) + 1)]]
        return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class Model:
    """A model that is right: the texts of its module and configuration, and of the modules it uses."""

    name: str
    text: str
    config: str
    others: dict[str, str]


@cache
def models() -> list[Model]:
    """The small specs, and the models that show what configurations may hold beyond what TLC reads."""
    texts = {path.name: path.read_text(encoding="utf-8") for path in sorted((TESTDATA / "specs").iterdir())}
    names = [name.removesuffix(".cfg") for name in texts if name.endswith(".cfg")]
    used = {name: text for name, text in texts.items() if name.endswith(".tla") and name[:-4] not in names}
    found = [Model(name, texts[f"{name}.tla"], texts[f"{name}.cfg"], used) for name in names]
    for path in sorted((TESTDATA / "export").iterdir()):
        case = read_archive(path)
        given = {name: text for name, text in case.files.items() if "/" not in name}
        root = next(name for name in case.command if name.endswith(".tla"))
        config = given.pop(next(name for name in given if name.endswith(".cfg")))
        found.append(Model(root[:-4], given.pop(root), config, given))
    return found


def mutant(seed: int, number: int, folder: Path) -> Target:
    """One changed model, written to `folder`; the same for the same seed and number."""
    mutator = Mutator(random.Random(f"{seed} {number}"))
    model = mutator.random.choice(models())
    text, config = model.text, model.config
    if mutator.random.random() < 0.25:
        config = mutator.changed(config)
    else:
        text = mutator.changed(text)
    target = Target(model.name, folder / f"{model.name}.tla", folder / f"{model.name}.cfg")
    target.module.write_text(text, encoding="utf-8")
    target.config.write_text(config, encoding="utf-8")
    for name, other in model.others.items():
        (folder / name).write_text(other, encoding="utf-8")
    return target


def error_of(target: Target) -> SpecError | None:
    """What is said of a model, if anything."""
    try:
        return InterpretedEngine().check(load_problem(target), LIMITS).error
    except SpecError as error:
        return error


@pytest.mark.parametrize("seed", SEEDS)
def test_a_changed_model_is_checked_or_refused(seed: int, tmp_path: Path, mutants: int) -> None:
    for number in range(mutants):
        target = mutant(seed, number, tmp_path)
        try:
            with at_most(SECONDS_PER_MUTANT):
                error = error_of(target)
        except Expired:
            continue
        except Exception as failure:
            failure.add_note(f"mutant {number} of seed {seed}:\n{shown(target)}")
            raise
        if error is not None:
            fault = fault_of(error)
            assert fault is None, f"mutant {number} of seed {seed}: {fault}\n{error}\n{shown(target)}"


EXTREMES = {
    "number": ("9" * 5000, "this number is too long"),
    "power": ("2 ^ 20000 + {}", "`+` needs integers, and {} is none"),
    "binary": ("\\b" + "1" * 20000 + " + {}", "`+` needs integers, and {} is none"),
    "large": ("(2 ^ 20000)[1]", f"{2**20000 // 10**5862}… is applied to 1: it is not a function"),
    "sum": (" + ".join(["x"] * 1000), "this is nested too deeply"),
    "long sum": (" + ".join(["x"] * 9000), "this definition is nested too deeply"),
    "braces": ("{" * 300 + "x" + "}" * 300, "this is nested too deeply"),
    "long line": ("<<" + ", ".join("1" * 3000) + ">> + 1", None),
    "many fields": ("[" + ", ".join(f"f{i} |-> {i}" for i in range(900)) + "].g", None),
    "long value": ("[i \\in 1..3000 |-> i].g", None),
    "recursion": ("F[0]", "the evaluation recurses too deeply"),
}
"""Expressions beyond some limit, and what is said of them (None: some message)."""


@pytest.mark.parametrize(("expression", "message"), EXTREMES.values(), ids=list(EXTREMES))
def test_extremes(expression: str, message: str | None, tmp_path: Path) -> None:
    text = f"EXTENDS Integers\nVARIABLE x\nF[n \\in Nat] == F[n + 1]\nInit == x = 0\nNext == x' = {expression}\n"
    target = Target("M", tmp_path / "M.tla", tmp_path / "M.cfg")
    target.module.write_text(f"---- MODULE M ----\n{text}====\n", encoding="utf-8")
    target.config.write_text("INIT Init NEXT Next", encoding="utf-8")
    error = error_of(target)
    assert error is not None
    assert fault_of(error) is None
    assert message is None or error.message == message


@pytest.mark.parametrize(
    "data", [b"\0" * 100, b"\xff\xfe-\0-\0-\0-\0", b"---- MODULE M ----\r\nA == \xe9\r\n====", b"\xef\xbb\xbf"]
)
def test_files_that_are_no_text(data: bytes, tmp_path: Path) -> None:
    target = Target("M", tmp_path / "M.tla", tmp_path / "M.cfg")
    target.module.write_bytes(data)
    target.config.write_bytes(b"")
    error = error_of(target)
    assert error is not None
    assert fault_of(error) is None


def fault_of(error: SpecError) -> str | None:
    """What is wrong with a message."""
    lines = str(error).split("\n")
    if len(lines) > MAX_LINES or max(map(len, lines)) > MAX_COLUMNS:
        return "it does not fit on a screen"
    span = error.span
    if span is None:
        return None if isinstance(error, InputError) else "it has no place"
    if not 1 <= span.line <= span.end_line <= len(span.source.lines):
        return f"it lies outside of the text: {span}"
    if not 1 <= span.column <= len(span.source.line(span.line)) + 1:
        return f"it lies outside of its line: {span}"
    return None


def shown(target: Target) -> str:
    return f"{target.module.read_text(encoding='utf-8')}\n{target.config.read_text(encoding='utf-8')}"
