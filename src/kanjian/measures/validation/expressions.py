"""The little language of rules 表达式: numbers, indicators, + − × ÷, parentheses, sum, min, max, abs.

``B1 / B1@-4``: the indicator now and four periods earlier. A code that is not a plain word stands in brackets:
``[farm-income]``. Nothing else can be said: no names, no attributes, no calls but the four. Full-width signs are read.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext
from django.utils.translation import gettext_noop as _

LONGEST, DEEPEST, FARTHEST = 400, 40, 60
FUNCTIONS = ("sum", "min", "max", "abs")
_TOKEN = re.compile(
    r"\s*(?:(?P<number>\d+(?:\.\d+)?)(?![\w.])|(?P<cell>(?:\[[^\[\]]+\]|[^\W\d]\w*)(?:@-\d+)?)|(?P<sign>[-+*/(),]))"
)
_SIGNS = str.maketrans({"−": "-", "–": "-", "×": "*", "÷": "/", "·": "*", "【": "[", "】": "]", "，": ",", "、": ","})

TEXTS = {
    "empty": _("表达式是空的"),
    "too_long": _("表达式超过 %(limit)d 个字符"),
    "too_deep": _("括号嵌套超过 %(limit)d 层"),
    "unknown_sign": _("第 %(position)d 个字符看不懂：“%(value)s”"),
    "unexpected": _("第 %(position)d 个字符不该是“%(value)s”"),
    "unfinished": _("表达式没有写完"),
    "unknown_function": _("没有函数“%(value)s”，可用 sum、min、max、abs"),
    "arguments": _("abs 只接受一个数"),
    "bad_offset": _("“%(value)s”：@ 后写 -1 到 -%(limit)d，表示往前几期"),
}


class ExpressionError(ValueError):
    """A text that is not an expression; the message says where and what, in the reader's language."""

    def __init__(self, code: str, **particulars: object) -> None:
        self.code, self.particulars = code, particulars
        super().__init__(gettext(TEXTS[code]) % particulars)


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: float


@dataclass(frozen=True, slots=True)
class Cell:
    """An indicator in the period looked at, or ``offset`` (≤ 0) periods from it."""

    code: str
    offset: int = 0

    def __str__(self) -> str:
        """The name of its column in frames of values."""
        return f"{self.code}@{self.offset}" if self.offset else self.code


@dataclass(frozen=True, slots=True)
class Operation:
    """``+ - * /`` of two."""

    sign: str
    left: "Expression"
    right: "Expression"


@dataclass(frozen=True, slots=True)
class Call:
    """``sum``, ``min``, ``max`` or ``abs`` of one or more."""

    name: str
    arguments: tuple["Expression", ...]


Expression = Number | Cell | Operation | Call


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    position: int


@lru_cache(maxsize=512)
def parse(text: str) -> Expression:
    """The expression that the text says. Raises ``ExpressionError``."""
    cleaned = unicodedata.normalize("NFKC", text).translate(_SIGNS).strip()
    if not cleaned:
        raise ExpressionError("empty")
    if len(cleaned) > LONGEST:
        raise ExpressionError("too_long", limit=LONGEST)
    parser = _Parser(list(_tokens(cleaned)))
    found = parser.sum()
    parser.end()
    return found


def cells_of(expression: Expression) -> frozenset[Cell]:
    """All cells that the expression reads."""
    match expression:
        case Cell():
            return frozenset((expression,))
        case Operation(_, left, right):
            return cells_of(left) | cells_of(right)
        case Call(_, arguments):
            return frozenset[Cell]().union(*map(cells_of, arguments))
        case _:
            return frozenset()


def _tokens(text: str) -> Iterator[_Token]:
    place = 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            rest = text[place:].lstrip()
            raise ExpressionError("unknown_sign", position=len(text) - len(rest) + 1, value=rest[:1])
        kind = match.lastgroup or ""
        yield _Token(kind, match[kind], match.start(kind) + 1)
        place = match.end()


class _Parser:
    """Recursive descent; one method per level of precedence."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens, self._place, self._depth = tokens, 0, 0

    def sum(self) -> Expression:
        found = self._product()
        while self._next_is("+", "-"):
            found = Operation(self._take().text, found, self._product())
        return found

    def _product(self) -> Expression:
        found = self._factor()
        while self._next_is("*", "/"):
            found = Operation(self._take().text, found, self._factor())
        return found

    def _factor(self) -> Expression:
        self._depth += 1
        if self._depth > DEEPEST:
            raise ExpressionError("too_deep", limit=DEEPEST)
        token = self._take()
        if token.text == "-":
            found: Expression = Operation("-", Number(0.0), self._factor())
        elif token.text == "(":
            found = self.sum()
            self._expect(")")
        elif token.kind == "number":
            found = Number(float(token.text))
        elif token.kind == "cell":
            found = self._call(token) if self._next_is("(") else _cell(token)
        else:
            raise ExpressionError("unexpected", position=token.position, value=token.text)
        self._depth -= 1
        return found

    def _call(self, name: _Token) -> Expression:
        if name.text not in FUNCTIONS:
            raise ExpressionError("unknown_function", value=name.text)
        self._expect("(")
        arguments = [self.sum()]
        while self._next_is(","):
            self._take()
            arguments.append(self.sum())
        self._expect(")")
        if name.text == "abs" and len(arguments) != 1:
            raise ExpressionError("arguments")
        return Call(name.text, tuple(arguments))

    def end(self) -> None:
        """Nothing may follow."""
        if self._place < len(self._tokens):
            token = self._tokens[self._place]
            raise ExpressionError("unexpected", position=token.position, value=token.text)

    def _next_is(self, *signs: str) -> bool:
        return self._place < len(self._tokens) and self._tokens[self._place].text in signs

    def _take(self) -> _Token:
        if self._place >= len(self._tokens):
            raise ExpressionError("unfinished")
        self._place += 1
        return self._tokens[self._place - 1]

    def _expect(self, sign: str) -> None:
        token = self._take()
        if token.text != sign:
            raise ExpressionError("unexpected", position=token.position, value=token.text)


def _cell(token: _Token) -> Cell:
    code, _, steps = token.text.partition("@-")
    code = code.strip("[]").strip()
    offset = int(steps) if steps else 0
    if (steps and not 1 <= offset <= FARTHEST) or not code:
        raise ExpressionError("bad_offset", value=token.text, limit=FARTHEST)
    return Cell(code, -offset)
