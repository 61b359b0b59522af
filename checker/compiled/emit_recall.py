"""What is looked up rather than computed again: definitions with loops that read few variables, and the next values and
loops of an action that do.

Components of states are interned, so such a value is a function of a few words: the components it reads, its arguments,
the elements that names stand for. What it was for them is recalled, for ever or for the state at hand
(`runtime/recall.hpp`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ...model.semantics import ir
from ..interpreted.bindings import Atom, Context, Deferred, InlineOperator, stable_key
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

    Facts of what is recursive may lack variables. ENABLED walks an action, which is more than a value.
    """
    if body in unit.known:
        return True
    nodes = list(nodes_of(unit, body))
    if any(isinstance(node, ir.Enabled) or (isinstance(node, ir.Definition) and node.is_recursive) for node in nodes):
        return False
    unit.known.update(nodes)
    return True


def write_recall(unit: Unit, name: str, evaluated: str, header: str, words: list[str], *, is_test: bool) -> None:
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
        writer.write(f"if (LIKELY(!is_unset(known))) return {'bool_of(known)' if is_test else 'known'};")
        writer.write(f"{'bool' if is_test else 'V'} value = {call};")
        writer.write(f"{name}_known.put(key, {'boolean(value)' if is_test else 'value'});")
        writer.write("return value;")
    unit.add_function(writer)


# --- expressions of actions ------------------------------------------------------------------------------------------


def is_made(unit: Unit, node: ir.Expr) -> bool:
    """Whether evaluating an expression makes objects that looking it up would spare."""
    return any(
        isinstance(part, MAKERS) or (isinstance(part, ir.Builtin) and part.operator.name in MAKING)
        for part in nodes_of(unit, node)
    )


def words_of(emitter: Emitter, node: ir.Expr, context: Context) -> list[str] | None:
    """The words that the value of an expression of an action is a function of; None where they are too many, or it
    depends on something else."""
    words: dict[str, None] = {}
    stack: list[tuple[ir.Expr, Context, tuple[ir.Local, ...]]] = [(node, context, ())]
    while stack:
        expr, within, params = stack.pop()
        facts = emitter.analysis.facts(expr)
        if facts.primed or facts.impure or within.primed or not is_known(emitter.unit, expr):
            return None
        if isinstance(emitter.current, dict) and not facts.reads <= emitter.current.keys():
            return None
        words.update((emitter.component(index, primed=False), None) for index in sorted(facts.reads))
        for name in sorted(facts.free.difference(params), key=stable_key):
            binding = within.env.get(name)
            if isinstance(binding, Atom):
                words[emitter.known(binding.py).boxed] = None
            elif isinstance(binding, Deferred):
                stack.append((binding.expr, binding.context, ()))
            elif isinstance(binding, InlineOperator):
                stack.append((binding.body, binding.context, binding.params))
            else:
                return None
        if len(words) > MAX_SITE_WORDS:
            return None
    return list(words) or None


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
