"""Red lines as code 红线检查: pure functions, facts in, findings out. No database, no Django.

| code | function | facts |
|---|---|---|
| R01, R02, R11, R12, R14 | ``scored`` | an indicator that carries weight: names, description, nature |
| R03 | ``captured`` | a field of a form |
| R04 | ``repeated`` | a datum and where it is held already |
| R05 | ``over_ceiling`` | hours asked of a kind of unit, and its ceiling |
| R06 | ``vetoed`` | a veto and what it cites |
| R07 | ``personal`` | a board's name, and who sees it |
| R08, R10 | ``published`` | an edition |
| R09 | ``self_judged``, ``self_confirmed`` | who supplies and who confirms |
| R13 | ``grounded`` | a collection's approval |
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from kanjian.measures.redlines.catalogue import RED_LINES, RedLine, Severity, Words
from kanjian.measures.redlines.natures import NATURES
from kanjian.measures.redlines.wording import (
    TOPICS,
    Spoken,
    asks_for_capture,
    ranks_persons,
    spoken_in_description,
    spoken_in_name,
)

GRASSROOTS = frozenset({"village", "community", "township"})


@dataclass(frozen=True, slots=True)
class Datum:
    """An indicator as the checks see it; ``derived_by`` is the computation of a computed one."""

    code: str
    name: str
    name_en: str = ""
    description: str = ""
    nature: str = ""
    semantic_code: str = ""
    derived_by: str = ""

    @property
    def label(self) -> Words:
        """Its name in both languages, the Chinese one where there is no other."""
        return Words(self.name, self.name_en or self.name)


@dataclass(frozen=True, slots=True)
class Held:
    """Where a datum is held already: its indicator, and how it comes in."""

    code: str
    name: str
    where: Words


@dataclass(frozen=True, slots=True)
class Finding:
    """One crossing of a red line: by which item (a code), called what, and the particulars."""

    line: RedLine
    severity: Severity
    item: str
    label: Words
    detail: Words

    @property
    def code(self) -> str:
        """The red line's stable code."""
        return self.line.code

    @property
    def refuses(self) -> bool:
        """Whether it is an error."""
        return self.severity is Severity.ERROR


def found(code: str, item: str, label: str | Words, zh: str, en: str, *, severity: Severity | None = None) -> Finding:
    """A finding with the red line's own severity unless another is given."""
    line = RED_LINES[code]
    name = label if isinstance(label, Words) else Words(label, label)
    return Finding(line, severity or line.severity, item, name, Words(zh, en))


def scored(datum: Datum, *, via: str = "") -> Iterator[Finding]:
    """What an indicator that carries weight crosses. ``via``: the code of the input that it reads, where not itself.

    Words count whatever nature is declared; a declared nature counts whatever the words say. One finding per red line.
    """
    seen: set[str] = set()
    for spoken, where in _spoken(datum):
        if spoken.code not in seen:
            seen.add(spoken.code)
            yield _said(datum, spoken, where, via)
    line = NATURES.get(datum.nature, "")
    if line and line not in seen:
        yield _declared(datum, line, via)
    if not datum.nature:
        yield found("R14", datum.code, datum.label, "指标没有申报性质", "the indicator declares no nature")


def _spoken(datum: Datum) -> Iterator[tuple[Spoken, Words]]:
    name, description = Words("名称", "the name"), Words("说明", "the description")
    for text in (datum.name, datum.name_en, datum.semantic_code.replace("_", " "), datum.derived_by.replace("_", " ")):
        for spoken in spoken_in_name(text):
            yield spoken, name
    for spoken in spoken_in_description(datum.description):
        yield spoken, description


def _said(datum: Datum, spoken: Spoken, where: Words, via: str) -> Finding:
    zh, en = TOPICS[spoken.topic]
    read = (f"所读的指标 {via} 的", f" of the input {via}") if via else ("", "")
    return found(
        spoken.code,
        datum.code,
        datum.label,
        f"{read[0]}{where.zh}含“{spoken.words}”（{zh}）",
        f"{where.en}{read[1]} says “{spoken.words}” ({en})",
    )


def _declared(datum: Datum, line: str, via: str) -> Finding:
    read = (f"所读的指标 {via} ", f"the input {via} is") if via else ("", "it is")
    return found(
        line, datum.code, datum.label, f"{read[0]}申报的性质为 {datum.nature}", f"{read[1]} declared as {datum.nature}"
    )


def captured(
    datum: Datum, *, compulsory: bool, reporter_kind: str, need: str, ends_on: date | None
) -> Iterator[Finding]:
    """R03: a grassroots unit must hand in a photo, video or place, or a file as evidence, without need and end date."""
    if reporter_kind not in GRASSROOTS or not compulsory or (need.strip() and ends_on is not None):
        return
    word = asks_for_capture(f"{datum.name} {datum.name_en} {datum.description}")
    if word:
        lack = _lack(need, ends_on)
        yield found(
            "R03",
            datum.code,
            datum.label,
            f"必填项要求“{word}”，{lack.zh}",
            f"a compulsory field asks for “{word}” {lack.en}",
        )


