"""Ceilings of the sample city, and one exception from a red line with an invented document 样例减负上限与红线例外."""

from datetime import timedelta

from django.utils import timezone

from kanjian.collecting.actions import set_ceiling
from kanjian.collecting.models import Ceiling
from kanjian.demo import tables
from kanjian.measures.actions import ask_exception, decide_exception
from kanjian.measures.models import RedLineException
from kanjian.orgs.models import Unit, User

HOURS = {Unit.Kind.VILLAGE: 12.0, Unit.Kind.COMMUNITY: 12.0, Unit.Kind.TOWNSHIP: 24.0, Unit.Kind.DEPARTMENT: 60.0}
DOCUMENT = "样例减负〔2026〕2号（虚构）"
VALID = timedelta(days=180)


def load_ceilings() -> None:
    """Hours a year by kind of unit, this year and the next; what is published already stays."""
    city, today = Unit.objects.get(code=tables.CITY), timezone.localdate()
    for year in (today.year, today.year + 1):
        for kind, hours in HOURS.items():
            if not Ceiling.objects.filter(root=city, unit_kind=kind, year=year).exists():
                set_ceiling(city, kind, year, hours=hours, document=DOCUMENT, by=None)


def load_exception(board: str, version: str) -> None:
    """The sample method does not cite the rules behind its vetoes: one exception, asked and granted by two people."""
    subject = f"scheme:{board}/{version}"
    people = {user.username: user for user in User.objects.filter(username__in=["demo-method", "demo-admin"])}
    if len(people) < 2 or RedLineException.objects.filter(subject=subject).exists():
        return
    asked = ask_exception(
        "R06",
        subject,
        by=people["demo-method"],
        document="样例考发〔2026〕3号（虚构）",
        signer="考评办负责人（虚构）",
        reason="建议稿尚未写明各否决事项的依据条款，正式稿发布前补齐；每次认定均有文号。",
        expires_on=timezone.localdate() + VALID,
    )
    decide_exception(asked, by=people["demo-admin"], grant=True, decision="仅限样例")
