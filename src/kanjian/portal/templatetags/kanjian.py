"""Template tags of the design system 组件标签; see docs/design.md for pictures in words and examples.

``{% load kanjian %}`` once per template. Small components come from ``portal.components``; the larger ones have a
template of the same name in ``templates/components/``.
"""

from collections.abc import Sequence
from typing import Any

from django import template
from django.forms import BoundField
from django.forms.boundfield import BoundWidget
from django.http import HttpRequest
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from kanjian import charts
from kanjian.boards.selectors.shapes import in_language
from kanjian.portal import components, drawing, rows
from kanjian.portal.numbers import writer

register = template.Library()
TABLE_PLACES = ("beside", "below", "folded")

register.simple_tag(components.icon, name="icon")
register.simple_tag(components.rank_chip, name="rank_chip")
register.simple_tag(components.band_chip, name="band_chip")
register.simple_tag(components.light, name="light")
register.simple_tag(components.movement, name="movement")
register.simple_tag(components.rank_interval, name="rank_interval")
register.simple_tag(components.sparkline, name="sparkline")
register.simple_tag(components.meter, name="meter")
register.simple_tag(components.histogram, name="histogram")
register.simple_tag(components.stat, name="stat")
register.simple_block_tag(components.card, name="card")
register.simple_tag(rows.unit_rows, name="unit_rows")
register.simple_tag(rows.indicator_rows, name="indicator_rows")
register.filter("value", rows.value)
register.filter("sample", rows.sample)
register.filter("weight", rows.weight)


# ---- filters -------------------------------------------------------------------------------------------------------
@register.filter
def points(value: float | None, decimals: int = 2) -> str:
    """A score or points with two decimals: ``{{ row.score|points }}``."""
    return writer().number(value, int(decimals))


@register.filter
def measured(value: float | None, decimals: int = 2) -> str:
    """A measured value without trailing zeros; 未采集 where there is none, never zero."""
    return writer().measured(value, int(decimals))


@register.filter
def signed(value: float | None, decimals: int = 2) -> str:
    """A difference with its sign: ``{{ row.gap|signed }}`` gives +1.20 or −0.35."""
    return writer().signed(value, int(decimals))


@register.filter
def percent(share: float | None, decimals: int = 0) -> str:
    """A share 0..1 as per cent."""
    return writer().percent(share, int(decimals))


@register.filter
def short_hash(text: str) -> str:
    """The first 12 signs of a hash; put the whole one into ``title``."""
    return text[:12]


@register.filter
def named(thing: Any) -> str:
    """The name of a record in the reader's language: English where it is asked for and known."""
    return in_language(thing.name, thing.name_en)


@register.filter
def movement_reason(code: str | None) -> str:
    """Why movement is not shown, in words."""
    return components.movement_reason(code)


@register.filter
def styled(field: BoundField) -> SafeString:
    """A form field's widget with the class that fits it; the label says what it is, so no placeholder repeats it."""
    field.field.widget.attrs.pop("placeholder", None)
    kinds = {"checkbox": "form-check-input", "select": "form-select", "selectmultiple": "form-select"}
    return field.as_widget(attrs={"class": kinds.get(field.widget_type, "form-control")})


@register.filter
def options(field: BoundField) -> list[BoundWidget]:
    """The boxes or buttons of a field that asks for one or more of several things, each with the class that fits it."""
    field.field.widget.attrs["class"] = "form-check-input"
    return field.subwidgets


# ---- inclusions ----------------------------------------------------------------------------------------------------
@register.simple_tag
def synthetic_badge() -> SafeString:
    """The permanent mark of invented data 演示数据; both languages, always."""
    return format_html('<span class="kj-synthetic" title="{}">{}</span>',
                       gettext("数据为演示而虚构，不是真实单位的成绩"), "演示数据 / synthetic")  # fmt: skip


