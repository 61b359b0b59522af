"""The .cfg reader: TLC's model configuration files (tlc2/tool/impl/ModelConfig.java).

A configuration is a sequence of statements, each a keyword and what follows it up to the next keyword. Its tokens are
those of TLA+, comments included. Read as TLC reads it, with these differences:

- A text that TLC's scanner cannot read is an error here; TLC silently ignores the rest of the file.
- More values are accepted: negative numbers, ranges (`1..3`), tuples (`<<a, 1>>`), and any constant expression; and
  names with `!` wherever a definition is named.
- Several POSTCONDITIONs, values of constant operators (`f(1) = 2`), _PERIODIC, _RL_REWARD and _POSSIBLE are errors.

What TLC's grammar reads as a value keeps TLC's meaning: there, and in negative numbers, ranges and tuples, each
identifier is a model value. Only a text that is no such value, where TLC would stop with an error, is an expression,
whose names are looked up in the module (`build`). It ends where the next assignment or statement begins: at a keyword
of the configuration, or at a name that follows an operand, which no expression goes on with.

A constant assigned or replaced twice keeps its last value, as in TLC: both statements are in the lists, in order.
"""

from __future__ import annotations

import re

from . import values
from .diagnostics import ConfigError, ParseError, SpecError, UnsupportedModelError, did_you_mean
from .semantics.operators import CANONICAL_SYMBOLS
from .source import Source, Span
from .structs import Struct, field
from .syntax import tree
from .syntax.lexer import KEYWORDS as RESERVED_WORDS
from .syntax.lexer import MAX_DIGITS
from .values.sets import interval


class ConfigName(Struct, eq=True):
    """A name of the module that the configuration refers to."""

    name: str
    span: Span


class Expression(Struct, eq=True):
    """The value of a constant as an expression, to be read where the names of the module are known."""

    tree: tree.Expr
    span: Span


class Assignment(Struct, eq=True):
    """`name = value` (a TLA+ value of `model.values`, or an Expression), or `name = [module] value`."""

    name: str
    value: object
    span: Span
    module: str | None = None
    value_span: Span | None = None
    is_plain: bool = True
    """Whether TLC reads the value too."""


class Replacement(Struct, eq=True):
    """`name <- definition`, or, with `module`, `name <- [module] definition`."""

    name: str
    definition: str
    span: Span
    module: str | None = None
    definition_span: Span | None = None


class ModelConfig(Struct, eq=True, frozen=False):
    """What a configuration file says, in its own order; nothing is resolved against a module yet."""

    assignments: list[Assignment] = field(default_factory=list)
    replacements: list[Replacement] = field(default_factory=list)
    init: ConfigName | None = None
    next: ConfigName | None = None
    specification: ConfigName | None = None
    invariants: list[ConfigName] = field(default_factory=list)
    properties: list[ConfigName] = field(default_factory=list)
    constraints: list[ConfigName] = field(default_factory=list)
    action_constraints: list[ConfigName] = field(default_factory=list)
    symmetry: ConfigName | None = None
    view: ConfigName | None = None
    alias: ConfigName | None = None
    postcondition: ConfigName | None = None
    check_deadlock: bool | None = None
    """None where the file says nothing."""
    end: Span | None = None
    """The end of the file, which is where something is missing."""
    identifiers: list[str] = field(default_factory=list)
    """Every model value, and every string of a plain value, in order of first appearance (TLC's order of these)."""
    model_values: list[str] = field(default_factory=list)
    """Those of them that are model values: an expression may name them."""
    expression_names: list[str] = field(default_factory=list)
    """The names in values that TLC does not read. In the order of strings and model values they stand where they would
    if a module that extends the root held these values: right before the names of the root."""
    expression_strings: list[str] = field(default_factory=list)
    """The strings in such values, which stand after those of all modules."""


SINGLE_STATEMENTS = {
    "INIT": "init",
    "NEXT": "next",
    "SPECIFICATION": "specification",
    "VIEW": "view",
    "SYMMETRY": "symmetry",
    "ALIAS": "alias",
    "POSTCONDITION": "postcondition",
    "POSTCONDITIONS": "postcondition",
}
"""Keyword → the field of ModelConfig that it sets, at most once."""

LIST_STATEMENTS = {
    "INVARIANT": "invariants",
    "INVARIANTS": "invariants",
    "PROPERTY": "properties",
    "PROPERTIES": "properties",
    "CONSTRAINT": "constraints",
    "CONSTRAINTS": "constraints",
    "ACTION_CONSTRAINT": "action_constraints",
    "ACTION_CONSTRAINTS": "action_constraints",
}
"""Keyword → the list of ModelConfig that it adds to, any number of times."""