def evidenced(datum: Datum, *, reporter_kind: str, need: str, ends_on: date | None) -> Iterator[Finding]:
    """R03 as a warning, since a note will do: evidence beside every value of a grassroots unit without need and end."""
    if reporter_kind in GRASSROOTS and not (need.strip() and ends_on is not None):
        lack = _lack(need, ends_on)
        yield found(
            "R03",
            datum.code,
            datum.label,
            f"每个数值都要求附佐证，{lack.zh}",
            f"evidence must stand beside every value {lack.en}",
            severity=Severity.WARNING,
        )


def _lack(need: str, ends_on: date | None) -> Words:
    zh = [*([] if need.strip() else ["未说明必要性"]), *([] if ends_on else ["没有截止日"])]
    en = [*([] if need.strip() else ["without a stated need"]), *([] if ends_on else ["without an end date"])]
    return Words("、".join(zh), " and ".join(en))


def repeated(datum: Datum, held: Iterable[Held]) -> Iterator[Finding]:
    """R04: the same datum (indicator or semantic code) is held elsewhere; one finding per place."""
    for place in held:
        yield found(
            "R04",
            datum.code,
            datum.label,
            f"与 {place.code} {place.name} 是同一数据（{place.where.zh}）",
            f"the same datum as {place.code} {place.name} ({place.where.en})",
        )


def over_ceiling(
    kind: str, hours: float, ceiling: float | None, *, label: str = "", year: int = 0
) -> Iterator[Finding]:
    """R05: a unit of the kind would be asked for more hours in the year than the ceiling, where there is one."""
    if ceiling is not None and hours > ceiling * (1 + 1e-9):
        yield found(
            "R05",
            kind,
            label or kind,
            f"{year}年每个单位最多需 {hours:.1f} 小时，上限 {ceiling:.1f} 小时",
            f"a unit would be asked for up to {hours:.1f} hours in {year}; the ceiling is {ceiling:.1f}",
        )


def vetoed(code: str, name: str | Words, *, basis: str, document: str) -> Iterator[Finding]:
    """R06: a veto cites neither the rule nor a decision: error; only the decision's number is read: warning."""
    if not basis.strip() and not document.strip():
        yield found("R06", code, name, "没有依据，也没有认定文号", "neither a rule nor a decision's number is cited")
    elif not basis.strip():
        yield found(
            "R06",
            code,
            name,
            "有认定文号，但未写明允许设置该项的规定",
            "each decision is cited, the rule that allows the veto is not",
            severity=Severity.WARNING,
        )


def personal(code: str, *names: str, public: bool) -> Iterator[Finding]:
    """R07: the names of a board speak of points or ranks of persons, and everybody can see it."""
    words = next(filter(None, map(ranks_persons, names)), "")
    if words and public:
        label = names[0] if names else code
        yield found("R07", code, label, f"公开榜单的名称含“{words}”", f"a public board is called “{words}”")


def published(
    code: str, label: str, *, method: str, as_of: object | None, has_intervals: bool, had_window: bool
) -> Iterator[Finding]:
    """R08, R10: what a published edition lacks."""
    lacks = [
        *([] if method else [("方法版本", "method version")]),
        *([] if as_of else [("数据时间", "as-of time")]),
        *([] if has_intervals else [("名次区间", "rank interval")]),
    ]
    if lacks:
        zh, en = "、".join(each for each, _ in lacks), ", ".join(each for _, each in lacks)
        yield found("R08", code, label, f"缺少{zh}", f"lacks {en}")
    if not had_window:
        yield found("R10", code, label, "没有公示记录", "no objection window is recorded")


def self_judged(datum: Datum, *, answers: str, answers_is_ranked: bool) -> Iterator[Finding]:
    """R09: the department that answers for an indicator is itself ranked by it."""
    if answers_is_ranked:
        yield found(
            "R09",
            datum.code,
            datum.label,
            f"责任单位“{answers}”自己也在榜上",
            f"“{answers}” answers for it and is ranked by it",
            severity=Severity.WARNING,
        )


def self_confirmed(code: str, label: str, *, reporter_kind: str, chain: Iterable[str]) -> Iterator[Finding]:
    """R09: nobody but the reporting level confirms what it entered."""
    if not [level for level in chain if level != reporter_kind]:
        yield found("R09", code, label, "填报后没有其他单位审核", "no other unit confirms what is entered")


def grounded(code: str, label: str, *, document: str, plan_year: int | None, ends_on: date | None) -> Iterator[Finding]:
    """R13: what a collection lacks before it may ask anybody."""
    lacks = [
        *([] if document.strip() else [("批准文号", "approval document")]),
        *([] if plan_year else [("计划年度", "plan year")]),
        *([] if ends_on else [("截止日", "end date")]),
    ]
    if lacks:
        zh, en = "、".join(each for each, _ in lacks), ", ".join(each for _, each in lacks)
        yield found("R13", code, label, f"缺少{zh}", f"lacks {en}")
