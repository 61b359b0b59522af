r"""Gives each token its role in the grammar, and brackets bulleted lists by column, between `lexer` and the parser.

A `/\` or `\/` where an operand is due is a bullet and opens a list in its column. A list item ends, as in SANY, at the
first token at or left of that column, or where its expression cannot go on: at the bracket, THEN, comma … that belongs
to an enclosing construct. The list goes on if that token is the same bullet in the same column. Every token inside an
item must stand to the right of its bullet, even within parentheses.

To tell which construct a closing token belongs to, the open ones are kept on a stack of frames. A *hard* frame has a
token that closes it (a bracket; IF … THEN … ELSE; LET … IN; the bounds of a quantifier up to `:`; a CASE guard up to
`->`). A *soft* frame, a list or the body of a CASE arm, ends where anything around it ends.
"""

from __future__ import annotations

from ..diagnostics import ParseError
from ..source import Span
from .lexer import KEYWORDS, Token, kinds

LIST, CASE_BODY = "LIST", "CASE_BODY"
SOFT = frozenset({LIST, CASE_BODY})

ENDS_OPERAND = kinds(
    "AT IDENT NUMBER OPERATOR POSTFIX RANGLE RBRACE RPAREN RSQUARE SELECTOR STEP_NAME STRING UNDERSCORE"
)
"""After one of these an expression may go on with an infix operator; after any other token an operand is due."""

OPENS = {
    "CASE": "CASE_GUARD",
    "CHOOSE": "BOUND",
    "IF": "IF",
    "LAMBDA": "BOUND",
    "LANGLE": "LANGLE",
    "LBRACE": "LBRACE",
    "LET": "LET",
    "LPAREN": "LPAREN",
    "LSQUARE": "LSQUARE",
    "PICK": "BOUND",
    "QUANTIFIER": "BOUND",
    "TEMPORAL_QUANTIFIER": "BOUND",
}
"""Token → the hard frame it opens."""

CLOSES = {
    "ARROW": ("CASE_GUARD",),
    "COLON": ("BOUND",),
    "ELSE": ("THEN",),
    "LET_IN": ("LET",),
    "RANGLE": ("LANGLE",),
    "RANGLE_SUB": ("LANGLE",),
    "RBRACE": ("LBRACE",),
    "RPAREN": ("LPAREN",),
    "RSQUARE": ("LSQUARE",),
    "RSQUARE_SUB": ("LSQUARE",),
    "THEN": ("IF",),
}
"""Token → the hard frames it closes."""

REOPENS = {"ARROW": CASE_BODY, "THEN": "THEN"}
"""Closing token → the frame that it opens in turn."""

ENDS_LISTS = kinds(
    "ASSUME ASSUMPTION BEGIN_MODULE BY COMMA CONSTANT DEF DEFINE END_MODULE EXCEPT HAVE HIDE INSTANCE LOCAL "
    "MAPSTO OBVIOUS OMITTED PICK PROOF PROVE QED RECURSIVE SEPARATOR SUFFICES TAKE THEOREM USE VARIABLE WITH "
    "WITNESS"
)
"""Tokens that, besides the closing ones, no list item goes on with, save inside a construct of its own."""

SYMBOLS = kinds("EQUALS INFIX JUNCTION MEMBER MINUS NEGATIVE POSTFIX PREFIX")
"""Operator symbols: each may also stand for itself as an argument, as in `F(+, -.)`."""

STARTS_OPERAND = kinds(
    "AT CASE CHOOSE FAIRNESS IDENT IF JUNCTION LANGLE LBRACE LET LPAREN LSQUARE MINUS NEGATIVE NUMBER PREFIX "
    "QUANTIFIER STRING TEMPORAL_QUANTIFIER"
)
SELECTORS = SYMBOLS | kinds("AT COLON LANGLE NUMBER RANGLE")
"""What after `!` selects a part of an expression."""

BEFORE_STEP = ENDS_OPERAND | kinds("OBVIOUS OMITTED PROOF QED")
"""After these a step name such as `<1>2` begins a step; elsewhere it refers to one."""

NAME_CONTEXT = kinds("BEGIN_MODULE DOT EXTENDS INSTANCE")
"""After these, as before `|->`, a reserved word is a name."""

SPLIT = frozenset(("(+)", "(-)", "(/)"))
BRACKETS = kinds("LANGLE LBRACE LPAREN LSQUARE")
CLOSING_BRACKETS = kinds("RANGLE RBRACE RPAREN RSQUARE")
WORDS = frozenset(("FAIRNESS", *KEYWORDS.values()))

