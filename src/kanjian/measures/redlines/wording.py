"""What the words of an indicator give away 红线词表: Chinese and English patterns, with the innocent look-alikes.

Innocent compounds are taken out of the text first (不动产登记录入 holds 登记录入, not 登录); then each list looks for a
*countable activity*: the noun together with a count, rate or frequency. A rate of handling (批示件办结率, 投诉按期办结率) speaks of
timeliness and is left alone. Clauses that deny (“不以登录次数计”) are not read in descriptions.
"""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import NamedTuple


class Spoken(NamedTuple):
    """What was found: the red line's code, what the words speak of, and the words themselves."""

    code: str
    topic: str  # a key of ``TOPICS``
    words: str


# Topic → Chinese and English name.
TOPICS: Mapping[str, tuple[str, str]] = {
    "logins": ("登录、签到、打卡", "log-ins and check-ins"),
    "online": ("在线或学习时长", "time spent online or learning"),
    "clicks": ("点击、浏览、关注", "clicks, views, followers"),
    "likes": ("点赞、转发、评论", "likes, shares, comments"),
    "ballots": ("网络投票", "online ballots"),
    "installs": ("应用安装、注册、使用率", "installs, registrations and use of an app"),
    "leaders": ("领导批示", "leaders' remarks"),
    "media": ("媒体报道、信息采用", "media mentions, items accepted for publication"),
    "experience": ("经验做法", "“good practice” write-ups"),
    "meetings": ("开会次数", "meetings held"),
    "documents": ("发文、材料、台账、笔记", "documents, materials, ledgers, notes"),
    "photos": ("照片、视频、截图", "photos, videos, screenshots"),
    "uploads": ("上传、报送条数", "uploads and items handed in"),
    "complaints": ("投诉、信访、诉求的数量", "volume of complaints and petitions"),
    "capture": ("照片、视频、定位、轨迹", "photo, video, place, track"),
    "persons": ("个人积分或排名", "points or ranks of persons"),
}

_COUNT = r"(?:总)?(?:次数|次|数量|数|总量|量|率|人数|人次|件数|条数|篇数|情况|排名|积分|得分)"
# A rate of handling what was said is a result, not a count of sayings.
_NOT_HANDLED = r"(?!.{0,8}(?:整改|办结|办理|处置|处理|化解|回应|答复|核查|核实|落实|响应|反馈|督办|销号|解决))"
_COMPLAINT = r"(?:投诉|信访|诉求|举报|上访|来信来访|来访|集体访|越级访|进京访|赴省访|非访|差评|热线工单|工单|来电)"
_CAMERA = r"(?:照片|图片|相片|截图|影像|视频|短视频|录像)"
_APP = r"(?:app|应用程序|应用|小程序|客户端|软件|公众号|政务号|视频号|浙政钉|钉钉|微信|学习强国|反诈中心|平台账号|系统账号|平台|系统)"

