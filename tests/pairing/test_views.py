"""Pages: who gets in, what they say, what their forms do."""

import io
import re
import zipfile
from datetime import date
from xml.etree import ElementTree

import polars as pl
import pytest
from django.urls import reverse

from kanjian.pairing import actions
from kanjian.pairing.models import Pair, Round, Ruling

from .conftest import CHOSEN

pytestmark = pytest.mark.django_db


def addresses(pair) -> dict[str, str]:
    """Every address of the room for a running pair."""
    number, args = pair.round_id, [pair.round_id, pair.pk]
    plain = {name: reverse(f"pairing:{name}", args=[number]) for name in
             ("round", "download", "effect", "start", "close", "evaluate", "openness", "rule")}  # fmt: skip
    paired = {name: reverse(f"pairing:{name}", args=args) for name in
              ("pair", "agree", "letter", "plan", "milestone_new", "visit", "pair_close")}  # fmt: skip
    return plain | paired | {"change": reverse("pairing:change", args=[number, pair.mentee.code])}


POSTS = {"evaluate", "openness", "agree"}


def test_strangers_get_nowhere(pair, client_of, xiaowang) -> None:
    row = actions.set_milestone(pair, step(pair), by=None)
    ruling = actions.forbid_pair(
        pair.round.board, pair.mentee, pair.mentor, organiser=pair.round.organiser, reason="r", by=None
    )
    more = {
        "milestone": reverse("pairing:milestone", args=[pair.round_id, pair.pk, row.pk]),
        "lift": reverse("pairing:lift", args=[pair.round_id, ruling.pk]),
    }
    anonymous, stranger = client_of(None), client_of(xiaowang)
    public = {"round", "download", "effect", "pair"}  # answer 404 to everybody who may not see
    for name, url in (addresses(pair) | more).items():
        ask = "post" if name in POSTS else "get"
        answer = getattr(anonymous, ask)(url)
        assert answer.status_code == (404 if name in public else 302), name
        if name not in public:
            assert answer["Location"].startswith("/accounts/login/")
        assert getattr(stranger, ask)(url).status_code == 404, name
    assert anonymous.get(reverse("pairing:index")).status_code == 200
    assert anonymous.get(reverse("pairing:propose")).status_code == 302
    assert stranger.get(reverse("pairing:propose")).status_code == 403
    assert Ruling.objects.get().lifted_at is None


def test_a_side_sees_its_pair_but_does_not_lead(pair, client_of, willows) -> None:
    mine = next(p for p in pair.round.pairs.all() if p.mentee.parent.code == "C101")
    browser = client_of(willows)
    expected = {
        "round": 200,
        "download": 200,
        "pair": 200,
        "letter": 200,
        "plan": 200,
        "milestone_new": 200,
        "visit": 200,
    }
    for name, url in addresses(mine).items():
        if name not in POSTS:
            assert browser.get(url).status_code == expected.get(name, 403), name
    page = browser.get(reverse("pairing:round", args=[mine.round_id])).content.decode()
    assert "双方条件有多像" not in page
    assert "牵头单位的操作" not in page


