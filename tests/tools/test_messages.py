"""Catalogues: complete, consistent, and no text that escapes them."""

import ast
import importlib.util
import re
from pathlib import Path

import pytest
from django.utils import translation

ROOT = Path(__file__).resolve().parents[2]
_SPEC = importlib.util.spec_from_file_location("kanjian_messages", ROOT / "tools" / "messages.py")
messages = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(messages)

CHINESE = re.compile(r"[㐀-鿿]")
TEMPLATES = sorted((ROOT / "src" / "kanjian").rglob("*.html"))
TEMPLATE_IDS = [path.relative_to(ROOT / "src" / "kanjian").as_posix() for path in TEMPLATES]
# Where people are spoken to; elsewhere Chinese strings are words of data: column headings, holidays, spellings.
SPEAKS = {"views", "views.py", "forms.py", "selectors", "selectors.py", "words", "policies.py", "models.py", "portal"}
# Chinese in every language: names of languages, the bilingual badge.
ALWAYS = {"简体", "繁體", "演示数据 / synthetic"}


@pytest.mark.parametrize("room", list(messages.rooms()))
def test_every_text_has_its_english(room):
    assert messages.problems(messages.rooms()[room]) == []


def test_one_text_has_one_english_everywhere():
    """Django merges the rooms' catalogues, so a second translation of the same text would win by chance."""
    found: dict[tuple, dict[str, str]] = {}
    for name, room in messages.rooms().items():
        for message in messages.read(messages.catalogue(room)):
            if message.id:
                found.setdefault((str(message.id), message.context), {})[name] = str(message.string)
    assert {key: rooms for key, rooms in found.items() if len(set(rooms.values())) > 1} == {}


@pytest.mark.parametrize("room", list(messages.rooms()))
def test_traditional_chinese_is_whole_and_keeps_placeholders(room):
    english = messages.read(messages.catalogue(messages.rooms()[room]))
    hant = messages.in_traditional(english)
    for message in english:
        if not message.id:
            continue
        string = hant.get(message.id, message.context).string
        text = string if isinstance(string, str) else string[0]
        source = message.id if isinstance(message.id, str) else message.id[-1]
        assert messages.placeholders(text) == messages.placeholders(source)


def test_traditional_chinese_is_converted_by_phrase():
    assert messages.traditional("为了发展，后台干部重新整理了里程碑") == "為了發展，後臺幹部重新整理了里程碑"


@pytest.mark.parametrize(
    ("language", "text"), [("zh-hans", "跳到正文"), ("zh-hant", "跳到正文"), ("en", "Skip to content")]
)
def test_compiled_catalogues_reach_django(language, text):
    with translation.override(language):
        assert translation.gettext("跳到正文") == text


def test_compiled_traditional_chinese_reaches_django():
    with translation.override("zh-hant"):
        assert translation.gettext("名次区间") == "名次區間"
        assert translation.ngettext("进 %(count)s 位", "进 %(count)s 位", 3) % {"count": 3} == "進 3 位"


def without_texts(source: str) -> str:
    """A template without what is translated, commented out, or marked as Chinese on purpose."""
    for pattern in (
        r"\{#.*?#\}",
        r"\{%\s*comment.*?endcomment\s*%\}",
        r"\{%\s*blocktrans(?:late)?\b.*?endblocktrans(?:late)?\s*%\}",
        r"""\{%\s*trans(?:late)?\s+("[^"]*"|'[^']*').*?%\}""",
        r"""\b_\(("[^"]*"|'[^']*')\)""",
        r'<span[^>]*\blang="zh"[^>]*>.*?</span>',
    ):
        source = re.sub(pattern, "", source, flags=re.DOTALL)
    return source


@pytest.mark.parametrize("path", TEMPLATES, ids=TEMPLATE_IDS)
def test_templates_have_no_chinese_outside_translations(path):
    rest = without_texts(path.read_text(encoding="utf-8"))
    assert [line.strip() for line in rest.splitlines() if CHINESE.search(line)] == []


def test_the_template_lint_finds_a_bare_text():
    assert CHINESE.search(without_texts('<p title="提示">{% translate "好" %}</p>'))
    assert not CHINESE.search(
        without_texts('{% translate "好" %}{# 注 #}{% blocktranslate %}{{ n }} 个{% endblocktranslate %}')
    )


def bare_texts(tree: ast.AST) -> list[ast.Constant]:
    """Chinese string constants that are neither docstrings nor arguments of gettext."""
    allowed: set[ast.AST] = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            allowed.add(body[0].value)
        # A docstring below an attribute.
        if isinstance(node, ast.Expr):
            allowed.add(node.value)
        # What a table is looked up by is a word of data.
        if isinstance(node, ast.Dict):
            allowed.update(key for key in node.keys if key is not None)
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in messages.KEYWORDS:
                allowed.update(ast.walk(node))
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return [node for node in constants if CHINESE.search(node.value) and node not in allowed]


def test_pages_have_no_bare_chinese_in_python():
    package = ROOT / "src" / "kanjian"
    found = []
    for path in sorted(package.rglob("*.py")):
        if not SPEAKS & set(path.relative_to(package).parts) or "migrations" in path.parts:
            continue
        texts = bare_texts(ast.parse(path.read_text(encoding="utf-8")))
        found += [
            f"{path.relative_to(ROOT)}:{node.lineno}: {node.value!r}" for node in texts if node.value not in ALWAYS
        ]
    assert found == []


def test_the_python_lint_finds_a_bare_text():
    tree = ast.parse('"""文档."""\nx = _("好")\ny = ngettext("%d 个", "%d 个", 2)\nw = {"星": _("星")}\nz = "坏"\n')
    assert [node.value for node in bare_texts(tree)] == ["坏"]