CONSTANT_STATEMENTS = ("CONSTANT", "CONSTANTS")
UNSUPPORTED_STATEMENTS = ("_PERIODIC", "_RL_REWARD", "_POSSIBLE")
KEYWORDS = (*CONSTANT_STATEMENTS, *SINGLE_STATEMENTS, *LIST_STATEMENTS, "CHECK_DEADLOCK", *UNSUPPORTED_STATEMENTS)

TOKEN = re.compile(
    r"""
      (?P<name>[0-9_]*[A-Za-z][A-Za-z0-9_]*)
    | (?P<number>[0-9]+)
    | (?P<string>"(?:[^"\\\r\n]|\\[ntrf\\"])*")
    | (?P<symbol>
        <- | << | >> | <=> | => | =< | <= | >= | /= | == | = | \|-> | -> | := | :> | @@ | \.\.\. | \.\.
      | \+\+ | \+ | -- | -\. | - | \*\* | \* | // | /\\ | / | \\/ | %% | % | \^\^ | \^[+*\#]? | \#\# | \#
      | && | & | \|\| | \|- | \|= | \| | \$\$ | \$ | \?\? | ~> | ~ | !! | !
      | \([+\-./]\) | \(\\X\) | \\[A-Za-z]+ | \\ | [{}()\[\],<>.:'@] | [^\x00-\x7f] )
    """,
    re.VERBOSE,
)
SPACE = re.compile(r"(?:[ \t\r\n\f]+|\\\*[^\r\n]*)+")
COMMENT_MARK = re.compile(r"\(\*|\*\)")
ESCAPE = re.compile(r"\\(.)")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "f": "\f"}
END = "end of file"
END_OF_TEXT = "the end of the text"
NO_COMMAS = "names and assignments are separated by spaces or line breaks, not by commas"
STRAY_SYMBOLS = {
    ",": NO_COMMAS,
    ";": "statements and assignments end by themselves",
    ":": "a name follows its keyword without a sign between them",
    "=": "a name follows its keyword without a sign between them",
    "#": "comments are `\\* to the end of the line` and `(* … *)`",
    "//": "comments are `\\* to the end of the line` and `(* … *)`",
}
"""Symbol → what is said of it where it cannot stand."""
OPENING = ("(", "[", "{", "<<", "LET")
CLOSING = (")", "]", "}", ">>", "IN")
ENDS_OPERAND = (")", "]", "}", ">>", "@", "'", "^+", "^*", "^#")
BEGINS_EXPRESSION = ("IF", "LET", "CASE", "CHOOSE", "SUBSET", "UNION", "DOMAIN", "LAMBDA", "ENABLED", "UNCHANGED")
"""The reserved words that are no model values here; for the others TLC makes one."""


class _Token(Struct, eq=True):
    """One token; `kind` is a group of TOKEN, or END."""

    kind: str
    text: str
    span: Span
    start: int = 0
    """Where the token begins in the text."""

    def __str__(self) -> str:
        return END if self.kind == END else f"`{self.text}`"


def read_config(source: Source) -> ModelConfig:
    """The configuration that `source` holds.

    Raises ConfigError where it is malformed, UnsupportedModelError where it asks for what Comitia does not do.
    """
    return _Reader(source, _tokens(source)).read()


# --- tokens ----------------------------------------------------------------------------------------------------------


def _tokens(source: Source) -> list[_Token]:
    """The tokens of the text, comments skipped, an END token last."""
    text = source.text
    line_starts = [0, *(match.end() for match in re.finditer("\n", text))]
    line = 0
    tokens: list[_Token] = []
    at = 0

    def span(start: int, end: int) -> Span:
        nonlocal line
        while line + 1 < len(line_starts) and line_starts[line + 1] <= start:
            line += 1
        column = start - line_starts[line] + 1
        return Span(source, line + 1, column, line + 1, max(column, column + end - start - 1))

    while True:
        if match := SPACE.match(text, at):
            at = match.end()
        elif text.startswith("(*", at):
            end = _comment_end(text, at)
            if end is None:
                raise ConfigError("this comment is never closed", span(at, at + 2), expected="`*)`", got=END)
            at = end
        elif at == len(text):
            tokens.append(_Token(END, "", span(at, at), at))
            return tokens
        elif match := TOKEN.match(text, at):
            assert match.lastgroup is not None
            tokens.append(_Token(match.lastgroup, match[0], span(at, match.end()), at))
            at = match.end()
        elif text[at] == '"':
            raise ConfigError("this string is not closed on its line", span(at, at + 1), expected='a closing `"`')
        else:
            hint = STRAY_SYMBOLS.get(text[at])
            raise ConfigError(f"the character `{text[at]}` has no meaning here", span(at, at + 1), hint=hint)


