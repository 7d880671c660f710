"""Small components as markup 小组件: what a table has many of, so each is one pattern and no template.

Every component says its meaning in text or in an accessible name; shape and colour only repeat it. What many rows have
alike is made once and kept: an icon, a rung, a place.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Protocol

from django.templatetags.static import static
from django.utils.formats import localize
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from kanjian.portal import drawing
from kanjian.portal.markup import joined, kept, markup
from kanjian.portal.numbers import writer

LIGHTS = {
    "blue": "circle-check-filled",
    "green": "circle-filled",
    "yellow": "triangle-filled",
    "red": "octagon-filled",
    "grey": "player-pause-filled",
}
SPARK_WIDTH, SPARK_HEIGHT = 88.0, 24.0
INTERVAL_WIDTH = 96.0


_STAT = """<div class="kj-stat">
  <dt class="kj-stat-label">{label}</dt>
  <dd class="kj-stat-value"><span class="kj-num">{value}</span>{unit}</dd>
  {note}
</div>
"""
_CARD = """<section class="kj-card {kind}">
  {head}
  <div class="kj-card-body">{content}</div>
</section>
"""
_CARD_HEAD = """
    <header class="kj-card-head">
      <h{level} class="kj-card-title">{title}</h{level}>
      {note}
    </header>
  """


class BandLike(Protocol):
    """What a band chip needs: a label and a place on a ladder (0 = the highest of ``steps``)."""

    @property
    def label(self) -> str:
        """Name in the reader's language."""

    @property
    def position(self) -> int:
        """0 is the highest rung."""

    @property
    def steps(self) -> int:
        """How many rungs the ladder has."""


@lru_cache(maxsize=512, typed=True)
def icon(name: str, label: str = "") -> SafeString:
    """One icon of the sprite (``frontend/icons.txt``); decoration unless it has a ``label``."""
    sprite = static("kanjian-vendor/icons.svg")
    if label:
        return markup(
            '<svg class="kj-icon" role="img" aria-label="{}"><use href="{}#{}"></use></svg>', label, sprite, name
        )
    return markup('<svg class="kj-icon" aria-hidden="true"><use href="{}#{}"></use></svg>', sprite, name)


@kept(4096)
def rank_chip(rank: float | None, size: int | None = None, veil: int = 0) -> SafeString:
    """A place, with how many compete: “3 / 38”; ``veil``: only that it is among the last so many per cent."""
    if veil:
        words = gettext("后 %(percent)s%%") % {"percent": veil}
        return markup('<span class="kj-rank kj-rank-veiled">{}</span>', words)
    if rank is None:
        return markup('<span class="kj-rank kj-rank-none">{}</span>', gettext("未排名"))
    number = writer().number
    top = " kj-rank-top" if rank <= 3 else ""
    if size is None:
        return markup('<span class="kj-rank{}"><b>{}</b></span>', top, number(rank, 0))
    return markup(
        '<span class="kj-rank{}"><b>{}</b><span class="kj-rank-of"><span class="visually-hidden">{}</span>'
        '<span aria-hidden="true">/</span>{}</span></span>',
        top,
        number(rank, 0),
        gettext("共"),
        number(size, 0),
    )


def band_chip(band: BandLike | None) -> SafeString:
    """A rung of the status ladder: filled rungs, name, colour."""
    if band is None:
        return markup('<span class="kj-band kj-band-none">{}</span>', gettext("未定档"))
    return _rung(band.label, band.position, max(band.steps, 1))


@lru_cache(maxsize=256, typed=True)
def _rung(label: str, position: int, steps: int) -> SafeString:
    filled = steps - position
    rungs = joined(
        markup(
            '<rect class="{}" x="{}" y="{}" width="3" height="{}" rx="1"/>',
            "kj-rung" if i < filled else "kj-rung-off",
            i * 4.5,
            12 - 12 * (i + 1) / steps,
            12 * (i + 1) / steps,
        )
        for i in range(steps)
    )
    # Four tones whatever the ladder's length: highest, upper, lower, lowest.
    tone = 0 if steps == 1 else round(3 * position / (steps - 1))
    return markup(
        '<span class="kj-band kj-band-{tone}">'
        '<svg viewBox="0 0 {width} 12" width="{width}" height="12" aria-hidden="true">{rungs}</svg>{label}</span>',
        tone=tone,
        width=steps * 4.5 - 1.5,
        rungs=rungs,
        label=label,
    )


