"""The sample of the permission table: a city with one object of every kind, and who asks for it."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from tests.boards.conftest import computed, filed, office, published, shown, villages, work_years

if TYPE_CHECKING:
    from kanjian.orgs.models import User

__all__ = ["computed", "filed", "office", "published", "shown", "villages", "work_years"]


@dataclass
class Sample:
    """Who asks, by the heading of the table's column; and what the arguments of addresses stand for."""

    people: "dict[str, User | None]"
    arguments: dict[str, Any] = field(default_factory=dict)


@pytest.fixture
def _storage(settings, tmp_path) -> None:
    """Files of this test alone."""
    storages = dict(settings.STORAGES)
    options = {"location": str(tmp_path / "files")}
    storages["default"] = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": options}
    settings.STORAGES = storages


@pytest.fixture
def sample(
    _storage, filed, published, office, villages, small_city, xiaowang, ligong, county_administrator, settings
) -> Sample:
    """V004 is a village of 松镇 in 东县: its clerk, the township above it, the city; everybody else is elsewhere."""
    from kanjian.orgs.models import Post, User

    auditor = User.objects.create_user("shenjiyuan", password="password-of-shenjiyuan", display_name="审计员")
    Post.objects.create(user=auditor, unit=small_city.city, role=Post.Role.AUDITOR)
    people = {
        "nobody": None,
        "no post": xiaowang,
        "reader, county": ligong,
        "reporter, village": office.clerk,
        "reviewer, township": office.township,
        "reviewer, city": office.kezhang,
        "methodologist, city": office.methodologist,
        "auditor, city": auditor,
        "administrator, county": county_administrator,
        "administrator, city": office.administrator,
    }
    settings.LIMITS = dict.fromkeys(settings.LIMITS, "1000000/h")
    settings.ACCOUNT_RATE_LIMITS = False
    return Sample(
        people,
        _of_boards(filed)
        | _of_pairing(published("2025-Q3"))
        | _of_people(office)
        | _of_measures(office)
        | _of_collecting(villages),
    )


def _of_boards(filed) -> dict[str, Any]:
    edition = filed.edition
    return {
        "boards.code": "villages",
        "boards.number": edition.pk,
        "boards:objection.number": filed.pk,
        "boards:objection_file.number": filed.pk,
        "boards:objection_step.number": filed.pk,
        "boards:objection_file.file": filed.files.first().pk,
        "boards:objection_step.verb": "accept",
        "boards:staged_step.verb": "apply",
        "boards.period": edition.period,
        "boards.unit": "V004",
        "boards.indicator": "B1",
        "boards.root": "C",
        "boards.ending": "csv",
        "boards.name": "scores.parquet",
        "api-1.number": edition.pk,
        "api-1.code": "villages",
        "experts:create.code": "villages",
        "panel_id": _panel(edition.scheme).pk,
        "api-1:unit.code": "V004",
    }


def _panel(version) -> Any:
    from django.utils import timezone

    from kanjian.experts.models import Panel

    given = {"board": version.board, "version": version, "node": "index", "title": "权重", "method": "ahp"}
    return Panel.objects.create(closes_on=timezone.localdate() + timedelta(days=9), **given)


def _of_pairing(edition) -> dict[str, Any]:
    """A round of proposed pairs for a published edition; the first pair is asked for."""
    from django.utils import timezone

    from kanjian.pairing.actions.propose_round import propose_round
    from kanjian.pairing.models import Milestone, Ruling
    from kanjian.pairing.parameters import Parameters

    city = edition.board.root
    made = propose_round(edition, Parameters(), organiser=city, by=None)
    pair = made.pairs.order_by("pk").first()
    day = timezone.localdate()
    milestone = Milestone.objects.create(
        pair=pair, dimension="B", title="修路", responsible=pair.mentee, role="村委会", planned=day
    )
    ruling = Ruling.objects.create(
        board=edition.board, organiser=city, mentee=pair.mentee, mentor=pair.mentor, kind="forbidden", reason="纠纷"
    )
    return {
        "pairing.number": made.pk,
        "api-1:pairing_round.number": made.pk,
        "api-1:pairing_pairs.number": made.pk,
        "api-1:pairing_pair.number": made.pk,
        "pairing.unit": pair.mentee.code,
        "ruling": ruling.pk,
        "pair": pair.pk,
        "milestone": milestone.pk,
    }


def _of_people(office) -> dict[str, Any]:
    from allauth.usersessions.models import UserSession
    from django.utils import timezone

    from kanjian.jobs.models import Job
    from kanjian.orgs import actions

    token, _secret = actions.create_token(office.clerk, name="报送", by=office.clerk)
    session = UserSession.objects.create(user=office.clerk, ip="192.0.2.1", session_key="k" * 32, user_agent="x")
    job = Job.objects.create(name="导入", owner=office.clerk, state=Job.State.FAILED, finished_at=timezone.now())
    return {
        "username": office.clerk.username,
        "post_id": office.clerk.posts.get().pk,
        "token_id": token.pk,
        "session_id": session.pk,
        "identity_id": 1,
        "pk": 1,
        "provider_id": "oidc",
        "job_id": job.pk,
    }


