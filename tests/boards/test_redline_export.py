"""The open-data archive carries the exceptions that cover its method."""

import json
import zipfile

import pytest

from kanjian.boards.export import export_open_data
from kanjian.boards.selectors.files import files_of
from kanjian.cli.redlines import refuse_forbidden
from kanjian.scoring import Scheme

ROW = {
    "code": "R06",
    "item": "V",
    "document": "演示1号",
    "signer": "王某",
    "reason": "演示",
    "expires_on": "2026-12-31",
}


def test_exceptions_lie_in_the_archive_and_other_ones_make_another(season, home) -> None:
    files = files_of(season[-1])
    plain, with_exceptions = export_open_data(home, files), export_open_data(home, files, [ROW])
    assert plain != with_exceptions
    assert "exceptions.json" not in zipfile.ZipFile(plain).namelist()
    with zipfile.ZipFile(with_exceptions) as archive:
        assert json.loads(archive.read("exceptions.json")) == [ROW]
        assert "exceptions.json" in json.loads(archive.read("manifest.json"))["files"]


SCHEME = """format: kanjian/scheme/1
code: s
version: "1"
tree: {code: i, children: [{code: A, name: 登录次数, rule: {method: direct}}]}
"""


def test_the_command_line_refuses_and_reads_the_exceptions_beside_the_file(tmp_path) -> None:
    import typer

    path = tmp_path / "scheme.yaml"
    path.write_text(SCHEME, encoding="utf-8")
    with pytest.raises(typer.Exit):
        refuse_forbidden(Scheme.load(path), path)
    (tmp_path / "exceptions.json").write_text(json.dumps([{**ROW, "code": "R01", "item": "A"}]), encoding="utf-8")
    refuse_forbidden(Scheme.load(path), path)
    (tmp_path / "exceptions.json").write_text("{}", encoding="utf-8")
    with pytest.raises(typer.Exit):
        refuse_forbidden(Scheme.load(path), path)
