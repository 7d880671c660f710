"""Act 12: weak villages and stronger ones are brought together, and all three sides say yes."""

from kanjian.pairing.models import Pair

from .stage import Stage, follow, number_in, press, reads
from .world import BOARD, PINES, QUARTER, WILLOWS


def pairs_are_proposed(stage: Stage) -> int:
    """12 提出结对. The organisation department chooses the edition and sets the terms; the platform finds the pairs.

    Answers the round's number.
    """
    page = stage.open("zuzhi", "/pairing/")
    follow(page, "提出结对方案")
    page.get_by_label("依据哪一期榜单").select_option(label=f"强村小榜 {QUARTER}")
    page.get_by_label("牵头单位").select_option(label="组织部")
    press(page, "下一步：参数")
    for label, value in (
        ("受帮：各赛道末尾百分之几", "25"),
        ("帮带：各赛道前百分之几", "40"),
        ("名次至少靠前多少位", "3"),
        ("卡尺", "1"),
    ):
        page.get_by_label(label).fill(value)
    press(page, "算出方案")
    assert "谁帮谁" in reads(page)
    return number_in(page.url)


def both_sides_agree(stage: Stage, number: int) -> int:
    """12 三方确认. The weak village's township, the strong one's, and the organiser each say yes; nobody for two sides.

    Answers the pair's number.
    """
    found = Pair.objects.filter(
        round=number, mentee__parent__code=PINES, mentor__parent__code=WILLOWS
    ).select_related("mentee")  # fmt: skip
    pair = found.first()
    assert pair is not None, f"no pair reaches across townships on {BOARD}"
    for name, side in (("songzhen", "受帮"), ("liuzhen", "帮带"), ("zuzhi", "牵头")):
        page = stage.open(name, f"/pairing/{number}/pairs/{pair.pk}/")
        with page.expect_navigation():
            page.get_by_role("button", name=side).click()
    assert "松镇审核员" in reads(page)  # the record names people, not accounts
    with page.expect_download() as download:
        page.get_by_role("link", name="协议书（DOCX）").click()
    assert download.value.suggested_filename.endswith(".docx")
    return pair.pk