def _of_measures(office) -> dict[str, Any]:
    from django.utils import timezone

    from kanjian.measures.models import Batch, RedLineException, Rule, Upload

    batch = Batch.objects.first()
    upload = Upload.objects.create(source="值.csv", sha256="0" * 64, file="none", created_by=office.clerk)
    asked = RedLineException.objects.create(
        code="R06",
        subject="board:villages",
        document="湖政办发〔2026〕1号",
        signer="张三",
        reason="试点",
        expires_on=timezone.localdate() + timedelta(days=30),
        asked_by=office.methodologist,
        asked_at=timezone.now(),
    )
    Rule.objects.create(
        code="sum", name="合计", left="A1", operator=Rule.Operator.values[0], right="A2", instruction="核对"
    )
    return {
        "measures.unit": "V004",
        "measures.indicator": "B1",
        "measures.period": "2025-Q4",
        "measures.code": "B1",
        "measures:rule.code": "sum",
        "measures:edit_rule.code": "sum",
        "measures:retire_rule.code": "sum",
        "batch_id": batch.pk,
        "exception_id": asked.pk,
        "upload_id": upload.pk,
        "flag_id": _flag().pk,
    }


def _flag() -> Any:
    from kanjian.measures.models import Flag, QualityRun
    from kanjian.orgs.models import Unit

    city, village = Unit.objects.get(code="C"), Unit.objects.get(code="V004")
    run = QualityRun.objects.create(root=city, period="2025-Q4")
    given = {"root": city, "unit": village, "period": "2025-Q4", "first_run": run, "last_run": run}
    return Flag.objects.create(key="outlier V004 B1", kind=Flag.Kind.values[0], strength=4.2, **given)


def _window(city, department, today) -> Any:
    """An open window of an active collection that every village fills in."""
    from kanjian.collecting import actions
    from kanjian.measures.models import Indicator

    collected = Indicator.objects.create(
        code="K1", name="收入", source="entered", reporter_kind="village", department=department
    )
    given = {"owner": department, "subject_kind": "village", "reporter_kind": "village", "frequency": "quarter"}
    given |= {"chain": ["township", "department", "office"], "document": "湖政办发〔2026〕2号", "plan_year": today.year}
    made = actions.create_collection(
        "report", root=city, by=None, name="季报", ends_on=today + timedelta(days=400), **given
    )
    actions.set_fields(made, [actions.FieldSpec(collected)], by=None)
    made = actions.activate_collection(made, by=None)
    days = {"opens_on": today, "due_on": today + timedelta(days=7), "closes_on": today + timedelta(days=14)}
    return actions.open_window(made, "2026-Q3", by=None, **days)


def _of_collecting(villages) -> dict[str, Any]:
    from django.utils import timezone

    from kanjian.collecting.models import Entry, Extension, PastEntry, Sheet
    from kanjian.measures.models import Indicator
    from kanjian.orgs.models import Unit

    city, department = Unit.objects.get(code="C"), Unit.objects.get(code="C-NY")
    today = timezone.localdate()
    window = _window(city, department, today)
    sheet = Sheet.objects.get(window=window, reporter__code="V004")
    entry = Entry.objects.filter(sheet=sheet).first() or Entry.objects.create(
        sheet=sheet,
        unit=sheet.reporter,
        indicator=Indicator.objects.get(code="K1"),
        value=1.0,
        entered_at=timezone.now(),
    )
    past = PastEntry.objects.create(
        sheet=sheet, unit=entry.unit, indicator=entry.indicator, value=2.0, entered_at=timezone.now()
    )
    extension = Extension.objects.create(
        window=window, reporter=sheet.reporter, reason="停电", until=today + timedelta(days=20), asked_at=timezone.now()
    )
    of_sheets = ("sheet", "entries", "put_entries", "submit", "withdraw", "approve", "give_back", "accept", "reopen")
    return {
        **{f"api-1:{name}.number": sheet.pk for name in of_sheets},
        "api-1:sheets.number": window.pk,
        "api-1:collection.code": "report",
        "api-1:windows.code": "report",
        "collecting:past_evidence.entry_id": past.pk,
        "collecting:burden_unit.code": "V004",
        "collecting.number": sheet.pk,
        "collecting.sheet_id": sheet.pk,
        "collecting.code": "report",
        "collecting.level": "township",
        "window_id": window.pk,
        "entry_id": entry.pk,
        "extension_id": extension.pk,
    }
