"""Markup is escaped as Django escapes it; what is kept is told apart by language, type and value."""

from decimal import Decimal

from django.utils import translation
from django.utils.functional import lazystr
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, gettext_lazy
from hypothesis import given
from hypothesis import strategies as st

from kanjian.portal.markup import escaped, joined, kept, markup


class Loud:
    def __str__(self) -> str:
        return "<b>&'\"</b>"


class Own(str):
    __slots__ = ()


PARTS = st.one_of(
    st.text(),
    st.text().map(mark_safe),
    st.text().map(Own),
    st.text().map(lazystr),
    st.integers(),
    st.floats(),
    st.sampled_from([None, True, Decimal("1.50"), Loud(), gettext_lazy("未采集")]),
)


@given(part=PARTS)
def test_parts_are_escaped_as_django_escapes_them(part):
    assert escaped(part) == conditional_escape(part)


@given(first=PARTS, second=PARTS, named=PARTS)
def test_patterns_are_filled_as_django_fills_them(first, second, named):
    pattern = '<i class="{}">{}</i>{named}'
    assert markup(pattern, first, second, named=named) == format_html(pattern, first, second, named=named)


def test_markup_within_markup_stays_markup():
    inner = joined(markup("<b>{}</b>", text) for text in ("<", ">"))
    assert isinstance(inner, SafeString)
    assert markup("<p>{}</p>", inner) == "<p><b>&lt;</b><b>&gt;</b></p>"


def test_what_is_kept_is_told_apart():
    made = []

    @kept(8)
    def chip(text: str, place: float | None = None) -> SafeString:
        made.append((text, place))
        return markup("{} {} {}", gettext("未采集"), text, place)

    with translation.override("en"):
        english = chip("a", 1)
    assert english != chip("a", 1)
    assert [chip("a", 1), chip("a", 1.0), chip("a", True)] == ["未采集 a 1", "未采集 a 1.0", "未采集 a True"]
    assert chip("<b>") == "未采集 &lt;b&gt; None"
    assert chip(SafeString("<b>")) == "未采集 <b> None"
    before = len(made)
    assert chip("a", place=1) == chip("a", place=1) == "未采集 a 1"
    assert len(made) == before + 1


def test_no_more_is_kept_than_allowed():
    made = []

    @kept(2)
    def chip(number: int) -> SafeString:
        made.append(number)
        return markup("{}", number)

    for number in (1, 2, 1, 3, 1, 2):
        chip(number)
    assert made == [1, 2, 3, 2]