def light_words(colour: str) -> str:
    """What a light means when nothing more exact is said."""
    return {
        "blue": gettext("已完成"),
        "green": gettext("正常"),
        "yellow": gettext("关注"),
        "red": gettext("滞后"),
        "grey": gettext("无数据"),
    }[colour]


@kept(256)
def light(colour: str, text: str = "") -> SafeString:
    """A status light: blue ✔, green ●, yellow ▲, red ⬢, grey ⏸, always with its word."""
    if colour not in LIGHTS:
        raise ValueError(f"light {colour!r}: must be one of {', '.join(LIGHTS)}")
    return markup(
        '<span class="kj-light kj-light-{}">{}{}</span>', colour, icon(LIGHTS[colour]), text or light_words(colour)
    )


def movement_reason(code: str | None) -> str:
    """Why there is no movement to show, in words."""
    return {
        "first": gettext("首期"),
        "scheme": gettext("方法有变，不可比"),
        "membership": gettext("成员有变，不可比"),
        "unranked": gettext("未排名"),
        "veiled": gettext("末段名次不公开"),
    }.get(code or "", gettext("不可比"))


@kept(1024)
def movement(places: int | None, reason: str | None = None, is_sure: bool | None = None) -> SafeString:  # noqa: FBT001 - a template tag
    """Places won 进位 or lost 退位 since the edition before, or why this cannot be said.

    ``is_sure``: the movement is more than noise (True) or no more than that (False, drawn quietly); None says nothing.
    """
    if places is None:
        words = movement_reason(reason)
        return markup('<span class="kj-move kj-move-none" title="{0}"><span aria-hidden="true">·</span>'
                           '<span class="visually-hidden">{0}</span></span>', words)  # fmt: skip
    if places == 0:
        return markup('<span class="kj-move kj-move-same"><span aria-hidden="true">＝</span>'
                           '<span class="visually-hidden">{}</span></span>', gettext("持平"))  # fmt: skip
    count = abs(places)
    if places > 0:
        words = ngettext("进 %(count)s 位", "进 %(count)s 位", count) % {"count": count}
        kind, arrow = "up", "▲"
    else:
        words = ngettext("退 %(count)s 位", "退 %(count)s 位", count) % {"count": count}
        kind, arrow = "down", "▽"
    sign, note = (
        ("", "") if is_sure is None else ("◆", gettext("超出波动")) if is_sure else ("", gettext("在波动范围内"))
    )
    return markup(
        '<span class="kj-move kj-move-{}{}" title="{}"><span aria-hidden="true">{} {}{}</span>'
        '<span class="visually-hidden">{} {}</span></span>',
        kind,
        " kj-move-noise" if is_sure is False else "",
        note,
        arrow,
        writer().number(count, 0),
        markup(' <span class="kj-move-sure">{}</span>', sign) if sign else "",
        words,
        note,
    )


@kept(2048)
def rank_interval(low: int | None, high: int | None, size: int | None, rank: float | None = None) -> SafeString:
    """The plausible places of a unit in its track, best left, on a line from first to last 名次区间."""
    if low is None or high is None or not size:
        return markup('<span class="kj-interval-none" title="{}">—</span>', gettext("无名次区间"))
    box = drawing.interval(low, high, size, rank=rank, width=INTERVAL_WIDTH)
    dot = (
        markup('<circle class="kj-interval-dot" cx="{}" cy="8" r="3.2"/>', box.at)
        if box.at is not None
        else SafeString("")
    )
    words = gettext("名次区间 %(low)s–%(high)s，共 %(size)s") % {"low": low, "high": high, "size": size}
    return markup(
        '<span class="kj-interval"><svg viewBox="0 0 {w} 16" width="{w}" height="16" role="img" aria-label="{words}">'
        '<rect class="kj-interval-line" x="0" y="7" width="{w}" height="2" rx="1"/>'
        '<rect class="kj-interval-bar" x="{x}" y="5" width="{length}" height="6" rx="3"/>{dot}</svg>'
        '<span class="kj-interval-text" aria-hidden="true">{low}–{high}</span></span>',
        w=f"{INTERVAL_WIDTH:g}",
        words=words,
        x=box.start,
        length=box.length,
        dot=dot,
        low=low,
        high=high,
    )


def sparkline(values: Sequence[float | None], label: str = "") -> SafeString:
    """The course of the last editions, oldest left, the newest with a dot; gaps where nothing is known."""
    return _course(tuple(values), label)


