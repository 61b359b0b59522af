"""The errors of what is no set, or no set of the right elements, where one is needed."""

from __future__ import annotations

from ..diagnostics import EvaluationError
from .core import Value, kind_of


def not_a_set(value: Value) -> EvaluationError:
    from .text import brief  # which shows sets, and so imports them

    elements = "{s[i] : i \\in DOMAIN s}"
    hint = f"the set of the elements of a sequence s is {elements}" if kind_of(value) == "tuple" else None
    return EvaluationError(f"{brief(value)} is not a set", expected="a set", got=kind_of(value), hint=hint)


def shortened(text: str) -> str:
    """A description for a message."""
    from .text import BRIEF_LENGTH

    return text if len(text) <= BRIEF_LENGTH else text[: BRIEF_LENGTH - 1] + "…"


def ill_typed_member(value: Value, name: str) -> EvaluationError:
    from .text import brief

    return EvaluationError(
        f"cannot tell whether the {kind_of(value)} {brief(value)} is an element of {shortened(name)}",
    )


def no_union(element: Value) -> EvaluationError:
    from .text import brief

    return EvaluationError(
        f"UNION needs a set of sets, and {brief(element)} is no set", expected="a set", got=kind_of(element)
    )