CLOSED_BY = {
    "BOUND": "the `:`",
    "CASE_GUARD": "the `->`",
    "IF": "the THEN",
    "LANGLE": "the `>>`",
    "LBRACE": "the `}`",
    "LET": "the IN",
    "LPAREN": "the `)`",
    "LSQUARE": "the `]`",
    "THEN": "the ELSE",
}


class Frame:
    """An open construct: its kind, the token put out that opened it, and where that is among the tokens of the text."""

    __slots__ = ("bullet", "column", "follows_operand", "has_except", "index", "kind", "outer_list", "token")

    def __init__(self, kind: str, token: Token, index: int, follows_operand: bool = False) -> None:
        self.kind = kind
        self.token = token
        self.index = index
        self.follows_operand = follows_operand
        """For a bracket: whether it is an argument's or an index's, so that no set or function begins with it."""
        self.has_except = False
        """For a bracket: whether EXCEPT has been read in it."""
        self.column = 0
        """For a list: the column of its bullets."""
        self.bullet = token
        """For a list: the bullet of the item that is being read."""
        self.outer_list: Frame | None = None

    def begins_function(self) -> bool:
        """Whether a `|->` may tell that this is the bracket of a function or record."""
        return self.kind == "LSQUARE" and not self.follows_operand and not self.has_except


