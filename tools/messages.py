"""Message catalogues with Babel alone: texts are Chinese in the code, English per room, 繁體 by conversion.

``extract [ROOM…]``  collects the texts of templates and Python in ``<room>/locale/en/LC_MESSAGES/django.po``
``compile``  writes ``.mo`` for English, and for traditional Chinese out of the message ids, when changed
``missing``  lists what has no English yet; exit code 1 when there is something
"""

import io
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.utils.translation import templatize

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "src" / "kanjian"
HEADER = "# English texts of Kanjian. Message ids are the Chinese texts of the pages; `make messages` adds new ones.\n"
# Names of gettext's functions and where their texts stand; lazy ones are the same.
_PLAIN: dict[str, Any] = {
    "_": None,
    "gettext": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
KEYWORDS = {**_PLAIN, **{f"{name}_lazy": where for name, where in _PLAIN.items() if name != "_"}}
STRING = r"""u?(?:'(?:\\.|[^'\\])*'|"(?:\\.|[^"\\])*")"""
CALL = re.compile(rf"\b(?:n?p?gettext|_)\(\s*{STRING}(?:\s*,\s*(?:{STRING}|\w+))*\s*\)")
# Lines of the head that change with every run or say nothing.
DROPPED = tuple(
    f'"{name}'
    for name in (
        *("POT-Creation-Date", "PO-Revision-Date", "Generated-By", "Report-Msgid"),
        *("Project-Id", "Last-Translator", "Language-Team"),
    )
)
PLACEHOLDER = re.compile(r"%\(\w+\)[-+ 0#]*\d*(?:\.\d+)?[a-zA-Z]|%[sd%]|\{\w*\}")
# Speak English with the Chinese term, or have texts in data files: no catalogue.
SILENT = {"scoring", "cli", "migrations", "locale", "static", "assets"}


def rooms() -> dict[str, Path]:
    """Rooms with a catalogue: Django's apps, and the package itself for what all share."""
    apps = sorted(path.parent for path in PACKAGE.glob("*/apps.py"))
    return {"kanjian": PACKAGE, **{path.name: path for path in apps}}


def sources(room: Path) -> Iterator[Path]:
    """Files of a room that may hold texts; those of a room inside belong to that room."""
    others = set(rooms().values()) - {room}
    for path in sorted(room.rglob("*")):
        inside = {*path.relative_to(PACKAGE).parts[:-1]}
        if (
            path.suffix not in {".py", ".html", ".txt"}
            or inside & SILENT
            or others & set(path.parents) - set(room.parents)
        ):
            continue
        yield path


def texts(path: Path) -> Iterable[tuple[int, Any, list[str], str | None]]:
    """Line, message or tuple of messages, comments, context: as Babel gives them."""
    content = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        # Django blots out all but the calls, for a reader that is more patient than Python's tokenizer.
        content = "\n".join(CALL.findall(templatize(content, origin=str(path))))
    yield from extract("python", io.BytesIO(content.encode()), keywords=KEYWORDS, options={"encoding": "utf-8"})


def collect(room: Path) -> Catalog:
    """All texts of one room, as a template without translations."""
    catalog = Catalog(charset="utf-8")
    for path in sources(room):
        for _line, message, _comments, context in texts(path):
            # Files without lines: a text that only moved is no change.
            catalog.add(message, locations=[(path.relative_to(PACKAGE).as_posix(), 0)], context=context)
    return catalog


def catalogue(room: Path) -> Path:
    """Where the English of a room lies."""
    return room / "locale" / "en" / "LC_MESSAGES" / "django.po"


def read(path: Path) -> Catalog:
    """A catalogue; an empty one when the file is not there."""
    if not path.exists():
        return Catalog(locale="en", charset="utf-8")
    with path.open("rb") as file:
        return read_po(file, locale="en")


def as_text(catalog: Catalog) -> str:
    """The file's content, always in the same order and without dates, so that changes in git are changes of texts."""
    out = io.BytesIO()
    write_po(out, catalog, width=110, sort_output=True, ignore_obsolete=True, include_lineno=False)
    lines = out.getvalue().decode().splitlines(keepends=True)
    start = next(i for i, line in enumerate(lines) if line.startswith("msgid "))
    dropped = (
        "POT-Creation-",
        "PO-Revision-",
        "Generated-By",
        "Report-Msgid",
        "Project-Id",
        "Last-Trans",
        "Language-Team",
    )
    kept = [line for line in lines[start:] if not line.startswith(tuple(f'"{name}' for name in dropped))]
    return HEADER + "".join(kept)


def update(room: Path) -> Catalog:
    """Bring one room's English catalogue up to the code; translations stay, what is gone goes."""
    found, path = collect(room), catalogue(room)
    known = read(path)
    known.update(found, no_fuzzy_matching=True)
    if len(found) or path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        content = as_text(known)
        if not path.exists() or path.read_text(encoding="utf-8") != content:
            path.write_text(content, encoding="utf-8")
    return known


def is_translated(message: Message) -> bool:
    """Whether every form of the message has a text."""
    forms = message.string if isinstance(message.string, list | tuple) else [message.string]
    return bool(forms) and all(forms) and not message.fuzzy


def placeholders(text: str) -> list[str]:
    """Placeholders of a text, in order of their names; the sign %% is none."""
    return sorted(found for found in PLACEHOLDER.findall(text) if found != "%%")


def problems(room: Path) -> list[str]:
    """What is wrong with one room's English: not collected, not translated, other placeholders."""
    name, known = room.name, read(catalogue(room))
    found = [
        f"{name}: run `make messages`: {m.id!r} is not in the catalogue"
        for m in collect(room)
        if m.id and known.get(m.id, m.context) is None
    ]
    for message in known:
        if not message.id:
            continue
        if not is_translated(message):
            found.append(f"{name}: no English for {message.id!r}")
            continue
        ids = message.id if isinstance(message.id, list | tuple) else [message.id]
        forms = message.string if isinstance(message.string, list | tuple) else [message.string]
        wanted = placeholders(str(ids[-1]))
        found += [
            f"{name}: placeholders of {form!r} differ from {ids[-1]!r}"
            for form in forms
            if placeholders(str(form)) != wanted
        ]
    return found


@cache
def _converter() -> Any:
    from opencc_purepy import OpenCC

    return OpenCC("s2tw")


def traditional(text: str) -> str:
    """简体 → 繁體: signs only, no other vocabulary, so that terms stay the official ones."""
    return str(_converter().convert(text))


def in_traditional(catalog: Catalog) -> Catalog:
    """The same message ids with their traditional Chinese."""
    result = Catalog(locale="zh_Hant", charset="utf-8")
    for message in catalog:
        if not message.id:
            continue
        is_plural = isinstance(message.id, list | tuple)
        # Chinese has one form for every number.
        string = (traditional(str(message.id[-1])),) if is_plural else traditional(str(message.id))
        result.add(message.id, string, context=message.context)
    return result


def is_fresh(target: Path, *origins: Path) -> bool:
    """Whether a target is newer than all it comes from."""
    return target.exists() and all(target.stat().st_mtime_ns >= path.stat().st_mtime_ns for path in origins)


def write(path: Path, catalog: Catalog) -> None:
    """A compiled catalogue, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".mo.part")
    with part.open("wb") as file:
        write_mo(file, catalog)
    part.replace(path)


def compile_room(room: Path) -> bool:
    """Compile one room's catalogues; False when there was nothing to do."""
    source = catalogue(room)
    english = source.with_suffix(".mo")
    hant = room / "locale" / "zh_Hant" / "LC_MESSAGES" / "django.mo"
    if not source.exists() or (is_fresh(english, source, Path(__file__)) and is_fresh(hant, source, Path(__file__))):
        return False
    catalog = read(source)
    write(english, catalog)
    write(hant, in_traditional(catalog))
    return True


def main(arguments: list[str]) -> int:
    """Do what is asked for every room."""
    if not settings.configured:
        settings.configure()
    match arguments:
        case ["extract", *names] if set(names) <= rooms().keys():
            for room in [rooms()[name] for name in names or rooms()]:
                known = update(room)
                open_ones = sum(1 for message in known if message.id and not is_translated(message))
                print(
                    f"{room.name:<12} {len(known):>5} texts" + (f", {open_ones} without English" if open_ones else "")
                )
        case ["compile"]:
            done = [room.name for room in rooms().values() if compile_room(room)]
            if done:
                print(f"Messages compiled: {', '.join(done)}")
        case ["missing"]:
            found = [line for room in rooms().values() for line in problems(room)]
            print("\n".join(found) or "messages: all translated")
            return 1 if found else 0
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
