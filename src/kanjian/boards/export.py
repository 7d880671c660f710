"""Open data of an edition 开放数据: one zip with everything needed to check the edition without this platform.

``kanjian verify FILE.zip`` recomputes the edition from the release and the scheme in it and compares hash for hash
(``boards.bundles``); movement and sparklines count from the editions before, whose scores lie in ``history/``.

The zip is written once per edition beside the editions and kept, since an edition never changes; its entries carry a
fixed date, so that equal editions give equal archives.
"""

import hashlib
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import polars as pl

from kanjian.boards.inputs import release_values
from kanjian.boards.store.editions import ORDERS, EditionFiles, open_edition
from kanjian.boards.store.folders import Manifest
from kanjian.boards.store.hashing import canonical_json, file_hash
from kanjian.boards.store.releases import ReleaseTables, read_release
from kanjian.scoring import Scheme, Values

COMMAND = "kanjian score scheme.yaml values.csv --output recomputed.csv"
NOT_APPLICABLE = "不适用"
LAYOUT = 2  # of the archive; a new one is written beside those of the layout before
_DATE = (2000, 1, 1, 0, 0, 0)

README = """# 开放数据 · Open data

榜单期次 edition {edition}
数据发布 release {release}
方法 method {scheme}（{version}）

| 文件 file | 内容 content |
|---|---|
| scheme.yaml | 方法 the method |
| values.csv | 方法所读的数据，一行一个单位 the values the method reads, one row per unit |
| scores.csv / .parquet / .json | 得分、名次、等次、名次区间 scores, ranks, bands, rank intervals |
| details.parquet | 每个单位每项指标的原值与得分 raw value and points of every indicator |
| parameters.parquet, supports.parquet | 评价标准（最好最差值等）what the rules compared with |
| release/ | 冻结的原始数据与单位 the frozen cells and units |
| history/ | 前几期的得分，进退和走势由此计算 scores of the editions before, from which movement is counted |
| exceptions.json | 红线例外（有才附）exceptions from red lines, where there are any |
| manifest.json | 每个文件的大小与 SHA-256 size and SHA-256 of every file |

一条命令核对全部 check everything with one command:

    kanjian verify FILE.zip

只用方法和数据重新计算 recompute from method and values alone:

    {command}

重新计算的 `score` 与 `rank` 应与 scores.csv 逐位相同。
`score` and `rank` in the result equal those in scores.csv to the last digit.
空白是未采集，不是零；“{na}”是不适用，不是缺失。
Blank means not collected, never zero; “{na}” means not applicable, which is not missing.
"""


def folder_of(home: Path) -> Path:
    """Where finished archives are kept."""
    return home / "exports"


def export_open_data(home: Path, files: EditionFiles, exceptions: Sequence[Mapping[str, str]] = ()) -> Path:
    """The archive of an edition, written on first demand; the path of a finished file.

    ``exceptions``: those from red lines that cover its method; another list is another archive.
    """
    printed = canonical_json(list(exceptions))
    mark = f"-{hashlib.sha256(printed).hexdigest()[:8]}" if exceptions else ""
    target = folder_of(home) / f"{files.folder.name}{mark}.{LAYOUT}.zip"
    if target.is_file():
        return target
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".part-", dir=target.parent) as folder:
        contents = Path(folder) / "contents"
        contents.mkdir()
        if exceptions:
            (contents / "exceptions.json").write_bytes(printed)
        _fill(home, files, contents)
        finished = Path(folder) / "finished.zip"
        _pack(contents, finished)
        finished.replace(target)
    return target


