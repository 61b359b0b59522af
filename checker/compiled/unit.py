"""The translation unit of a Problem: its constants, one C++ function for each definition that is called, Init, Next and
the predicates, and the table by which the runtime knows them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Never

from ...model.problem import NamedExpr, Problem
from ...model.semantics import ir
from ...model.source import Span
from ...model.structs import Struct
from ...model.values import core, sets
from ...model.values.core import ModelValue, Value, boolean, domain_of
from ...model.values.order import rank_of, string_order
from ..interpreted.bindings import INLINE_SIZE, Context
from ..interpreted.coverage import Coverage, Point
from ..interpreted.library import native_of
from ..interpreted.program import Label, Program
from ..interpreted.program import Values as Bound
from ..liveness.plan import Obligation, atoms
from . import emit_functions, emit_logic, emit_operators, emit_sets  # noqa: F401  # they register with the emitter
from .cpp import Cpp, atom
from .emit_actions import CppWalk, finish_state
from .emit_bits import words_of
from .emit_coded import coded
from .emit_foreign import Dependence, Site
from .emit_predicates import emit_predicates
from .emit_recall import is_recalled, write_recall
from .emit_temporal import Key, emit_questions
from .emitter import Emitter
from .layouts import Array, Layout, Layouts, Mask, Numbers, Values
from .natives import NATIVES, Native
from .notation import NotEncodable, encode
from .translation import HEADERS, Translation
from .writer import Writer

Permutation = Mapping[Value, Value]


class Declined(Exception):
    """The compiled engine does not do this problem; the message says why, and where in the specification."""

    def __init__(self, message: str, span: Span | None = None) -> None:
        super().__init__(message)
        self.span = span


class Function(Struct, eq=True):
    """The C++ function of a definition: its name, and the kind of its value where that is known."""

    name: str
    kind: str | Layout | None


class Unit:
    """Emits on demand. Labels of actions are added to those of `program`, so that both engines number them alike."""

    def __init__(
        self,
        program: Program,
        group: Sequence[Permutation] = (),
        coverage: Coverage | None = None,
        obligations: Sequence[Obligation] = (),
        *,
        folds: bool = True,
        layouts: Layouts | None = None,
        dependence: Dependence = Dependence.STATE,
    ) -> None:
        self.program = program
        self.folds = folds
        """Whether closed expressions are evaluated now."""
        self.group = group
        self.coverage = coverage
        self.points: dict[int, int] = {}
        """Index of a point of coverage → its place in the text, which depends on nothing but the text."""
        self.obligations = obligations
        self.questions: dict[Key, int] = {}
        """The parts of temporal properties that can be asked about (`emit_temporal`)."""
        self.dependence = dependence
        """How far evaluations look beyond the state."""
        self.sites: list[Site] = []
        """Where values are asked for that have no C++, by number."""
        self.layouts = layouts if layouts is not None else Layouts()
        self.labels: list[Label] = []
        self.names: list[str] = []
        """Of strings and model values, by place, as the text has them."""
        self._counter = 0
        self._functions: dict[ir.Definition, Function] = {}
        self._declarations: list[str] = []
        self._bodies: list[str] = []
        self._definitions: list[str] = []
        self._constants: dict[str, int] = {}
        self._domains: dict[frozenset[str], str] = {}
        self._once: dict[int, tuple[object, str]] = {}
        self._caches = 0
        self._tables: dict[tuple[str, str], str] = {}
        self._sites = 0
        self._recalled: dict[ir.Definition, bool] = {}
        self._layouts_of_definitions: dict[ir.Definition, Layout | None] = {}
        self._by_element: dict[tuple[object, ...], tuple[ir.Expr, Sequence[Value | None]]] = {}
        self.known: set[object] = set()
        """The nodes of which facts are known to tell all that they read (`emit_recall`)."""

    @property
    def is_ordered(self) -> bool:
        """Whether evaluations depend on what was evaluated before."""
        return self.dependence is Dependence.ORDER

    @property
    def counts_all(self) -> bool:
        """Whether each evaluation counts, so that none is spared."""
        return self.is_ordered or (self.coverage is not None and self.coverage.everything)

    def place_of(self, point: Point) -> int:
        return self.points.setdefault(point.index, len(self.points))

    # --- names --------------------------------------------------------------------------------------------------------

    def fresh(self, hint: str) -> str:
        self._counter += 1
        return f"{identifier(hint)}_{self._counter}"

    def declare(self, text: str) -> None:
        self._declarations.append(text)

    def add_function(self, writer: Writer) -> None:
        """A function that is complete; its first line is its header."""
        self._bodies.append(writer.text())
        self.declare(writer.lines[0].text.removesuffix(" {") + ";")

    def define(self, text: str) -> None:
        """What comes behind all functions."""
        self._definitions.append(text)

    @contextmanager
    def attempt(self, *declining: type[Exception]) -> Iterator[None]:
        """What is declined meanwhile leaves nothing behind."""
        functions, once = set(self._functions), set(self._once)
        sizes = len(self._declarations), len(self._bodies)
        try:
            yield
        except (Declined, *declining):
            self._functions = {key: name for key, name in self._functions.items() if key in functions}
            self._once = {key: name for key, name in self._once.items() if key in once}
            del self._declarations[sizes[0] :], self._bodies[sizes[1] :]

    def context(self, values: Bound) -> Context:
        """The context in which bound variables have these values."""
        return Context({local: atom(self.embed(value)) for local, value in values.items()})

    def decline(self, what: str, span: Span | None) -> Never:
        raise Declined(f"the compiled engine does not evaluate {what}", span)

    def native_of(self, definition: ir.Definition) -> Native | None:
        """The function of the runtime that stands for a definition, if there is one."""
        if native_of(definition) is None:
            return None
        return NATIVES.get((definition.module, definition.name.rpartition("!")[2]))

    def is_original(self, node: ir.Builtin) -> bool:
        """Whether the operator means here what it means by itself."""
        return self.program.replacement(node.operator, node.span) is None

    def layout(self, index: int) -> Layout | None:
        """The layout of the variable of that index; None where states hold its values."""
        return self.layouts.variables.get(index)

    def start_of(self, index: int) -> int:
        """The first word of the component of a variable, or of what comes behind those of all."""
        return sum(words_of(self.layout(before)) for before in range(index))

    def words(self, indices: Iterable[int]) -> list[int]:
        """The words of the components of some variables, in order."""
        return [word for index in sorted(indices) for word in range(self.start_of(index), self.start_of(index + 1))]

    # --- constants ----------------------------------------------------------------------------------------------------

    def constant(self, node: ir.Expr) -> Cpp | None:
        """Text for the value of a closed expression; None where it is not closed or has no value."""
        if not self.folds or isinstance(node, (ir.Literal, ir.LocalRef, ir.VariableRef)):
            return None
        value = self.program.constant_value(node)
        if value is None:
            return None
        try:
            cpp = self.embed(value)
        except NotEncodable:
            return self._evaluated_once(node)
        return cpp._replace(kind="seq") if cpp.kind is None and kind_of_form(node) == "seq" else cpp

    def embed(self, value: Value) -> Cpp:
        """Text for a value known now. Raises NotEncodable."""
        if value is core.TRUE or value is core.FALSE:
            return Cpp("true" if value is core.TRUE else "false", "bool", True)
        text = encode(value)
        if type(value) is int:
            return Cpp(f"i64({value})", "int", True)
        if type(value) is str:
            return Cpp(f"string_value({rank_of(value)} /* {_comment(value)} */)", "str", True)
        if type(value) is ModelValue:
            return Cpp(f"model_value({rank_of(value.name)} /* {_comment(value.name)} */)", None, True)
        return Cpp(self._constant(text), "set" if sets.is_set(value) else None, True)

    def embed_literal(self, value: int | str | bool, span: Span) -> Cpp:
        try:
            return self.embed(boolean(value) if isinstance(value, bool) else value)
        except NotEncodable as error:
            raise Declined(f"the compiled engine cannot hold {error}", span) from error

    def _constant(self, text: str) -> str:
        return f"C[{self._constants.setdefault(text, len(self._constants))}]"

    def _evaluated_once(self, node: ir.Expr) -> Cpp | None:
        """A call of a function that evaluates a closed expression for each worker once; None within that function."""
        found = self._once.get(id(node))
        if found is None:
            name = self.fresh("once")
            self._once[id(node)] = (node, "")
            emitter = Emitter(self)
            with emitter.writer.function(f"static V {name}()", end="}"):
                emitter.writer.write("static __thread V value;")
                emitter.writer.write("if (LIKELY(value.word != 0)) return value;")
                emitter.writer.write("Permanently stays;")
                text = emitter.value(node, Context({})).boxed
                emitter.writer.write(f"return value = {text};")
            self.add_function(emitter.writer)
            found = self._once[id(node)] = (node, name)
        return Cpp(f"{found[1]}()") if found[1] else None

    def is_infinite(self, node: ir.Expr) -> bool:
        """Whether an expression is a constant infinite set."""
        value = self.program.constant_value(node)
        return value is not None and self.program.is_infinite(value)

    def field_names(self, values: Mapping[str, object]) -> tuple[str, list[str]]:
        """(text of the set of the names, the names in order)."""
        domain = domain_of(frozenset(values))
        return self.embed(domain.as_set).text, list(domain.keys_in_order)

    def record_domain(self, values: Mapping[str, object]) -> tuple[str, list[str]]:
        """(name of the domain of records with these fields, the fields in order)."""
        _, names = self.field_names(values)
        return self._domains.setdefault(frozenset(names), f"D[{len(self._domains)}]"), names

    def foreign_site(self, site: Site) -> int:
        """The number of a place where a value is asked for."""
        if site not in self.sites:
            self.sites.append(site)
        return self.sites.index(site)

    def site(self) -> str:
        """A new place of `runtime/recall.hpp`."""
        self._sites += 1
        return f"sites[{self._sites - 1}]"

    def table(self, kind: str, items: Iterable[str]) -> str:
        """The name of a constant array."""
        text = ", ".join(items)
        name = self._tables.get((kind, text))
        if name is None:
            name = self._tables[kind, text] = f"T{len(self._tables)}"
        return name

    def by_element(
        self, element: Values, local: ir.Local, node: ir.Expr, others: Mapping[ir.Local, Value]
    ) -> Sequence[Value | None]:
        """The value of `node` for each of the values of a layout, as `Program.tabulated` has it."""
        key = (id(node), element.number, *others.values())
        found = self._by_element.get(key)
        if found is None:
            found = self._by_element[key] = (node, self.program.tabulated(node, local, element.values, others))
        return found[1]

    def field_cache(self) -> str:
        self._caches += 1
        return f"cache[{self._caches - 1}]"

    # --- functions ----------------------------------------------------------------------------------------------------

    def function(self, definition: ir.Definition) -> Function:
        """The function of a definition, emitted when first asked for."""
        found = self._functions.get(definition)
        if found is not None:
            return found
        facts = self.program.analysis.body(definition)
        layout = self.layout_of_definition(definition)
        kind = layout or kind_of_form(definition.body)
        found = self._functions[definition] = Function(self.fresh(definition.name), kind)
        has_state = facts.state or facts.primed
        emitter = Emitter(self, current="s" if has_state else None, following="t" if facts.primed else None)
        emitter.reader = "code_of_given"  # Init and Next call it before all variables have values
        typed, env = emitter.parameters(definition)
        parameters = ["const V* s"] * has_state + ["const V* t"] * facts.primed
        parameters += [f"{type_} {name}" for type_, name in typed]
        evaluated = f"{found.name}_evaluated" if self.is_recalled(definition) else found.name
        type_of_value = "bool" if kind == "bool" else Cpp("", layout).type
        header = f"static {type_of_value} {evaluated}({', '.join(parameters)})"
        with emitter.at(definition.body), emitter.writer.function(header, end="}"):
            for name in [*(["s"] * has_state), *(["t"] * facts.primed), *(name for _, name in typed)]:
                emitter.writer.write(f"(void){name};")
            if definition.is_recursive:
                emitter.writer.write("Deeper deeper;")
            if layout is not None:
                emitter.writer.write(f"return {coded(emitter, definition.body, layout, Context(env))};")
            elif kind == "bool":
                emitter.writer.write(f"return {emitter.test(definition.body, Context(env))};")
            else:
                emitter.writer.write(f"return {emitter.value(definition.body, Context(env)).boxed};")
        self.add_function(emitter.writer)
        if self.is_recalled(definition):
            words = [f"s[{word}]" for word in self.words(facts.reads)]
            words += [text if type_ == "V" else f"?{text}" for type_, text in typed]
            write_recall(self, found.name, evaluated, header, words, type_of_value)
        return found

    def layout_of_definition(self, definition: ir.Definition) -> Layout | None:
        """The layout of the value of a definition that is a function of its own, and one of the state alone."""
        if definition not in self._layouts_of_definitions:
            self._layouts_of_definitions[definition] = self._layout_of_value(definition)
        return self._layouts_of_definitions[definition]

    def _layout_of_value(self, definition: ir.Definition) -> Layout | None:
        facts = self.program.analysis.body(definition)
        if definition.params or definition.is_recursive or native_of(definition) is not None or self.counts_all:
            return None
        if not facts.reads or facts.primed or facts.impure or facts.free or kind_of_form(definition.body) is not None:
            return None
        is_function = facts.size > INLINE_SIZE or self.is_recalled(definition)
        return self.layouts.of_state_function(definition.body) if is_function else None

    def is_recalled(self, definition: ir.Definition) -> bool:
        """Whether the function of a definition looks first for what its value was."""
        found = self._recalled.get(definition)
        if found is None:
            found = self._recalled[definition] = is_recalled(self, definition)
        return found

    def _walk(self, name: str, parameters: str, node: ir.Expr, emitter: Emitter, *, is_step: bool) -> None:
        walk = CppWalk(emitter, lambda walk: finish_state(walk, self._label_index(walk)), is_step=is_step)
        with emitter.writer.function(f"static void {name}({parameters})", end="}"):
            walk.run(node, Context({}))
        self.add_function(emitter.writer)

    def _label_index(self, walk: CppWalk) -> int:
        action = walk.action
        label = Label(action.name, action.span) if action is not None else Label("", None)
        if label not in self.labels:
            self.labels.append(label)
        index = self.labels.index(label)
        if label not in self.program.labels:
            self.program.labels.append(label)
        if walk.is_step:
            self.program.action_labels[self.program.labels.index(label)] = None
        return index

    # --- the whole ----------------------------------------------------------------------------------------------------

    def translation(self) -> Translation:
        """The problem in C++. Raises Declined."""
        problem = self.program.problem
        assert problem.init is not None and problem.next is not None
        try:
            init = Emitter(self, following={})
            init.is_init = True
            self._walk("init", "", problem.init, init, is_step=False)
            following = Emitter(self, current="s", following={})
            following.recalls = not self.counts_all
            self._walk("next", "const V* s", problem.next, following, is_step=True)
            for name, predicates, is_action in _predicates(problem):
                emit_predicates(self, name, predicates, is_action=is_action)
            self._view()
            self.questions = emit_questions(self, atoms(self.obligations))
            return self._assembled()
        except NotEncodable as error:
            raise Declined(f"the compiled engine cannot hold {error}") from error

    def _view(self) -> None:
        view = self.program.problem.view
        if view is None:
            return
        emitter = Emitter(self, current="s")
        with emitter.writer.function("static V view(const V* s)", end="}"):
            emitter.writer.write(f"return {emitter.value(view.expr, Context({})).boxed};")
        self.add_function(emitter.writer)

    def _assembled(self) -> Translation:
        module = self.program.problem.module
        variables = [variable.name for variable in module.variables]
        head = [
            f"// {module.name}: generated by comitia from the specification, for its compiled engine.",
            "//",
            *(f"// s[{self.start_of(i)}] is {name}, N{i} its next value." for i, name in enumerate(variables)),
            HEADERS,
            "namespace specification {",
            "",
            *(f"static const {kind} {name}[] = {{{text}}};" for (kind, text), name in self._tables.items()),
        ]
        tail = self._tail(len(variables))  # which makes constants of the domains
        tables = [
            f"static V C[{len(self._constants) + 1}];",
            f"static const Domain* D[{len(self._domains) + 1}];",
            f"static __thread FieldCache cache[{self._caches + 1}];",
            f"static __thread Site sites[{self._sites + 1}];",
            f"static Layout L[{len(self.layouts.all) + 1}];",
        ]
        return Translation("\n".join(head), [*tables, *self._declarations], self._bodies, "\n".join(tail))

    def _tail(self, variable_count: int) -> list[str]:
        """What stands behind all functions: the tables, and what the runtime reads."""
        problem = self.program.problem
        domains = [encode(frozenset(names)) for names in self._domains]
        places = [self._constant(text) for text in domains]
        layouts = [self._made(layout) for layout in self.layouts.all]
        held = [f"&{held.name}" if (held := self.layout(index)) else "nullptr" for index in range(variable_count)]
        names = self.names = string_order()
        types = [core.model_value(name).type or "\0" for name in names]
        permutations = self._permutations()
        beyond = "" if self.dependence is Dependence.STATE else f", Dependence::{self.dependence.name}"
        return [
            *self._definitions,
            "static void start() {",
            *(f"    D[{index}] = domain_of({place});" for index, place in enumerate(places)),
            *(f"    {text}" for text in layouts),
            "}",
            f"static const Layout* const layouts[] = {{{', '.join([*held, 'nullptr'])}}};",
            f"static const u32 starts[] = {{{', '.join(str(self.start_of(i)) for i in range(variable_count + 1))}}};",
            "",
            f"static const Name names[] = {{{', '.join([*map(_name, names), '{nullptr, 0}'])}}};",
            f"static const u32 group[] = {{{', '.join(map(str, [*permutations, 0]))}}};",
            "static const char constants[] =",
            *(f'    "{_escaped(text)}"' for text in self._constants),
            '    "";',
            "}",
            "",
            "using namespace specification;",
            "extern const Specification SPECIFICATION;",
            "const Specification SPECIFICATION = {",
            f"    {variable_count}, starts, {self.start_of(variable_count)}, layouts,",
            f"    {len(self.labels)}, names, {len(names)},",
            f'    "{"".join(map(_escaped, types))}",',
            f"    constants, {len(self._constants)}, C, start, init, next,",
            "    invariants, initial, constraints, steps, step_constraints,",
            f"    {{{', '.join(str(len(predicates)) for _, predicates, _ in _predicates(problem))}}},",
            f"    {'view' if problem.view is not None else 'nullptr'},",
            f"    group, {len(self.group) + 1}, {len(permutations) // (len(self.group) + 1)},",
            f"    {len(self.points)}, {str(self.counts_all).lower()},",
            f"    state_tests, step_tests{beyond}}};",
            "",
        ]

    def _made(self, layout: Layout) -> str:
        """The statement that makes a layout."""
        match layout:
            case Numbers():
                return f"make_numbers({layout.name}, {layout.low}, {layout.count});"
            case Values():
                return f"make_values({layout.name}, {self._constant(encode(core.sequence(layout.values)))});"
            case Mask():
                return f"make_mask({layout.name}, {layout.element.name});"
            case Array():
                parts = f"parts_{layout.number}"
                listed = ", ".join(f"&{part.name}" for part in layout.parts)
                keys = self._constant(encode(layout.domain.as_set))
                return (
                    f"static const Layout* const {parts}[] = {{{listed}}}; "
                    f"make_array({layout.name}, {keys}, {parts}, {len(layout.parts)});"
                )
            case _:
                return f"make_truths({layout.name});"

    def _permutations(self) -> list[int]:
        """Row by row the place of what each permutation makes of the places up to the last moved one; the first row is
        the identity."""
        moved = [{rank_of(a.name): rank_of(b.name) for a, b in mapping.items()} for mapping in self.group]
        width = max((place + 1 for row in moved for place in row), default=0)
        return [row.get(place, place) for row in ({}, *moved) for place in range(width)]


def _predicates(problem: Problem) -> list[tuple[str, Sequence[NamedExpr], bool]]:
    """By kind, in the order of `runtime/search.hpp`: the name, the predicates, whether they are of steps."""
    return [
        ("invariants", problem.invariants, False),
        ("initial", problem.initial_properties, False),
        ("steps", problem.action_properties, True),
        ("constraints", problem.constraints, False),
        ("step_constraints", problem.action_constraints, True),
    ]


def kind_of_form(expr: ir.Expr) -> str | None:
    """The kind of a value where the form of the expression tells: bool or seq."""
    if isinstance(expr, ir.Tuple):
        return "seq"
    if isinstance(expr, (ir.Junction, ir.Quantifier)):
        return "bool"
    if not isinstance(expr, ir.Builtin):
        return None
    key = (expr.operator.module, expr.operator.name)
    if key in emit_operators.TESTS:
        return "bool"
    return "seq" if key in NATIVES and NATIVES[key].kind == "seq" else None


def identifier(hint: str) -> str:
    """A C++ identifier that resembles a name."""
    text = re.sub(r"[^A-Za-z0-9]+", "_", hint).strip("_")
    return text if text and text[0].isalpha() else f"x{text}"


def _comment(text: str) -> str:
    return text.encode("unicode_escape").decode().replace("*/", "* /")


def _name(text: str) -> str:
    return f'{{"{_escaped(text)}", {len(text.encode())}}}'


def _escaped(text: str) -> str:
    """The inside of a C++ string literal."""
    return "".join(
        chr(byte) if 32 <= byte < 127 and chr(byte) not in '"\\?' else f"\\{byte:03o}" for byte in text.encode()
    )
