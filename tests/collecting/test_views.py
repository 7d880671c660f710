"""The pages: who gets in, what they show, what their forms do."""

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from kanjian.collecting import actions
from kanjian.collecting.cells import Cell
from kanjian.collecting.models import Collection, Entry, Extension, PastEntry, Window
from kanjian.measures.models import Value

V = "C10101"
PDF = b"%PDF-1.4 evidence"


def at(name: str, *args) -> str:
    return reverse(f"collecting:{name}", args=args)


def pages(ground) -> dict[str, tuple[str, str]]:
    """Every view: name → method and address."""
    sheet, window = ground.sheet(), ground.window
    until = window.closes_on + timedelta(days=2)
    asked = actions.ask_extension(sheet, by=None, reason="停电", until=until)
    actions.record_entries(sheet, [Cell(V, "A1", 1, evidence="collecting/x.pdf")], by=None, origin="web")
    entry = Entry.objects.get()
    actions.record_entries(sheet, [Cell(V, "A1", 2)], by=None, origin="web")
    past = PastEntry.objects.get()
    code = ground.collection.code
    return {
        "index": ("get", at("index")),
        "sheet": ("get", at("sheet", sheet.pk)),
        "cell": ("post", at("cell", sheet.pk)),
        "submit": ("post", at("submit", sheet.pk)),
        "withdraw": ("post", at("withdraw", sheet.pk)),
        "ask_extension": ("post", at("ask_extension", sheet.pk)),
        "history": ("get", at("history", sheet.pk)),
        "evidence": ("get", at("evidence", entry.pk)),
        "past_evidence": ("get", at("past_evidence", past.pk)),
        "window": ("get", at("window", window.pk)),
        "reminders": ("get", at("reminders", window.pk)),
        "queue": ("get", at("queue", window.pk, "township")),
        "approve": ("post", at("approve")),
        "return": ("post", at("return", sheet.pk)),
        "reopen": ("post", at("reopen", sheet.pk)),
        "decide": ("post", at("decide", asked.pk)),
        "manage": ("get", at("manage")),
        "create": ("get", at("create")),
        "collection": ("get", at("collection", code)),
        "change": ("get", at("change", code)),
        "fields": ("get", at("fields", code)),
        "activate": ("post", at("activate", code)),
        "end": ("post", at("end", code)),
        "open_window": ("post", at("open_window", code)),
    }


def test_strangers_get_in_nowhere(ground, client_of, xiaowang) -> None:
    anonymous, stranger = client_of(None), client_of(xiaowang)
    for name, (method, address) in pages(ground).items():
        answer = getattr(anonymous, method)(address)
        assert answer.status_code == 302, name
        assert "/accounts/login/" in answer["Location"], name
        assert getattr(stranger, method)(address).status_code in {403, 404}, name


def test_a_clerk_of_another_village_sees_nothing_of_it(ground, client_of, small_city) -> None:
    from tests.collecting.conftest import holder

    neighbour = client_of(holder("linjia", "邻村文书", "reporter", small_city.sister_village))
    shown = pages(ground)
    for name in ("sheet", "cell", "submit", "withdraw", "ask_extension", "history", "evidence", "past_evidence"):
        method, address = shown[name]
        assert getattr(neighbour, method)(address).status_code == 404, name
    for name in ("approve", "return", "reopen", "decide", "manage", "create", "collection", "end"):
        method, address = shown[name]
        assert getattr(neighbour, method)(address).status_code == 403, name


def test_the_list_and_the_form(ground, cast, client_of, small_city, indicators) -> None:
    import polars as pl

    from kanjian.measures.actions.record_values import CELLS, record_values

    rows = [(small_city.village.pk, indicators["A1"].pk, "2026-Q2", 118.5, "present", "")]
    record_values(pl.DataFrame(rows, schema=CELLS, orient="row"), source="上季", by=None)
    clerk = client_of(cast.clerk)
    assert at("sheet", ground.sheet().pk) in clerk.get(at("index")).content.decode()
    page = clerk.get(at("sheet", ground.sheet().pk)).content.decode()
    assert "集体经济收入" in page
    assert "118.5" in page
    assert "提交审核" in page


def key(ground, code: str) -> str:
    sheet = ground.sheet()
    return f"{sheet.reporter_id}-{ground.indicators[code].pk}"


def post_form(client, ground, do: str = "save", **values):
    data = {"version": ground.sheet().version, "do": do}
    for code, value in values.items():
        data |= {
            f"value-{key(ground, code)}": value,
            f"status-{key(ground, code)}": "",
            f"note-{key(ground, code)}": "",
        }
    return client.post(at("sheet", ground.sheet().pk), data)


