"""Json, CSV and IOUtils: values read from files and written to them, the environment, other programs.

Names of files are relative to the working directory, as in TLC; one that is read and is not there is looked for beside
the root module too. Files are written as TLC writes them. Other programs are run only where the user allows it, by the
environment variable COMITIA_IOEXEC: a specification from elsewhere is not to run what it likes, while TLC runs it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from pathlib import Path

from ....model.diagnostics import EvaluationError, UnsupportedError
from ....model.values.core import TRUE, Value, expanded, is_function, kind_of, record, sequence
from ....model.values.text import brief, show
from ..runtime import as_function, as_sequence, pairs_of
from . import json_text, streams
from .table import Effect, Key, Native

EXEC_VARIABLE = "COMITIA_IOEXEC"
_PLACEHOLDER = re.compile(r"%(?:(\d+)\$)?s|%%|%n")


def _text(operator: str, value: Value) -> str:
    if type(value) is not str:
        raise EvaluationError(f"{operator} needs a string, and {brief(value)} is none", got=kind_of(value))
    return value


def _failed(operator: str, path: str, error: OSError) -> EvaluationError:
    return EvaluationError(f"{operator}: cannot open {path}: {error.strerror}")


class Files:
    """The files of one run; `folder` is that of the root module."""

    def __init__(self, folder: Path | None = None) -> None:
        self.folder = folder

    def found(self, path: str) -> Path:
        """Where a file to be read is."""
        asked = Path(path)
        if self.folder is None or asked.exists():
            return asked
        beside = asked.parent.parts
        if beside and self.folder.absolute().parts[-len(beside) :] == beside:
            return self.folder / asked.name  # the path is one from the root of the project
        return self.folder / asked

    def read(self, operator: str, path: Value, encoding: str = "utf-8") -> str:
        name = _text(operator, path)
        try:
            return self.found(name).read_text(encoding)
        except (UnicodeDecodeError, LookupError) as error:
            raise EvaluationError(f"{operator}: {name} cannot be read as {encoding}") from error
        except OSError as error:
            raise _failed(operator, name, error) from error

    def write(self, operator: str, path: Value, text: str, mode: str = "w", encoding: str = "utf-8") -> Value:
        name = _text(operator, path)
        try:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            with open(name, mode, encoding=encoding, newline="") as file:
                file.write(text)
        except (UnicodeEncodeError, LookupError) as error:
            raise EvaluationError(f"{operator}: {name} cannot be written as {encoding}") from error
        except OSError as error:
            raise _failed(operator, name, error) from error
        return TRUE

    # --- Json ---------------------------------------------------------------------------------------------------------

    def json_deserialize(self, path: Value) -> Value:
        return json_text.value_of(self.read("JsonDeserialize", path), path)

    def nd_json_deserialize(self, path: Value) -> Value:
        lines = self.read("ndJsonDeserialize", path).split("\n")
        return sequence(
            json_text.value_of(line, f"line {number} of {path}") for number, line in enumerate(lines, 1) if line.strip()
        )

    def json_serialize(self, path: Value, value: Value) -> Value:
        if not is_function(expanded(value)):
            raise EvaluationError(
                f"JsonSerialize of {brief(value)}", expected="a sequence or a record", got=kind_of(value)
            )
        return self.write("JsonSerialize", path, json_text.text_of(value))

    def nd_json_serialize(self, path: Value, value: Value) -> Value:
        return self.write("ndJsonSerialize", path, _lines_of_json("ndJsonSerialize", value))

    # --- CSV ----------------------------------------------------------------------------------------------------------

    def csv_write(self, template: Value, values: Value, path: Value) -> Value:
        items = [show(item) for item in as_sequence("CSVWrite", values)[1:]]
        return self.write("CSVWrite", path, filled(_text("CSVWrite", template), items) + "\n", "a")

    def csv_write_record(self, value: Value, delimiter: Value, headers: Value, path: Value) -> Value:
        between = _text("CSVWriteRecord", delimiter)
        pairs = list(pairs_of(value))
        rows = [[show(item) for _, item in pairs]]
        if headers is TRUE:
            rows.insert(0, [_text("CSVWriteRecord", key) for key, _ in pairs])
        return self.write("CSVWriteRecord", path, "".join(between.join(row) + "\n" for row in rows), "a")

    def csv_read(self, columns: Value, delimiter: Value, path: Value) -> Value:
        names = [_text("CSVRead", name) for name in as_sequence("CSVRead", columns)[1:]]
        between = re.compile(_text("CSVRead", delimiter))
        if not self.found(_text("CSVRead", path)).exists():
            return sequence(())
        rows: list[Value] = []
        for number, line in enumerate(self.read("CSVRead", path).splitlines(), 1):
            fields = between.split(line)
            if len(fields) < len(names):
                raise EvaluationError(
                    f"line {number} of {path} has {len(fields)} fields", expected=f"{len(names)}: {', '.join(names)}"
                )
            rows.append(record(dict(zip(names, fields, strict=False))))
        return sequence(rows)

    def csv_records(self, path: Value) -> Value:
        if not self.found(_text("CSVRecords", path)).exists():
            return 0
        return len(self.read("CSVRecords", path).splitlines())

    # --- IOUtils ------------------------------------------------------------------------------------------------------

    def io_serialize(self, value: Value, path: Value, compress: Value) -> Value:
        import gzip

        data = streams.written(value)
        name = _text("IOSerialize", path)
        try:
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_bytes(gzip.compress(data) if compress is TRUE else data)
        except OSError as error:
            raise _failed("IOSerialize", name, error) from error
        return TRUE

    def io_deserialize(self, path: Value, compressed: Value) -> Value:
        import gzip

        name = _text("IODeserialize", path)
        try:
            data = self.found(name).read_bytes()
            return streams.read(gzip.decompress(data) if compressed is TRUE else data, name)
        except OSError as error:
            raise _failed("IODeserialize", name, error) from error

    def serialize(self, value: Value, destination: Value, options: Value) -> Value:
        """A string as it is (format TXT), or a sequence as lines of JSON (NDJSON)."""
        given = dict(pairs_of(options))
        modes = set(as_sequence("Serialize", given.get("openOptions", sequence(())))[1:])
        mode = "a" if "APPEND" in modes else "x" if "CREATE_NEW" in modes else "w"
        charset = _text("Serialize", given.get("charset", "UTF-8"))
        if given.get("format") == "NDJSON":
            return self.write("Serialize", destination, _lines_of_json("Serialize", value), mode, charset)
        if given.get("format") != "TXT":
            raise _unknown_format("Serialize", given.get("format"))
        try:
            self.write("Serialize", destination, _text("Serialize", value), mode, charset)
        except EvaluationError as error:
            return _outcome(1, "", error.message)
        return _outcome(0, "", "")

    def deserialize(self, source: Value, options: Value) -> Value:
        """The content of a text file."""
        given = dict(pairs_of(options))
        if given.get("format") != "TXT":
            raise _unknown_format("Deserialize", given.get("format"))
        charset = _text("Deserialize", given.get("charset", "UTF-8"))
        try:
            return _outcome(0, self.read("Deserialize", source, charset), "")
        except EvaluationError as error:
            return _outcome(1, "", error.message)


def _lines_of_json(operator: str, value: Value) -> str:
    return "".join(json_text.text_of(item) + "\n" for item in as_sequence(operator, value)[1:])


def _unknown_format(operator: str, given: Value) -> EvaluationError:
    return EvaluationError(f"{operator} does not know the format", expected='"TXT" or "NDJSON"', got=brief(given))


def _outcome(exit_value: int, stdout: str, stderr: str) -> Value:
    return record({"exitValue": exit_value, "stdout": stdout, "stderr": stderr})


def filled(template: str, items: Sequence[str]) -> str:
    """Java's String.format as far as strings go: `%s` is the next item, `%2$s` the second."""
    following = iter(items)

    def item(match: re.Match[str]) -> str:
        if match[0] == "%%":
            return "%"
        if match[0] == "%n":
            return "\n"
        try:
            return items[int(match[1]) - 1] if match[1] else next(following)
        except (IndexError, StopIteration):
            raise EvaluationError(
                f"the template {brief(template)} has no value for {match[0]}", got=f"{len(items)} values"
            ) from None

    return _PLACEHOLDER.sub(item, template)