def test_everybody_reads_an_opened_round_without_its_inside(pair, client_of) -> None:
    actions.open_round(pair.round, is_public=True, by=None)
    actions.write_plan(pair, "悄悄话", by=None)
    browser = client_of(None)
    assert "村榜" in browser.get(reverse("pairing:index")).content.decode()
    assert pair.mentee.name in browser.get(reverse("pairing:round", args=[pair.round_id])).content.decode()
    page = browser.get(reverse("pairing:pair", args=[pair.round_id, pair.pk])).content.decode()
    assert "为什么是它" in page
    assert "悄悄话" not in page
    assert browser.get(reverse("pairing:effect", args=[pair.round_id])).status_code == 403


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_pages_of_a_running_round(pair, client_of, leader, language: str) -> None:
    browser = client_of(leader)
    browser.cookies["django_language"] = language
    actions.set_milestone(pair, step(pair), by=None)
    actions.record_visit(pair, day=date(2026, 2, 1), people="两村书记", work="逐项过", findings="断档", by=None)
    for name in ("round", "pair", "effect", "rule", "close", "plan", "visit", "milestone_new", "pair_close"):
        assert browser.get(addresses(pair)[name]).status_code == 200, name
    page = browser.get(addresses(pair)["pair"]).content.decode()
    assert [text for text in ("逐项过", "kj-light-red", 'data-chart="history"') if text not in page] == []
    listed = browser.get(addresses(pair)["round"])
    assert listed.context["figures"].pairs == pair.round.pairs.count()
    assert 'data-chart="map"' in listed.content.decode()
    found = browser.get(addresses(pair)["round"], {"search": pair.mentee.code, "track": pair.track})
    assert [row.pair for row in found.context["page"]] == [pair]
    effect = browser.get(addresses(pair)["effect"]).context["effect"]
    assert effect.status == "ok"
    assert effect.first.data["sets"] >= 8


def test_proposing_on_the_page(world, client_of, administrator) -> None:
    browser = client_of(administrator)
    url = reverse("pairing:propose")
    assert browser.get(url).status_code == 200
    given = {"edition": world.editions[CHOSEN].pk, "organiser": world.organiser.pk}
    form = browser.get(url, given).context["form"]
    assert [each.name for each in form.present] == ["population", "terrain", "industry"]
    assert form.fields["income"].initial == "B1"
    values = {name: field.initial for name, field in form.fields.items() if field.initial is not None}
    wrong = browser.post(url, given | values | {"mentees": 60})
    assert wrong.status_code == 200
    assert wrong.context["form"].errors["mentees"]
    zero = {"weight_distance": 0, "weight_endowment": 0, "weight_need": 0}
    assert "三个权重不能都是零" in browser.post(url, given | values | zero).content.decode()
    done = browser.post(url, given | values | {"mentees": 25, "mentors": 35, "margin": 2, "caliper": 1})
    found = Round.objects.get()
    assert done["Location"] == reverse("pairing:round", args=[found.pk])
    assert found.parameters["mentees"] == 0.25
    assert {each["name"] for each in found.parameters["endowments"]} == {
        "population",
        "terrain",
        "industry",
        "input.B1",
    }


def test_agreeing_changing_starting_on_the_pages(proposed, client_of, leader, willows, pines, world) -> None:
    pair = next(p for p in proposed.pairs.select_related("mentee__parent", "mentor__parent")
                if p.mentee.parent == world.township and p.mentor.parent == world.other_township)  # fmt: skip
    agree = reverse("pairing:agree", args=[proposed.pk, pair.pk])
    page = reverse("pairing:pair", args=[proposed.pk, pair.pk])
    for person, side in ((willows, "mentee"), (pines, "mentor"), (leader, "organiser")):
        assert [each[0] for each in client_of(person).get(page).context["open_sides"]] == [side]
        assert client_of(person).post(agree, {"side": side})["Location"] == page
    pair.refresh_from_db()
    assert pair.state == Pair.State.AGREED
    assert client_of(willows).post(agree, {"side": "organiser"}).status_code == 403
    browser = client_of(leader)
    other = proposed.pairs.filter(state="proposed").select_related("mentee").first()
    change = reverse("pairing:change", args=[proposed.pk, other.mentee.code])
    candidates = browser.get(change).context["candidates"]
    assert [each["cost"] for each in candidates if each["allowed"]] == sorted(
        e["cost"] for e in candidates if e["allowed"]
    )
    assert "没有代码为" in browser.post(change, {"mentor": "nobody", "reason": "r"}).content.decode()
    free = next(each for each in candidates if each["taken"] == 0)
    browser.post(change, {"mentor": free["mentor"], "reason": "同族"})
    assert proposed.pairs.get(changed_by_hand="同族").mentor.code == free["mentor"]
    browser.post(reverse("pairing:start", args=[proposed.pk]), {"mark": "湖组帮"})
    assert Round.objects.get().state == Round.State.RUNNING
    rule = reverse("pairing:rule", args=[proposed.pk])
    browser.post(rule, {"kind": "forbidden", "mentee": pair.mentee.code, "mentor": pair.mentor.code, "reason": "纠纷"})
    ruling = Ruling.objects.get()
    assert "纠纷" in browser.get(reverse("pairing:round", args=[proposed.pk])).content.decode()
    browser.post(reverse("pairing:lift", args=[proposed.pk, ruling.pk]), {"reason": "已调解"})
    ruling.refresh_from_db()
    assert ruling.lifted_by == leader