@register.inclusion_tag("components/breadcrumb.html")
def breadcrumb(*parts: str) -> dict[str, object]:
    """``{% breadcrumb "榜单" url board.label url2 "2026-Q1" %}``: label and address in turn, the last label alone."""
    trail = [(str(parts[i]), str(parts[i + 1])) for i in range(0, len(parts) - 1, 2)]
    return {"trail": trail, "last": parts[-1] if len(parts) % 2 else ""}


@register.inclusion_tag("components/empty_state.html")
def empty_state(
    title: str, text: str = "", *, url: str = "", action: str = "", icon: str = "ripple"
) -> dict[str, object]:
    """An empty page or list: what it is, why it is empty, what to do next."""
    return {"title": title, "text": text, "url": url, "action": action, "icon": icon}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(
    context: Context, page: int, pages: int, *, target: str = "", parameter: str = "page"
) -> dict[str, object]:
    """Pager that keeps the other query parameters; ``target`` (a CSS selector) makes it an htmx partial update."""
    request: HttpRequest = context["request"]

    def address(number: int) -> str:
        query = request.GET.copy()
        query[parameter] = str(number)
        return f"{request.path}?{query.urlencode()}"

    return {
        "items": [(n, address(n)) if n else (None, "") for n in drawing.page_numbers(page, pages)],
        "page": page,
        "pages": pages,
        "before": address(page - 1) if page > 1 else "",
        "after": address(page + 1) if page < pages else "",
        "target": target,
    }


@register.inclusion_tag("components/filter_select.html")
def filter_select(
    name: str, label: str, choices: Sequence[Any], selected: str = "", *, every: str = ""
) -> dict[str, object]:
    """A drop-down of a filter bar. ``choices``: facets with ``code``, ``label`` and perhaps ``count``."""
    return {"name": name, "label": label, "choices": choices, "selected": selected, "every": every or gettext("全部")}


@register.inclusion_tag("components/filter_search.html")
def filter_search(name: str, label: str, value: str = "", *, hint: str = "") -> dict[str, object]:
    """The search field of a filter bar."""
    return {"name": name, "label": label, "value": value, "hint": hint}


# ---- blocks --------------------------------------------------------------------------------------------------------
@register.simple_block_tag
def help_text(content: str, label: str = "") -> SafeString:
    """``{% help_text "怎么算的" %}…{% endhelp_text %}``: a question mark that opens an explanation in place."""
    return render_to_string("components/help_text.html", {"content": content, "label": label or gettext("说明")})


@register.simple_block_tag(takes_context=True)
def filter_bar(context: Context, content: str, target: str = "", label: str = "") -> SafeString:
    """``{% filter_bar target="#rows" %}…{% endfilter_bar %}``: a GET form.

    With ``target`` (a CSS selector) that part of the page is exchanged as soon as a field changes.
    """
    path = context["request"].path
    values = {"content": content, "target": target, "path": path, "label": label or gettext("筛选")}
    return render_to_string("components/filter_bar.html", values)


@register.simple_block_tag
def chart(content: str, record: charts.Record, *, title: str, name: str = "", table: str = "beside") -> SafeString:
    """``{% chart record title="…" %}<table>…</table>{% endchart %}``: a picture with its table beside it.

    ``record`` is one of ``kanjian.charts``; ``name`` makes ids unique when a kind comes twice on a page; ``table``:
    beside (under it where there is no room), below, or folded.
    """
    if table not in TABLE_PLACES:
        raise ValueError(f"chart table={table!r}: must be one of {', '.join(TABLE_PLACES)}")
    values = {
        "content": content,
        "kind": record.kind,
        "title": title,
        "table": table,
        "id": f"chart-{name or record.kind}",
        "json": _json_script(charts.as_json(record)),
    }
    return render_to_string("components/chart.html", values)


def _json_script(text: str) -> SafeString:
    # The escapes of django.utils.html.json_script: no "<" may end the element.
    safe = text.replace("<", "\\u003C").replace(">", "\\u003E").replace("&", "\\u0026")
    return format_html('<script type="application/json" data-chart-data>{}</script>', SafeString(safe))