# --- the environment and other programs ------------------------------------------------------------------------------


def environment() -> Value:
    return record(dict(os.environ))


def to_integer(text: Value) -> Value:
    """`atoi`."""
    if type(text) is not str or not re.fullmatch(r"[+-]?[0-9]+", text):
        raise EvaluationError(f"atoi of {brief(text)}", expected="a string of digits", got=kind_of(text))
    return int(text)


def zero_pad(number: Value, width: Value) -> Value:
    text = show(number)
    if type(width) is not int:
        raise EvaluationError("zeroPadN needs a width", expected="an integer", got=kind_of(width))
    return text.rjust(width, "0")


def _words(operator: str, value: Value) -> list[str]:
    return [_text(operator, item) for item in as_sequence(operator, value)[1:]]


def _executed(operator: str, command: list[str], variables: dict[str, str] | None = None) -> Value:
    if not os.environ.get(EXEC_VARIABLE):
        raise UnsupportedError(
            f"{operator} would run {brief(sequence(command))}",
            hint=f"set the environment variable {EXEC_VARIABLE}=1 to let specifications run programs, as TLC does",
        )
    import subprocess

    try:
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, env={**os.environ, **(variables or {})}
        )
    except OSError as error:
        raise _failed(operator, command[0] if command else "", error) from error
    return _outcome(done.returncode, done.stdout, done.stderr)


