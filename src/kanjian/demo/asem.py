"""Real data beside the sample 真实数据: the ASEM index of sustainable connectivity, 51 countries, 49 indicators.

Data: European Commission, Joint Research Centre, as bundled with the R package COINr (MIT). It is not part of this
project and is read from a reference folder; the scheme comes from its ``iMeta`` table, the values through the ordinary
import, the ranks are those of COINr (min-max, arithmetic means).
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

import kanjian
from kanjian.boards.actions.add_scheme_version import add_scheme_version
from kanjian.boards.actions.create_board import create_board
from kanjian.boards.models import Board, SchemeVersion
from kanjian.demo import places
from kanjian.demo.publishing import is_published, publish_period
from kanjian.jobs.progress import SILENT, Reporter
from kanjian.measures.actions import define_indicator, import_values
from kanjian.measures.intake import Options, Source
from kanjian.measures.models import Indicator, Value
from kanjian.orgs.actions.import_units import import_units
from kanjian.orgs.models import Unit
from kanjian.scoring import Scheme
from kanjian.scoring.coinr import scheme_from_imeta

BOARD, ROOT, PERIOD = "asem", "ASEM", "2018"
GROUPS = ("GDP_group", "GDPpc_group", "Pop_group", "EurAsia_group")
NEEDED = ("iData.csv", "iMeta.csv")


class ReferenceAbsentError(RuntimeError):
    """The folder with the ASEM data is not there; the message says where it was looked for."""


def reference_folder() -> Path:
    """The folder with ``iData.csv`` and ``iMeta.csv``: ``asem`` in KANJIAN_REFERENCE, else beside the repository.

    Raises ``ReferenceAbsentError``.
    """
    named = os.environ.get("KANJIAN_REFERENCE")
    beside = Path(kanjian.__file__).resolve().parents[2].parent / "shared" / "reference"
    folder = (Path(named) if named else beside) / "asem"
    if all((folder / name).is_file() for name in NEEDED):
        return folder
    raise ReferenceAbsentError(
        f"the ASEM index was not loaded: no {' and '.join(NEEDED)} in {folder}; "
        "name the folder above asem/ in KANJIAN_REFERENCE"
    )


def load_asem(reporter: Reporter = SILENT) -> Board:
    """Load and publish the ASEM index; returns the board. Safe to run again. Raises ``ReferenceAbsentError``."""
    folder = reference_folder()
    meta = pl.read_csv(folder / "iMeta.csv", infer_schema_length=None)
    _countries(pl.read_csv(folder / "iData.csv", infer_schema_length=None), reporter)
    _indicators(meta)
    board = _board()
    version = _version(board, asem_scheme(meta))
    if is_published(board, PERIOD):
        return board
    countries = Unit.objects.filter(parent__code=ROOT)
    if not Value.objects.filter(unit__in=countries, period=PERIOD).exists():
        # Groups and denominators stand in the same file; they are no indicators.
        options = Options(shape="wide", unit_column="uCode", skip_unknown_columns=True, blank_is_missing=True)
        note = f"ASEM / COINr iData, {PERIOD}年"
        import_values(Source.open(folder / "iData.csv"), options, by=None, note=note, reporter=reporter)
    publish_period(version, PERIOD, reporter)
    return board


def asem_scheme(meta: pl.DataFrame) -> Scheme:
    """The index as COINr computes it by default, with Chinese names added."""
    scheme = scheme_from_imeta(meta, rule="minmax", aggregate="arithmetic", range=(0, 100), code=BOARD, version=PERIOD)
    chinese = {row["code"]: row for row in places.rows("asem.csv")}
    written: dict[str, Any] = scheme.to_dict()
    written |= {
        "name": "可持续连通性指数",
        "name_en": "Sustainable Connectivity Index",
        "note": "欧盟联合研究中心的亚欧会议可持续连通性指数，数据随R软件包COINr发布。 "
        "ASEM Sustainable Connectivity, European Commission (JRC); data bundled with the R package COINr.",
        "tree": _named(written["tree"], chinese),
    }
    return Scheme.load(written)


def _named(node: dict[str, Any], chinese: dict[str, dict[str, str]]) -> dict[str, Any]:
    known = chinese.get(node["code"])
    named = dict(node) if known is None else node | {"name": known["name"]}
    if known is not None and "rule" in node:
        named |= {"unit": known["unit"]}
    if "children" in node:
        named["children"] = [_named(child, chinese) for child in node["children"]]
    return named


def _countries(data: pl.DataFrame, reporter: Reporter) -> None:
    if Unit.objects.filter(code=ROOT).exists():
        return
    chinese = {row["code"]: row["name"] for row in places.rows("asem-countries.csv")}
    rows = [{"code": ROOT, "name": "亚欧会议国家", "name_en": "ASEM countries", "kind": "other", "parent": None}]
    rows += list(_country_rows(data, chinese))
    content = pl.DataFrame(rows, infer_schema_length=None).write_csv().encode()
    import_units("asem-countries.csv", content, by=None, reporter=reporter)


def _country_rows(data: pl.DataFrame, chinese: dict[str, str]) -> Iterator[dict[str, Any]]:
    for row in data.iter_rows(named=True):
        yield {
            "code": row["uCode"],
            "name": chinese.get(row["uCode"], row["uName"]),
            "name_en": row["uName"],
            "kind": "country",
            "parent": ROOT,
            **{f"attribute:{group}": row[group] for group in GROUPS},
        }


def _indicators(meta: pl.DataFrame) -> None:
    chinese = {row["code"]: row for row in places.rows("asem.csv")}
    known = set(Indicator.objects.values_list("code", flat=True))
    for order, row in enumerate(meta.filter(pl.col("Type") == "Indicator").iter_rows(named=True), start=1000):
        code = row["iCode"]
        if code in known:
            continue
        define_indicator(
            code,
            by=None,
            name=chinese[code]["name"] if code in chinese else row["iName"],
            name_en=row["iName"],
            description="ASEM / COINr iMeta",
            unit_of_measure=chinese[code]["unit"] if code in chinese else row["Unit"][:40],
            higher_is_better=row["Direction"] == 1,
            decimals=6,
            source=Indicator.Source.REFERENCE,
            order=order,
        )


def _board() -> Board:
    board = Board.objects.filter(code=BOARD).first()
    if board is not None:
        return board
    return create_board(
        code=BOARD,
        name="亚欧会议可持续连通性指数",
        name_en="ASEM Sustainable Connectivity Index",
        description="真实数据：51个国家、49项指标，结果与COINr一致。",
        description_en="Real data: 51 countries, 49 indicators; the results are those of COINr.",
        unit_kind=Unit.Kind.COUNTRY,
        root=Unit.objects.get(code=ROOT),
        is_public=True,
        order=1,
        by=None,
    )


def _version(board: Board, scheme: Scheme) -> SchemeVersion:
    standing = SchemeVersion.objects.filter(board=board, version=scheme.version).first()
    return standing or add_scheme_version(board, scheme.to_yaml(), by=None, valid_from=PERIOD, note=scheme.note)
