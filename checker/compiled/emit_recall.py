"""What is looked up rather than computed again: definitions with loops that read few variables, and the next values and
loops of an action that do.

Components of states are interned, so such a value is a function of a few words: the components it reads, its arguments,
the elements that names stand for. What it was for them is recalled, for ever or for the state at hand
(`runtime/recall.hpp`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from ...model.semantics import ir
from ..interpreted.analysis import bound_by
from ..interpreted.bindings import Atom, Context, Deferred, InlineOperator, Py, stable_key
from .writer import Writer

if TYPE_CHECKING:
    from .emitter import Emitter
    from .unit import Unit

MAX_WORDS = 6
"""Components and arguments of what is recalled: with more, a combination seldom recurs."""
LOOPS = (ir.Quantifier, ir.SetFilter, ir.SetMap, ir.FunctionConstructor, ir.Choose)
MAX_SITE_WORDS = 4
"""The same for an expression of an action."""
MAKERS = (*LOOPS, ir.Except, ir.Record, ir.Tuple, ir.SetEnumeration)
"""What makes an object. Numbers and truths are computed again."""
MAKING = (r"\cup", r"\cap", "\\", "Append", "Tail", "SubSeq", r"\o", "UNION", "@@")


def is_recalled(unit: Unit, definition: ir.Definition) -> bool:
    """Whether looking for the value of a definition costs less than computing it, and gives the same."""
    facts = unit.program.analysis.body(definition)
    if unit.counts_all or facts.primed or facts.impure or facts.free or any(param.arity for param in definition.params):
        return False
    if not facts.reads or len(facts.reads) + len(definition.params) > MAX_WORDS:
        return False
    return is_known(unit, definition.body) and any(isinstance(node, LOOPS) for node in nodes_of(unit, definition.body))


def nodes_of(unit: Unit, body: ir.Node) -> Iterator[ir.Node | ir.Definition]:
    """The nodes of an expression and of the definitions it refers to, and these definitions."""
    seen: set[ir.Definition] = set()
    stack: list[ir.Node] = [body]
    while stack:
        node = stack.pop()
        yield node
        stack += ir.children(node)
        if isinstance(node, (ir.Call, ir.OperatorRef)) and isinstance(node.target, (ir.Definition, ir.Constant)):
            target = unit.program.resolve(node.target)
            if isinstance(target, ir.Definition) and target not in seen:
                seen.add(target)
                yield target
                stack.append(target.body)


def is_known(unit: Unit, body: ir.Node) -> bool:
    """Whether facts tell all that an expression reads, and so of all its parts.

    Facts of what is recursive within LET may lack names of what is around. ENABLED walks an action, which is more than
    a value.
    """
    if body in unit.known:
        return True
    nodes, is_let_bound = list(nodes_of(unit, body)), unit.program.analysis.is_let_bound
    if any(
        isinstance(node, ir.Enabled) or (isinstance(node, ir.Definition) and node.is_recursive and is_let_bound(node))
        for node in nodes
    ):
        return False
    unit.known.update(nodes)
    return True


WORDS_OF_TYPES = {
    "V": ("known", "value"),
    "bool": ("bool_of(known)", "boolean(value)"),
    "u64": ("code_of(known)", "packed(value)"),
}
"""What a word that is recalled is the value of, and the word of a value, by the type of the function."""


def write_recall(unit: Unit, name: str, evaluated: str, header: str, words: list[str], type_of_value: str) -> None:
    """Write the function `name` (`header` is its type and parameters) that recalls what `evaluated` computes.

    `words` are the components and arguments; one that begins with `?` is that of a thunk, which may be unknown yet.
    """
    arguments = ", ".join(part.rpartition(" ")[2] for part in header.partition("(")[2].removesuffix(")").split(", "))
    call = f"{evaluated}({arguments})"
    unit.declare(f"static __thread Recalled<{len(words)}> {name}_known;")
    writer = Writer()
    with writer.function(header.replace(evaluated, name), end="}"):
        thunks = [word.removeprefix("?") for word in words if word.startswith("?")]
        if thunks:
            writer.write(f"if ({' || '.join(f'is_unset({thunk}->value)' for thunk in thunks)}) return {call};")
        key = ", ".join(f"{word[1:]}->value" if word.startswith("?") else word for word in words)
        writer.write(f"const V key[] = {{{key}}};")
        writer.write(f"V known = {name}_known.find(key);")
        known, value = WORDS_OF_TYPES[type_of_value]
        writer.write(f"if (LIKELY(!is_unset(known))) return {known};")
        writer.write(f"{type_of_value} value = {call};")
        writer.write(f"{name}_known.put(key, {value});")
        writer.write("return value;")
    unit.add_function(writer)


# --- expressions of actions ------------------------------------------------------------------------------------------


def is_made(unit: Unit, node: ir.Expr) -> bool:
    """Whether evaluating an expression makes objects that looking it up would spare."""
    return any(
        isinstance(part, MAKERS) or (isinstance(part, ir.Builtin) and part.operator.name in MAKING)
        for part in nodes_of(unit, node)
    )


def is_worth_recalling(unit: Unit, node: ir.Argument) -> bool:
    """Whether an expression is one that may take long by itself: it makes an object, or calls what is recursive."""
    if isinstance(node, ir.Call) and isinstance(node.target, (ir.Definition, ir.Constant)):
        target = unit.program.resolve(node.target)
        return isinstance(target, ir.Definition) and target.is_recursive
    return isinstance(node, MAKERS) and not isinstance(node, ir.Quantifier)


class Words:
    """The words that the value of an expression of an action is a function of, in the order in which they are met.

    `x[i]` is one word, where x is a variable and i a name or a constant: what it is recurs more often than x does.
    """

    def __init__(self, emitter: Emitter) -> None:
        self.emitter = emitter
        self.whole: dict[str, None] = {}
        """Components, and what names stand for."""
        self.parts: dict[str, tuple[str, ...]] = {}
        """Parts of components, with the words that each is a function of, the component first."""

    def all(self) -> list[str]:
        """A part says nothing beside the component that it is a part of."""
        words = dict(self.whole)
        for part, (component, *arguments) in self.parts.items():
            words.update(dict.fromkeys(arguments if component in self.whole else (part,)))
        return list(words)

    def reads(self, node: ir.Expr, within: Context) -> bool:
        """Add what the value of `node` depends on; False where it depends on something else too, or on too many."""
        if self.emitter.analysis.facts(node).impure:
            return False
        return is_known(self.emitter.unit, node) and self._read(node, within)

    def _read(self, node: ir.Node, within: Context) -> bool:
        facts = self.emitter.analysis.facts(node)
        if not facts.reads and not facts.free:
            return True
        match node:
            case ir.VariableRef():
                return self._component(node.variable.index, primed=within.primed)
            case ir.LocalRef():
                return self._name(node.local, within)
            case ir.Prime():
                return self._read(node.expr, Context(within.env, True))
            case ir.FunctionApplication() if (part := self._part(node, within)) is not None:
                self.parts[part[0]] = part[1]
                return True
            case ir.Call() if (inlined := self.emitter.inlined(node, within)) is not None:
                return self._read(*inlined)
            case ir.Call() | ir.OperatorRef() | ir.Lambda() | ir.Let() | ir.Unchanged() | ir.ActionSubscript():
                return self._summary(node, within)
            case _:
                inner = within.bind(dict.fromkeys(bound_by(node), INNER))
                return all(self._read(child, inner) for child in ir.children(node))

    def _component(self, index: int, *, primed: bool) -> bool:
        """Add the words of a variable, if it has a value here."""
        word = self._word(index, primed=primed)
        if word is not None:
            self.whole.update(dict.fromkeys(self.emitter.words_of_state(index, word)))
        return word is not None and self._are_few()

    def _are_few(self) -> bool:
        return len(self.whole) <= MAX_SITE_WORDS

    def _word(self, index: int, *, primed: bool) -> str | None:
        """The (first) word of a variable, if it has a value here."""
        state = self.emitter.following if primed or self.emitter.is_init else self.emitter.current
        has_value = isinstance(state, str) or (state is not None and index in state)
        if not has_value or (primed and self.emitter.unit.layout(index) is not None):
            return None  # what is computed of the code of a next value costs less than looking it up
        return self.emitter.component(index, primed=primed)

    def _name(self, name: object, within: Context) -> bool:
        binding = within.env.get(name)
        if isinstance(binding, Atom):
            if binding is not INNER:
                self.whole[self.emitter.known(binding.py).boxed] = None
            return self._are_few()
        if isinstance(binding, Deferred):
            outer = binding.context
            return self.reads(binding.expr, Context(outer.env, outer.primed or within.primed))
        if isinstance(binding, InlineOperator):
            outer = binding.context.bind(dict.fromkeys(binding.params, INNER))
            return self.reads(binding.body, Context(outer.env, outer.primed or within.primed))
        return False

    def _summary(self, node: ir.Node, within: Context) -> bool:
        """The same by what is known of the whole of `node`, which is not looked into."""
        facts = self.emitter.analysis.facts(node)
        if facts.primed or (within.primed and facts.reads):
            return False
        return all(self._component(index, primed=False) for index in sorted(facts.reads)) and all(
            self._name(name, within) for name in sorted(facts.free, key=stable_key)
        )

    def _part(self, node: ir.Expr, within: Context) -> tuple[str, tuple[str, ...]] | None:
        """The text of a part of a component, and the words that it is a function of."""
        if isinstance(node, ir.Prime):
            return self._part(node.expr, Context(within.env, True))
        if isinstance(node, ir.VariableRef):
            if self.emitter.unit.layout(node.variable.index) is not None:
                return None  # a word already
            component = self._word(node.variable.index, primed=within.primed)
            return None if component is None else (component, (component,))
        if not isinstance(node, ir.FunctionApplication):
            return None
        argument = self._argument(node.arg, within)
        function = None if argument is None else self._part(node.function, within)
        if argument is None or function is None:
            return None
        text, is_constant = argument
        words = function[1] if is_constant else (*function[1], text)
        return f"part_of({function[0]}, {text})", words

    def _argument(self, node: ir.Expr, within: Context) -> tuple[str, bool] | None:
        """The text of the argument of a part, and whether it is a constant."""
        if isinstance(node, ir.LocalRef):
            binding = within.env.get(node.local)
            if not isinstance(binding, Atom) or binding is INNER:
                return None
            return self.emitter.known(binding.py).boxed, False
        if isinstance(node, ir.Literal):
            return self.emitter.value(node, within).boxed, True
        constant = self.emitter.unit.constant(node)
        return None if constant is None or not constant.simple else (constant.boxed, True)


INNER: Final = Atom(Py(""))
"""What is bound within an expression stands for: nothing that its value depends on."""


def words_of(emitter: Emitter, node: ir.Expr, context: Context) -> list[str] | None:
    """The words that the value of an expression of an action is a function of; None where they are too many, or it
    depends on something else."""
    words = Words(emitter)
    if not words.reads(node, context) or not 0 < len(words.all()) <= MAX_SITE_WORDS:
        return None
    return words.all()


def recalled(emitter: Emitter, node: ir.Expr, context: Context, emit: Callable[[], str]) -> str | None:
    """The name of what an expression of an action was, or else of what `emit` gives; None where it is not recalled."""
    if not emitter.recalls:
        return None
    words = words_of(emitter, node, context)
    if words is None or (emitter.recalling is not None and not emitter.recalling - frozenset(words)):
        return None
    site, key, value = emitter.unit.site(), emitter.fresh("k"), emitter.fresh("v")
    emitter.writer.write(f"const V {key}[] = {{{', '.join(words)}}};")
    emitter.writer.write(f"V {value} = recalled({site}, {key});")
    with emitter.writer.block(f"if (is_unset({value}))"), _recalling(emitter, frozenset(words)):
        text = emit()
        emitter.writer.write(f"{value} = recall({site}, {key}, {text});")
    return value


@contextmanager
def _recalling(emitter: Emitter, words: frozenset[str]) -> Iterator[None]:
    """Meanwhile what depends on all of these words is not worth looking up."""
    around, emitter.recalling = emitter.recalling, words
    yield
    emitter.recalling = around