def test_without_scripts_the_page_is_one_form(ground, cast, client_of) -> None:
    clerk = client_of(cast.clerk)
    assert post_form(clerk, ground, A1="12", A2="80").status_code == 302
    assert sorted(Entry.objects.values_list("value", flat=True)) == [12, 80]
    assert post_form(clerk, ground, "submit", A1="13", A2="80").status_code == 302
    assert ground.sheet().state == "submitted"


def test_a_large_page_with_many_empty_file_fields_is_taken(ground, cast, client_of) -> None:
    """Browsers send a part for every file input, also for the empty ones; a page of sixty villages has hundreds."""
    mark = key(ground, "A1")
    parts = [("version", "", "0"), (f"value-{mark}", "", "12"), ("do", "", "save")]
    parts += [(f"file-{number}-0", '; filename=""', "") for number in range(300)]
    parts += [(f"note-{number}-0", "", "") for number in range(1500)]
    body = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"{more}\r\n\r\n{text}\r\n' for name, more, text in parts
    )
    client = client_of(cast.clerk)
    kind = "multipart/form-data; boundary=x"
    answer = client.post(at("sheet", ground.sheet().pk), (body + "--x--\r\n").encode(), content_type=kind)
    assert answer.status_code == 302
    assert Entry.objects.get().value == 12


def test_what_cannot_be_saved_is_shown_again_as_typed(ground, cast, client_of) -> None:
    answer = post_form(client_of(cast.clerk), ground, A1="一百", A2="80")
    assert answer.status_code == 422
    page = answer.content.decode()
    assert 'value="一百"' in page
    assert 'value="80"' in page
    assert "“一百”不是数字" in page
    assert not Entry.objects.exists()


def test_submitting_an_incomplete_form_keeps_it(ground, cast, client_of) -> None:
    answer = post_form(client_of(cast.clerk), ground, "submit", A1="", A2="80")
    assert answer.status_code == 302
    assert ground.sheet().state == "open"
    assert Entry.objects.get().value == 80


def send(client, ground, code: str, value: str, **more):
    data = {"unit": V, "indicator": code, "value": value, "status": "", "note": "", "version": "0", **more}
    return json.loads(client.post(at("cell", ground.sheet().pk), data).content)


def test_saved_as_typed(ground, cast, client_of) -> None:
    clerk = client_of(cast.clerk)
    answer = send(clerk, ground, "A1", "12")
    assert (answer["ok"], answer["version"], answer["findings"]) == (True, 1, [])
    refused = send(clerk, ground, "A2", "180")
    assert (refused["ok"], refused["code"], refused["message"]) == (False, "refused", "高于上限 100")
    stale = send(client_of(cast.colleague), ground, "A1", "9")
    assert (stale["ok"], stale["code"], stale["version"]) == (False, "stale", 1)
    assert stale["theirs"] == {"value": "12", "status": "", "note": ""}
    assert send(client_of(cast.colleague), ground, "A1", "9", version="1")["ok"]


def test_evidence_is_checked_kept_and_only_downloaded(ground, cast, client_of, storage) -> None:
    clerk = client_of(cast.clerk)
    bad = send(clerk, ground, "A1", "12", file=SimpleUploadedFile("照片.png", b"<script>"))
    assert (bad["ok"], bad["code"]) == (False, "bad_file")
    assert send(clerk, ground, "A1", "12", file=SimpleUploadedFile("a.html", b"x"))["code"] == "bad_file"
    good = send(clerk, ground, "A1", "12", file=SimpleUploadedFile("台账.pdf", PDF))
    assert good["file"]["name"] == "台账.pdf"
    answer = clerk.get(good["file"]["url"])
    assert answer.content == PDF
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["Content-Type"] == "application/octet-stream"
    # Saving the number again leaves the file where it is.
    assert send(clerk, ground, "A1", "13")["file"]["name"] == "台账.pdf"


