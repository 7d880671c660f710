"""What may never be scored 禁止计分项: activity that is easy to produce and says nothing about results (DESIGN rule 4).

Log-ins, online time, clicks, likes, ballots for a person, uploads, meetings held, documents or photos produced,
leaders' remarks, media mentions. The check reads the names of indicators, so it catches what is written openly;
reviewers of a method catch the rest.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kanjian.scoring.scheme.model import Node

_CHINESE = {
    "log-ins 登录": r"登[录陆](次|数|量|率|天|频)|打卡(次|数|率)|签到(次|数|率)",
    "online time 在线时长": r"在线(时长|时间|率)|学习时长",
    "clicks 点击": r"点击(量|数|率|次)|浏览(量|数|次)|阅读(量|数|次)|访问量|关注数|粉丝",
    "likes 点赞": r"点赞|转发(量|数|率)",
    "ballots 投票": r"(网络|网上|微信|线上)投票|得票(数|率)|投票(数|量)",
    "uploads 上传": r"上传(数|量|次|率)|(材料|信息|照片|图片|截图)报送(数|量)|留痕",
    "meetings 开会次数": r"(会议|开会)(次数|场次|数量)|召开会议.{0,4}(次|场)",
    "documents 发文数": r"发文(数|量|件)|文件(数量|份数)|(简报|信息|稿件|台账)(数量|篇数|采用数|份数)",
    "photos 照片数": r"(照片|图片|截图)(数|张|量)",
    "leaders' remarks 领导批示": r"批示",
    "media mentions 媒体报道": r"(媒体|新闻|宣传)(报道|刊发|稿件)|(上稿|刊发|录用)(数|量|篇|率)|见报",
    "complaint volume 投诉量": r"(投诉|信访|诉求|举报|上访)(总)?(量|件数|件次|数量|总数|批次|人次)",
}
_ENGLISH = {
    "log-ins": r"\blog[- ]?ins?\b|\bcheck-ins\b",
    "online time": r"\bonline (time|hours|minutes)\b|\btime online\b",
    "clicks": r"\bclicks?\b|\bpage ?views?\b|\bfollowers\b",
    "likes": r"\blikes\b|\breposts\b",
    "ballots": r"\b(online|web) (votes|ballots)\b|\bvotes received\b",
    "uploads": r"\buploads?\b",
    "meetings": r"\b(number of )?meetings held\b|\bnumber of meetings\b",
    "documents": r"\b(number of )?documents (issued|produced)\b",
    "photos": r"\b(number of )?photos\b",
    "leaders' remarks": r"\bleaders?'? (remarks|comments|instructions)\b",
    "media mentions": r"\bmedia (mentions|reports|coverage)\b",
    "complaint volume": r"\b(number|volume) of (complaints|petitions)\b|\bcomplaint (volume|count)\b",
}
_PATTERNS = [(word, re.compile(text)) for word, text in _CHINESE.items()]
_PATTERNS += [(word, re.compile(text, re.IGNORECASE)) for word, text in _ENGLISH.items()]


def forbidden_word(node: Node) -> str | None:
    """Return what forbidden activity the indicator's name speaks of, None where it is fine."""
    text = f"{node.name}\n{node.name_en}"
    return next((word for word, pattern in _PATTERNS if pattern.search(text)), None)
