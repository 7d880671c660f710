"""How Chinese names are typed by people in a hurry 拼音."""

import re
from functools import lru_cache

from pypinyin import lazy_pinyin, load_single_dict

# A run of Chinese characters is read as a whole (重庆 is chongqing); a letter or figure stands for itself.
_PARTS = re.compile(r"[^\W\da-zA-Z_]+|[\da-zA-Z]")
# How these characters are read in names of places, unless a known word says otherwise (the usual order is for prose).
load_single_dict({ord("长"): "cháng,zhǎng", ord("都"): "dū,dōu", ord("重"): "chóng,zhòng"})


@lru_cache(maxsize=100_000)
def spelling(name: str) -> tuple[str, str]:
    """Full pinyin without spaces and tones, and the initials: 织里镇 → ``("zhilizhen", "zlz")``.

    Letters and figures stay (3号村 → ``3haocun``, ``3hc``), other signs are left out.
    """
    syllables = [syllable for part in _PARTS.findall(name) for syllable in _read(part)]
    return "".join(syllables)[:200], "".join(syllable[0] for syllable in syllables)[:60]


def _read(part: str) -> list[str]:
    return [part.lower()] if part.isascii() else lazy_pinyin(part)
