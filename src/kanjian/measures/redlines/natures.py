"""The declared nature of an indicator 指标性质: a closed list. Some may never be scored, whatever the name says."""

from collections.abc import Mapping

# Nature → the red line it crosses when scored, or none.
NATURES: Mapping[str, str] = {
    "result": "",
    "timeliness": "",
    "quality": "",
    "satisfaction": "",
    "coverage": "",
    "incident": "",
    "award": "",
    "background": "",
    "count": "R12",
    "process": "R12",
    "system_use": "R01",
    "activity_trace": "R02",
    "attention": "R02",
    "complaint_volume": "R11",
}
NATURE_NAMES: Mapping[str, str] = {
    "result": "实绩结果",
    "timeliness": "时效",
    "quality": "质量评价",
    "satisfaction": "满意度",
    "coverage": "覆盖达标",
    "incident": "事故案件",
    "award": "表彰加分",
    "background": "基础底数",
    "count": "业务件数",
    "process": "过程达标",
    "system_use": "系统使用",
    "activity_trace": "开会发文留痕",
    "attention": "批示报道",
    "complaint_volume": "投诉信访数量",
}
# What people write in a table of definitions: the code or the Chinese word.
NATURE_WORDS: Mapping[str, str] = {word: code for code, name in NATURE_NAMES.items() for word in (code, name)}