def _comment_end(text: str, start: int) -> int | None:
    """Where the comment (comments nest) that opens at `start` ends, or None where it never does."""
    depth = 0
    for match in COMMENT_MARK.finditer(text, start):
        depth += 1 if match[0] == "(*" else -1
        if depth == 0:
            return match.end()
    return None


def _string_value(token: _Token) -> str:
    return ESCAPE.sub(lambda match: ESCAPES.get(match[1], match[1]), token.text[1:-1])


# --- statements ------------------------------------------------------------------------------------------------------


class _Reader:
    """Recursive descent over the tokens; one method for each kind of statement or value."""

    def __init__(self, source: Source, tokens: list[_Token]) -> None:
        self._source = source
        self._tokens = tokens
        self._at = 0
        self._config = ModelConfig()
        self._seen: dict[str, None] = {}
        """Strings and model values so far."""
        self._model_values: dict[str, None] = {}
        self._single_keyword: str | None = None
        """The keyword of the last statement, if it takes a single name."""
        self._is_plain = True
        """Whether the value being read is one that TLC reads too."""

    @property
    def _token(self) -> _Token:
        return self._tokens[self._at]

    def _advance(self) -> _Token:
        token = self._token
        if token.kind != END:
            self._at += 1
        return token

    def _accept(self, symbol: str) -> bool:
        if self._token.kind == "symbol" and self._token.text == symbol:
            self._at += 1
            return True
        return False

    def _expect(self, symbol: str, why: str) -> None:
        if not self._accept(symbol):
            raise ConfigError(why, self._token.span, expected=f"`{symbol}`", got=str(self._token))

    def _at_keyword(self) -> bool:
        return self._token.kind == END or (self._token.kind == "name" and self._token.text in KEYWORDS)

    def read(self) -> ModelConfig:
        while self._token.kind != END:
            self._statement()
        self._config.end = self._token.span
        self._config.identifiers = list(self._seen)
        self._config.model_values = list(self._model_values)
        return self._config

    def _statement(self) -> None:
        keyword = self._advance()
        if keyword.text in KEYWORDS:
            self._single_keyword = None
        if keyword.text in CONSTANT_STATEMENTS:
            while not self._at_keyword():
                self._constant()
        elif keyword.text in LIST_STATEMENTS:
            names = getattr(self._config, LIST_STATEMENTS[keyword.text])
            while not self._at_keyword():
                names.append(self._name(f"a name after {keyword.text}"))
        elif keyword.text in SINGLE_STATEMENTS:
            self._single(keyword, SINGLE_STATEMENTS[keyword.text])
        elif keyword.text == "CHECK_DEADLOCK":
            self._check_deadlock(keyword)
        elif keyword.text in UNSUPPORTED_STATEMENTS:
            raise UnsupportedModelError(f"{keyword.text} is not supported", keyword.span)
        else:
            raise self._not_a_keyword(keyword, self._token)

    def _not_a_keyword(self, token: _Token, following: _Token) -> SpecError:
        hint = STRAY_SYMBOLS.get(token.text) or did_you_mean(token.text.upper(), KEYWORDS)
        if hint is None and following.text in ("=", "<-"):
            hint = "values of constants stand after the keyword CONSTANTS"
        elif hint is None and self._single_keyword is not None:
            hint = f"{self._single_keyword} takes one name"
        return ConfigError(
            f"{token} does not begin a statement",
            token.span,
            expected="a keyword, such as CONSTANT, INIT, NEXT, SPECIFICATION or INVARIANT",
            got=str(token),
            hint=hint,
        )

    def _single(self, keyword: _Token, attribute: str) -> None:
        if self._at_keyword():
            raise ConfigError(
                f"{keyword.text} names nothing", keyword.span, expected="a name after it", got=str(self._token)
            )
        name = self._name(f"a name after {keyword.text}")
        if attribute == "postcondition" and not self._at_keyword():
            raise UnsupportedModelError("more than one POSTCONDITION is not supported", self._token.span)
        previous: ConfigName | None = getattr(self._config, attribute)
        if previous is not None:
            raise self._twice(keyword, previous.span)
        setattr(self._config, attribute, name)
        self._single_keyword = keyword.text

    @staticmethod
    def _twice(keyword: _Token, previous: Span | None) -> SpecError:
        notes = [("it was given before here", previous)] if previous else []
        return ConfigError(f"{keyword.text} is given more than once", keyword.span, notes=notes)

    def _check_deadlock(self, keyword: _Token) -> None:
        token = self._advance()
        if token.text not in ("TRUE", "FALSE"):
            raise ConfigError("CHECK_DEADLOCK takes a boolean", token.span, expected="TRUE or FALSE", got=str(token))
        if self._config.check_deadlock is not None:
            raise self._twice(keyword, None)
        self._config.check_deadlock = token.text == "TRUE"

    def _name(self, expected: str) -> ConfigName:
        """A name, perhaps with instance prefixes (`I!J!Op`)."""
        first = self._advance()
        if first.kind != "name":
            hint = STRAY_SYMBOLS.get(first.text, "a statement names definitions: write a formula in the module")
            raise ConfigError(f"{first} is not a name", first.span, expected=expected, got=str(first), hint=hint)
        name, last = first.text, first
        while self._accept("!"):
            last = self._advance()
            if last.kind == END:
                raise ConfigError("a name ends in `!`", last.span, expected="a name after `!`", got=END)
            name += "!" + last.text
        return ConfigName(name, first.span.to(last.span))

    def _constant(self) -> None:
        """`id = value`, `id <- definition`, either with `[module]`."""
        left = self._left_side()
        if self._accept("<-"):
            module = self._module()
            if self._at_keyword():
                raise ConfigError(
                    f"`{left.name} <-` names no definition", left.span, expected="a name after it", got=str(self._token)
                )
            if self._token.kind in ("number", "string") or self._token.text in OPENING:
                raise ConfigError(
                    f"{self._token} is not a name",
                    self._token.span,
                    expected="the name of a definition",
                    got=str(self._token),
                    hint=f"a value is given by `=`: `{left.name} = …`",
                )
            right = self._left_side()
            span = left.span.to(right.span)
            self._config.replacements.append(Replacement(left.name, right.name, span, module, right.span))
        elif self._accept("="):
            self._assignment(left)
        elif self._token.text == "(":
            raise UnsupportedModelError(
                f"values of a constant operator (`{left.name}(…) = …`) are not supported",
                left.span,
                hint=f"define an operator in the module and write `{left.name} <- ItsName`",
            )
        else:
            instead = {"==": "`=`", ":=": "`=`", "->": "`<-`", ":": "`=`"}.get(self._token.text)
            hint = f"write {instead}" if instead else did_you_mean(left.name.upper(), KEYWORDS)
            is_beside = self._token.kind != END and self._token.span.line == left.span.line
            raise ConfigError(
                f"`{left.name}` is given neither a value nor a definition",
                self._token.span if is_beside else left.span,
                expected="`=` or `<-`",
                got=str(self._token),
                hint=hint,
            )

    def _assignment(self, left: ConfigName) -> None:
        """`= value`, up to the next assignment or statement."""
        # `[M]` names a module; any other `[` begins a function or record.
        module = self._module() if self._near(2).text == "]" else None
        first = self._at
        if self._at_keyword():
            raise ConfigError(
                f"`{left.name} =` is given no value", left.span, expected="a value after it", got=str(self._token)
            )
        self._is_plain = True
        seen, model_values = dict(self._seen), dict(self._model_values)
        value: object = None
        try:
            value = self._value()
        except ConfigError:
            is_value = False
        else:
            is_value = self._after_value()
        if not is_value:
            self._at, self._is_plain, self._model_values = first, False, model_values
            value = self._expression(left)
        if not self._is_plain:
            self._seen = {**seen, **self._model_values}
            self._note_words(first)
        value_span = self._tokens[first].span.to(self._tokens[self._at - 1].span)
        span = left.span.to(value_span)
        assignment = Assignment(left.name, value, span, module, value_span, self._is_plain)
        self._config.assignments.append(assignment)

    def _note_words(self, first: int) -> None:
        """Keeps the names and strings of a value that TLC does not read, from token `first` to the current one."""
        for token in self._tokens[first : self._at]:
            if token.kind == "string":
                self._config.expression_strings.append(_string_value(token))
            elif token.kind == "name":
                self._config.expression_names.append(token.text)

    def _left_side(self) -> ConfigName:
        """What a replacement may name: a definition, or an operator symbol in its one spelling."""
        token = self._token
        if token.kind == "symbol" and token.text not in ("=", "<-", "[", "]", "{", "}", "(", ")", ",", "<<", ">>", "!"):
            self._advance()
            return ConfigName(CANONICAL_SYMBOLS.get(token.text, token.text), token.span)
        return self._name("the name of a constant or definition")

    def _module(self) -> str | None:
        if not self._accept("["):
            return None
        module = self._name("the name of a module").name
        self._expect("]", f"`[{module}` is not closed")
        return module

    # --- expressions -------------------------------------------------------------------------------------------------

    def _near(self, distance: int) -> _Token:
        return self._tokens[min(self._at + distance, len(self._tokens) - 1)]

    def _at_left_side(self) -> bool:
        """Whether the next assignment or replacement may begin here, where an operand has ended."""
        return self._token.kind == "name" or (self._token.kind == "symbol" and self._near(1).text == "<-")

    def _after_value(self) -> bool:
        """Whether a value that TLC would read ends here: no expression goes on with a name after an operand."""
        if self._token.text == ",":
            raise ConfigError("a value ends before this `,`", self._token.span, hint=NO_COMMAS)
        return self._at_keyword() or self._at_left_side()

    def _expression(self, left: ConfigName) -> Expression:
        """The expression that begins here."""
        first, depth, operand_ended = self._at, 0, False
        while not self._at_keyword():
            is_word = self._token.text in RESERVED_WORDS
            if depth == 0 and operand_ended and not is_word and self._at_left_side():
                break
            token = self._advance()
            depth += (token.text in OPENING) - (token.text in CLOSING and depth > 0)
            operand_ended = (token.kind != "symbol" and not is_word) or token.text in ENDS_OPERAND
        span = self._tokens[first].span.to(self._tokens[self._at - 1].span)
        last = self._tokens[self._at - 1]
        try:
            from .syntax.parser import parse_expression

            node = parse_expression(self._source, self._tokens[first].start, last.start + len(last.text))
        except ParseError as error:
            raise self._malformed(error, left) from None
        return Expression(node, span)

    def _malformed(self, error: ParseError, left: ConfigName) -> ConfigError:
        """The error for a value that is no expression."""
        message, got, hint = error.message, error.got, error.hint
        notes = [*error.notes, (f"it is in the value of `{left.name}`", left.span)]
        if error.got == END_OF_TEXT:
            message, got, notes = f"the value of `{left.name}` ends too early", str(self._token), error.notes
        elif error.got == "`<-`":
            hint = f"something is due after the value of `{left.name}`, before the next replacement"
        return ConfigError(message, error.span, expected=error.expected, got=got, hint=hint, notes=notes)

    # --- values ------------------------------------------------------------------------------------------------------

    def _value(self) -> object:
        token = self._token
        if token.kind == "number" or token.text == "-":
            low = self._integer()
            if not self._accept(".."):
                return low
            self._is_plain = False
            return interval(low, self._integer())
        self._advance()
        if token.kind == "string":
            text = _string_value(token)
            self._seen.setdefault(text)
            return text
        if token.text in ("TRUE", "FALSE"):
            return values.TRUE if token.text == "TRUE" else values.FALSE
        if token.text == "{":
            return frozenset(self._elements(token, "}"))
        if token.text == "<<":
            self._is_plain = False
            return values.sequence(self._elements(token, ">>"))
        if token.kind == "name" and token.text not in KEYWORDS and token.text not in BEGINS_EXPRESSION:
            self._seen.setdefault(token.text)
            self._model_values.setdefault(token.text)
            return values.model_value(token.text)
        raise ConfigError(
            f"{token} is not a value",
            token.span,
            expected="a number, a string, TRUE, FALSE, a set, a tuple or a model value",
            got=str(token),
            hint="for any other value define it in the module and write `Constant <- Definition`",
        )

    def _integer(self) -> int:
        sign = 1
        if self._accept("-"):
            sign, self._is_plain = -1, False
        token = self._advance()
        if token.kind != "number":
            raise ConfigError(f"{token} is not a number", token.span, expected="a number", got=str(token))
        if len(token.text) > MAX_DIGITS:
            raise ConfigError("this number is too long", token.span, expected=f"{MAX_DIGITS} digits at most")
        return sign * int(token.text)

    def _elements(self, opening: _Token, closing: str) -> list[object]:
        elements: list[object] = []
        if self._accept(closing):
            return elements
        while True:
            elements.append(self._value())
            if self._accept(closing):
                return elements
            if not self._accept(","):
                raise ConfigError(
                    f"what {opening} opens is not closed",
                    self._token.span,
                    expected=f"`,` or `{closing}`",
                    got=str(self._token),
                    notes=[("it opens here", opening.span)],
                )