_CHINESE: tuple[tuple[str, str, str], ...] = (
    ("R01", "logins", r"登[录陆](?:系统|平台)?(?:次数|次|数|量|率|天数|频次|频率|情况|人数|人次|活跃|时长|积分)"),
    ("R01", "logins", rf"(?:签到|打卡)(?:{_COUNT}|天数|完成|任务)"),
    ("R01", "logins", r"(?:日活|月活|(?:用户|账号|平台|系统|客户端|小程序|钉钉|网格员)活跃|活跃(?:用户|账号))"),
    (
        "R01",
        "online",
        r"在线(?:时长|时间|率|天数|人数|学习)|学习(?:时长|时间|积分)|(?:使用|浏览|停留)时长|时长(?:排名|统计)",
    ),
    (
        "R01",
        "clicks",
        r"(?:点击|浏览|阅读|访问|播放|收看|观看)(?:量|次数|人次|数|率)|关注(?:量|数|人数|率)|粉丝|流量排名",
    ),
    ("R01", "likes", r"点赞|转评赞|(?:转发|转载|分享|评论|跟帖)(?:量|数|率|次数|条数)"),
    ("R01", "ballots", r"(?:网络|网上|微信|线上|手机|公众号)投票|得票(?:数|率)|投票(?:数|量|排名)|人气(?:值|榜|排名)"),
    (
        "R01",
        "installs",
        rf"{_APP}.{{0,6}}(?:安装|下载|注册|激活|推广|使用|开通|绑定|覆盖|应用)(?:率|量|数|人数|户数|情况|任务)",
    ),
    ("R01", "installs", r"装机(?:率|量)"),
    ("R02", "leaders", rf"批示{_NOT_HANDLED}|(?:领导|书记|市长|县长|区长)(?:肯定|表扬|签批|圈阅)"),
    (
        "R02",
        "media",
        r"(?:媒体|新闻|宣传|报刊|报纸|电视|央媒|省媒|党报|政务信息|信息|公众号|网站).{0,4}"
        rf"(?:报道|刊发|刊载|刊登|稿件|发稿|上稿|录用|采用|推文|推送){_NOT_HANDLED}",
    ),
    ("R02", "media", r"上稿|见报|刊(?:发|载|登)(?:数|量|篇)|上(?:央视|电视|头条|热搜)"),
    (
        "R02",
        "experience",
        r"经验(?:做法|材料|信息|交流|介绍|总结|推广)|典型(?:经验|做法)|(?:案例|做法).{0,2}(?:入选|推广|刊发)",
    ),
    (
        "R02",
        "meetings",
        r"(?:会议|开会|座谈会|推进会|现场会|例会|调度会|部署会|动员会|专题会|学习会)(?:召开)?(?:次数|场次|场数|数量|期数|记录|纪要|频次)",
    ),
    ("R02", "meetings", r"(?:召开|组织|举办).{0,8}(?:会议|座谈会|推进会|现场会|部署会|动员会).{0,2}(?:次|场|数)"),
    ("R02", "documents", r"发文(?:数|量|件|率|份)|(?:文件|红头文件)(?:数量|份数|数|印发|下发|制发)"),
    (
        "R02",
        "documents",
        r"(?:简报|信息|稿件|方案|制度|材料|总结|报告|计划|纪要|宣传册)(?:数量|篇数|份数|期数|字数|报送数|报送率|报送|撰写数|采用率)",
    ),
    (
        "R02",
        "documents",
        r"台账(?:数|份|册|完整|齐全|完备|规范|建立|更新|资料)|留痕|痕迹|过程(?:性)?(?:资料|材料)|佐证(?:资料|材料)(?:数|份|率)",
    ),
    (
        "R02",
        "documents",
        r"(?:学习|读书|工作|民情)?(?:笔记|心得|日志|日记)(?:体会)?(?:数|篇|份|字数|完成|撰写|记录|抄写)",
    ),
    ("R02", "photos", rf"{_CAMERA}(?:数|数量|张数|张|条数|量|率|上传|报送|拍摄|发布|制作|点)"),
    ("R02", "photos", r"拍照|水印相机|同框照"),
    (
        "R02",
        "uploads",
        r"上传(?:数|量|次|率|条|情况|任务)|报送(?:信息|材料)?(?:数|量|篇|次数|条数|任务)|填报(?:次数|条数|量)",
    ),
    (
        "R11",
        "complaints",
        rf"{_COMPLAINT}(?:事项|件|案件)?(?:总量|总数|量|件数|件次|数量|批次|人次|起数|条数|数|发生率|发生数|增长率|下降率|降幅|占比)",
    ),
    ("R11", "complaints", r"(?:投诉|信访|举报|上访|来访|集体访|差评|百户投诉|万人投诉)率"),
    ("R11", "complaints", r"(?:减少|压减|压降|降低|控制)(?:投诉|信访|上访|举报|诉求|工单)"),
    (
        "R11",
        "complaints",
        r"(?:无|零)(?:投诉|信访|上访|越级访|进京访|举报|访)(?:村|社区|乡镇|镇|街道|单位|创建|率|达标|天数|$)?",
    ),
    ("R11", "complaints", r"(?:集体|越级|进京|赴省|非法|到市|到省)(?:上)?访(?:批|人|次|数|量|率|件|$)"),
)
_INNOCENT_CHINESE = re.compile(
    r"登记录入|不动产登记|登记录|会议室|会议中心|会展|网红打卡[点地]?|打卡[点地]|(?:补贴|资金|工资|补助|惠农).{0,4}打卡发放|打卡发放"
    r"|(?:设备|摄像头|监控|探头|终端|传感器|水表|电表|烟感|站点|路灯|仪器|监测点|自动站).{0,6}(?:在线率|上传率)"
    r"|视频监控|监控视频|视频会议|视频接访|视频巡|视频联网"
    r"|(?:全民|人均|居民|图书|纸质|青少年|经典|亲子)阅读(?:量|率|次数|数)?|图书(?:借阅|流通)"
    r"|重点关注(?:人数|人员|数)?|特殊关注|心理关注"
    r"|(?:选举|换届|业主大会|村民会议|民主|选民|直选).{0,6}投票率?|参选率"
    r"|(?:重复|再次|二次)(?:投诉|信访|上访|诉求|来电|工单)(?:发生)?率"
    r"|市场活跃|经济活跃|系统治理|生态系统|操作系统|交易平台|融资平台|观景平台|平台经济"
    r"|(?:光伏|充电|电梯|烟感|路灯|管道|燃气|应用场景)(?:系统|平台)?.{0,4}(?:安装|使用|覆盖)(?:率|量|数)?"
    r"|信息公开|信息化|体检报告|检测报告|审计报告|规划计划|学习用房|在线监测|图片社"
    r"|(?:医疗|居家|养老|家庭|入户|上门)访问?(?:次数|人次)?|景区访问量|旅游(?:访问|观看)"
)