class Layout:
    """One pass over the tokens of one text: `output` is what the parser gets, `failure` why the pass stopped short."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.output: list[Token] = []
        self.failure: ParseError | None = None
        self.frames: list[Frame] = []
        self.list: Frame | None = None
        """The innermost open list."""
        self.previous = ""
        """The type of the last token of the text that was put out."""
        self.ended_lists: dict[Token, Token] = {}
        """Token that ended lists → the first bullet of the outermost of them, for the sake of messages."""
        self.has_tabs = bool(tokens) and "\t" in tokens[0].span.source.text

    def run(self) -> None:
        """Fill `output`."""
        for index, token in enumerate(self.tokens):
            innermost = self.list
            if innermost is not None and self.column(token) <= innermost.column:
                self.leave_lists(token)
                if self.failure is not None:
                    return
            self.place(index, token)
        if self.tokens:
            self.close_soft(self.tokens[-1])

    def column(self, token: Token) -> int:
        """The column by which a token is aligned: tab stops are eight apart, as SANY has them."""
        column = token.span.column
        if self.has_tabs:
            column = len(token.span.source.line(token.span.line)[: column - 1].expandtabs(8)) + 1
        return column

    def peek(self, index: int, distance: int = 1) -> str:
        """The type, before any change, of the token `distance` after the one at `index`."""
        index += distance
        return self.tokens[index].type if index < len(self.tokens) else "END"

    def put(self, kind: str, token: Token) -> Token:
        """Put out `token` in the role `kind`."""
        if kind != token.type:
            token = Token(kind, token.value, token.span)
        self.output.append(token)
        self.previous = kind
        return token

    # --- frames ------------------------------------------------------------------------------------------------------

    def open_list(self, bullet: Token, index: int) -> None:
        """Begin a list with its first bullet."""
        frame = Frame(LIST, self.put("LIST_BEGIN", bullet), index)
        frame.column = self.column(bullet)
        frame.outer_list = self.list
        self.frames.append(frame)
        self.list = frame

    def pop(self, cause: Token) -> None:
        """Leave the innermost construct; the end of a list is told to the parser."""
        frame = self.frames.pop()
        if frame.kind == LIST:
            self.list = frame.outer_list
            self.ended_lists[cause] = frame.token
            self.output.append(Token("LIST_END", "", self.output[-1].span, cause))

    def close_soft(self, cause: Token) -> Frame | None:
        """Leave the lists and CASE arms inside the innermost hard frame, which is returned."""
        while self.frames and self.frames[-1].kind in SOFT:
            self.pop(cause)
        return self.frames[-1] if self.frames else None

    def leave_lists(self, token: Token) -> None:
        """End every list that `token` does not stand to the right of, save one that it is the next bullet of."""
        while self.list is not None and self.column(token) <= self.list.column:
            frame = self.frames[-1]
            if frame.kind == LIST:
                if self.is_next_bullet(token):
                    return
            elif frame.kind != CASE_BODY:
                self.failure = self.misaligned(token, self.list, frame)
                return
            self.pop(token)

    def misaligned(self, token: Token, innermost: Frame, frame: Frame) -> ParseError:
        """The error for a token that would end a list item inside a bracket, IF, LET … that the item has opened."""
        bullet, opener = innermost.bullet, frame.token.text
        return ParseError(
            f"a list item ends here, and its `{opener}` is still open",
            token.span,
            expected=f"{CLOSED_BY[frame.kind]} before this, or a column greater than {innermost.column}",
            got=f"`{token.text}` in column {self.column(token)}",
            hint=f"an item ends at the first token that is not to the right of its `{bullet.text}`",
            notes=[(f"`{opener}` opens here", frame.token.span), (f"the `{bullet.text}` of the item", bullet.span)],
        )

    # --- roles -------------------------------------------------------------------------------------------------------

    def place(self, index: int, token: Token) -> None:
        """Put one token out in its role, and before it the ends of the lists that it closes."""
        kind, previous = token.type, self.previous
        if previous == "BANG" and kind in SELECTORS:
            self.put("SELECTOR", token)
        elif kind == "IDENT":
            if previous in ENDS_OPERAND:
                # No expression goes on with an operand: a definition begins.
                self.close_soft(token)
            self.put(kind, token)
        elif (
            kind in WORDS and (previous in NAME_CONTEXT or self.peek(index) == "MAPSTO") and token.value.isidentifier()
        ):
            self.put("IDENT", token)
        elif kind in SYMBOLS:
            self.place_symbol(index, token)
        elif kind in CLOSES:
            self.close(token)
        elif kind == "STEP":
            self.place_step(index, token)
        elif kind == "BANG" and previous not in ENDS_OPERAND:
            self.put("EXCEPT_BANG", token)
        else:
            if kind in ENDS_LISTS:
                self.end_lists(token)
            output = self.put(kind, token)
            if kind in OPENS and not (kind == "CASE" and previous == "STEP"):
                self.frames.append(Frame(OPENS[kind], output, index, previous in ENDS_OPERAND))

    def is_name(self, index: int) -> bool:
        """Whether the reserved word at `index` is used as the name of a module or a field."""
        is_due = self.previous in NAME_CONTEXT or self.peek(index) == "MAPSTO"
        return is_due and self.tokens[index].value.isidentifier()

    def end_lists(self, token: Token) -> None:
        """Close lists before `token`; a `|->` also tells what its `[` is."""
        hard = self.close_soft(token)
        if token.type == "EXCEPT" and hard is not None:
            hard.has_except = True
        if token.type == "MAPSTO" and hard is not None and hard.begins_function():
            hard.token.type = "LSQUARE_RECORD" if self.peek(hard.index, 2) == "MAPSTO" else "LSQUARE_FUNCTION"

    def close(self, token: Token) -> None:
        """Put out a token that closes the innermost hard frame, or one for the parser to refuse.

        A `:` or `->` that closes none tells what its bracket is.
        """
        kind = token.type
        hard = self.close_soft(token)
        is_match = hard is not None and hard.kind in CLOSES[kind]
        if is_match:
            self.frames.pop()
        elif kind == "COLON" and hard is not None and not hard.follows_operand:
            if hard.kind == "LSQUARE":
                hard.token.type = "LSQUARE_FIELDS"
            elif hard.kind == "LBRACE":
                hard.token.type = "LBRACE_FILTER" if self.is_bound(hard.index + 1) else "LBRACE_MAP"
        elif kind == "ARROW" and hard is not None and hard.kind == "LSQUARE" and self.is_bound(hard.index + 1):
            # `[x \in S -> e]` is refused, as SANY does: it would mean functions from a boolean.
            hard.token.type = "LSQUARE_FUNCTION"
        output = self.put(kind, token)
        if is_match and kind in REOPENS:
            self.frames.append(Frame(REOPENS[kind], output, hard.index if hard else 0))

    def is_bound(self, index: int) -> bool:
        r"""Whether `x \in` or `<<x, y>> \in` stands at `index`."""
        if self.peek(index, 0) == "LANGLE":
            index += 1
            while self.peek(index, 0) == "IDENT" and self.peek(index) == "COMMA":
                index += 2
            return [self.peek(index, i) for i in range(3)] == ["IDENT", "RANGLE", "MEMBER"]
        return self.peek(index, 0) == "IDENT" and self.peek(index) == "MEMBER"

    def place_symbol(self, index: int, token: Token) -> None:
        """Put out an operator symbol: infix, prefix, the operator itself, a bullet, or the separator of CASE arms."""
        kind = token.type
        if kind == "JUNCTION" and self.is_next_bullet(token):
            assert self.list is not None
            self.list.bullet = self.put("LIST_ITEM", token)
        elif self.previous not in ENDS_OPERAND:
            if self.is_operator_name(index, kind):
                self.put("OPERATOR", token)
            elif kind == "JUNCTION":
                self.open_list(token, index)
            else:
                self.put(kind, token)
        elif kind == "JUNCTION":
            self.put("INFIX", token)
        elif kind == "PREFIX" and token.value == "[]":
            self.place_case_separator(index, token)
        elif kind == "INFIX" and token.value in SPLIT and self.is_split_argument(index, token):
            self.place_split(token)
        else:
            if kind == "NEGATIVE":
                self.close_soft(token)
            self.put(kind, token)

    def is_next_bullet(self, token: Token) -> bool:
        """Whether `token` is the next bullet of the innermost list."""
        bullets = self.list
        return bullets is not None and bullets.token.value == token.value and bullets.column == self.column(token)

    def is_operator_name(self, index: int, kind: str) -> bool:
        """Whether the symbol at `index`, where an operand is due, stands for the operator itself."""
        following = self.peek(index)
        if following in ("COMMA", "GETS", "RPAREN"):
            return True
        if kind in ("EQUALS", "INFIX", "MEMBER", "NEGATIVE", "POSTFIX"):
            return following == "LPAREN" or self.previous == "GETS" or self.is_in_def_list()
        return self.previous == "GETS" and following not in STARTS_OPERAND

    def is_in_def_list(self) -> bool:
        """Whether the names of a DEF are being read, as in `BY DEF F, +`."""
        for token in reversed(self.output):
            if token.type not in ("COMMA", "IDENT", "OPERATOR", "STEP_NAME"):
                return token.type == "DEF"
        return False

    def place_case_separator(self, index: int, token: Token) -> None:
        """Put out a `[]` that follows an operand, and so begins the next arm of the innermost CASE."""
        while self.frames and self.frames[-1].kind == LIST:
            self.pop(token)
        output = self.put("CASE_SEP", token)
        if self.frames and self.frames[-1].kind == CASE_BODY:
            self.frames[-1] = Frame("CASE_GUARD", output, index)

    def is_split_argument(self, index: int, token: Token) -> bool:
        """Whether `(+)` is no operator but the argument list of `F(+)`, though the longest symbol was read."""
        before = self.tokens[index - 1]
        return (
            self.previous == "IDENT"
            and before.span.line == token.span.line
            and before.span.end_column + 1 == token.span.column
            and token.span.end_column == token.span.column + 2
            and self.peek(index) not in STARTS_OPERAND
        )

    def place_split(self, token: Token) -> None:
        """Put out `(+)` as three tokens."""
        span = token.span
        for offset, (kind, value) in enumerate((("LPAREN", "("), ("OPERATOR", token.value[1]), ("RPAREN", ")"))):
            column = span.column + offset
            self.put(kind, Token(kind, value, Span(span.source, span.line, column, span.line, column)))

    # --- proofs ------------------------------------------------------------------------------------------------------

    def place_step(self, index: int, token: Token) -> None:
        """Put out the name of a proof step: a reference to it, or its beginning."""
        named = token.value[-1].isalnum() or token.value[-1] == "_"
        if named and self.previous not in BEFORE_STEP:
            self.put("STEP_NAME", token)
            return
        self.close_soft(token)
        self.put("STEP", token)
        if self.is_definition(index + 1):
            # DEFINE may be left out; with it the grammar needs no more than one token to tell what comes.
            self.output.append(Token("DEFINE", "DEFINE", token.span, token))

    def is_definition(self, index: int) -> bool:
        """Whether what stands at `index` is the left side of a definition and its `==`."""
        first, second = self.peek(index, 0), self.peek(index)
        if first in ("NEGATIVE", "PREFIX"):
            index += 2
        elif first != "IDENT":
            return False
        elif second in ("LPAREN", "LSQUARE"):
            index = self.after_bracket(index + 1)
        elif second == "POSTFIX":
            index += 2
        elif second in ("INFIX", "MINUS"):
            index += 3
        else:
            index += 1
        return self.peek(index, 0) == "DEFEQ"

    def after_bracket(self, index: int) -> int:
        """The index after the bracket that closes the one at `index`."""
        depth = 0
        while index < len(self.tokens):
            kind = self.tokens[index].type
            depth += (kind in BRACKETS) - (kind in CLOSING_BRACKETS)
            index += 1
            if depth == 0:
                break
        return index
