"""``kanjian weights``: what the data say about the weights, beside what was decided 权重建议."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from kanjian.cli.console import CALLED_WRONGLY, console, done, fail, table, warn
from kanjian.cli.progress import bar
from kanjian.cli.reading import Output, Period, PeriodColumn, UnitColumn, Units, ValuesFile, read
from kanjian.cli.schemes import SchemeFile, Sheet, load
from kanjian.cli.tables import check_output, write_table

if TYPE_CHECKING:
    import polars as pl

    from kanjian.scoring import Result, Scheme
    from kanjian.scoring.weights import Weights


class Method(StrEnum):
    """How the advice is found."""

    ENTROPY = "entropy"
    CRITIC = "critic"
    PCA = "pca"


@dataclass(frozen=True)
class Part:
    """An item whose weight is asked about, and its share of the whole as decided."""

    code: str
    name: str
    share: float


def weights(
    scheme: SchemeFile,
    values: ValuesFile,
    method: Annotated[Method, typer.Option(help="Entropy 熵权, CRITIC, or the first principal component.")] = (
        Method.ENTROPY
    ),
    branch: Annotated[
        str, typer.Option(help="Only the items of this branch, against each other; default all indicators.")
    ] = "",
    units: Units = None,
    unit_column: UnitColumn = "unit",
    period: Period = None,
    period_column: PeriodColumn = "period",
    sheet: Sheet = "",
    output: Output = None,
) -> None:
    """Advice on weights 权重建议: nominal (as decided), effective (what really moves the order) and by the data.

    Advice only: nothing is changed, and weights found in one year's data are not comparable with another's. All three
    are about points, in which less is better is already turned round.
    """
    if output is not None:
        check_output(output, [scheme, values, units])
    found = load(scheme)
    parts = _parts(found, branch)
    with bar(f"Scoring {values.name} …"):
        given = read(found, values, units=units, unit_column=unit_column, period_column=period_column, sheet=sheet)
        result = given.result(period)
        frame, advice = _advice(result, parts, method)
    _print(frame, advice, found, branch)
    if output is not None:
        write_table(frame, output)
        done(f"wrote {output}: {frame.height:,} rows")


def _parts(scheme: "Scheme", branch: str) -> list[Part]:
    """The items that are weighted against each other; what is added or taken off afterwards has no share."""
    nodes = {node.code: node for node in scheme.nodes()}
    if branch not in {"", *(code for code, node in nodes.items() if node.children)}:
        known = ", ".join(code for code, node in nodes.items() if node.children)
        fail(f"no branch {branch!r}; branches: {known}", code=CALLED_WRONGLY)
    shares = {nodes[branch or scheme.tree.code].code: 1.0}
    for node in scheme.nodes():
        total = sum(child.weight for child in node.children if child.role == "score")
        for child in node.children:
            if node.code in shares and child.role == "score" and total > 0:
                shares[child.code] = shares[node.code] * child.weight / total
    chosen = [node for node in scheme.nodes() if node.is_leaf] if not branch else nodes[branch].children
    found = [Part(node.code, node.name or node.name_en, shares[node.code]) for node in chosen if node.code in shares]
    if len(found) < 2:
        fail(
            f"{branch or scheme.code}: fewer than two items with weights; there is nothing to weigh",
            code=CALLED_WRONGLY,
        )
    return found


def _advice(result: "Result", parts: list[Part], method: Method) -> "tuple[pl.DataFrame, Weights]":
    """The three kinds of weights side by side, largest difference first, and what the method has to say."""
    import polars as pl

    from kanjian.scoring.weights import WeightsError, critic, effective_weights, entropy, pca

    codes = [part.code for part in parts]
    points = result.scores.select(codes)
    if thin := [code for code in codes if points.height - points[code].null_count() < 2]:
        fail(f"no advice: fewer than two units have points in {', '.join(thin)}")
    try:
        match method:
            case Method.ENTROPY:
                advice = entropy(points, missing="available")
            case Method.CRITIC:
                advice = critic(points, missing="available")
            case Method.PCA:
                advice = pca(points, missing="available")
        effective = effective_weights(points, {part.code: part.share for part in parts})
    except WeightsError as error:
        fail(f"no advice by {method.value}: {error}")
    frame = pl.DataFrame({"node": codes, "name": [part.name for part in parts]}).with_columns(
        effective["nominal"], effective["effective"], pl.Series("advice", [advice.values[code] for code in codes])
    )
    return frame.with_columns((pl.col("advice") - pl.col("nominal")).alias("difference")), advice


def _print(frame: "pl.DataFrame", advice: "Weights", scheme: "Scheme", branch: str) -> None:
    of = branch or scheme.name or scheme.code
    numbers = ["nominal", "effective", "advice", "difference"]
    table(f"{of}: weights by {advice.method}", frame.columns, frame.rows(), right=numbers)
    if facts := ", ".join(f"{name.replace('_', ' ')} {number:.4g}" for name, number in advice.facts.items()):
        console.print(facts, markup=False, soft_wrap=True)
    for notice in advice.notices:
        warn(notice.message)
    console.print("Advice only: the scheme's weights are decided by people and were not changed.", soft_wrap=True)