def step(pair):
    weak = pair.reasons["weak"][0]["dimension"]
    return actions.Step(weak, "跟班学习", "mentee", "村书记", date(2026, 3, 1))


def test_working_on_a_pair_on_its_pages(pair, client_of, holder, leader) -> None:
    browser, at = client_of(holder("wenshu", "reporter", pair.mentee)), addresses(pair)
    browser.post(at["plan"], {"plan": "拉回中位"})
    weak = pair.reasons["weak"][0]["dimension"]
    given = {"dimension": weak, "title": "学", "responsible": "mentor", "role": "书记", "planned": "2026-03-01"}
    browser.post(at["milestone_new"], given)
    row = pair.milestones.get()
    one = reverse("pairing:milestone", args=[pair.round_id, pair.pk, row.pk])
    browser.post(one, given | {"planned": "2026-09-09", "done": "2026-03-02"})  # the planned day is not editable
    browser.post(at["visit"], {"day": "2026-02-01", "people": "书记", "work": "看"})
    refused = browser.post(at["visit"], {"day": "2020-02-01", "people": "书记", "work": "看"})
    assert "早于结对开始日" in refused.content.decode()
    row.refresh_from_db()
    pair.refresh_from_db()
    assert (pair.plan, row.done, row.planned) == ("拉回中位", date(2026, 3, 2), date(2026, 3, 1))
    assert pair.visits.count() == 1
    assert browser.post(at["pair_close"], {"outcome": "ended", "note": "n"}).status_code == 403
    lead = client_of(leader)
    lead.post(at["openness"], {"is_public": "1"})
    lead.post(at["evaluate"])
    lead.post(at["pair_close"], {"outcome": "ended", "note": "期满"})
    found = Round.objects.get()
    assert (found.is_public, found.state, found.effect["status"]) == (True, "evaluated", "ok")
    assert lead.get(at["effect"]).context["effect"].is_stored


def test_too_early_is_an_answer_and_not_kept(proposed, client_of, leader) -> None:
    from kanjian.boards.models import Edition

    Edition.objects.filter(period="2026-Q2").update(state="superseded")
    Round.objects.update(state="running", starts_on=date(2026, 1, 1))
    proposed.pairs.update(state="running")
    browser = client_of(leader)
    assert "为时尚早" in browser.get(reverse("pairing:effect", args=[proposed.pk])).content.decode()
    browser.post(reverse("pairing:evaluate", args=[proposed.pk]))
    assert Round.objects.get().effect is None


def test_the_excel_file_holds_what_the_reader_may_see(pair, client_of, leader, willows) -> None:
    whole = client_of(leader).get(reverse("pairing:download", args=[pair.round_id]))
    sheets = pl.read_excel(io.BytesIO(whole.content), sheet_id=0)
    assert list(sheets) == ["结对名单", "未结对", "平衡表", "参数"]
    assert sheets["结对名单"].height == pair.round.pairs.count()
    part = pl.read_excel(
        io.BytesIO(client_of(willows).get(reverse("pairing:download", args=[pair.round_id])).content), sheet_id=0
    )
    assert list(part) == ["结对名单"]