def test_unusual_values_need_a_note(ground, cast, client_of, small_city, indicators) -> None:
    import polars as pl

    from kanjian.measures.actions.record_values import CELLS, record_values

    quarters = [f"{year}-Q{quarter}" for year in (2024, 2025) for quarter in (1, 2, 3, 4)] + ["2026-Q1", "2026-Q2"]
    rows = [
        (small_city.village.pk, indicators["A1"].pk, period, 100.0 + turn % 3, "present", "")
        for turn, period in enumerate(quarters)
    ]
    record_values(pl.DataFrame(rows, schema=CELLS, orient="row"), source="历史", by=None)
    clerk = client_of(cast.clerk)
    found = send(clerk, ground, "A1", "1000")["findings"]
    assert [(each["severity"], each["noted"]) for each in found] == [("soft", False)]
    clerk.post(at("submit", ground.sheet().pk))
    assert ground.sheet().state == "open"
    assert send(clerk, ground, "A1", "1000", note="征地补偿一次入账", version="1")["findings"][0]["noted"]
    clerk.post(at("submit", ground.sheet().pk))
    assert ground.sheet().state == "submitted"


def test_the_whole_chain_through_the_pages(ground, cast, client_of) -> None:
    sheet = ground.sheet()
    clerk, township = client_of(cast.clerk), client_of(cast.township)
    post_form(clerk, ground, "submit", A1="12", A2="80")
    queue = township.get(at("queue", ground.window.pk, "township")).content.decode()
    assert "荷塘村" in queue
    township.post(at("return", sheet.pk), {"reason": "implausible", "comment": "比上季高", "level": "township"})
    assert "比上季高" in clerk.get(at("sheet", sheet.pk)).content.decode()
    post_form(clerk, ground, "submit", A1="11", A2="80")
    township.post(at("approve"), {"sheet": [sheet.pk], "level": "township"})
    client_of(cast.department).post(at("approve"), {"sheet": [sheet.pk], "level": "department"})
    office = client_of(cast.office)
    assert "荷塘村" in office.get(at("queue", ground.window.pk, "office")).content.decode()
    office.post(at("approve"), {"sheet": [sheet.pk], "level": "office"})
    assert ground.sheet().state == "accepted"
    assert Value.objects.get(indicator__code="A1").value == 11
    history = office.get(at("history", sheet.pk)).content.decode()
    assert history.count("村文书") >= 2
    # From the value back to the sheet.
    cell = reverse("measures:cell", args=[V, "A1", ground.window.period])
    page = office.get(cell).content.decode()
    assert at("sheet", sheet.pk) in page
    assert "考评办主任" in page


def test_withdrawing_and_asking_for_more_time(ground, cast, client_of) -> None:
    clerk, sheet = client_of(cast.clerk), ground.sheet()
    post_form(clerk, ground, "submit", A1="12", A2="80")
    clerk.post(at("withdraw", sheet.pk))
    assert ground.sheet().state == "open"
    until = (ground.window.closes_on + timedelta(days=3)).isoformat()
    clerk.post(at("ask_extension", sheet.pk), {"reason": "台风停电", "until": until})
    asked = Extension.objects.get()
    office = client_of(cast.office)
    assert "台风停电" in office.get(at("index")).content.decode()
    office.post(at("decide", asked.pk), {"do": "grant", "decision": "情况属实"})
    public = client_of(None).get(at("extensions")).content.decode()
    assert "荷塘村" in public
    assert "情况属实" in public
    assert "村文书" not in public
    assert "考评办主任" not in public


def test_the_window_counts_and_names_whom_to_remind(ground, cast, client_of) -> None:
    post_form(client_of(cast.clerk), ground, "submit", A1="12", A2="80")
    answer = client_of(cast.office).get(at("window", ground.window.pk))
    progress = answer.context["progress"]
    assert (progress.counts.total, progress.counts.handed_in, progress.counts.on_time) == (3, 1, 1)
    assert [sheet.reporter.code for sheet in progress.missing] == ["C10102", "C10201"]
    assert {group.unit.name: group.counts.handed_in for group in progress.groups} == {"柳镇": 1, "松镇": 0}
    table = client_of(cast.office).get(at("reminders", ground.window.pk)).content.decode("utf-8-sig")
    assert [line.split(",")[0] for line in table.splitlines()] == ["代码", "C10102", "C10201"]
    # A township sees its own villages only.
    own = client_of(cast.township).get(at("window", ground.window.pk)).context["progress"]
    assert own.counts.total == 2


def test_the_queue_puts_the_unusual_first(ground, cast, client_of, small_city, indicators) -> None:
    import polars as pl

    from kanjian.measures.actions.record_values import CELLS, record_values

    villages = (small_city.village, small_city.sister_village)
    rows = [(each.pk, indicators["A1"].pk, "2026-Q2", 10.0, "present", "") for each in villages]
    record_values(pl.DataFrame(rows, schema=CELLS, orient="row"), source="上季", by=None)
    for code, value in ((V, 11), ("C10102", 30)):
        actions.record_entries(ground.sheet(code), [Cell(code, "A1", value)], by=None, origin="web")
        actions.submit(ground.sheet(code), by=None)
    page = client_of(cast.township).get(at("queue", ground.window.pk, "township")).context["page"]
    assert [item.sheet.reporter.code for item in page] == ["C10102", V]
    assert [round(item.differences[0].change) for item in page] == [200, 10]


