"""A small collection in the small city: two indicators, villages report, township → department → office."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from kanjian.collecting.models import Collection, Sheet, Window
    from kanjian.measures.models import Indicator
    from kanjian.orgs.models import Unit, User

PERIOD = "2026-Q3"
CHAIN = ["township", "department", "office"]


@dataclass
class Cast:
    """Who plays: a clerk and a second one, reviewers at three levels, a methodologist."""

    clerk: "User"
    colleague: "User"
    township: "User"
    department: "User"
    office: "User"
    manager: "User"


@dataclass
class Ground:
    """The active collection with an open window; ``sheets`` by unit code."""

    collection: "Collection"
    window: "Window"
    indicators: "dict[str, Indicator]"
    sheets: "dict[str, Sheet]" = field(default_factory=dict)

    def sheet(self, code: str = "C10101") -> "Sheet":
        """The sheet of a reporting unit, as it is in the database now."""
        from kanjian.collecting.models import Sheet

        rows = Sheet.objects.select_related("reporter", "window__collection__owner", "window__collection__root")
        return rows.get(window=self.window, reporter__code=code)


def holder(username: str, name: str, role: str, unit: "Unit") -> "User":
    """A person with one post."""
    from kanjian.orgs.models import Post, User

    person = User.objects.create_user(username=username, password="password-of-" + username, display_name=name)
    Post.objects.create(user=person, unit=unit, role=role)
    return person


@pytest.fixture
def cast(small_city, village_clerk, reviewer, methodologist) -> Cast:
    """村文书 and 代办员 of 荷塘村, reviewers of 柳镇, 农业农村局 and 考评办."""
    return Cast(
        clerk=village_clerk,
        colleague=holder("daibanyuan", "代办员", "reporter", small_city.village),
        township=reviewer,
        department=holder("nongye", "农业科长", "reviewer", small_city.department),
        office=holder("kaoping", "考评办主任", "reviewer", small_city.city),
        manager=methodologist,
    )


@pytest.fixture
def indicators(small_city) -> "dict[str, Indicator]":
    """A1 集体经济收入 (万元, not negative), A2 垃圾分类率 (0–100 %), A3 信访件数."""
    from kanjian.measures.models import Indicator

    made = (
        Indicator(code="A1", name="集体经济收入", name_en="Collective income", unit_of_measure="万元", minimum=0),
        Indicator(code="A2", name="垃圾分类率", name_en="Waste sorted", unit_of_measure="%", minimum=0, maximum=100),
        Indicator(code="A3", name="信访件数", name_en="Petitions", unit_of_measure="件", higher_is_better=False),
    )
    for order, indicator in enumerate(made):
        indicator.order, indicator.department = order, small_city.department
        indicator.source, indicator.reporter_kind = "entered", "village"
        indicator.save()
    return {indicator.code: indicator for indicator in made}


@pytest.fixture
def draft(small_city, indicators) -> "Callable[..., Collection]":
    """Makes a draft with A1 (required) and A2 (optional)."""
    from kanjian.collecting import actions

    def make(code: str = "villages", **columns: Any) -> "Collection":
        from django.utils import timezone

        given = {
            "name": "村情季报",
            "name_en": "Village report",
            "owner": small_city.department,
            "subject_kind": "village",
            "reporter_kind": "village",
            "frequency": "quarter",
            "chain": CHAIN,
            "document": "湖政办发〔2026〕1号",
            "plan_year": 2026,
            "ends_on": timezone.localdate() + timedelta(days=400),
            **columns,
        }
        collection = actions.create_collection(code, root=small_city.city, by=None, **given)
        specs = [actions.FieldSpec(indicators["A1"]), actions.FieldSpec(indicators["A2"], is_required=False)]
        actions.set_fields(collection, specs, by=None)
        return collection

    return make


@pytest.fixture
def ground(draft, indicators) -> Ground:
    """The collection is active and its window open since yesterday, due in a week, closing in two."""
    return opened(draft(), indicators)


def opened(collection: "Collection", indicators: "dict[str, Indicator]") -> Ground:
    """Activate a draft and open its window; what asked the same before ends, its window stays open."""
    from django.utils import timezone

    from kanjian.collecting import actions
    from kanjian.collecting.models import Collection

    for standing in Collection.objects.filter(state=Collection.State.ACTIVE):
        actions.end_collection(standing, by=None)
    today = timezone.localdate()
    collection = actions.activate_collection(collection, by=None)
    window = actions.open_window(
        collection,
        PERIOD,
        opens_on=today - timedelta(days=1),
        due_on=today + timedelta(days=7),
        closes_on=today + timedelta(days=14),
        by=None,
    )
    return Ground(collection, window, indicators)


@pytest.fixture
def department_ground(draft, indicators) -> Ground:
    """A collection that the department fills in for all villages."""
    return opened(draft("department", reporter_kind="department", chain=["department", "office"]), indicators)


@pytest.fixture
def close_window() -> "Callable[[Ground], None]":
    """Move a window's dates into the past."""

    def close(ground: Ground) -> None:
        from django.utils import timezone

        from kanjian.collecting.models import Window

        today = timezone.localdate()
        Window.objects.filter(pk=ground.window.pk).update(
            opens_on=today - timedelta(days=30), due_on=today - timedelta(days=10), closes_on=today - timedelta(days=1)
        )
        ground.window.refresh_from_db()

    return close


@pytest.fixture
def storage(settings, tmp_path):
    """Files of this test alone."""
    default = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": default}
