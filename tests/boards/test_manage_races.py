"""Two people at once, and a process that dies in between: one outcome, whole data."""

import threading
from collections.abc import Callable
from datetime import timedelta
from importlib import import_module

import pytest
from django.db import connection, connections
from django.utils import timezone

from kanjian.boards import actions
from kanjian.boards.actions.prepare_edition import freeze_and_compute
from kanjian.boards.models import Edition, Release
from kanjian.boards.states import BoardError
from kanjian.jobs.models import Job
from kanjian.ledger.models import Event
from kanjian.ledger.selectors import verify_chain
from kanjian.orgs.models import Post, User

# By name: the package holds the functions under the names of their modules.
computing = import_module("kanjian.boards.actions.compute_edition")
publishing = import_module("kanjian.boards.actions.publish")


@pytest.fixture
def kezhang(small_city) -> User:
    """审核科长, reviewer of the whole city."""
    person = User.objects.create_user(username="kezhang", password="password-of-kezhang")
    Post.objects.create(user=person, unit=small_city.city, role="reviewer")
    return person


def at_once(*works: Callable[[], object]) -> list[object]:
    """Run all in threads of their own that start together; what each returned or raised."""
    gate, found = threading.Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[], object]) -> None:
        try:
            gate.wait(10)
            found[place] = work()
        except Exception as error:  # noqa: BLE001 - the outcome is what is looked at
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(place, work)) for place, work in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return found


@pytest.mark.django_db(transaction=True)
def test_two_people_publish_at_once(computed, kezhang, administrator) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the tests' SQLite lives in memory of one connection; PostgreSQL runs this")
    edition = actions.open_objection(computed(), by=None, days=1)
    Edition.objects.update(objection_until=timezone.localdate() - timedelta(days=1))
    actions.propose_publication(edition, by=None)
    found = at_once(*(lambda person=person: actions.publish(edition, by=person) for person in (kezhang, administrator)))
    assert sorted(type(each).__name__ for each in found) == ["BoardError", "Edition"]
    assert Event.objects.filter(verb="boards.publish").count() == 1
    assert verify_chain().is_whole


@pytest.mark.django_db(transaction=True)
def test_two_people_compute_at_once(villages, methodologist) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the tests' SQLite lives in memory of one connection; PostgreSQL runs this")

    def work() -> Job:
        return actions.prepare_edition(villages.version, "2025-Q4", by=methodologist)

    found = at_once(work, work)
    assert all(isinstance(each, Job) for each in found), found
    assert [job.error for job in Job.objects.filter(state="failed")] == []
    assert (Edition.objects.count(), Release.objects.count()) == (1, 1)
    assert Event.objects.filter(verb="boards.compute_edition").count() == 1


@pytest.mark.django_db
def test_the_second_publisher_is_told(computed, kezhang, administrator) -> None:
    edition = actions.open_objection(computed(), by=None, days=0)
    actions.propose_publication(edition, by=None)
    actions.publish(edition, by=kezhang)
    with pytest.raises(BoardError) as refused:  # the object is older than what the first one did
        actions.publish(edition, by=administrator)
    assert refused.value.code == "illegal_transition"
    assert Edition.objects.get().published_by == kezhang


class Killed(BaseException):
    """The process dies here."""


def killed(*_args: object, **_keywords: object) -> None:
    raise Killed


@pytest.mark.django_db(transaction=True)
def test_dying_between_freezing_and_computing_leaves_a_release_and_no_edition(
    villages, methodologist, monkeypatch
) -> None:
    monkeypatch.setattr(computing, "write_edition", killed)
    assert actions.prepare_edition(villages.version, "2025-Q4", by=methodologist).state == "failed"
    assert (Release.objects.count(), Edition.objects.count()) == (1, 0)
    monkeypatch.undo()
    job = actions.prepare_edition(villages.version, "2025-Q4", by=methodologist)
    assert job.state == "done"
    assert (Release.objects.count(), Edition.objects.count()) == (1, 1)


@pytest.mark.django_db(transaction=True)
def test_dying_before_the_row_leaves_files_that_the_next_run_takes(villages, methodologist, monkeypatch, home) -> None:
    monkeypatch.setattr(computing, "append_event", killed)
    assert actions.prepare_edition(villages.version, "2025-Q4", by=methodologist).state == "failed"
    assert not Edition.objects.exists()
    left = {folder.name for folder in (home / "editions").iterdir()}
    monkeypatch.undo()
    actions.prepare_edition(villages.version, "2025-Q4", by=methodologist)
    assert {Edition.objects.get().hash} == left


@pytest.mark.django_db
def test_dying_while_publishing_changes_nothing(computed, published, kezhang, monkeypatch) -> None:
    from kanjian.measures.models import Value

    standing = published()
    Value.objects.filter(period="2025-Q4", indicator__code="A1", unit__code="V001").update(value=71)
    fresh = actions.open_objection(computed(), by=None, days=0)
    assert fresh.pk != standing.pk
    actions.propose_publication(fresh, by=None)
    monkeypatch.setattr(publishing, "append_event", killed)
    with pytest.raises(Killed):
        actions.publish(fresh, by=kezhang)
    assert dict(Edition.objects.values_list("pk", "state")) == {standing.pk: "published", fresh.pk: "objection"}
    assert verify_chain().is_whole


@pytest.mark.django_db
def test_work_is_done_with_the_rights_of_now(villages, methodologist) -> None:
    from django.core.exceptions import PermissionDenied

    from kanjian.jobs.progress import SILENT

    Post.objects.all().delete()
    with pytest.raises(PermissionDenied):
        freeze_and_compute(SILENT, villages.version.pk, "2025-Q4", methodologist.pk)
    User.objects.filter(pk=methodologist.pk).update(is_active=False)
    with pytest.raises(PermissionDenied):
        freeze_and_compute(SILENT, villages.version.pk, "2025-Q4", methodologist.pk)
    assert not Release.objects.exists()
