"""Acts 7 to 11: frozen and computed, reviewed, shown, objected to, corrected, published by two people, verified."""

import os
import shlex
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import expect

from .reporting import MISTYPED
from .stage import Stage, follow, number_in, press, reads
from .world import BOARD, HETANG, QUARTER, numbers

MANAGE = f"/boards/{BOARD}/manage/"
FRONT = f"/boards/{BOARD}/{QUARTER}/"


def freeze_and_compute(stage: Stage) -> int:
    """7 冻结并计算. The methodologist sees that nothing is missing and makes the draft. Answers its number."""
    page = stage.open("fangfa", MANAGE)
    follow(page, f"计算 {QUARTER}")
    assert "每一列、每个单位都有数据" in reads(page)
    press(page, f"冻结 {QUARTER}，按 2025.1 计算草稿")
    return number_in(page.url)


def review_and_show(stage: Stage, edition: int) -> None:
    """8 看差异、签署、公示. The office's head reads who moves how far and why, signs, opens the objection window."""
    page = stage.open("kaoping", f"{MANAGE}{edition}/")
    text = reads(page)
    assert "荷塘村" in text  # it fell: the largest surprises stand first
    page.get_by_label("审核意见").fill("荷塘村垃圾分类率下降属实，其余变动在常年范围内")
    press(page, "签署")
    follow(page, "开始公示")
    page.get_by_label("公示天数").fill("1")
    page.get_by_label("怎么算").select_option("calendar")
    press(page, "开始公示")
    stage.open("", FRONT)  # everybody sees it now


def clerk_objects(stage: Stage) -> int:
    """9 提出异议. The clerk reads the village's report, finds the income too low, and objects with the right number.

    Answers the objection's number.
    """
    page = stage.open("wenshu", f"{FRONT}units/{HETANG}/")
    follow(page, "我有异议")
    with page.expect_navigation():
        page.locator("a[href='?kind=value']").click()
    page.get_by_label("哪一项指标").select_option("B1")
    press(page, "下一步")
    page.get_by_label(f"B1 {QUARTER} 应为").fill(f"{right_income():g}")
    page.get_by_label("理由").fill("漏计九月到账的物业租金六万元，附银行回单")
    proof = stage.folder / "银行回单.pdf"
    proof.write_bytes(b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n")
    page.locator("input[type=file]").set_input_files(proof)
    press(page, "提出异议")
    return number_in(page.url)


def right_income() -> float:
    """What the income of 荷塘村 was in truth."""
    return numbers()[HETANG, "B1", QUARTER]


def reviewer_upholds(stage: Stage, objection: int) -> None:
    """9 复核与答复. It went to somebody who had no part in it; the page shows what would change; the answer is public.

    The office's head accepted the sheet with the wrong number, so the page does not offer that person as a reviewer.
    """
    address = f"/boards/{BOARD}/objections/{objection}/"
    page = stage.open("kaoping", address)
    page.locator("summary", has_text="分配复核人").click()
    assert "考评办主任" not in page.get_by_label("复核人").inner_text()
    page = stage.open("fuhe", address)
    press(page, "受理")
    assert "如果成立" in reads(page)  # the score and the places that the right number would give
    page.get_by_label("复核情况").fill("农业农村局核对银行回单，确漏计六万元")
    press(page, "写下复核情况")
    assert "荷塘村" in reads(page)
    form = page.locator("form[action$='/decide/']")
    form.get_by_label("成立", exact=True).check()
    form.get_by_label("理由类别").select_option("value_wrong")
    form.get_by_label("答复").fill("经核对银行回单，九月租金漏计，予以更正。")
    press(page, "决定并答复", within="form[action$='/decide/']")
    page = stage.open("", address)
    assert "予以更正" in reads(page)
    assert "漏计九月到账" not in reads(page)  # the grounds are not public


def correction_is_applied(stage: Stage, edition: int) -> int:
    """10 更正集. Upheld objections go into one set: tried out, looked at, proposed by one, confirmed by another.

    Nothing changes before; all of it at once then. Answers the number of the edition that takes the place.
    """
    page = stage.open("fangfa", f"{MANAGE}{edition}/")
    press(page, "建立更正集")
    here = page.url.removeprefix(stage.visitor("fangfa").home)
    press(page, "试算")
    assert "试算与现行一份的差异" in reads(page)
    page = stage.open("kaoping", here)
    press(page, "提议应用")
    assert page.get_by_role("button", name="确认应用").count() == 0  # not by the same person
    page = stage.open("guanli", here)
    press(page, "确认应用")
    with page.expect_navigation():
        page.locator("dd a, .kj-facts-line a").last.click()
    return number_in(page.url)


def two_people_publish(stage: Stage, edition: int) -> None:
    """11 双人发布. The day after the window closed the office's head proposes, the administrator confirms."""
    here = f"{MANAGE}{edition}/"
    page = stage.open("kaoping", here)
    follow(page, "发布")
    press(page, "提议发布")
    page = stage.open("kaoping", f"{here}publish/")
    assert page.get_by_role("button", name="确认发布").count() == 0
    page = stage.open("guanli", here)
    assert page.get_by_role("link", name="发布", exact=True).count() == 0  # one way on: to confirm
    follow(page, "去确认")
    press(page, "确认发布")
    expect(page.locator("main")).to_contain_text("已发布")


def anybody_sees_the_source(stage: Stage) -> None:
    """11 溯源. From the report to the corrected cell: its value, the set it came by, what stood there before."""
    page = stage.open("", f"{FRONT}units/{HETANG}/B1/")
    with page.expect_navigation():
        page.locator("a[href*='/measures/cells/']").first.click()
    assert "更正集" in reads(page)
    assert f"{right_income() - MISTYPED:g}" in reads(page)


def anybody_verifies(stage: Stage) -> str:
    """11 核验. Somebody without an account downloads the open data and proves it on a machine without the database.

    The command is the one that the page shows. Answers what it said.
    """
    page = stage.open("", f"{FRONT}data/")
    program, *arguments = shlex.split(page.locator(".kj-command").first.inner_text())
    assert program == "kanjian"
    with page.expect_download() as download:
        page.get_by_role("link", name="全部下载（zip）").click()
    bundle = stage.folder / download.value.suggested_filename
    bundle.write_bytes(Path(download.value.path()).read_bytes())
    bare = {name: value for name, value in os.environ.items() if not name.startswith(("KANJIAN_", "DJANGO_"))}
    command = [sys.executable, "-m", "kanjian", *arguments]
    done = subprocess.run(command, env=bare, cwd=stage.folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr
