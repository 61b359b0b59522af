"""`comitia prove`: statements that are proved for all sizes, on the command line.

Exit codes: 0 every claim turned out as it is made, 1 one did not or says nothing, 3 z3 could not decide one.
"""

from __future__ import annotations

from collections.abc import Iterable

import click

from .cardinality import Answer, CounterModel, Decision, decide
from .quorums import SECTIONS, Claim

AS_CLAIMED, NOT_AS_CLAIMED, UNDECIDED = 0, 1, 3
SET_NAMES = {"A": "A", "B": "B", "X": "faulty"}
ASSUMED = (
    "Of n replicas at most f are faulty; n, f and the groups are arbitrary. Decided by z3 in linear integer\n"
    "arithmetic over the sizes of the regions into which groups and faulty replicas cut each other; nothing\n"
    "else is assumed."
)


@click.group(short_help="Prove statements for all sizes.")
def prove() -> None:
    """Prove statements for all sizes at once, with z3."""


@prove.command(short_help="Prove what the protocols rely on when they count replicas.")
@click.pass_context
def quorums(ctx: click.Context) -> None:
    """Prove for all n and f that quorums meet as the protocols need it, and show where they would not.

    Exit code 0 if every claim turns out as it is made, 1 if one does not, 3 if one is not decided.
    """
    click.echo(ASSUMED)
    answers: list[bool | None] = []
    for title, claims in SECTIONS.items():
        click.echo(f"\n{title}")
        for claim in claims:
            decision = decide(claim.statement)
            answers.append(turned_out(claim, decision))
            for line in report_lines(claim, decision):
                click.echo(line)
    ctx.exit(exit_code(answers))


def turned_out(claim: Claim, decision: Decision) -> bool | None:
    """Whether the claim turned out as it is made; None where it was not decided."""
    if decision.answer is Answer.UNDECIDED:
        return None
    return decision.answer is (Answer.PROVED if claim.holds else Answer.REFUTED)


def exit_code(answers: Iterable[bool | None]) -> int:
    """The exit code for what the claims turned out to be."""
    answers = list(answers)
    if False in answers:
        return NOT_AS_CLAIMED
    return UNDECIDED if None in answers else AS_CLAIMED


def report_lines(claim: Claim, decision: Decision) -> list[str]:
    """The lines that tell what became of the claim."""
    mark = "" if turned_out(claim, decision) else f"   (claimed: {'it holds' if claim.holds else 'it fails'})"
    lines = [f"  {decision.answer:9}  {claim.text}{mark}"]
    if decision.counter_model is not None:
        lines.append(f"  {'':9}  {counter_model_line(decision.counter_model)}")
    return lines


def counter_model_line(model: CounterModel) -> str:
    """The sets of a counter-model, replicas by number."""
    sets = (f"{SET_NAMES[name]} = {{{', '.join(map(str, sorted(found)))}}}" for name, found in model.members.items())
    return f"n = {model.n}, f = {model.f}: {', '.join(sets)}"
