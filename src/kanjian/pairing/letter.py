"""The agreement letter of a pair 结对帮带协议书: Chinese, and on a page of its own in English if wanted."""

import io

from django.utils import timezone, translation
from django.utils.translation import gettext
from docx.document import Document as Letter

from kanjian.orgs.models import Unit
from kanjian.pairing import official
from kanjian.pairing.models import Pair
from kanjian.pairing.selectors.pairs import steps
from kanjian.pairing.selectors.rounds import Weak, pair_row, scheme_of, track_names

TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def letter_of(pair: Pair, *, english: bool = False) -> bytes:
    """The letter as DOCX; the law's language is Chinese, the English page is a translation."""
    with translation.override("zh-hans"):
        letter = official.new_letter()
        number = document_number(pair)
        official.red_head(letter, f"{pair.round.organiser.name}文件", number)
        official.title(letter, f"关于{pair.mentor.name}与{pair.mentee.name}结对帮带的协议书")
        _chinese(letter, pair)
    if english:
        with translation.override("en"):
            _english(letter, pair, number)
    found = io.BytesIO()
    letter.core_properties.title = f"{pair.mentor.name}—{pair.mentee.name}结对帮带协议书"
    letter.core_properties.author = pair.round.organiser.name
    letter.save(found)
    return found.getvalue()


def document_number(pair: Pair) -> str:
    """湖组帮〔2026〕3号; a draft before it was given one."""
    if pair.number is None or pair.round.starts_on is None:
        return "（草稿，未编号）"
    return f"{pair.round.mark}〔{pair.round.starts_on.year}〕{pair.number}号"


def _chinese(letter: Letter, pair: Pair) -> None:
    edition = pair.round.edition
    row = pair_row(pair, scheme_of(pair.round), track_names())
    organiser, helped, helper = pair.round.organiser.name, _placed(pair.mentee), _placed(pair.mentor)
    official.body(
        letter,
        f"依据{pair.round.board.name}{edition.period}期（方法版本{edition.scheme.version}，期次编号{edition.hash[:12]}），"
        f"经{organiser}提出、双方所在乡镇（街道）确认，{helper}与{helped}结成帮带对子，现就有关事项约定如下。",
    )
    parts = [
        ("结对理由", _reasons(pair, row.shared)),
        ("帮带重点", _needs(row.weak)),
        ("共同目标", [pair.plan or "双方在协议签订后一个月内商定共同目标，并登记在共同计划中。"]),
        ("重点节点", _milestones(pair)),
        ("双方责任", _duties(pair)),
        ("期限与评估", _terms(pair)),
    ]
    for position, (heading, lines) in enumerate(parts, start=1):
        official.heading(letter, official.numbered(position) + heading)
        for line in lines:
            official.body(letter, line)
    day = pair.agreed_on or timezone.localdate()
    official.signatures(letter, [organiser, *_townships(pair)], official.day_words(day))


def _placed(unit: Unit) -> str:
    return f"{unit.parent.name}{unit.name}" if unit.parent else unit.name


def _townships(pair: Pair) -> list[str]:
    return [
        unit.parent.name if unit.parent and unit.parent != other.parent else _placed(unit)
        for unit, other in ((pair.mentor, pair.mentee), (pair.mentee, pair.mentor))
    ]


def _reasons(pair: Pair, shared: list[str]) -> list[str]:
    near = f"两地直线距离约{pair.km:.1f}公里。" if pair.km is not None else ""
    alike = f"双方同属一条赛道，{'、'.join(shared)}相近。" if shared else "双方同属一条赛道。"
    by_hand = f"本对由人工选定，理由：{pair.changed_by_hand}。" if pair.changed_by_hand else ""
    return [near + alike + by_hand]


def _needs(weak: list[Weak]) -> list[str]:
    lines = [
        f"（{official.DIGITS[position]}）{each.label}：受帮方{each.mentee:.1f}分，赛道中位{each.median:.1f}分，"
        + (f"帮带方{each.mentor:.1f}分。" if each.mentor is not None else "帮带方未采集。")
        for position, each in enumerate(weak, start=1)
    ]
    return lines or ["受帮方各维度均不低于赛道中位，帮带重点由双方商定。"]


def _milestones(pair: Pair) -> list[str]:
    rows = [step for step in steps(pair) if not step.milestone.cancelled]
    if not rows:
        return ["由双方商定后登记在共同计划中，到期亮灯提示。"]
    return [
        f"{official.day_words(step.milestone.planned)}前：{step.milestone.title}（{step.dimension}，"
        f"{_office(step.responsible, step.milestone.role)}负责）。"
        for step in rows
    ]


def _office(place: str, role: str) -> str:
    """古兜村 and 村党组织书记 are 古兜村党组织书记."""
    return place + (role[1:] if role[:1] == place[-1:] else role)


def _duties(pair: Pair) -> list[str]:
    return [
        f"{pair.mentor.name}结合自身做法，就上述重点提供经验、带教和资源对接；{pair.mentee.name}如实说明情况，落实商定事项。",
        "双方不因结对增加报表、台账和留痕要求，走访次数不作考核，不搞迎来送往，不向村级摊派费用。",
    ]


def _terms(pair: Pair) -> list[str]:
    start = f"自{official.day_words(pair.round.starts_on)}起" if pair.round.starts_on else "自启动之日起"
    return [
        f"本协议{start}执行。满两期榜单发布后，由{pair.round.organiser.name}会同有关方面与相近的未结对单位比较，评估成效，"
        "结果连同不确定性一并告知双方。任何一方认为不宜继续的，可以书面提出并说明理由。"
    ]


def _english(letter: Letter, pair: Pair, number: str) -> None:
    row = pair_row(pair, scheme_of(pair.round), track_names())
    official.new_page(letter)
    official.body(letter, "Translation, for information only; the Chinese text decides.", indent=False)
    official.title(letter, f"{row.mentor} and {row.mentee}: agreement on pairing")
    edition = pair.round.edition
    lines = [
        f"Document {number}. Ground: edition {edition.period} of {pair.round.board.name_en or pair.round.board.name}, "
        f"method {edition.scheme.version}, edition {edition.hash[:12]}.",
        f"{row.mentor} helps {row.mentee} in the dimensions in which it is weak and its partner strong: "
        + ("; ".join(f"{each.label} {each.mentee:.1f} (median {each.median:.1f})" for each in row.weak) or "—")
        + ".",
        f"Alike in: {', '.join(row.shared) or '—'}." + (f" Distance {pair.km:.1f} km." if pair.km is not None else ""),
        f"Joint plan: {pair.plan or gettext('双方在协议签订后一个月内商定')}",
        "Pairing brings no additional forms or reports; visits are not counted and no costs are passed on to villages. "
        "After two editions the effect is compared with similar villages without a partner, with its uncertainty.",
    ]
    for line in lines:
        official.body(letter, line)
