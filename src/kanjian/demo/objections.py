"""Objections against the newest quarter of the sample city 样例异议: filed in its window, rejected with reasons.

Everything through the ordinary actions, by the system itself; villages and reasons are invented. None is upheld: the
odd values of the sample stay, so that the quality checks find them.
"""

from django.db import transaction

from kanjian.boards.actions.objections import accept_objection, decide_objection, file_objection, review_objection
from kanjian.boards.changes import CellChange
from kanjian.boards.models import Edition, Objection
from kanjian.measures.models import Value
from kanjian.orgs.models import Membership

INSPECTION, POINTS, HIGHEST = "C8", 4.0, 100.0
VETOES = "V"
NEAR, OTHER = "suburb", "cluster"
Kind, Reason = Objection.Kind, Objection.Reason


@transaction.atomic  # all of them or none, so that a run that was cut off begins anew
def load_objections(edition: Edition) -> None:
    """File and reject one against a value, one against a track and, where there is one, one against a veto."""
    if edition.objections.exists():
        return
    _value(edition)
    _track(edition)
    _veto(edition)


def _value(edition: Edition) -> None:
    cells = Value.objects.filter(period=edition.period, indicator__code=INSPECTION, status="present")
    lowest = cells.select_related("unit").order_by("value", "unit__code").first()
    if lowest is None or lowest.value is None:
        return
    wanted = CellChange(lowest.unit.code, INSPECTION, edition.period, min(lowest.value + POINTS, HIGHEST))
    objection = file_objection(
        edition, lowest.unit, Kind.VALUE, node=INSPECTION, cells=[wanted], by=None,
        grounds="九月那轮检查当天村里在修路，堆料占道是施工方临时堆放，第二天就清走了，请按清走后的样子计分。",
    )  # fmt: skip
    _reject(
        objection,
        "调阅三轮检查的原始记分表和当天照片：扣分项为占道堆放和两处卫生死角，记录、照片、汇总得分一致。",
        Reason.VALUE_RIGHT,
        "得分与检查当天的原始记录一致。检查看的是当天情况，事后整改计入下一轮；施工堆料已请建设部门督促施工方。",
    )


def _track(edition: Edition) -> None:
    member = Membership.objects.filter(track__code=NEAR, unit__valid_to=None).order_by("-unit__code").first()
    if member is None:
        return
    objection = file_objection(
        edition, member.unit, Kind.TRACK, track=OTHER, by=None,
        grounds="本村虽然离城区近，但以种粮为主，和城边上的村比收入不公平，请调到集聚提升赛道。",
    )  # fmt: skip
    _reject(
        objection,
        "按方法页公布的划分口径核对：离县城驻地的距离在城郊融合的界线以内。产业不是划分条件。",
        Reason.RULE_RIGHT,
        "赛道按公布的距离口径划分，本村归类无误。对口径本身的意见已转方法管理岗位，修订下一版方法时一并研究。",
    )


def _veto(edition: Edition) -> None:
    cells = Value.objects.filter(period=edition.period, indicator__code__startswith=VETOES, value__gt=0)
    cell = cells.select_related("unit", "indicator").order_by("indicator__code").first()
    if cell is None:
        return
    objection = file_objection(
        edition, cell.unit, Kind.VETO, node=f"V{cell.indicator.code}", by=None,
        grounds="违建是个别农户建的，村里三次劝止并上报，不应由全村承担。",
    )  # fmt: skip
    _reject(
        objection,
        "核对认定文书和村里的上报记录：文书在有效期内，上报晚于认定日期。",
        Reason.RULE_RIGHT,
        "一票否决以认定文书为准，方法没有按责任大小区分。整改验收后，下一期不再计入。",
    )


def _reject(objection: Objection, finding: str, reason: str, answer: str) -> None:
    objection = accept_objection(objection, by=None)
    objection = review_objection(objection, finding, by=None)
    decide_objection(objection, "reject", by=None, reason=reason, answer=answer)
