"""The red lines 红线 one by one: what, why, how to mend, from which rule, and whether an exception is possible.

Texts are data in two languages, so that the command line can say them without Django. ``reposted`` marks sources of
which only reposts were seen: check the official text before quoting it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad: an error refuses unless an exception stands, a warning asks for a look, a notice informs."""

    ERROR = "error"
    WARNING = "warning"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True)
class Words:
    """One text in two languages."""

    zh: str
    en: str

    def said(self, language: str) -> str:
        """The text for a language code: English for ``en…``, Chinese otherwise."""
        return self.en if language.startswith("en") else self.zh


@dataclass(frozen=True, slots=True)
class RedLine:
    """One red line."""

    code: str
    severity: Severity
    title: Words
    why: Words
    remedy: Words
    source: Words
    reposted: bool = False
    may_be_excepted: bool = True


_APPS_2026 = Words(
    "《政务移动互联网应用程序规范化管理办法》（国办函〔2026〕12号）",
    "Measures for government mobile applications (General Office of the State Council, 2026, no. 12)",
)
_RELIEF = Words(
    "《整治形式主义为基层减负若干规定》（2024年印发，2025年8月公布全文）",
    "Provisions against formalism and for relieving the grassroots (issued 2024, full text published August 2025)",
)
_SHARING = Words(
    "《政务数据共享条例》（2025年8月1日施行）：通过共享能取得的数据不得重复采集",
    "Regulation on sharing government data (in force 1 August 2025): what sharing provides must not be collected again",
)
_HOTLINE = Words(
    "《北京市接诉即办工作条例》第八、三十五条：保护诉求人；本平台规则5",
    "Beijing regulation on handling complaints, articles 8 and 35: protection of complainants; rule 5 of this platform",
)


def _own(number: int) -> Words:
    return Words(f"本平台不变规则第{number}条", f"rule {number} of this platform's rules that never bend")