def _fill(home: Path, files: EditionFiles, folder: Path) -> None:
    release = read_release(home, str(files.manifest.identity["release"]))
    _write_csv(values_table(files.scheme, release), folder / "values.csv")
    scores = published_scores(files.table("scores"))
    scores.write_parquet(folder / "scores.parquet")
    scores.write_json(folder / "scores.json")
    _write_csv(scores.drop("sparkline"), folder / "scores.csv")
    files.details().sink_parquet(folder / "details.parquet")
    for name in ("parameters.parquet", "supports.parquet", "scheme.yaml", "summary.json"):
        shutil.copyfile(files.folder / name, folder / name)
    _write_release(release, folder / "release")
    _write_history(home, files, folder / "history")
    (folder / "README.md").write_text(_readme(files), encoding="utf-8")
    (folder / "manifest.json").write_bytes(canonical_json(_manifest(files.manifest, folder)))


def published_scores(scores: pl.DataFrame) -> pl.DataFrame:
    """The columns of ``scores`` that are for readers, without those that only serve the pages."""
    return scores.drop("position", "keys", *(f"{name}_order" for name in ORDERS))


def _write_history(home: Path, files: EditionFiles, folder: Path) -> None:
    """Scores of the editions before, whole, so that their hashes can be checked; of the last one also what it read."""
    held = files.manifest.identity["history"]
    names = [str(each) for each in held] if isinstance(held, list) else []
    for name in names:
        past, place = open_edition(home, name), folder / name
        place.mkdir(parents=True)
        (place / "identity.json").write_bytes(canonical_json(past.manifest.identity))
        (place / "summary.json").write_bytes(canonical_json(past.summary))
        past.table("scores").write_parquet(place / "scores.parquet")
        if name == names[-1]:
            past.details().sink_parquet(place / "details.parquet")


def values_table(scheme: Scheme, release: ReleaseTables) -> pl.DataFrame:
    """The wide table that the one command reads: unit, groups, inputs as text where cells do not apply."""
    values = release_values(scheme, release)
    if values.na is None:
        return values.frame
    return values.frame.with_columns(list(_marked(values)))


def _marked(values: Values) -> Iterator[pl.Series]:
    """Columns with cells that do not apply, those written as a word."""
    for name in values.na.columns if values.na is not None else ():
        applies = ~values.na[name] if values.na is not None else None
        if applies is None or applies.all():
            continue
        text = values.frame[name].cast(pl.String)
        yield text.zip_with(applies, pl.Series([NOT_APPLICABLE] * len(text))).alias(name)


def _write_release(release: ReleaseTables, folder: Path) -> None:
    folder.mkdir()
    for name in ("values", "units", "groups"):
        table: pl.DataFrame = getattr(release, name)
        table.write_parquet(folder / f"{name}.parquet")
        _write_csv(table, folder / f"{name}.csv")


def _write_csv(frame: pl.DataFrame, path: Path) -> None:
    """CSV with a byte-order mark, which spreadsheets need to read Chinese."""
    frame.write_csv(path, include_bom=True)


def _readme(files: EditionFiles) -> str:
    scheme = files.scheme
    return README.format(
        edition=files.manifest.hash,
        release=files.manifest.identity["release"],
        scheme=scheme.name or scheme.code,
        version=scheme.version,
        command=COMMAND,
        na=NOT_APPLICABLE,
    )


def _manifest(edition: Manifest, folder: Path) -> dict[str, object]:
    names = sorted(path for path in folder.rglob("*") if path.is_file())
    listed = {
        path.relative_to(folder).as_posix(): {"sha256": file_hash(path), "size": path.stat().st_size} for path in names
    }
    return {"edition": edition.hash, "identity": edition.identity, "engine": edition.engine, "files": listed}


def _pack(folder: Path, target: Path) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for path in sorted(path for path in folder.rglob("*") if path.is_file()):
            entry = zipfile.ZipInfo(path.relative_to(folder).as_posix(), _DATE)
            entry.compress_type = zipfile.ZIP_STORED if path.suffix == ".parquet" else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with path.open("rb") as source, archive.open(entry, "w", force_zip64=True) as sink:
                shutil.copyfileobj(source, sink)
