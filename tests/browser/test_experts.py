"""An expert on the phone, the office at the desk."""

# ruff: noqa: F811 - fixtures are asked for by their names
import pytest
from tests.experts.conftest import make_panel, weighing  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_panel(weighing, methodologist):
    return make_panel(weighing, methodologist)


@pytest.mark.parametrize(("width", "language"), [("phone", "zh-hans"), ("desk", "en")])
def test_an_expert_answers_and_the_office_sees_that(
    visit, open_panel, weighing, methodologist, width, language
) -> None:
    visitor = visit(width=width, language=language, person=weighing.experts[0])
    page = visitor.open(f"/experts/{open_panel.pk}/answer/")
    assert (visitor.violations(), visitor.overflow()) == ([], "")
    for number, step in enumerate(("9", "1/9", "9"), start=1):
        page.locator(f"#q{number}").select_option(step)
    page.locator("button[name=submit]").click()
    visitor.settle()
    assert page.locator(".kj-message-error").is_visible()  # a contradiction, said before it counts
    assert visitor.violations() == []
    page.locator("#q2").select_option("9")
    page.locator("#q3").select_option("1")
    page.locator("button[name=submit]").click()
    visitor.settle()
    office = visit(width=width, language=language, person=methodologist)
    office.open(f"/experts/{open_panel.pk}/")
    assert (office.violations(), office.overflow()) == ([], "")
    for path in ("/experts/", "/experts/new/villages/"):
        office.open(path)
        assert (path, office.violations(), office.overflow()) == (path, [], "")
