"""What the figures were measured on; no host names, no paths."""

from __future__ import annotations

import os
import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

PACKAGES = ("polars", "numpy", "scipy", "pandas", "scikit-criteria", "pymcdm")


def describe() -> list[tuple[str, str]]:
    """Pairs of label and text: processor, cores, memory, system, versions."""
    return [
        ("Processor", f"{_processor()}, {os.cpu_count()} cores"),
        ("Memory", f"{_memory_gb():.0f} GB"),
        ("System", f"{platform.system()}, {platform.machine()}, Python {platform.python_version()}"),
        ("Packages", ", ".join(f"{name} {_version(name)}" for name in PACKAGES)),
    ]


def load() -> float:
    """Load average of the last minute: what else was running."""
    return os.getloadavg()[0]


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    return next(
        (line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.processor()
    )


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "absent"
