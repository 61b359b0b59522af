"""Facts about IR nodes that decide how they are emitted: what they read, what they are free in, how large they are."""

from __future__ import annotations

from ...model.semantics import ir
from ...model.semantics.operators import Operator
from ...model.structs import Struct, replace
from .library import Effect, effect_of


class Facts(Struct, eq=True):
    """`free`: the locals, and LET definitions, that the node refers to and does not bind. `shared`: the parameterless
    definitions it refers to directly. `reads`: the variables it reads, primed or not. `primed`: reads the next state.
    `impure`: what its value depends on beside them, or what evaluating it does. `size`: nodes, with what would be put
    in place of calls."""

    free: frozenset[object]
    shared: frozenset[ir.Definition]
    reads: frozenset[int]
    primed: bool
    impure: Effect
    size: int

    @property
    def state(self) -> bool:
        return bool(self.reads)


_NOTHING = Facts(frozenset(), frozenset(), frozenset(), False, Effect.NONE, 1)


class Analysis:
    """Computes and keeps Facts. Overrides of the configuration are followed through `resolve`."""

    def __init__(self, resolve: object) -> None:
        self._resolve = resolve
        self._facts: dict[int, Facts] = {}
        self._bodies: dict[ir.Definition, Facts] = {}
        self._kept: list[object] = []
        self._strict: dict[tuple[ir.Definition, int], bool] = {}
        self._let_bound: set[ir.Definition] = set()
        self._uses: dict[object, set[int]] = {}

    def facts(self, node: ir.Node) -> Facts:
        found = self._facts.get(id(node))
        if found is None:
            found = self._facts[id(node)] = self._compute(node)
            self._kept.append(node)  # an id is only good while its object lives
        return found

    def body(self, definition: ir.Definition) -> Facts:
        """Facts of a definition's body, without its parameters; a recursive reference adds nothing to its size."""
        found = self._bodies.get(definition)
        if found is None:
            self._bodies[definition] = _NOTHING
            facts, bodies = len(self._facts), len(self._bodies)
            found = self._body(definition)
            while definition.is_recursive and _effects(found) != _effects(self._bodies[definition]):
                # Of definitions that call this one, and that it calls, too little was known.
                for key in list(self._facts)[facts:]:
                    del self._facts[key]
                for other in list(self._bodies)[bodies:]:
                    del self._bodies[other]
                reads, primed, impure = _effects(found)
                self._bodies[definition] = replace(_NOTHING, reads=reads, primed=primed, impure=impure)
                found = self._body(definition)
            self._bodies[definition] = found
        return found

    def _body(self, definition: ir.Definition) -> Facts:
        inner = self.facts(definition.body)
        return Facts(
            inner.free - frozenset(definition.params) - {definition},
            inner.shared,
            inner.reads,
            inner.primed,
            max(inner.impure, effect_of(definition)),
            inner.size,
        )

    def is_closed(self, node: ir.Node) -> bool:
        """Whether the node has one value, whatever the state and the bindings."""
        facts = self.facts(node)
        return not (facts.free or facts.state or facts.primed or facts.impure)

    def is_let_bound(self, definition: ir.Definition) -> bool:
        return definition in self._let_bound

    def uses(self, name: object) -> int:
        """How many places refer to a local or to a definition of LET, among the nodes of which facts are known."""
        return len(self._uses.get(name, ()))

    def _compute(self, node: ir.Node) -> Facts:
        match node:
            case ir.Literal():
                return _NOTHING
            case ir.LocalRef():
                self._uses.setdefault(node.local, set()).add(id(node))
                return replace(_NOTHING, free=frozenset({node.local}))
            case ir.VariableRef():
                return replace(_NOTHING, reads=frozenset({node.variable.index}))
            case ir.Let():
                self._let_bound.update(node.definitions)
            case _:
                pass
        parts = [self.facts(child) for child in ir.children(node)]
        free: set[object] = set()
        shared: set[ir.Definition] = set()
        for part in parts:
            free |= part.free
            shared |= part.shared
        reads = frozenset().union(*(part.reads for part in parts))
        primed = any(part.primed for part in parts)
        impure = max((part.impure for part in parts), default=Effect.NONE)
        size = 1 + sum(part.size for part in parts)
        free -= bound_by(node)
        match node:
            case ir.Builtin():
                impure = max(impure, effect_of(node.operator))
            case ir.Prime() | ir.Unchanged() | ir.ActionSubscript() | ir.Fairness():
                primed = primed or bool(reads)
            case ir.Enabled():
                primed = False
            case _:
                pass
        target = _target(node)
        if target is not None:
            self._uses.setdefault(target, set()).add(id(node))
            outer = self._target_facts(target, free, shared, has_args=bool(getattr(node, "args", ())))
            reads, primed, impure = reads | outer.reads, primed or outer.primed, max(impure, outer.impure)
            size += outer.size
        return Facts(frozenset(free), frozenset(shared), reads, primed, impure, size)

    def _target_facts(self, target: object, free: set[object], shared: set[ir.Definition], *, has_args: bool) -> Facts:
        """What referring to `target` adds; adds its free names to `free`."""
        if isinstance(target, ir.Local):
            free.add(target)
            return _NOTHING
        resolved = self._resolve(target)  # type: ignore[operator]
        if not isinstance(resolved, ir.Definition):
            return _NOTHING
        facts = self.body(resolved)
        if resolved in self._let_bound:
            free.add(resolved)
            free |= facts.free
        elif not has_args and not resolved.params:
            shared.add(resolved)
            if facts.impure is Effect.ONCE and not (facts.free or facts.reads or facts.primed):
                return replace(facts, impure=Effect.NONE)
        return facts

    # --- strictness ---------------------------------------------------------------------------------------------------

    def is_strict_in_parameter(self, definition: ir.Definition, index: int) -> bool:
        """Whether every evaluation of the body that gives a value evaluates that parameter."""
        key = (definition, index)
        found = self._strict.get(key)
        if found is None:
            self._strict[key] = False  # a recursive call proves nothing about itself
            found = self._strict[key] = self.is_strict(definition.body, definition.params[index])
        return found

    def is_strict(self, node: ir.Node, local: object) -> bool:
        """Whether every evaluation of `node` that gives a value evaluates `local`."""
        if local not in self.facts(node).free:
            return False
        match node:
            case ir.LocalRef():
                return node.local is local
            case ir.Call():
                return self._is_call_strict(node, local)
            case ir.If():
                return self.is_strict(node.condition, local) or (
                    self.is_strict(node.then, local) and self.is_strict(node.otherwise, local)
                )
            case ir.Junction():
                return self.is_strict(node.items[0], local)
            case ir.Case():
                return self.is_strict(node.arms[0][0], local)
            case ir.Let():
                return self.is_strict(node.body, local)
            case ir.Quantifier() | ir.FunctionConstructor():
                return any(self.is_strict(bound.set, local) for bound in node.bounds)
            case ir.SetMap():
                return any(self.is_strict(bound.set, local) for bound in node.bounds)
            case ir.Choose() | ir.SetFilter():
                return self.is_strict(node.bound.set, local)
            case ir.Except():
                return self.is_strict(node.function, local)
            case ir.Builtin():
                args = node.args[:1] if node.operator.name == "=>" else node.args
                return any(isinstance(arg, ir.Node) and self.is_strict(arg, local) for arg in args)
            case (
                ir.SetEnumeration() | ir.Tuple() | ir.Record() | ir.RecordSet() | ir.Times() | ir.FunctionApplication()
            ):
                return any(self.is_strict(child, local) for child in ir.children(node))
            case _:
                return False

    def _is_call_strict(self, node: ir.Call, local: object) -> bool:
        if node.target is local:
            return True
        target = node.target if isinstance(node.target, ir.Local) else self._resolve(node.target)  # type: ignore[operator]
        if not isinstance(target, ir.Definition):
            return False
        return any(
            isinstance(arg, ir.Node)
            and not isinstance(arg, (ir.Lambda, ir.OperatorRef))
            and self.is_strict(arg, local)
            and self.is_strict_in_parameter(target, index)
            for index, arg in enumerate(node.args)
        )