def test_a_department_fills_in_by_township(department_ground, client_of, small_city) -> None:
    from tests.collecting.conftest import holder

    officer = client_of(holder("officer", "农业专员", "reporter", small_city.department))
    sheet = department_ground.sheet("C-NY")
    page = officer.get(at("sheet", sheet.pk))
    assert [row.unit.code for row in page.context["form"].rows] == ["C10101", "C10102", "C10201"]
    mark = f"{small_city.far_village.pk}-{department_ground.indicators['A1'].pk}"
    officer.post(at("sheet", sheet.pk), {"version": 0, f"value-{mark}": "7"})
    assert Entry.objects.get().unit == small_city.far_village


def test_setting_up_through_the_pages(client_of, methodologist, small_city, indicators) -> None:
    manager = client_of(methodologist)
    today = timezone.localdate()
    data = {
        "code": "new-one",
        "name": "新季报",
        "root": "C",
        "owner": "C-NY",
        "subject_kind": "village",
        "reporter_kind": "village",
        "frequency": "quarter",
        "chain": ["township", "office"],
    }
    answer = manager.post(at("create"), data)
    assert answer["Location"] == at("fields", "new-one")
    row = f"i{indicators['A1'].pk}"
    fields = {f"i{each.pk}-minutes": "2" for each in indicators.values()}
    manager.post(at("fields", "new-one"), {**fields, f"{row}-is_asked": "on", f"{row}-is_required": "on"})
    page = manager.get(at("collection", "new-one")).content.decode()
    assert "缺批准文号" in page
    changes = {**data, "document": "湖政〔2026〕9号", "plan_year": "2026", "ends_on": today + timedelta(days=99)}
    manager.post(at("change", "new-one"), changes)
    manager.post(at("activate", "new-one"))
    assert Collection.objects.get(code="new-one").state == "active"
    dates = {"opens_on": today, "due_on": today + timedelta(days=3), "closes_on": today + timedelta(days=9)}
    manager.post(at("open_window", "new-one"), {"period": "2026-Q4", **dates})
    assert Window.objects.get().sheets.count() == 3
    manager.post(at("end", "new-one"))
    assert Collection.objects.get(code="new-one").state == "ended"
    assert manager.get(at("manage")).status_code == 200


def test_bad_input_is_said(client_of, methodologist, ground, cast) -> None:
    manager = client_of(methodologist)
    page = manager.post(at("create"), {"code": "villages", "name": "x", "root": "nowhere", "owner": "?"})
    assert page.status_code == 200
    text = page.content.decode()
    assert "已被使用" in text
    assert "没有此代码的单位" in text
    for name, args in (("open_window", ["villages"]), ("ask_extension", [ground.sheet().pk])):
        client = manager if name == "open_window" else client_of(cast.clerk)
        assert client.post(at(name, *args), {}, follow=True).context["messages"]


def test_to_dos_on_the_front_page(ground, cast, client_of) -> None:
    clerk = client_of(cast.clerk)
    assert "填报：村情季报" in clerk.get("/").content.decode()
    post_form(clerk, ground, "submit", A1="12", A2="80")
    assert "填报：村情季报" not in clerk.get("/").content.decode()
    assert at("queue", ground.window.pk, "township") in client_of(cast.township).get("/").content.decode()


def test_english_is_complete(ground, cast, client_of) -> None:
    clerk = client_of(cast.clerk)
    clerk.cookies["django_language"] = "en"
    page = clerk.get(at("sheet", ground.sheet().pk)).content.decode()
    for word in ("Submit", "Last period", "Note and evidence", "Collective income", "Village report"):
        assert word in page


@pytest.mark.parametrize("count", [1, 3])
def test_the_queue_costs_the_same_for_many(ground, cast, client_of, count, django_assert_max_num_queries) -> None:
    for code in (V, "C10102")[:count]:
        actions.record_entries(ground.sheet(code), [Cell(code, "A1", 1)], by=None, origin="web")
        actions.submit(ground.sheet(code), by=None)
    township = client_of(cast.township)
    with django_assert_max_num_queries(36):
        township.get(at("queue", ground.window.pk, "township"))