def _variables(operator: str, value: Value) -> dict[str, str]:
    as_function(value)
    return {_text(operator, key): item if type(item) is str else show(item) for key, item in pairs_of(value)}


def io_exec(command: Value) -> Value:
    return _executed("IOExec", _words("IOExec", command))


def io_env_exec(variables: Value, command: Value) -> Value:
    return _executed("IOEnvExec", _words("IOEnvExec", command), _variables("IOEnvExec", variables))


def io_exec_template(template: Value, parameters: Value) -> Value:
    items = _words("IOExecTemplate", parameters)
    return _executed("IOExecTemplate", [filled(word, items) for word in _words("IOExecTemplate", template)])


def io_env_exec_template(variables: Value, template: Value, parameters: Value) -> Value:
    items = _words("IOEnvExecTemplate", parameters)
    command = [filled(word, items) for word in _words("IOEnvExecTemplate", template)]
    return _executed("IOEnvExecTemplate", command, _variables("IOEnvExecTemplate", variables))


def _writes(name: str, kind: str | None = None) -> Native:
    return Native(f"registers.files.{name}", kind, effect=Effect.FULL)


def _reads(name: str, kind: str | None = None) -> Native:
    return Native(f"registers.files.{name}", kind, effect=Effect.ONCE)


NATIVES: dict[Key, Native] = {
    ("Json", "ToJson"): Native(json_text.to_json, "str"),
    ("Json", "ToJsonArray"): Native(json_text.to_json_array, "str"),
    ("Json", "ToJsonObject"): Native(json_text.to_json_object, "str"),
    ("Json", "JsonSerialize"): _writes("json_serialize", "bool"),
    ("Json", "ndJsonSerialize"): _writes("nd_json_serialize", "bool"),
    ("Json", "JsonDeserialize"): _reads("json_deserialize"),
    ("Json", "ndJsonDeserialize"): _reads("nd_json_deserialize"),
    ("CSV", "CSVWrite"): _writes("csv_write", "bool"),
    ("CSV", "CSVWriteRecord"): _writes("csv_write_record", "bool"),
    ("CSV", "CSVRead"): _reads("csv_read"),
    ("CSV", "CSVRecords"): _reads("csv_records", "int"),
    ("IOUtils", "IOSerialize"): _writes("io_serialize", "bool"),
    ("IOUtils", "IODeserialize"): _reads("io_deserialize"),
    ("IOUtils", "Serialize"): _writes("serialize"),
    ("IOUtils", "Deserialize"): _reads("deserialize"),
    ("IOUtils", "IOEnv"): Native(environment),
    ("IOUtils", "atoi"): Native(to_integer, "int"),
    ("IOUtils", "zeroPadN"): Native(zero_pad, "str"),
    ("IOUtils", "IOExec"): Native(io_exec, effect=Effect.FULL),
    ("IOUtils", "IOEnvExec"): Native(io_env_exec, effect=Effect.FULL),
    ("IOUtils", "IOExecTemplate"): Native(io_exec_template, effect=Effect.FULL),
    ("IOUtils", "IOEnvExecTemplate"): Native(io_env_exec_template, effect=Effect.FULL),
}