_HANDLED_EN = r"(?!.{0,24}\b(?:closed|handled|solved|resolved|answered|fixed|settled)\b)"
_ENGLISH: tuple[tuple[str, str, str], ...] = (
    (
        "R01",
        "logins",
        r"\blog[- ]?(?:in|on)s?\b(?: (?:count|rate|frequency|days))?|\bcheck-?ins?\b|\b(?:daily|monthly) active users\b",
    ),
    (
        "R01",
        "online",
        r"\bonline (?:time|hours|minutes|duration)\b|\btime (?:spent )?online\b|\b(?:screen|learning|study) (?:time|minutes|hours)\b",
    ),
    (
        "R01",
        "clicks",
        r"\bclicks?(?:-through)?\b|\bpage ?views?\b|\bvisits to the (?:site|website|app)\b|\bfollowers\b|\bviews of (?:posts|videos)\b",
    ),
    ("R01", "likes", r"\b(?:number of )?likes\b|\breposts?\b|\bretweets?\b|\bshares of posts\b"),
    (
        "R01",
        "ballots",
        r"\b(?:online|web|wechat|app) (?:votes?|ballots?|polls?)\b|\bvotes received\b|\bballots? (?:count|received)\b",
    ),
    (
        "R01",
        "installs",
        r"\bapp (?:installs?|installations?|downloads?|registrations?|usage|activations?)\b|\b(?:install|installation|download|activation) rate of (?:the )?app\b|\binstalls\b",
    ),
    (
        "R02",
        "leaders",
        r"\b(?:leaders?'?s?|leadership|superiors?'?) (?:remarks?|comments?|instructions?|praise|notes?)\b"
        + _HANDLED_EN,
    ),
    ("R02", "media", r"\b(?:media|press|news) (?:mentions?|reports?|coverage|articles?|stories)\b" + _HANDLED_EN),
    (
        "R02",
        "experience",
        r"\b(?:best|good|advanced)[- ]practices? (?:reports?|write-?ups?|published|articles?|count)\b|\bexperience (?:reports?|articles?)\b",
    ),
    (
        "R02",
        "meetings",
        r"\bmeetings (?:held|convened|organi[sz]ed)\b(?! (?:by|on|as|in))|\bnumber of meetings\b|\bmeeting (?:count|minutes kept|records)\b",
    ),
    (
        "R02",
        "documents",
        r"\b(?:number of )?(?:documents|papers|briefs|circulars|reports) (?:issued|produced|written|submitted)\b|\bnumber of (?:documents|briefs|circulars|ledgers|notes)\b|\bstudy notes\b|\bpaper trail\b",
    ),
    (
        "R02",
        "photos",
        r"\b(?:number of )?(?:photos?|pictures|screenshots|videos) (?:taken|uploaded|submitted|posted|count)\b|\bnumber of (?:photos|pictures|screenshots|videos)\b",
    ),
    ("R02", "uploads", r"\buploads?\b|\b(?:number of )?items uploaded\b"),
    (
        "R11",
        "complaints",
        r"\b(?:number|volume|count|total|share) of (?:complaints|petitions|grievances|hotline calls)\b|\b(?:complaint|petition|grievance|call) (?:volume|count|numbers?|rate)\b|\b(?:complaints|petitions) (?:per|received|filed)\b|\b(?:zero|no|fewer)[- ](?:complaints?|petitions?)\b",
    ),
)
_INNOCENT_ENGLISH = re.compile(
    r"\bland (?:log|registration)\b|\bmeeting rooms?\b|\bcheck-?in (?:hotel|counter)s?\b|\brepeat(?:ed)? complaint rate\b"
    r"|\bcomplaints? (?:closed|solved|resolved|handled)[\w ]*|\b(?:device|sensor|camera|meter)s? online (?:rate|time)\b",
    re.IGNORECASE,
)
_CAPTURE = re.compile(
    rf"{_CAMERA}|拍照|拍摄|定位|轨迹|gps|经纬度|坐标|打卡|签到|人脸|\b(?:photos?|pictures?|videos?|location|track|gps|coordinates|selfie)\b",
    re.IGNORECASE,
)
_INNOCENT_CAPTURE = re.compile(
    r"视频监控|监控视频|视频会议|坐标系|功能定位|产业定位|发展定位|视频联网|照明|轨道|网红打卡[点地]?|打卡发放"
)
_PERSONS = re.compile(
    r"(?:个人|干部|党员|人员|网格员|书记|主任|公务员|职工|员工|教师|医生|民警|队员).{0,6}(?:积分|排名|排行|名次|榜|末位|评分表)"
    r"|\b(?:personal|individual|cadre|staff|employee|officer|officials?'?)\b.{0,16}\b(?:ranks?|ranking|league|leaderboard|points|scores?)\b",
    re.IGNORECASE,
)
_INNOCENT_PERSONS = re.compile(r"人员密集|党员联户|个人信用|法人")
_DENIAL = re.compile(
    r"不以|不看|不计|不得|不将|不把|不再|不需|不要求|不适用|无需|禁止|取消|非|而非|never|\bnot?\b|without|rather than",
    re.IGNORECASE,
)
_CLAUSES = re.compile(r"[，。；;：:、（）()\n]|, |\. ")


