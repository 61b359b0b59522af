"""Levels: constant, state function, action, temporal formula (Specifying Systems, section 17.2).

The level of an expression within a definition depends on what the definition's parameters will stand for. `Info` says
how: `params` are the parameters whose level adds to that of the expression, `limits` the greatest level each may have;
for a parameter that is an operator, `argument_limits` holds the least that its own arguments must admit, and
`argument_params` the parameters that are handed to it. The scheme is SANY's (tla2sany/semantic/LevelNode.java), without
the part that concerns the declarations of an instanced module: those are substituted before levels are computed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..diagnostics import SemanticError
from ..structs import Struct, field
from . import ir
from .ir import Level
from .operators import Operator

CONSTANT, STATE, ACTION, TEMPORAL = Level

LEVEL_NAMES = {
    CONSTANT: "a constant",
    STATE: "a state function",
    ACTION: "an action",
    TEMPORAL: "a temporal formula",
}

LEVELS_UP_TO = {
    CONSTANT: "a constant",
    STATE: "a state function or a constant",
    ACTION: "an action, a state function or a constant",
    TEMPORAL: "a formula of any level",
}
"""What is wanted where a level is the greatest allowed."""

TEMPORAL_ROWS = {
    (None, r"\lnot"),
    (None, "=>"),
    (None, r"\equiv"),
    ("TLC", "Print"),
    ("TLC", "PrintT"),
    ("TLC", "TLCEval"),
}
"""The rows whose arguments may be temporal; those of every other row are actions at most."""

ROW_LEVELS: dict[tuple[str | None, str], tuple[Level, tuple[Level, ...]]] = {
    ("RealTime", "RTnow"): (TEMPORAL, (STATE,)),
    ("RealTime", "RTBound"): (TEMPORAL, (ACTION, STATE, STATE, STATE)),
}
"""Rows that are not of constant level: their own level and the greatest of each argument."""

Parameter = ir.Local


class Info(Struct, frozen=False):
    """The level of an expression, as far as parameters leave it open."""

    level: Level
    params: frozenset[Parameter] = frozenset()
    limits: dict[Parameter, Level] = field(default_factory=dict)
    argument_limits: dict[tuple[Parameter, int], Level] = field(default_factory=dict)
    argument_params: frozenset[tuple[Parameter, int, Parameter]] = frozenset()
    opaque: frozenset[Parameter] = frozenset()
    """The parameters under a prime, ENABLED or a temporal operator: equals cannot be put for equals there."""

    @property
    def is_plain(self) -> bool:
        return not (self.params or self.opaque or self.limits or self.argument_limits or self.argument_params)


PLAIN = {level: Info(level) for level in Level}


class OperatorInfo(Struct, frozen=False):
    """The levels of an operator: of its body, and what each argument may be and adds."""

    params: tuple[Parameter, ...]
    body: Info
    max_levels: tuple[Level, ...]
    weights: tuple[bool, ...]

    @property
    def is_leibniz(self) -> bool:
        """Whether equals may be put for equals in every argument."""
        return self.body.opaque.isdisjoint(self.params)


class Part(Struct, frozen=False):
    """A part of an expression: the greatest level it may have, and whether its level adds to that of the whole."""

    info: Info
    node: ir.Node
    max_level: Level = TEMPORAL
    counts: bool = True
    is_opaque: bool = False


class Levels:
    """Computes and checks levels; what is known of a definition is kept.

    With `replacements` (those of a configuration, which may be of a higher level than what they replace) levels are
    computed and not checked, and definitions keep the level they have.
    """

    def __init__(self, replacements: Mapping[ir.Constant | ir.Definition, ir.Definition] | None = None) -> None:
        self._replacements = replacements or {}
        self.is_checked = replacements is None
        self._known: dict[ir.Definition, OperatorInfo] = {}
        self._active: dict[ir.Definition, OperatorInfo] = {}
        self._tracked: set[Parameter] = set()
        self._limits: dict[Parameter, Level] = {}

    def check(self, definition: ir.Definition) -> None:
        """Checks a definition, and sets its level: what it is of when its arguments are constants."""
        self.operator(definition)

    def level_of(self, expr: ir.Expr) -> Level:
        """The level of an expression whose parameters, if any, are constants."""
        return self.info(expr).level

    def argument_level(self, argument: ir.Argument) -> Level:
        """The level of an expression or operator."""
        return self.argument_info(argument).level

    def argument_info(self, argument: ir.Argument) -> Info:
        """What is known of the level of an expression or operator."""
        if isinstance(argument, ir.OperatorRef | ir.Lambda):
            return self._operator_argument(argument)[0]
        return self.info(argument)

    def track(self, params: Iterable[Parameter]) -> None:
        """Makes levels depend on `params`. Other locals are bound variables, and constant."""
        self._tracked.update(params)

    def limit(self, param: Parameter, level: Level) -> None:
        """Limits what may be given for a parameter, beyond what the body of its definition does."""
        self._limits[param] = min(level, self._limits.get(param, TEMPORAL))

    def is_leibniz(self, argument: ir.Argument) -> bool:
        """Whether equals may be put for equals in the arguments of an operator handed over."""
        if not isinstance(argument, ir.OperatorRef | ir.Lambda):
            return True
        known = self._operator_argument(argument)[1]
        return not isinstance(known, OperatorInfo) or known.is_leibniz

    def info(self, node: ir.Expr) -> Info:
        return _RULES[type(node)](self, node)

    # --- operators ---------------------------------------------------------------------------------------------------

    def operator(self, definition: ir.Definition) -> OperatorInfo:
        """What is known of a definition; computed twice where it refers to itself."""
        definition = self._replacements.get(definition, definition)
        known = self._known.get(definition)
        if known is not None:
            return known
        active = self._active.get(definition)
        if active is not None or definition.body is None:
            return active or self._unknown(definition.params)
        self._active[definition] = self._unknown(definition.params)
        rounds = 2 if definition.is_recursive else 1
        for _ in range(rounds):
            self._active[definition] = self._operator(definition.params, definition.body)
        known = self._known[definition] = self._active.pop(definition)
        if definition.is_recursive and self.is_checked:
            self._check_unprimed(definition, known)
        if self.is_checked:
            definition.level = known.body.level
        return known

    def _check_unprimed(self, definition: ir.Definition, known: OperatorInfo) -> None:
        """A recursive operator must not prime a parameter: what it calls itself with could then be primed twice."""
        for param, limit in zip(known.params, known.max_levels, strict=True):
            if limit < ACTION and param not in self._limits:
                raise SemanticError(
                    f"the recursive operator `{definition.name}` primes its parameter `{param.name}`", definition.span
                )

    @staticmethod
    def _unknown(params: tuple[Parameter, ...]) -> OperatorInfo:
        return OperatorInfo(params, PLAIN[CONSTANT], (TEMPORAL,) * len(params), (True,) * len(params))

    def _operator(self, params: tuple[Parameter, ...], body: ir.Expr) -> OperatorInfo:
        self.track(params)
        info = self.info(body)
        limits = tuple([min(info.limits.get(p, TEMPORAL), self._limits.get(p, TEMPORAL)) for p in params])
        weights = tuple([p in info.params for p in params])
        return OperatorInfo(params, info, limits, weights)

    def _operator_argument(self, node: ir.OperatorRef | ir.Lambda) -> tuple[Info, OperatorInfo | Parameter | None]:
        """The level of an operator as such, and what is known of its arguments (None: they may be anything)."""
        if isinstance(node, ir.Lambda):
            known = self._operator(node.params, node.body)
            return _without(known.body, node.params), known
        match node.target:
            case ir.Definition() as definition:
                known = self.operator(definition)
                return _without(known.body, known.params), known
            case Operator() as row:
                own, limits = row_levels(row)
                return PLAIN[own], OperatorInfo((), PLAIN[own], limits, (True,) * row.arity)
            case ir.Local() as local:
                return Info(CONSTANT, frozenset((local,))), local
            case ir.Constant() as constant:
                replacement = self._replacements.get(constant)
                return (PLAIN[CONSTANT] if replacement is None else self.operator(replacement).body), None

    # --- applications ------------------------------------------------------------------------------------------------

    def call(self, node: ir.Call) -> Info:
        """The level of an application of a definition, a constant or an operator parameter."""
        target = node.target
        if isinstance(target, ir.Constant):
            target = self._replacements.get(target, target)
        if isinstance(target, ir.Definition):
            known = self.operator(target)
            if not node.args and known.body.is_plain:
                return known.body
            return _Application(self, node, target, known).info()
        infos = [self.info(a) for a in node.args if not isinstance(a, ir.OperatorRef | ir.Lambda)]
        parts = [Part(info, arg) for info, arg in zip(infos, node.args, strict=True)]
        result = combine(self, CONSTANT, parts, target.name)
        if isinstance(target, ir.Constant) or target not in self._tracked:
            return result
        return Info(
            result.level,
            result.params | {target},
            result.limits,
            {**result.argument_limits, **{(target, k): info.level for k, info in enumerate(infos)}},
            result.argument_params | {(target, k, p) for k, info in enumerate(infos) for p in info.params},
            result.opaque,
        )

    def local(self, node: ir.LocalRef) -> Info:
        local = node.local
        return Info(CONSTANT, frozenset((local,))) if local in self._tracked else PLAIN[CONSTANT]


class _Application:
    """One call of a definition: its arguments against what the definition says of its parameters."""

    def __init__(self, levels: Levels, node: ir.Call, target: ir.Definition, known: OperatorInfo) -> None:
        self.levels = levels
        self.node = node
        self.target = target
        self.known = known
        self.index = {p: i for i, p in enumerate(known.params)}
        self.infos: list[Info] = []
        self.operators: list[OperatorInfo | Parameter | None] = []
        self.made_opaque: set[Parameter] = set()
        for arg in node.args:
            if isinstance(arg, ir.OperatorRef | ir.Lambda):
                info, operator = levels._operator_argument(arg)
            else:
                info, operator = levels.info(arg), None
            self.infos.append(info)
            self.operators.append(operator)

    def info(self) -> Info:
        known = self.known
        parts = [
            Part(info, arg, limit, counts, param in known.body.opaque)
            for info, arg, limit, counts, param in zip(
                self.infos, self.node.args, known.max_levels, known.weights, known.params, strict=True
            )
        ]
        own = _without(known.body, known.params)
        result = combine(self.levels, own.level, [*parts, Part(own, self.node)], self.target.name)
        if not known.body.argument_limits and not known.body.argument_params:
            return result
        limits = dict(result.limits)
        argument_limits = dict(result.argument_limits)
        argument_params = set(result.argument_params)
        for (op, k), level in known.body.argument_limits.items():
            self._require(op, k, level, (), limits, argument_limits, argument_params)
        for op, k, param in known.body.argument_params:
            if param in self.index:
                given = self.infos[self.index[param]]
                level, params = given.level, given.params
            else:
                level, params = CONSTANT, (param,)
            self._require(op, k, level, params, limits, argument_limits, argument_params)
        opaque = result.opaque | self.made_opaque
        return Info(result.level, result.params, limits, argument_limits, frozenset(argument_params), opaque)

    def _require(
        self,
        op: Parameter,
        k: int,
        level: Level,
        params: Iterable[Parameter],
        limits: dict[Parameter, Level],
        argument_limits: dict[tuple[Parameter, int], Level],
        argument_params: set[tuple[Parameter, int, Parameter]],
    ) -> None:
        """The k-th argument of operator `op` must admit `level`, and the level of each of `params`."""
        position = self.index.get(op)
        actual = op if position is None else self.operators[position]
        if isinstance(actual, ir.Local):
            argument_limits[actual, k] = max(level, argument_limits.get((actual, k), CONSTANT))
            argument_params.update((actual, k, p) for p in params)
        elif actual is not None:
            allowed = actual.max_levels[k]
            if level > allowed and self.levels.is_checked:
                assert position is not None
                raise too_high(self.node.args[position], f"argument {k + 1} of this operator", allowed, level)
            if actual.params and actual.params[k] in actual.body.opaque:
                self.made_opaque.update(params)
            for p in params:
                limits[p] = min(allowed, limits.get(p, TEMPORAL))


def row_levels(row: Operator) -> tuple[Level, tuple[Level, ...]]:
    """The level of a built-in operator, and the greatest level of each argument."""
    special = ROW_LEVELS.get((row.module, row.name))
    if special is not None:
        return special
    return CONSTANT, ((TEMPORAL if (row.module, row.name) in TEMPORAL_ROWS else ACTION),) * row.arity


def _without(info: Info, params: tuple[Parameter, ...]) -> Info:
    """`info` outside of the definition whose parameters are `params`."""
    if info.is_plain:
        return info
    gone = set(params)
    return Info(
        info.level,
        info.params - gone,
        {p: level for p, level in info.limits.items() if p not in gone},
        {key: level for key, level in info.argument_limits.items() if key[0] not in gone},
        frozenset(t for t in info.argument_params if t[0] not in gone and t[2] not in gone),
        info.opaque - gone,
    )


def too_high(node: ir.Node, what: str, allowed: Level, got: Level) -> SemanticError:
    """A part of an expression has a level that its place does not admit."""
    return SemanticError(
        f"{what} cannot be {LEVEL_NAMES[got]}",
        node.span,
        expected=LEVELS_UP_TO[allowed],
        got=LEVEL_NAMES[got],
    )


def combine(levels: Levels, own: Level, parts: list[Part], name: str) -> Info:
    """The level of an expression from its parts."""
    level = own
    is_plain = True
    for position, part in enumerate(parts):
        info = part.info
        if info.level > part.max_level and levels.is_checked:
            raise too_high(part.node, f"argument {position + 1} of `{name}`", part.max_level, info.level)
        if part.counts and info.level > level:
            level = info.level
        is_plain = is_plain and info.is_plain
    if is_plain:
        return PLAIN[level]
    params: set[Parameter] = set()
    opaque: set[Parameter] = set()
    limits: dict[Parameter, Level] = {}
    argument_limits: dict[tuple[Parameter, int], Level] = {}
    argument_params: set[tuple[Parameter, int, Parameter]] = set()
    for part in parts:
        info = part.info
        if info.is_plain:
            continue
        opaque |= info.opaque
        if part.counts:
            params |= info.params
        if part.is_opaque:
            opaque |= info.params
        for p, limit in info.limits.items():
            limits[p] = min(limit, limits.get(p, TEMPORAL))
        if part.max_level < TEMPORAL:
            for p in info.params:
                limits[p] = min(part.max_level, limits.get(p, TEMPORAL))
        for key, least in info.argument_limits.items():
            argument_limits[key] = max(least, argument_limits.get(key, CONSTANT))
        argument_params |= info.argument_params
    return Info(level, frozenset(params), limits, argument_limits, frozenset(argument_params), frozenset(opaque))


# --- one rule per class of node --------------------------------------------------------------------------------------

Rule = Callable[[Levels, Any], Info]


def _all(levels: Levels, nodes: Iterable[ir.Expr], max_level: Level) -> list[Part]:
    return [Part(levels.info(n), n, max_level) for n in nodes]


def _bounds(levels: Levels, bounds: Iterable[ir.Bound]) -> list[Part]:
    return _all(levels, [b.set for b in bounds], ACTION)


def _parts(name: str, own: Level, *fields: tuple[str, Level, bool]) -> Rule:
    """A rule for a node with the parts `fields`: the name of each, its greatest level, and whether it counts."""

    def rule(levels: Levels, node: Any) -> Info:
        parts = [
            Part(levels.info(getattr(node, f)), getattr(node, f), most, counts, not counts)
            for f, most, counts in fields
        ]
        return combine(levels, own, parts, name)

    return rule


def _quantifier(levels: Levels, node: ir.Quantifier) -> Info:
    body = levels.info(node.body)
    bounds = _bounds(levels, node.bounds)
    if body.level == TEMPORAL:
        for bound in bounds:
            if bound.info.level == ACTION and levels.is_checked:
                raise too_high(bound.node, "the set of a quantified temporal formula", STATE, ACTION)
    return combine(levels, CONSTANT, [Part(body, node.body), *bounds], "\\A" if node.is_forall else "\\E")


def _unbounded(levels: Levels, node: ir.UnboundedQuantifier) -> Info:
    is_temporal = node.kind in ("\\AA", "\\EE")
    most = ACTION if node.kind == "CHOOSE" else TEMPORAL
    own = TEMPORAL if is_temporal else CONSTANT
    return combine(
        levels, own, [Part(levels.info(node.body), node.body, most, not is_temporal, is_temporal)], node.kind
    )


def _choose(levels: Levels, node: ir.Choose) -> Info:
    return combine(levels, CONSTANT, [*_all(levels, [node.body], ACTION), *_bounds(levels, [node.bound])], "CHOOSE")


def _set_filter(levels: Levels, node: ir.SetFilter) -> Info:
    parts = [*_all(levels, [node.predicate], ACTION), *_bounds(levels, [node.bound])]
    return combine(levels, CONSTANT, parts, "{x \\in S : P}")


def _set_map(levels: Levels, node: ir.SetMap) -> Info:
    parts = [*_all(levels, [node.element], ACTION), *_bounds(levels, node.bounds)]
    return combine(levels, CONSTANT, parts, "{e : x \\in S}")


def _function_constructor(levels: Levels, node: ir.FunctionConstructor) -> Info:
    parts = [*_all(levels, [node.body], TEMPORAL), *_bounds(levels, node.bounds)]
    return combine(levels, CONSTANT, parts, "[x \\in S |-> e]")


def _list(name: str, attribute: str, max_level: Level) -> Rule:
    def rule(levels: Levels, node: Any) -> Info:
        return combine(levels, CONSTANT, _all(levels, getattr(node, attribute), max_level), name)

    return rule


def _fields(name: str, max_level: Level) -> Rule:
    def rule(levels: Levels, node: ir.Record | ir.RecordSet) -> Info:
        return combine(levels, CONSTANT, _all(levels, [e for _, e in node.fields], max_level), name)

    return rule


def _except(levels: Levels, node: ir.Except) -> Info:
    exprs = [node.function]
    for update in node.updates:
        exprs += [*update.path, update.value]
    return combine(levels, CONSTANT, _all(levels, exprs, ACTION), "EXCEPT")


def _case(levels: Levels, node: ir.Case) -> Info:
    exprs = [e for arm in node.arms for e in arm]
    if node.other is not None:
        exprs.append(node.other)
    return combine(levels, CONSTANT, _all(levels, exprs, TEMPORAL), "CASE")


def _let(levels: Levels, node: ir.Let) -> Info:
    for definition in node.definitions:
        levels.operator(definition)
    return levels.info(node.body)


def _mixed(levels: Levels, parts: list[Part], name: str) -> None:
    """An action beside a temporal formula has no meaning as either."""
    actions = [p for p in parts if p.info.level == ACTION]
    if levels.is_checked and actions and any(p.info.level == TEMPORAL for p in parts):
        raise SemanticError(
            f"`{name}` joins an action and a temporal formula",
            actions[0].node.span,
            expected="state predicates and temporal formulas, such as [A]_v under []",
            got="an action",
        )


def _junction(levels: Levels, node: ir.Junction) -> Info:
    parts = _all(levels, node.items, TEMPORAL)
    name = "/\\" if node.is_and else "\\/"
    _mixed(levels, parts, name)
    return combine(levels, CONSTANT, parts, name)


def _builtin(levels: Levels, node: ir.Builtin) -> Info:
    own, limits = row_levels(node.operator)
    parts: list[Part] = []
    for arg, limit in zip(node.args, limits, strict=True):
        if isinstance(arg, ir.OperatorRef | ir.Lambda):
            parts.append(Part(levels._operator_argument(arg)[0], arg, limit))
        else:
            parts.append(Part(levels.info(arg), arg, limit))
    if node.operator.module is None and node.operator.name in ("=>", r"\equiv"):
        _mixed(levels, parts, node.operator.name)
    return combine(levels, own, parts, node.operator.name)


def _modality(name: str, is_angle: bool, form: str) -> Rule:
    def rule(levels: Levels, node: ir.Box | ir.Diamond) -> Info:
        info = levels.info(node.expr)
        is_form = isinstance(node.expr, ir.ActionSubscript) and node.expr.is_angle == is_angle
        if levels.is_checked and info.level == ACTION and not is_form and not isinstance(node.expr, ir.Let):
            raise SemanticError(
                f"`{name}` of an action that has no subscript",
                node.expr.span,
                expected=f"an action of the form `{form}`",
            )
        return combine(levels, TEMPORAL, [Part(info, node.expr, TEMPORAL, False, True)], name)

    return rule


def _temporal_pair(levels: Levels, left: ir.Expr, right: ir.Expr, name: str) -> Info:
    parts = [Part(levels.info(e), e, TEMPORAL, False, True) for e in (left, right)]
    for part in parts:
        if part.info.level == ACTION and levels.is_checked:
            raise SemanticError(
                f"`{name}` of an action", part.node.span, expected="a state predicate or a temporal formula"
            )
    return combine(levels, TEMPORAL, parts, name)


def _leads_to(levels: Levels, node: ir.LeadsTo) -> Info:
    return _temporal_pair(levels, node.left, node.right, "~>")


def _temporal_operator(levels: Levels, node: ir.TemporalOperator) -> Info:
    if not node.args:
        return PLAIN[CONSTANT]
    if node.kind == "\\cdot":
        parts = [Part(levels.info(a), a, ACTION, False, True) for a in node.args]
        return combine(levels, ACTION, parts, node.kind)
    return _temporal_pair(levels, node.args[0], node.args[1], node.kind)


_RULES: dict[type[ir.Node], Rule] = {
    ir.Literal: lambda levels, node: PLAIN[CONSTANT],
    ir.VariableRef: lambda levels, node: PLAIN[STATE],
    ir.LocalRef: Levels.local,
    ir.Call: Levels.call,
    ir.Builtin: _builtin,
    ir.Quantifier: _quantifier,
    ir.UnboundedQuantifier: _unbounded,
    ir.Choose: _choose,
    ir.SetEnumeration: _list("{…}", "elements", ACTION),
    ir.SetFilter: _set_filter,
    ir.SetMap: _set_map,
    ir.FunctionConstructor: _function_constructor,
    ir.Record: _fields("[a |-> e]", TEMPORAL),
    ir.RecordSet: _fields("[a : S]", ACTION),
    ir.Tuple: _list("<<…>>", "elements", ACTION),
    ir.Times: _list("\\X", "factors", ACTION),
    ir.FunctionApplication: _parts("f[x]", CONSTANT, ("function", ACTION, True), ("arg", ACTION, True)),
    ir.Except: _except,
    ir.If: _parts(
        "IF", CONSTANT, ("condition", TEMPORAL, True), ("then", TEMPORAL, True), ("otherwise", TEMPORAL, True)
    ),
    ir.Case: _case,
    ir.Let: _let,
    ir.Junction: _junction,
    ir.Prime: _parts("'", ACTION, ("expr", STATE, False)),
    ir.Unchanged: _parts("UNCHANGED", ACTION, ("expr", STATE, False)),
    ir.Enabled: _parts("ENABLED", STATE, ("action", ACTION, False)),
    ir.ActionSubscript: _parts("[A]_v", ACTION, ("action", ACTION, False), ("subscript", STATE, False)),
    ir.Box: _modality("[]", False, "[A]_v"),
    ir.Diamond: _modality("<>", True, "<<A>>_v"),
    ir.LeadsTo: _leads_to,
    ir.Fairness: _parts("WF", TEMPORAL, ("subscript", STATE, False), ("action", ACTION, False)),
    ir.TemporalOperator: _temporal_operator,
}
