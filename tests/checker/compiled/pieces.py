"""Parts of the runtime of the compiled engine, driven by a few lines of C++ instead of a search."""

from __future__ import annotations

import subprocess
from pathlib import Path

from comitia.checker.compiled import build

# What generated code and the threads of a search would define.
STATES_OF_ONE_WORD = """
static Specification of_one_word() {
    Specification made{};
    made.words = 1;
    return made;
}
const Specification SPECIFICATION = of_one_word();
__thread u32 own_number;
"""


def output_of(source: str, folder: Path) -> list[str]:
    """The words that a program prints which includes sources of the runtime."""
    written, program = folder / "piece.cpp", folder / "piece"
    written.write_text(source, encoding="utf-8")
    command = [*build.find_compiler().command, *build.FLAGS, f"-I{build.RUNTIME}", str(written), "-o", str(program)]
    subprocess.run(command, check=True)
    done = subprocess.run([program], capture_output=True, text=True, timeout=120, check=True)
    return done.stdout.split()