def _effects(facts: Facts) -> tuple[frozenset[int], bool, Effect]:
    """What a recursive reference adds to the facts of an expression."""
    return facts.reads, facts.primed, facts.impure


def _target(node: ir.Node) -> object:
    if isinstance(node, (ir.Call, ir.OperatorRef)):
        return None if isinstance(node.target, Operator) else node.target
    return None


def bound_by(node: ir.Node) -> set[object]:
    """The names that a node binds in its children. The sets of its bounds cannot refer to them."""
    match node:
        case ir.Call() | ir.Builtin() | ir.Junction() | ir.FunctionApplication():
            return set()  # as it is with most
        case ir.Quantifier() | ir.SetMap():
            return {local for bound in node.bounds for local in bound.locals}
        case ir.FunctionConstructor():
            bound: set[object] = {local for bound in node.bounds for local in bound.locals}
            return bound | ({node.this} if node.this else set())
        case ir.Choose() | ir.SetFilter():
            return set(node.bound.locals)
        case ir.UnboundedQuantifier():
            return set(node.locals)
        case ir.Lambda():
            return set(node.params)
        case ir.Let():
            return {*node.definitions, *(p for d in node.definitions for p in d.params)}
        case ir.Except():
            return {update.at for update in node.updates}
        case _:
            return set()