W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def test_the_letter_is_laid_out_as_official_documents_are(pair, client_of, leader) -> None:
    """GB/T 9704-2012: A4, 37 mm above, 28 mm left, type area 156 × 225 mm, 22 × 28 characters, 三号仿宋, 二号 title."""
    actions.write_plan(pair, "两期之内拉回中位", by=None)
    actions.set_milestone(pair, step(pair), by=None)
    answer = client_of(leader).get(reverse("pairing:letter", args=[pair.round_id, pair.pk]))
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    body = ElementTree.fromstring(archive.read("word/document.xml"))
    text = "".join(node.text or "" for node in body.iter(f"{W}t"))
    assert f"关于{pair.mentor.name}与{pair.mentee.name}结对帮带的协议书" in text
    assert f"湖组帮〔2026〕{pair.number}号" in text
    assert "两期之内拉回中位" in text
    assert "跟班学习" in text
    assert "走访次数不作考核" in text
    section = next(body.iter(f"{W}sectPr"))
    twips = {name: int(section.find(f"{W}pgMar").get(f"{W}{name}")) for name in ("top", "left", "right", "bottom")}
    paper = section.find(f"{W}pgSz")
    width, height = int(paper.get(f"{W}w")), int(paper.get(f"{W}h"))
    mm = 1440 / 25.4
    assert (width / mm, height / mm) == (pytest.approx(210, abs=0.1), pytest.approx(297, abs=0.1))
    assert (twips["top"] / mm, twips["left"] / mm) == (pytest.approx(37, abs=0.1), pytest.approx(28, abs=0.1))
    assert (width - twips["left"] - twips["right"]) / mm == pytest.approx(156, abs=0.1)
    assert (height - twips["top"] - twips["bottom"]) / mm == pytest.approx(225, abs=0.1)
    styles = archive.read("word/styles.xml").decode()
    line = int(re.search(r'w:line="(\d+)" w:lineRule="exact"', styles)[1])
    assert 22 * line / 20 / 72 * 25.4 == pytest.approx(225, abs=0.5)
    tighter = int(re.search(r'<w:spacing w:val="(-?\d+)"/>', styles)[1])
    assert 28 * (16 + tighter / 20) / 72 * 25.4 == pytest.approx(156, abs=0.5)
    assert section.find(f"{W}docGrid").get(f"{W}type") == "lines"
    assert "仿宋_GB2312" in styles
    sizes = {
        run.find(f"{W}rPr/{W}sz").get(f"{W}val") for run in body.iter(f"{W}r") if run.find(f"{W}rPr/{W}sz") is not None
    }
    assert {"32", "44"} <= sizes  # half points: 16 and 22
    assert "evenAndOddHeaders" in archive.read("word/settings.xml").decode()
    fonts = ElementTree.fromstring(archive.read("word/fontTable.xml"))
    named = {font.get(f"{W}name"): font.find(f"{W}altName") for font in fonts}
    assert "Noto Serif CJK SC" in named["仿宋_GB2312"].get(f"{W}val")
    footers = [archive.read(name).decode() for name in archive.namelist() if name.startswith("word/footer")]
    assert {'w:jc w:val="right"' in footer for footer in footers} == {True, False}
    assert all("PAGE" in footer and "28" in footer for footer in footers)


def test_the_letter_has_an_english_page_on_demand_and_none_before_the_agreement(
    pair, proposed_letter, client_of, leader
) -> None:
    import docx

    url = reverse("pairing:letter", args=[pair.round_id, pair.pk])
    plain = docx.Document(io.BytesIO(client_of(leader).get(url).content))
    english = docx.Document(io.BytesIO(client_of(leader).get(url, {"english": "1"}).content))
    assert len(english.paragraphs) > len(plain.paragraphs)
    assert any("Translation" in line.text for line in english.paragraphs)
    assert client_of(leader).get(proposed_letter).status_code == 404


@pytest.fixture
def proposed_letter(pair) -> str:
    """The address of a letter of a pair that is not agreed."""
    other = pair.round.pairs.exclude(pk=pair.pk).first()
    Pair.objects.filter(pk=other.pk).update(state="proposed")
    return reverse("pairing:letter", args=[pair.round_id, other.pk])
