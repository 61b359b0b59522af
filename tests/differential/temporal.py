"""Random transition systems with fairness, random temporal formulas, and what a formula means on a lasso.

A formula is a nested tuple whose head names its form. `text` writes it in TLA+; `holds` evaluates it on a lasso,
straight from the definition of each operator and without automata.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

State = tuple[int, int]
Formula = tuple[Any, ...]

X_VALUES, Y_VALUES = range(3), range(2)
STATES: tuple[State, ...] = tuple((x, y) for x in X_VALUES for y in Y_VALUES)
ACTIONS = ("A", "B", "C")
PREDICATES = ("P", "Q", "R")
SUBSCRIPTS = {"x": (0,), "y": (1,), "vars": (0, 1)}


@dataclass(slots=True)
class System:
    """Initial states, the steps of each action, the states of each predicate, and fairness of actions."""

    initial: frozenset[State]
    actions: dict[str, frozenset[tuple[State, State]]]
    predicates: dict[str, frozenset[State]]
    fairness: list[Formula] = field(default_factory=list)

    def is_step(self, before: State, after: State) -> bool:
        return before == after or any((before, after) in steps for steps in self.actions.values())


def random_system(random: Random) -> System:
    actions = {
        name: frozenset((random.choice(STATES), random.choice(STATES)) for _ in range(random.randint(1, 5)))
        for name in ACTIONS
    }
    predicates = {name: frozenset(random.sample(STATES, random.randint(1, 5))) for name in PREDICATES}
    initial = frozenset(random.sample(STATES, random.randint(1, 2)))
    kinds = [random.choice(("wf", "sf", "sf", None)) for _ in ACTIONS]
    fairness = [
        (kind, action, random.choice((*SUBSCRIPTS, "vars")))
        for kind, action in zip(kinds, ACTIONS, strict=True)
        if kind is not None
    ]
    return System(initial, actions, predicates, fairness)


# --- random formulas -------------------------------------------------------------------------------------------------

UNARY, BINARY = ("not", "always", "eventually"), ("and", "or", "implies", "leadsto")
NEGATING = ("not", "implies", "leadsto")
"""What negates its first part. Under [] and <> TLC loses one of two negations (LNNeg.java, pushNeg): none follows."""


def random_formula(random: Random, depth: int, *, free: bool = False) -> Formula:
    """A temporal formula. Unless `free`, one that TLC handles: actions under []<> and <>[] alone, outside the rest."""
    if free:
        return _mixed(random, depth, bound=False)
    return _boolean(random, depth)


def _boolean(random: Random, depth: int) -> Formula:
    """Connectives of conditions on actions, and of formulas without actions."""
    if depth > 0 and random.random() < 0.5:
        head = random.choice(("not", "and", "or", "implies"))
        return (head, *(_boolean(random, depth - 1) for _ in range(1 if head == "not" else 2)))
    if random.random() < 0.3:
        return _of_actions(random)
    return _plain(random, depth + 1, bound=False)


def _of_actions(random: Random) -> Formula:
    action, subscript = random.choice(ACTIONS), random.choice(tuple(SUBSCRIPTS))
    return random.choice(
        (
            ("wf", action, subscript),
            ("sf", action, subscript),
            ("always", ("eventually", ("angle", action, subscript))),
            ("eventually", ("always", ("square", action, subscript))),
        )
    )


def _plain(random: Random, depth: int, *, bound: bool) -> Formula:
    """A formula without actions; `bound`: within a quantifier, and so free to speak of its variable."""
    if depth <= 0 or random.random() < 0.15:
        return _predicate(random, bound=bound)
    if not bound and random.random() < 0.1:
        return (random.choice(("forall", "exists")), _plain(random, depth - 1, bound=True))
    head = random.choice((*UNARY, *BINARY))
    first, *rest = (_plain(random, depth - 1, bound=bound) for _ in range(1 if head in UNARY else 2))
    if head in NEGATING and first[0] == "not":
        first = first[1]
    return (head, first, *rest)


def _mixed(random: Random, depth: int, *, bound: bool) -> Formula:
    """A formula with actions anywhere under [] and <>."""
    if depth <= 0 or random.random() < 0.15:
        choice = random.random()
        action, subscript = random.choice(ACTIONS), random.choice(tuple(SUBSCRIPTS))
        if choice < 0.2:
            return ("eventually", ("angle", action, subscript))
        if choice < 0.4:
            return ("always", ("square", action, subscript))
        return _of_actions(random) if choice < 0.5 else _predicate(random, bound=bound)
    if not bound and random.random() < 0.1:
        return (random.choice(("forall", "exists")), _mixed(random, depth - 1, bound=True))
    head = random.choice((*UNARY, *BINARY, "equiv", "if"))
    count = 1 if head in UNARY else 3 if head == "if" else 2
    return (head, *(_mixed(random, depth - 1, bound=bound) for _ in range(count)))


def _predicate(random: Random, *, bound: bool) -> Formula:
    if bound and random.random() < 0.6:
        return ("bound",)
    if random.random() < 0.15:
        return ("enabled", random.choice(ACTIONS), random.choice(tuple(SUBSCRIPTS)))
    return ("predicate", random.choice(PREDICATES))


# --- as TLA+ ---------------------------------------------------------------------------------------------------------

TEMPLATES = {
    "predicate": "{}",
    "bound": "(x = i)",
    "enabled": "(ENABLED <<{}>>_{})",
    "angle": "<<{}>>_{}",
    "square": "[{}]_{}",
    "wf": "WF_{1}({0})",
    "sf": "SF_{1}({0})",
    "not": "~{}",
    "always": "[]{}",
    "eventually": "<>{}",
    "and": "({} /\\ {})",
    "or": "({} \\/ {})",
    "implies": "({} => {})",
    "equiv": "({} <=> {})",
    "leadsto": "({} ~> {})",
    "if": "(IF {} THEN {} ELSE {})",
    "forall": "(\\A i \\in 0..2 : {})",
    "exists": "(\\E i \\in 0..2 : {})",
}


def text(formula: Formula) -> str:
    head, *parts = formula
    return TEMPLATES[head].format(*(text(part) if isinstance(part, tuple) else part for part in parts))


def module(name: str, system: System, formulas: Sequence[Formula]) -> str:
    """A module with Spec, and the formulas as F0, F1, …."""
    lines = [f"---- MODULE {name} ----", "EXTENDS Naturals", "VARIABLES x, y", "vars == <<x, y>>"]
    lines.append(f"Init == \\E s \\in {_set(system.initial)} : x = s[1] /\\ y = s[2]")
    for action, steps in system.actions.items():
        rows = _set((*before, *after) for before, after in steps)
        lines.append(f"{action} == \\E t \\in {rows} : x = t[1] /\\ y = t[2] /\\ x' = t[3] /\\ y' = t[4]")
    for predicate, states in system.predicates.items():
        lines.append(f"{predicate} == <<x, y>> \\in {_set(states)}")
    lines.append("Next == " + " \\/ ".join(system.actions))
    lines.append("Spec == " + " /\\ ".join(["Init", "[][Next]_vars", *map(text, system.fairness)]))
    lines += [f"F{index} == {text(formula)}" for index, formula in enumerate(formulas)]
    return "\n".join([*lines, "====", ""])


def _set(tuples: Any) -> str:
    return "{" + ", ".join(f"<<{', '.join(map(str, item))}>>" for item in sorted(tuples)) + "}"


# --- on a lasso ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Lasso:
    """States, after the last of which comes the one of index `loop`."""

    states: tuple[State, ...]
    loop: int

    def after(self, position: int) -> int:
        return position + 1 if position + 1 < len(self.states) else self.loop

    def from_here(self, position: int) -> range:
        """The positions of what follows, this one included."""
        return range(min(position, self.loop), len(self.states))


def random_lasso(random: Random, system: System) -> Lasso:
    """A walk of the system that is closed at a random place where it comes back; else it ends in stuttering."""
    states = [random.choice(sorted(system.initial))]
    for _ in range(random.randint(0, 14)):
        following = sorted(
            {after for steps in system.actions.values() for before, after in steps if before == states[-1]}
        )
        if not following:
            break
        states.append(random.choice(following))
    returns = [index for index in range(len(states) - 1) if system.is_step(states[-1], states[index])]
    return Lasso(tuple(states), random.choice(returns) if returns else len(states) - 1)


def all_lassos(system: System, length: int) -> Iterator[Lasso]:
    """Every lasso of the system of at most so many states, save those that stutter before their last state."""
    pending: list[tuple[State, ...]] = [(state,) for state in sorted(system.initial)]
    while pending:
        states = pending.pop()
        yield from (Lasso(states, loop) for loop, state in enumerate(states) if system.is_step(states[-1], state))
        if len(states) < length:
            found = {after for steps in system.actions.values() for before, after in steps if before == states[-1]}
            pending.extend((*states, after) for after in found - {states[-1]})


def is_behaviour(lasso: Lasso, system: System) -> bool:
    """Whether the lasso is one of the system's, fairness apart."""
    steps = all(system.is_step(state, lasso.states[lasso.after(index)]) for index, state in enumerate(lasso.states))
    return steps and lasso.states[0] in system.initial


