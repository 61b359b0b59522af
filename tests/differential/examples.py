"""The models of a copy of tlaplus/Examples, with the verdict and the figures that its manifests record."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from comitia.checker.result import CheckResult, Verdict

VERDICTS: dict[str, frozenset[Verdict]] = {
    "success": frozenset({Verdict.PASS}),
    "assumption failure": frozenset({Verdict.ASSUMPTION}),
    "deadlock failure": frozenset({Verdict.DEADLOCK}),
    "safety failure": frozenset({Verdict.INVARIANT, Verdict.ACTION, Verdict.ASSERT}),
    "liveness failure": frozenset({Verdict.PROPERTY, Verdict.ACTION}),
}
RUNTIME = re.compile(r"(\d+):(\d+):(\d+)")
UNKNOWN_SECONDS = 10**9


@dataclass(frozen=True, slots=True)
class Example:
    """One model of the corpus in `folder`. Figures are None where the manifest has none."""

    folder: Path
    module: Path
    config: Path
    result: str
    seconds: int
    generated: int | None
    distinct: int | None

    def difference(self, result: CheckResult) -> str | None:
        """What is not as recorded; None where all is."""
        if result.verdict not in VERDICTS[self.result]:
            return f"{self.result} expected, got {result.verdict}: {result.error or result.violated}"
        found = (result.stats.generated, result.stats.distinct)
        for name, recorded, figure in zip(
            ("generated", "distinct"), (self.generated, self.distinct), found, strict=True
        ):
            if recorded is not None and result.verdict is Verdict.PASS and recorded != figure:
                return f"{name}: {recorded:,} expected, got {figure:,}"
        return None


def examples(folder: Path) -> Iterator[Example]:
    """The models for exhaustive search, in the order of the manifests."""
    for manifest in sorted((folder / "specifications").glob("*/manifest.json")):
        for module in json.loads(manifest.read_text(encoding="utf-8"))["modules"]:
            for model in module["models"]:
                if model["mode"] != "exhaustive search":
                    continue
                runtime = RUNTIME.fullmatch(model["runtime"])
                yield Example(
                    folder / "specifications",
                    folder / module["path"],
                    folder / model["path"],
                    model["result"],
                    sum(int(n) * unit for n, unit in zip(runtime.groups(), (3600, 60, 1), strict=True))
                    if runtime
                    else UNKNOWN_SECONDS,
                    model.get("totalStates"),
                    model.get("distinctStates"),
                )