def _compiled(rows: tuple[tuple[str, str, str], ...]) -> list[tuple[str, str, re.Pattern[str]]]:
    return [(code, topic, re.compile(text, re.IGNORECASE)) for code, topic, text in rows]


_CHINESE_PATTERNS, _ENGLISH_PATTERNS = _compiled(_CHINESE), _compiled(_ENGLISH)


def spoken_in_name(text: str) -> Iterator[Spoken]:
    """Every forbidden activity that a name speaks of, in either language; one finding per topic."""
    seen: set[str] = set()
    plain = _plain(text)
    chinese = _INNOCENT_CHINESE.sub("〇", re.sub(r"(?<=[^\x00-\x7f])\s+|\s+(?=[^\x00-\x7f])", "", plain))
    english = _INNOCENT_ENGLISH.sub("〇", plain)
    for code, topic, pattern in (*_CHINESE_PATTERNS, *_ENGLISH_PATTERNS):
        found = pattern.search(english if (code, topic, pattern) in _ENGLISH_PATTERNS else chinese)
        if found is not None and topic not in seen:
            seen.add(topic)
            yield Spoken(code, topic, found.group())


def spoken_in_description(text: str) -> Iterator[Spoken]:
    """The same in a longer text, clause by clause; clauses that deny are passed over, the others weighed like names."""
    seen: set[str] = set()
    for clause in _CLAUSES.split(text):
        if _DENIAL.search(clause):
            continue
        for spoken in spoken_in_name(clause):
            if spoken.topic not in seen:
                seen.add(spoken.topic)
                yield spoken


def asks_for_capture(text: str) -> str:
    """The word that asks for a photo, video, place or track; empty where there is none."""
    found = _CAPTURE.search(_INNOCENT_CAPTURE.sub("〇", _plain(text)))
    return found.group() if found else ""


def ranks_persons(text: str) -> str:
    """The words that speak of points or ranks of persons; empty where there are none."""
    found = _PERSONS.search(_INNOCENT_PERSONS.sub("〇", _plain(text)))
    return found.group() if found else ""


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
