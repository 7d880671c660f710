"""Acts 1 to 6: the window opens, everybody reports, a township returns one sheet, values are accepted and looked at."""

from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from playwright.sync_api import Page, expect
from tests.collecting.workbooks import fill

from .stage import Stage, follow, number_in, press, reads
from .world import BY_DEPARTMENT, BY_VILLAGES, HETANG, QUARTER, VILLAGES, numbers, password_of

FELL_TO = 31.0  # 垃圾分类率 of 荷塘村: the sorting station was being rebuilt
MISTYPED = 6.0  # 万元 that the department forgot for 荷塘村
FIRST_ROW = 5


def open_windows(stage: Stage) -> dict[str, int]:
    """1 开窗. The methodologist opens the quarter of both collections: 采集项目 → 开放窗口. Answers window numbers."""
    today = timezone.localdate()
    windows = {}
    for code in ("villages", "farming"):
        page = stage.open("fangfa", f"/collecting/manage/{code}/")
        page.get_by_label("周期").fill(QUARTER)
        for label, day in (
            ("开放日期", today),
            ("到期日期", today + timedelta(7)),
            ("关闭日期", today + timedelta(14)),
        ):
            page.get_by_label(label).fill(day.isoformat())
        press(page, "开放窗口")
        with page.expect_navigation():
            page.locator("main a[href^='/collecting/windows/']").first.click()
        windows[code] = number_in(page.url)
        assert "还没有提交的" in reads(page)
    return windows


def clerk_fills_in(stage: Stage) -> int:
    """2 村里网页填报. The clerk of 荷塘村 opens 填报 on a phone; every field is saved as typed, last quarter beside it.

    One number is far below the village's own past: the page asks for a note before it lets the sheet be handed in.
    Answers the sheet's number.
    """
    page = stage.open("wenshu", "/collecting/", width="phone")
    with page.expect_navigation():
        page.locator("main a[href^='/collecting/sheets/']").first.click()
    said = numbers()
    for code in BY_VILLAGES:
        value = FELL_TO if code == "A2" else said[HETANG, code, QUARTER]
        _type(page, code, value)
    odd = page.locator('[data-indicator="A2"]')
    page.reload()
    expect(odd).to_contain_text("说明")
    odd.locator("[data-note]").fill("分拣站改建，第三季度停运")
    odd.locator("[data-note]").blur()
    expect(odd.locator("[data-cell-state]")).to_have_text("已保存")
    _hand_in(page)
    return number_in(page.url)


def _type(page: Page, code: str, value: float) -> None:
    cell = page.locator(f'[data-indicator="{code}"]')
    cell.locator("[data-value]").fill(f"{value:g}")
    cell.locator("[data-value]").blur()
    expect(cell.locator("[data-cell-state]")).to_have_text("已保存")


def _hand_in(page: Page) -> None:
    with page.expect_navigation():
        page.locator("[data-submit]").click()
    expect(page.locator(".kj-badge", has_text="审核中").first).to_be_visible()


def token_for(stage: Stage, name: str) -> str:
    """3 令牌. The person makes a personal token for the township's system at 个人令牌 → 生成令牌; it is shown once."""
    page = stage.open(name, "/people/me/tokens/")
    follow(page, "生成令牌")
    page.get_by_label("密码", exact=True).fill(password_of(name))
    press(page, "确认")
    page.get_by_label("用途").fill("柳镇数据平台每季报送")
    page.get_by_label("令牌权限").select_option("write")
    press(page, "生成令牌")
    return page.locator("strong", has_text="kj_").inner_text()


def machines_report(stage: Stage, window: int, secret: str) -> None:
    """3 接口报送. Two townships' systems hand in the other eleven villages; a wrong number is refused by its place.

    The safety bureau's system brings its own indicator for all villages. What carries a key and is sent twice is done
    once.
    """
    said = numbers()
    for token in (secret, stage.world.secrets["songzhen-xitong"]):
        machine = stage.machine(token)
        _status, page = machine.send("GET", f"/windows/{window}/sheets?size=50")
        for sheet in (row for row in page["sheets"] if row["state"] == "open"):
            place = f"/sheets/{sheet['number']}"
            cells = [{"unit": sheet["reporter"], "indicator": code, "value": said[sheet["reporter"], code, QUARTER]}
                     for code in BY_VILLAGES]  # fmt: skip
            if sheet["reporter"] == VILLAGES[1]:
                wrong = [{**cells[0], "value": 180}, *cells[1:]]
                status, answer = machine.send("PUT", f"{place}/entries", {"cells": wrong})
                assert (status, answer["errors"][0]["place"]) == (422, [VILLAGES[1], "A1"])
            for _again in (1, 2):
                status, written = machine.send("PUT", f"{place}/entries", {"cells": cells}, key=f"q3-{place[8:]}")
                assert (status, written["written"], written["findings"]) == (200, len(cells), [])
            assert machine.send("POST", f"{place}/submit")[0] == 200
    values = [{"unit": unit, "indicator": "C1", "value": said[unit, "C1", QUARTER]} for unit in VILLAGES]
    bureau = stage.machine(stage.world.secrets["yingji"])
    status, brought = bureau.send("POST", "/values", {"values": values, "period": QUARTER, "note": "隐患系统导出"})
    assert (status, brought["new"]) == (200, len(VILLAGES))


