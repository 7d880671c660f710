"""The word lists against labelled names, and the declared natures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kanjian.measures.models import Indicator
from kanjian.measures.redlines import NATURE_NAMES, NATURES, RED_LINES, Datum, Severity, scored
from kanjian.measures.redlines.wording import asks_for_capture, ranks_persons, spoken_in_description, spoken_in_name

# Names with the red line they cross, and names that cross none: what the lists are tuned on.
FLAGGED = (
    # R01 use of a system
    ("APP登录次数", "R01"),
    ("浙政钉登录率", "R01"),
    ("平台登陆天数", "R01"),
    ("网格员打卡次数", "R01"),
    ("每日签到率", "R01"),
    ("干部在线时长", "R01"),
    ("学习强国学习积分", "R01"),
    ("人均学习时长", "R01"),
    ("公众号阅读量", "R01"),
    ("短视频播放量", "R01"),
    ("政务号粉丝数", "R01"),
    ("推文点赞数", "R01"),
    ("微信转发量", "R01"),
    ("网络投票得分", "R01"),
    ("最美村庄得票率", "R01"),
    ("国家反诈中心APP安装率", "R01"),
    ("小程序注册人数", "R01"),
    ("浙里办应用使用率", "R01"),
    ("平台活跃用户数", "R01"),
    ("月活用户占比", "R01"),
    ("Number of log-ins", "R01"),
    ("Monthly active users", "R01"),
    ("Online minutes per clerk", "R01"),
    ("App installation rate: app installs", "R01"),
    ("Page views of the village site", "R01"),
    ("Online votes for the best village", "R01"),
    # R02 attention and traces
    ("省级以上领导批示数", "R02"),
    ("获领导批示肯定", "R02"),
    ("主要领导圈阅件数：领导签批", "R02"),
    ("省级媒体报道篇数", "R02"),
    ("政务信息采用数", "R02"),
    ("宣传稿件上稿量", "R02"),
    ("经验做法被推广数", "R02"),
    ("典型经验交流次数", "R02"),
    ("村两委会议次数", "R02"),
    ("召开现场推进会场次", "R02"),
    ("会议记录完整度", "R02"),
    ("发文数量", "R02"),
    ("工作简报期数", "R02"),
    ("台账资料齐全率", "R02"),
    ("走访留痕率", "R02"),
    ("学习笔记篇数", "R02"),
    ("民情日记撰写数", "R02"),
    ("活动照片张数", "R02"),
    ("走访照片上传率", "R02"),
    ("巡查拍照数", "R02"),
    ("信息报送数", "R02"),
    ("数据填报条数", "R02"),
    ("Leaders' remarks received", "R02"),
    ("Media coverage", "R02"),
    ("Meetings held", "R02"),
    ("Documents issued", "R02"),
    ("Number of photos", "R02"),
    ("Uploads per quarter", "R02"),
    # R11 volume of complaints
    ("12345投诉量", "R11"),
    ("信访总量", "R11"),
    ("信访件数", "R11"),
    ("万人投诉率", "R11"),
    ("热线工单总量", "R11"),
    ("群众举报件次", "R11"),
    ("越级上访人次", "R11"),
    ("进京访批次", "R11"),
    ("信访下降率", "R11"),
    ("无信访村创建", "R11"),
    ("零上访", "R11"),
    ("Number of complaints", "R11"),
    ("Petition volume", "R11"),
    ("Complaints per 1,000 residents", "R11"),
)

INNOCENT = (
    "不动产登记录入及时率",
    "会议室面积",
    "会议中心数量",
    "办结率",
    "网红打卡点数量",
    "惠农补贴打卡发放率",
    "摄像头在线率",
    "烟感设备在线率",
    "视频监控覆盖率",
    "视频监控数量",
    "全民阅读率",
    "居民人均阅读量",
    "图书借阅人次",
    "村委会换届选举投票率",
    "业主大会投票率",
    "志愿者注册率",
    "新注册企业数",
    "光伏安装量",
    "充电桩安装数",
    "加装电梯数",
    "公务员录用数",
    "高校毕业生留用人数",
    "批示件按期办结率",
    "领导批示事项落实率",
    "媒体曝光问题整改率",
    "媒体报道问题核查办结率",
    "投诉按期办结率",
    "投诉举报办结率",
    "信访事项及时受理率",
    "重复投诉率",
    "重复信访率",
    "诉求解决率",
    "12345工单重办率",
    "工单按时签收率",
    "矛盾纠纷就地化解率",
    "信息公开及时率",
    "审计报告问题整改率",
    "健康档案建档率",
    "隐患台账销号率",
    "家庭医生签约率",
    "走访覆盖率",
    "重点关注人员帮扶率",
    "文件归档及时率",
    "数字化转型企业数",
    "污水处理设施在线监测率",
    "生态系统质量指数",
    "农产品质量检测报告合格率",
    "上传下达满意度",
    "旅游接待人次",
    "农技培训满意率",
    "Meeting room area",
    "Complaints closed on time",
    "Complaint resolution rate",
    "Repeat complaint rate",
    "Household visits",
    "Sensor online rate",
    "Loggers trained in forestry",
    "Likelihood of flooding",
    "Registration of new firms",
)


@pytest.mark.parametrize(("name", "code"), FLAGGED)
def test_activity_is_flagged(name: str, code: str) -> None:
    assert {spoken.code for spoken in spoken_in_name(name)} == {code}


@pytest.mark.parametrize("name", INNOCENT)
def test_look_alikes_are_not_flagged(name: str) -> None:
    assert list(spoken_in_name(name)) == []


@given(st.sampled_from(FLAGGED), st.sampled_from(["", "（全年）", " (quarterly)", "，%", " "]))
def test_what_is_flagged_stays_flagged_with_words_around_it(row: tuple[str, str], tail: str) -> None:
    assert row[1] in {spoken.code for spoken in spoken_in_name(row[0] + tail)}


@given(st.sampled_from(FLAGGED))
def test_full_width_and_capitals_do_not_hide_it(row: tuple[str, str]) -> None:
    wide = "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in row[0])
    for written in (wide, row[0].upper()):
        assert row[1] in {spoken.code for spoken in spoken_in_name(written)}


@given(st.text(max_size=80))
def test_any_text_is_read_without_failing(text: str) -> None:
    assert {spoken.code for spoken in spoken_in_name(text)} <= {"R01", "R02", "R11"}


@pytest.mark.parametrize(
    "text",
    [
        "只看时效，不看投诉数量；无信访不适用",
        "不以登录次数计分",
        "Share closed on time, never the number of petitions",
        "系统记录、电话抽核，无需上传照片数",
        "经核验的文号入账",
    ],
)
def test_descriptions_that_deny_are_not_flagged(text: str) -> None:
    assert list(spoken_in_description(text)) == []


def test_a_description_that_counts_log_ins_is_flagged() -> None:
    found = list(spoken_in_description("数字乡村活跃度：按平台登录次数折算，不看时长"))
    assert [(each.code, each.topic) for each in found] == [("R01", "logins")]


@pytest.mark.parametrize(
    ("text", "word"),
    [("走访照片", "照片"), ("巡河轨迹", "轨迹"), ("现场GPS定位", "gps"), ("视频监控数量", ""), ("产业定位", "")],
)
def test_what_asks_for_a_photo_or_place(text: str, word: str) -> None:
    assert asks_for_capture(text) == word


@pytest.mark.parametrize("text", ["干部积分排名", "党员积分榜", "Cadre points", "个人排行"])
def test_boards_of_persons_are_known_by_their_name(text: str) -> None:
    assert ranks_persons(text)


@pytest.mark.parametrize("text", ["强村富民指数", "人员密集场所排名", "Departments league", "党员联户走访榜"])
def test_boards_of_units_are_not(text: str) -> None:
    assert not ranks_persons(text)


def test_natures_are_one_closed_list() -> None:
    assert set(NATURES) == set(NATURE_NAMES) == set(Indicator.Nature.values)
    assert set(filter(None, NATURES.values())) <= set(RED_LINES)


@pytest.mark.parametrize(("nature", "code"), sorted(NATURES.items()))
def test_a_declared_nature_counts_whatever_the_words_say(nature: str, code: str) -> None:
    found = list(scored(Datum("X", "数字乡村指数", nature=nature)))
    assert [each.code for each in found] == ([code] if code else [])
    assert all(each.refuses is (code != "R12") for each in found)


def test_words_count_whatever_nature_is_declared() -> None:
    (found,) = scored(Datum("X", "登录次数", nature="result"))
    assert (found.code, found.severity, found.item) == ("R01", Severity.ERROR, "X")
    assert "登录次数" in found.detail.zh
    assert "log-ins" in found.detail.en


def test_a_nature_that_is_not_declared_is_only_a_notice() -> None:
    (found,) = scored(Datum("X", "人均收入"))
    assert (found.code, found.refuses) == ("R14", False)
