"""How static files are stored 静态文件: names with a hash, so that browsers may keep them for ever."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from whitenoise.storage import CompressedManifestStaticFilesStorage

# How our own modules name one another; the template is what the line becomes with the hashed name.
_IMPORTS = (
    (r"""(?P<matched>\bfrom\s+["'](?P<url>\.{1,2}/[^"']+)["'])""", 'from "%(url)s"'),
    (r"""(?P<matched>\bimport\(\s*["'](?P<url>\.{1,2}/[^"']+)["']\s*\))""", 'import("%(url)s")'),
)
_HASHED = re.compile(r"\.[0-9a-f]{12}\.")


class ModuleStorage(CompressedManifestStaticFilesStorage):
    """Also rewrites the ``import`` lines of our own modules, so that a new version never meets an old neighbour.

    Files that were compressed before and have not changed are left alone: a second start takes a second, not ten.
    """

    patterns = (*CompressedManifestStaticFilesStorage.patterns, ("kanjian/*.js", _IMPORTS))

    def compress_files(self, paths: Iterable[str]) -> Iterator[tuple[str, str]]:
        """Compress what has no compressed neighbour yet, or an older one; pairs of name and compressed name."""
        # WhiteNoise has no types.
        yield from super().compress_files([path for path in paths if not self._is_compressed(path)])  # type: ignore[no-untyped-call]

    def _is_compressed(self, name: str) -> bool:
        original = Path(self.path(name))
        compressed = original.with_name(original.name + ".gz")
        if not compressed.exists():
            return False
        # Files with a hash in their name are written anew every time, but never with another content.
        return bool(_HASHED.search(name)) or compressed.stat().st_mtime_ns >= original.stat().st_mtime_ns