@kept(1024)
def _course(values: tuple[float | None, ...], label: str) -> SafeString:
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return markup('<span class="kj-spark-none">{}</span>', "—")
    number = writer().number
    drawn = drawing.sparkline(values, width=SPARK_WIDTH, height=SPARK_HEIGHT)
    words = label or gettext("近 %(count)s 期：最低 %(low)s，最高 %(high)s，最新 %(last)s") % {
        "count": len(values),
        "low": number(min(known), 1),
        "high": number(max(known), 1),
        "last": number(values[-1], 1),
    }
    lines = joined(markup('<polyline points="{}"/>', " ".join(f"{x:g},{y:g}" for x, y in run)) for run in drawn.runs)
    dot = markup('<circle cx="{}" cy="{}" r="2.4"/>', drawn.last[0], drawn.last[1]) if drawn.last else SafeString("")
    return markup(
        '<svg class="kj-spark" viewBox="0 0 {w} {h}" width="{w}" height="{h}" role="img" aria-label="{words}">'
        "{lines}{dot}</svg>",
        w=f"{SPARK_WIDTH:g}",
        h=f"{SPARK_HEIGHT:g}",
        words=words,
        lines=lines,
        dot=dot,
    )


def histogram(edges: Sequence[float], counts: Sequence[int]) -> SafeString:
    """How many units lie where: bars from the lowest to the highest score, ends named 分布小图."""
    if not counts or not any(counts):
        return markup('<span class="kj-missing">{}</span>', gettext("未采集"))
    filled = [i for i, count in enumerate(counts) if count]
    edges, counts = edges[filled[0] : filled[-1] + 2], counts[filled[0] : filled[-1] + 1]
    width, height = 240.0, 72.0
    bars = joined(
        markup('<rect x="{}" y="{}" width="{}" height="{}"/>', x, round(height - tall, 2), wide, tall)
        for x, wide, tall in drawing.histogram(counts, width=width, height=height)
    )
    most = max(range(len(counts)), key=counts.__getitem__)
    number = writer().number
    words = gettext("得分从 %(low)s 到 %(high)s，最多的在 %(from)s–%(to)s（%(count)s 个）") % {
        "low": number(edges[0], 0),
        "high": number(edges[-1], 0),
        "from": number(edges[most], 0),
        "to": number(edges[most + 1], 0),
        "count": number(counts[most], 0),
    }
    return markup(
        '<svg class="kj-histogram" viewBox="0 0 {w} {h}" preserveAspectRatio="none" role="img" aria-label="{words}">'
        "{bars}</svg>"
        '<span class="kj-histogram-ends" aria-hidden="true"><span>{low}</span><span>{high}</span></span>',
        w=f"{width:g}",
        h=f"{height:g}",
        words=words,
        bars=bars,
        low=number(edges[0], 0),
        high=number(edges[-1], 0),
    )


def meter(value: float | None, full: float, *, mark: float | None = None, label: str = "") -> SafeString:
    """Points of a whole as a bar, with a tick at ``mark`` (the track's median). 0 ≤ value ≤ full."""
    if value is None or full <= 0:
        return markup('<span class="kj-meter-none">{}</span>', gettext("未采集"))
    share = max(0.0, min(1.0, value / full)) * 100
    tick = (
        markup(
            '<rect class="kj-meter-mark" x="{}" y="0" width="1.5" height="10"/>',
            round(max(0.0, min(1.0, mark / full)) * 98.5, 2),
        )
        if mark is not None
        else SafeString("")
    )
    number = writer().number
    words = label or f"{number(value, 1)} / {number(full, 0)}"
    return markup(
        '<svg class="kj-meter" viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="kj-meter-line" x="0" y="2" width="100" height="6" rx="1"/>'
        '<rect class="kj-meter-bar" x="0" y="2" width="{}" height="6" rx="1"/>{}</svg>',
        words,
        round(share, 2),
        tick,
    )


def stat(label: str, value: object, *, unit: str = "", note: str = "") -> SafeString:
    """One figure with its label, for a row of ``kj-stats``."""
    return markup(
        _STAT,
        label=label,
        value=localize(value),
        unit=markup("<small>{}</small>", unit) if unit else "",
        note=markup('<dd class="kj-stat-note">{}</dd>', note) if note else "",
    )


def card(content: str, title: str = "", *, kind: str = "", note: str = "", level: int = 2) -> SafeString:
    """``{% card title="…" %}…{% endcard %}``: one sheet.

    ``kind``: extra class, ``level``: of the heading, ``note``: small print beside the title.
    """
    small = markup('<p class="kj-card-note">{}</p>', note) if note else ""
    head = markup(_CARD_HEAD, level=level, title=title, note=small) if title else ""
    return markup(_CARD, kind=kind, head=head, content=content)
