"""Random verbs by random people: whatever they try, the rules that never bend hold."""

from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kanjian.collecting import actions
from kanjian.collecting.cells import Cell
from kanjian.collecting.models import Entry, Extension, PastEntry, Sheet, Step, Window
from kanjian.collecting.next_steps import allowed, next_steps
from kanjian.collecting.states import CollectingError
from kanjian.measures.models import Value
from kanjian.orgs.models import Post

V = "C10101"
PEOPLE = ("clerk", "colleague", "township", "department", "office", "manager")
VERBS = ("fill", "submit", "withdraw", "approve", "return", "accept", "ask_extension", "grant")
MOVES = st.lists(
    st.one_of(
        st.tuples(st.sampled_from(VERBS), st.sampled_from(PEOPLE), st.integers(0, 100)),
        st.tuples(st.just("close"), st.just("clerk"), st.just(0)),
    ),
    min_size=4,
    max_size=18,
)


def attempt(verb, sheet, person, number, allowed_now) -> None:
    """Try one verb; what next_steps says is what the action does."""
    work = {
        "fill": lambda: actions.record_entries(sheet, [Cell(V, "A1", number)], by=person, origin="web"),
        "submit": lambda: actions.submit(sheet, by=person),
        "withdraw": lambda: actions.withdraw(sheet, by=person),
        "approve": lambda: actions.approve([sheet], by=person),
        "return": lambda: actions.return_sheet(sheet, by=person, reason="other", comment="改"),
        "accept": lambda: actions.accept([sheet], by=person),
        "ask_extension": lambda: actions.ask_extension(
            sheet, by=person, reason="停电", until=timezone.localdate() + timedelta(days=30)
        ),
    }[verb]
    outcome = ""
    try:
        work()
    except PermissionDenied:
        outcome = "denied"
    except CollectingError as error:
        outcome = error.code
    # What the content lacks is no matter of the rules.
    if outcome not in {"incomplete", "refused", "bad_until"}:
        assert (verb in allowed_now) == (outcome == "")


def grant(person) -> None:
    for extension in Extension.objects.filter(state="asked"):
        try:
            actions.decide_extension(extension, by=person, grant=True, decision="同意")
        except PermissionDenied:
            continue


def check_rules(sheet: Sheet, seen: dict) -> None:
    """Everything that may never happen."""
    steps = list(sheet.steps.order_by("id"))
    judged = [step for step in steps if step.verb in {"approve", "accept"}]
    makers = {entry.entered_by_id for model in (Entry, PastEntry) for entry in model.objects.filter(sheet=sheet)}
    makers |= {step.by_id for step in steps if step.verb == "submit"}
    levels: dict[int, set[str]] = {}
    for step in judged:
        assert step.by_id not in makers or step.pk in seen["judged"], "approved own entries"
        levels.setdefault(step.by_id, set()).add(step.level)
    assert all(len(each) == 1 for each in levels.values()), "approved at two levels"
    seen["judged"] |= {step.pk for step in judged}
    if sheet.state == "accepted":
        last = [step.verb for step in steps[-4:]]
        assert last == ["submit", "approve", "approve", "accept"]
        assert [step.level for step in steps[-3:]] == ["township", "department", "office"]
        assert Value.objects.get(unit__code=V).value == sheet.entries.get().value
    else:
        assert not Value.objects.exists()
    if seen["on_time"] is not None:
        assert sheet.on_time == seen["on_time"]
    seen["on_time"] = sheet.on_time
    written = PastEntry.objects.filter(sheet=sheet).count() + Entry.objects.filter(sheet=sheet).count()
    assert written >= seen["written"], "an entry was lost"
    seen["written"] = written


@given(moves=MOVES)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
def test_whatever_people_try(ground, cast, small_city, moves) -> None:
    if not Post.objects.filter(user=cast.clerk, role="reviewer").exists():
        # Temptation: the clerk is also a reviewer of the township, its reviewer also one of department and office.
        Post.objects.create(user=cast.clerk, unit=small_city.township, role="reviewer")
        Post.objects.create(user=cast.township, unit=small_city.department, role="reviewer")
        Post.objects.create(user=cast.township, unit=small_city.city, role="reviewer")
    seen = {"judged": set(), "on_time": None, "written": 0}
    with transaction.atomic():
        for verb, name, number in moves:
            person = getattr(cast, name)
            if verb == "close":
                _close(ground)
            elif verb == "grant":
                grant(person)
            else:
                sheet = ground.sheet()
                attempt(verb, sheet, person, number, allowed(next_steps(person, sheet)))
            check_rules(ground.sheet(), seen)
        transaction.set_rollback(True)


def _close(ground) -> None:
    today = timezone.localdate()
    Window.objects.filter(pk=ground.window.pk).update(
        opens_on=today - timedelta(days=9), due_on=today - timedelta(days=5), closes_on=today - timedelta(days=1)
    )


def test_the_whole_way_is_reachable(ground, cast) -> None:
    """The machine above is not vacuous: the straight way passes all its checks."""
    seen = {"judged": set(), "on_time": None, "written": 0}
    way = (
        ("fill", "clerk"),
        ("submit", "clerk"),
        ("approve", "township"),
        ("approve", "department"),
        ("accept", "office"),
    )
    for verb, name in way:
        sheet, person = ground.sheet(), getattr(cast, name)
        attempt(verb, sheet, person, 5, allowed(next_steps(person, sheet)))
        check_rules(ground.sheet(), seen)
    assert ground.sheet().state == "accepted"
    assert Step.objects.count() == 4
