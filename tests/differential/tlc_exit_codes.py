"""The exit code of TLC on a case of tests/testdata/diagnostics."""

from __future__ import annotations

import subprocess
import tempfile
from pathlib import Path

from comitia.checker import tlc
from comitia.model.diagnostics import InputError

from ..archive import Archive

COMMAND = ["check", "Spec.tla"]
TLC_SECONDS = 60


def tlc_exit_code(case: Archive) -> str | None:
    """`exit code N`; None where the case is none for TLC, or there is no TLC."""
    if "Spec.tla" not in case.files or "Spec.cfg" not in case.files or case.command != COMMAND:
        return None
    try:
        installed = tlc.installation()
    except InputError:
        return None
    with tempfile.TemporaryDirectory(prefix="comitia-case-") as scratch:
        folder = Path(scratch)
        (folder / "unpacked").mkdir()
        case.unpack(folder, [name for name in case.files if name.endswith((".tla", ".cfg"))])
        java, *arguments = installed.command("-workers", "1", "-config", "Spec.cfg", "-metadir", "meta", "Spec")
        done = subprocess.run(
            [java, f"-Djava.io.tmpdir={folder / 'unpacked'}", *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TLC_SECONDS,
            check=False,
        )
    return f"exit code {done.returncode}\n"
