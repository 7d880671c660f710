"""Refuses Python files over 400 lines and functions over 40 lines (docstring not counted)."""

import ast
import subprocess
import sys
from pathlib import Path

FILE_LINES, FUNCTION_LINES = 400, 40


def length(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without its docstring."""
    doc = node.body[0] if ast.get_docstring(node, clean=False) else None
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    return lines - ((doc.end_lineno or doc.lineno) - doc.lineno + 1) if doc else lines


def problems(path: Path) -> list[str]:
    """What is too long in one file."""
    text = path.read_text(encoding="utf-8")
    found = []
    if (lines := text.count("\n")) > FILE_LINES:
        found.append(f"{path}: {lines} lines, at most {FILE_LINES}: split it by noun")
    functions = (node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))
    return found + [
        f"{path}:{node.lineno}: {node.name} has {length(node)} lines, at most {FUNCTION_LINES}"
        for node in functions
        if length(node) > FUNCTION_LINES
    ]


def main() -> int:
    """Check every Python file that git knows or would add."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.py"]
    names = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
    paths = [Path(name) for name in names if "/migrations/" not in name]
    found = [line for path in paths if path.exists() for line in problems(path)]
    print("\n".join(found) or "sizes: fine")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