def is_fair(lasso: Lasso, system: System) -> bool:
    return all(holds(item, lasso, system) for item in system.fairness)


def holds(formula: Formula, lasso: Lasso, system: System) -> bool:
    """Whether the formula holds of the behaviour."""
    return _Meaning(lasso, system).holds(formula, 0, None)


@dataclass(slots=True)
class _Meaning:
    """What formulas mean on one lasso."""

    lasso: Lasso
    system: System
    known: dict[object, bool] = field(default_factory=dict)

    def holds(self, formula: Formula, position: int, bound: int | None) -> bool:
        """Whether the formula holds from that position on, `bound` being the value of its bound variable."""
        key = (formula, position, bound)
        if key not in self.known:
            self.known[key] = self._holds(formula, position, bound)
        return self.known[key]

    def _holds(self, formula: Formula, position: int, bound: int | None) -> bool:
        head, *parts = formula
        state, following = self.lasso.states[position], self.lasso.states[self.lasso.after(position)]

        def at(part: Formula, where: int = position) -> bool:
            return self.holds(part, where, bound)

        match head:
            case "predicate":
                return state in self.system.predicates[parts[0]]
            case "bound":
                return state[0] == bound
            case "enabled":
                steps = self.system.actions[parts[0]]
                return any(before == state and _changes(before, after, parts[1]) for before, after in steps)
            case "angle":
                return (state, following) in self.system.actions[parts[0]] and _changes(state, following, parts[1])
            case "square":
                return (state, following) in self.system.actions[parts[0]] or not _changes(state, following, parts[1])
            case "wf":
                return at(("always", ("eventually", ("or", ("not", ("enabled", *parts)), ("angle", *parts)))))
            case "sf":
                enabled, step = ("enabled", *parts), ("angle", *parts)
                return at(("eventually", ("always", ("not", enabled)))) or at(("always", ("eventually", step)))
            case "not":
                return not at(parts[0])
            case "and":
                return at(parts[0]) and at(parts[1])
            case "or":
                return at(parts[0]) or at(parts[1])
            case "implies":
                return not at(parts[0]) or at(parts[1])
            case "equiv":
                return at(parts[0]) == at(parts[1])
            case "if":
                return at(parts[1]) if at(parts[0]) else at(parts[2])
            case "always":
                return all(at(parts[0], later) for later in self.lasso.from_here(position))
            case "eventually":
                return any(at(parts[0], later) for later in self.lasso.from_here(position))
            case "leadsto":
                return at(("always", ("implies", parts[0], ("eventually", parts[1]))))
            case "forall":
                return all(self.holds(parts[0], position, value) for value in X_VALUES)
            case "exists":
                return any(self.holds(parts[0], position, value) for value in X_VALUES)
        raise AssertionError(head)


def _changes(before: State, after: State, subscript: str) -> bool:
    return any(before[index] != after[index] for index in SUBSCRIPTS[subscript])
