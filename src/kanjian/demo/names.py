"""Invented village names 虚构村名: two syllables fit for the land, none twice, well-known real ones left out.

Chinese village names are built from few words, so a likeness with a real village is chance.
"""

import numpy as np
from pypinyin import Style, lazy_pinyin

FIRST = tuple("云青金石白双上下南北东西长高新沙松梅桂柳桃荷兰竹枫鹤凤龙清明春秋福安和永吉宝万千三五七大小前后古香紫")
LAST = {
    "water": tuple("荡漾港浜汇兜埭溇渡圩桥湾浦泾洲滩"),
    "plain": tuple("田墩桥塘家湾场堡庄林渡园溪坝墙店"),
    "hill": tuple("岭坡坞塘冲溪岗坑林坪垄湖泉山堂庙"),
    "mountain": tuple("坞岭岕岩坑垓峰源溪坪谷岙石竹泉洞"),
}
# Real places that are widely known: not to be mistaken for sample data.
WELL_KNOWN = frozenset(
    {"余村", "大余村", "鲁家", "高家堂", "潘店", "义皋", "移沿山", "城山", "顾渚", "横山坞", "双一", "五四"}
)


def invent(terrain: list[str], rng: np.random.Generator) -> list[str]:
    """One name ending in 村 for each village, all different. ``terrain``: water, plain, hill or mountain."""
    decks: dict[str, list[str]] = {}
    for kind, endings in LAST.items():
        words = [a + b for a in FIRST for b in endings if a != b and a + b not in WELL_KNOWN]
        decks[kind] = [words[i] for i in rng.permutation(len(words))]
    used: set[str] = set()
    found = []
    for kind in terrain:
        word = next(word for word in iter(decks[kind].pop, None) if word not in used)
        used.add(word)
        found.append(f"{word}村")
    return found


def romanise(name: str) -> str:
    """``云溪村`` → ``Yunxi Village``: pinyin without tone marks; a break before a vowel is marked (``Dong'an``)."""
    syllables = lazy_pinyin(name.removesuffix("村"), style=Style.NORMAL)
    word = syllables[0] + "".join(f"'{s}" if s[0] in "aeo" else s for s in syllables[1:])
    return f"{word.capitalize()} Village"
