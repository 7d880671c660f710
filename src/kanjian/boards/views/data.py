"""Open data of an edition 开放数据: the page, single files, the whole as a zip, and the table as filtered."""

import io
from collections.abc import Callable, Iterator, Sequence

import polars as pl
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from kanjian.boards.selectors import editions, files, table
from kanjian.boards.selectors.shapes import DataFile
from kanjian.boards.views.tables import query_of

ROWS = 16_384  # at a time, so that a nation's table never lies in memory as text
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMATS = (("csv", "CSV"), ("xlsx", "Excel"), ("json", "JSON"))


@require_safe
def data(request: HttpRequest, code: str, period: str) -> HttpResponse:
    """Files with sizes and hashes, and the one command that recomputes the edition."""
    page = files.data_page(editions.edition_for(request.user, code, period))
    listed = [
        (gettext("本期结果"), _with_content(page.files)),
        (gettext("冻结的数据"), _with_content(page.release_files)),
    ]
    return render(
        request, "boards/data.html", {"page": page, "edition": page.edition, "files": listed, "formats": FORMATS}
    )


def _with_content(listed: Sequence[DataFile]) -> list[tuple[DataFile, str]]:
    """Each file with what is in it, in words; parts of a table are named by the table."""
    contents = {
        "scores": gettext("得分、名次、等次、名次区间、进退"),
        "details": gettext("每个单位每项指标的原值与得分"),
        "tracks": gettext("各赛道的统计"),
        "areas": gettext("各区县、乡镇的统计"),
        "nodes": gettext("各赛道每个指标的中位与最好"),
        "corrections": gettext("上期之后更正过的数据"),
        "parameters": gettext("评价标准：最好最差值、均值等"),
        "supports": gettext("名次类规则的对照值"),
        "summary": gettext("本期概况"),
        "scheme": gettext("方法"),
        "rows": gettext("按行读取用的副本"),
        "index": gettext("按单位查找用的索引"),
        "values": gettext("方法所读的数据，一行一个数"),
        "units": gettext("参评单位及其所属"),
        "groups": gettext("赛道、区县、乡镇的名称"),
    }
    return [(file, contents.get(file.name.partition(".")[0].partition("-")[0], "")) for file in listed]


@require_safe
def file(request: HttpRequest, code: str, period: str, name: str) -> FileResponse:
    """One file of the edition or of the release below it, as stored."""
    edition = editions.edition_for(request.user, code, period)
    path = files.file_path(edition, name) or files.release_file_path(edition, name)
    if path is None:
        raise Http404(name)
    return FileResponse(path.open("rb"), as_attachment=True, filename=f"{code}-{period}-{path.name}")


@require_safe
def bundle(request: HttpRequest, code: str, period: str) -> FileResponse:
    """Everything needed to recompute the edition, as one zip."""
    archive = files.open_data(editions.edition_for(request.user, code, period))
    return FileResponse(archive, as_attachment=True, filename=f"{code}-{period}.zip")


@require_safe
def download(request: HttpRequest, code: str, period: str, ending: str) -> HttpResponse | StreamingHttpResponse:
    """The board's table as filtered: CSV (streamed, with a byte-order mark, for Excel), JSON (streamed) or XLSX."""
    writer = WRITERS.get(ending)
    if writer is None:
        raise Http404(ending)
    edition = editions.edition_for(request.user, code, period)
    response = writer(table.download_frame(edition, query_of(request.GET), editions.sight_for(request.user, edition)))
    response["Content-Disposition"] = f'attachment; filename="{code}-{period}.{ending}"'
    return response


def _csv(frame: pl.DataFrame) -> StreamingHttpResponse:
    return StreamingHttpResponse(_csv_lines(frame), content_type="text/csv; charset=utf-8")


def _csv_lines(frame: pl.DataFrame) -> Iterator[bytes]:
    yield frame.head(0).write_csv(include_bom=True).encode()
    for rows in frame.iter_slices(ROWS):
        yield rows.write_csv(include_header=False).encode()


def _json(frame: pl.DataFrame) -> StreamingHttpResponse:
    return StreamingHttpResponse(_json_rows(frame), content_type="application/json")


def _json_rows(frame: pl.DataFrame) -> Iterator[bytes]:
    """One array of objects, written piece by piece: each piece is an array of its own without the brackets."""
    yield b"["
    for number, rows in enumerate(frame.iter_slices(ROWS) if frame.height else ()):
        yield (b"," if number else b"") + rows.write_json().encode()[1:-1]
    yield b"]"


def _xlsx(frame: pl.DataFrame) -> HttpResponse:
    buffer = io.BytesIO()
    frame.write_excel(buffer, autofit=True, freeze_panes=(1, 2))
    return HttpResponse(buffer.getvalue(), content_type=XLSX)


WRITERS: dict[str, Callable[[pl.DataFrame], HttpResponse | StreamingHttpResponse]] = {
    "csv": _csv,
    "json": _json,
    "xlsx": _xlsx,
}
