"""The registry of health checks."""

import pytest

from kanjian import health


@pytest.fixture
def registry(monkeypatch):
    """An empty registry."""
    monkeypatch.setattr(health, "_checks", {})


def test_errors_come_before_warnings_and_codes_are_sorted(registry):
    @health.check("b.warn")
    def warn():
        yield health.Problem("b.warn", health.Severity.WARNING, "w")

    @health.check("c.fail")
    def fail():
        return [health.Problem("c.fail", health.Severity.ERROR, "e", "mend it")]

    @health.check("a.fine")
    def fine():
        return []

    assert health.codes() == ["a.fine", "b.warn", "c.fail"]
    assert [problem.code for problem in health.run()] == ["c.fail", "b.warn"]
    assert [problem.code for problem in health.run(["b.warn"])] == ["b.warn"]


def test_a_check_that_breaks_is_itself_a_problem_and_hides_no_other(registry):
    @health.check("a.broken")
    def broken():
        yield health.Problem("a.broken", health.Severity.WARNING, "never seen")
        raise ZeroDivisionError("oh")

    @health.check("b.warn")
    def warn():
        yield health.Problem("b.warn", health.Severity.WARNING, "w")

    first, second = health.run()
    assert (first.code, first.severity) == ("a.broken", health.Severity.ERROR)
    assert "oh" in first.message
    assert second.code == "b.warn"


def test_a_code_is_given_once(registry):
    health.check("a.once")(list)
    with pytest.raises(ValueError, match=r"a\.once"):
        health.check("a.once")(list)


def test_every_room_registered_its_checks():
    assert {"ledger.chain", "jobs.failed", "jobs.lost", "jobs.waiting", "orgs.tracks"} <= set(health.codes())