def department_uploads(stage: Stage) -> int:
    """4 部门表格上传. The bureau's officer downloads the template, uploads a bad file, reads what is wrong, mends it.

    The bad file is refused with sheet, row, column, problem and remedy, and nothing is written. In the right one a
    number of 荷塘村 is too low: nobody notices yet. Answers the sheet's number.
    """
    page = stage.open("nongye", "/collecting/")
    with page.expect_navigation():
        page.locator("main a[href^='/collecting/sheets/']").first.click()
    sheet = number_in(page.url)
    follow(page, "用 Excel 填报")
    with page.expect_download() as download:
        page.get_by_role("link", name="下载模板").click()
    template = Path(download.value.path()).read_bytes()
    _upload(stage, page, template, {f"C{FIRST_ROW}": "很多", f"D{FIRST_ROW + 1}": 180}, "错.xlsx")
    rows = page.locator("main table tbody tr").all_inner_texts()
    assert [row.split("\t")[1] for row in rows] == [str(FIRST_ROW), str(FIRST_ROW + 1)], rows
    assert "很多" in rows[0]
    assert "100" in rows[1]
    assert page.locator("form[action$='/accept/']").count() == 0
    stage.open("nongye", f"/collecting/sheets/{sheet}/workbook/")
    said = numbers()
    cells: dict[str, object] = {}
    for row, unit in enumerate(VILLAGES, FIRST_ROW):
        income, let = (said[unit, code, QUARTER] for code in BY_DEPARTMENT)
        cells |= {f"C{row}": round(income - (MISTYPED if unit == HETANG else 0), 2), f"D{row}": let}
    _upload(stage, page, template, cells, "农业农村季报.xlsx")
    press(page, "确认写入")
    follow(page, "打开填报单")
    _hand_in(page)
    return sheet


def _upload(stage: Stage, page: Page, template: bytes, cells: dict[str, object], name: str) -> None:
    file = stage.folder / name
    file.write_bytes(fill(template, "填报数据", cells))
    page.locator("input[type=file]").set_input_files(file)
    press(page, "上传并预览")


def township_returns(stage: Stage, window: int, sheet: int) -> None:
    """5 乡镇退回. The reviewer of 柳镇 sees the fallen number first, returns that sheet, lets the other five pass."""
    page = stage.open("liuzhen", f"/collecting/windows/{window}/waiting/township/")
    follow(page, "荷塘村")
    page.locator("summary", has_text="退回修改").click()
    page.get_by_label("退回原因").select_option("no_evidence")
    page.get_by_label("要改什么").fill("停运要有住建部门的通知，请上传")
    press(page, "退回")
    stage.open("liuzhen", f"/collecting/windows/{window}/waiting/township/")
    press(page, "通过选中的")
    page = stage.open("wenshu", f"/collecting/sheets/{sheet}/")
    expect(page.locator(".kj-message-warning")).to_contain_text("停运要有住建部门的通知")
    cell = page.locator('[data-indicator="A2"]')
    proof = stage.folder / "停运通知.pdf"
    proof.write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
    cell.locator("[data-file]").set_input_files(proof)
    expect(cell.locator("[data-file-kept]")).to_contain_text("停运通知.pdf")
    _hand_in(page)


def everybody_approves(stage: Stage, windows: dict[str, int]) -> None:
    """5 逐级通过. Townships, the bureau's head, the office pass what lies with them; accepted sheets become values."""
    page = stage.open("liuzhen", f"/collecting/windows/{windows['villages']}/waiting/township/")
    page.get_by_label("荷塘村", exact=True).check()  # it has a note, so it is not ticked by itself
    press(page, "通过选中的")
    page = stage.open("songzhen", f"/collecting/windows/{windows['villages']}/waiting/township/")
    press(page, "通过选中的")
    for name, level, verb in (("nongye-kezhang", "department", "通过选中的"), ("kaoping", "office", "采纳选中的")):
        for code in ("villages", "farming"):
            page = stage.open(name, f"/collecting/windows/{windows[code]}/waiting/{level}/")
            for tick in page.locator("input[name=sheet]").all():
                tick.check()
            press(page, verb)
    page = stage.open("fangfa", f"/collecting/windows/{windows['villages']}/")
    assert "全部提交了" in reads(page)


def flags_are_reviewed(stage: Stage) -> None:
    """6 质量检查与核实. The office runs the checks; the fallen number is asked about; no one answers for the own hand.

    The reviewer of 柳镇 looks at the evidence and writes down what was found. No value changes by it.
    """
    page = stage.open("kaoping", "/measures/flags/")
    page.locator("select[name=root]").select_option("C")
    page.locator("form[action$='/run/'] select[name=period]").select_option(QUARTER)
    press(page, "运行")
    questions = page.locator("#flags tbody tr")
    expect(questions).to_have_count(1)
    expect(questions.first).to_contain_text("荷塘村")
    with page.expect_navigation():
        questions.first.locator("a").first.click()
    assert "其中有您填报的数据" in reads(page)
    address = page.url.removeprefix(stage.visitor("kaoping").home)
    page = stage.open("liuzhen", address)
    page.get_by_label("核实结论").select_option("explained")
    page.get_by_label("理由").fill("查看停运通知，与现场一致")
    press(page, "记录结论")
    assert "查看停运通知，与现场一致" in reads(page)