_ERROR, _WARNING, _NOTICE = Severity.ERROR, Severity.WARNING, Severity.NOTICE
_LINES = (
    RedLine(
        "R01",
        _ERROR,
        Words("以系统使用情况计分", "Use of a system is scored"),
        Words(
            "登录、在线时长、点击、点赞、转发、网络投票、安装率容易做出来，却不说明任何实绩；规定明确禁止以此考核。",
            "Log-ins, online time, clicks, likes, shares, ballots and installs are easy to produce and say nothing "
            "about results; assessing by them is forbidden.",
        ),
        Words(
            "改用结果、时效或质量指标；或权重设为0，只作展示。",
            "Use a result, timeliness or quality; or weight 0, shown only.",
        ),
        _APPS_2026,
        reposted=True,
    ),
    RedLine(
        "R02",
        _ERROR,
        Words(
            "以批示、报道、经验做法、开会、发文、留痕计分",
            "Remarks, media, write-ups, meetings, documents or traces are scored",
        ),
        Words(
            "这些是过程和声量，不是成效；计分会让人为材料、会议和照片而忙。",
            "These are process and noise, not effect; scoring them makes people work for papers, meetings and photos.",
        ),
        Words(
            "换成群众得到的结果，如整改率、满意率；经核验的表彰可作封顶加分。",
            "Use what people get out of it, such as fixed problems or satisfaction; a verified award may be a capped "
            "bonus.",
        ),
        _RELIEF,
        reposted=True,
    ),
    RedLine(
        "R03",
        _ERROR,
        Words(
            "强制基层拍照、录像或定位，未说明必要性和截止日",
            "Compulsory photo, video or place without stated need and end",
        ),
        Words(
            "非必要不得要求基层上传照片、视频、轨迹；没有截止日的要求会一直留下来。",
            "The grassroots may not be made to hand in photos, videos or tracks without need; "
            "what has no end date stays.",
        ),
        Words(
            "改为选填，改用系统记录或电话抽核；确有必要的写明理由和截止日。",
            "Make it optional, use system records or sample calls; where it is needed state the need and the end date.",
        ),
        _APPS_2026,
        reposted=True,
    ),
    RedLine(
        "R04",
        _ERROR,
        Words("重复采集已有数据", "A datum already held is asked again"),
        Words(
            "一数一源：已经有的数据应当复用，不再向基层要。",
            "One datum, one source: what is held is reused, not asked again.",
        ),
        Words("删去该填报项，直接引用已有指标。", "Remove the field and read the indicator that is already held."),
        _SHARING,
    ),
    RedLine(
        "R05",
        _ERROR,
        Words("超过已公布的减负上限", "Above the published ceiling"),
        Words("上限公布了就要守住，否则减负只是一句话。", "A published ceiling holds, or relief is only a word."),
        Words(
            "减少填报项、降低频次、复用数据，或停止另一个采集项目。",
            "Fewer fields, lower frequency, reuse, or end another collection.",
        ),
        _RELIEF,
        reposted=True,
    ),
    RedLine(
        "R06",
        _ERROR,
        Words("一票否决未注明依据", "A veto does not cite the rule that allows it"),
        Words(
            "一票否决后果重，只有有明确依据的事项才能设。",
            "A veto weighs heavily; only a matter that a rule allows may be one.",
        ),
        Words(
            "在方法中用 basis 写明允许设置该项的文件和条款，并用 document 指明每次认定的文号。",
            "Cite the rule under basis, and name the column with each decision's number under document.",
        ),
        _RELIEF,
        reposted=True,
    ),
    RedLine(
        "R07",
        _ERROR,
        Words("在公开页面或手机页面上给个人排名", "Persons are ranked on a public or phone page"),
        Words(
            "个人不得在屏幕上排名：本人看自己的，主管看名单。",
            "Persons are never ranked on a screen: each sees the own score.",
        ),
        Words("改为给单位排名；个人积分放在内部、仅本人和主管可见处。", "Rank units; keep points of persons private."),
        Words(f"{_APPS_2026.zh}；{_own(6).zh}", f"{_APPS_2026.en}; {_own(6).en}"),
        reposted=True,
        may_be_excepted=False,
    ),
    RedLine(
        "R08",
        _ERROR,
        Words(
            "公布名次时缺少方法版本、数据时间或名次区间",
            "A rank is published without method version, as-of time or interval",
        ),
        Words("没有区间的名次把噪声当成差距。", "A rank without an interval takes noise for a difference."),
        Words("重新计算本期，使名次区间写入。", "Compute the edition again, so that the intervals are written."),
        _own(1),
        may_be_excepted=False,
    ),
    RedLine(
        "R09",
        _ERROR,
        Words("自己评自己，或同一人填报又确认", "A unit judges itself, or one person enters and confirms"),
        Words("谁填的谁不审，被评的不当评委。", "Who enters does not confirm; who is judged is no judge."),
        Words(
            "加一级由其他单位负责的审核，或换由第三方提供数据。",
            "Add a level of approval by another unit, or another source.",
        ),
        _own(7),
        may_be_excepted=False,
    ),
    RedLine(
        "R10",
        _ERROR,
        Words("未经公示即发布", "Published without an objection window"),
        Words(
            "每个得分都可以提出异议，先公示再发布。",
            "Every score can be objected to: first the window, then publication.",
        ),
        Words("开启公示，届满后发布。", "Open the objection window and publish when it is over."),
        _own(9),
        may_be_excepted=False,
    ),
    RedLine(
        "R11",
        _ERROR,
        Words("以投诉、信访的数量计分", "The volume of complaints is scored"),
        Words(
            "按数量考核会逼着人压投诉、拦信访；只能考核时效、解决和源头治理。",
            "Scoring volume rewards suppression; only timeliness, resolution and removal of causes may be scored.",
        ),
        Words(
            "改用按期办结率、解决率、满意率或重复投诉率。", "Use closed on time, solved, satisfied, or the repeat rate."
        ),
        _HOTLINE,
        may_be_excepted=False,
    ),
    RedLine(
        "R12",
        _WARNING,
        Words("计分的是业务件数或过程达标", "A count of work or compliance of process is scored"),
        Words(
            "件数和过程可以刷；不禁止，但要想清楚它代表什么结果。",
            "Counts and processes can be gamed; not forbidden, but think what result they stand for.",
        ),
        Words(
            "由系统自动生成、除以规模、设上限、电话抽核，或换成结果。",
            "Let a system record it, divide by size, cap it, check samples by phone, or use the result.",
        ),
        _RELIEF,
        reposted=True,
    ),
    RedLine(
        "R13",
        _ERROR,
        Words("采集没有批准文号、计划年度或截止日", "A collection lacks approval, plan year or end date"),
        Words(
            "督查检查考核和报表实行年度计划和备案；没有依据不得向基层要数。",
            "Assessments and forms need an annual plan and filing.",
        ),
        Words("补上批准文号、列入的年度计划和截止日。", "Give the approval document, the plan year and the end date."),
        _RELIEF,
        reposted=True,
        may_be_excepted=False,
    ),
    RedLine(
        "R14",
        _NOTICE,
        Words("指标性质未申报", "The nature of an indicator is not declared"),
        Words("性质申报后，词表查不出的问题也能查到。", "With the nature declared, what no word list finds is found."),
        Words("在指标定义中选择性质。", "Choose the nature in the indicator's definition."),
        _own(4),
    ),
)
RED_LINES: Mapping[str, RedLine] = {line.code: line for line in _LINES}
