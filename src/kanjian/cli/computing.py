"""``kanjian compute``: the indicators that Kanjian derives itself."""

from typing import Annotated

import typer

from kanjian.cli.console import console, done, fail
from kanjian.cli.importing import Demo, start
from kanjian.cli.progress import bar


def compute(
    period: Annotated[str, typer.Argument(metavar="PERIOD", help="Such as 2026-Q3.")],
    only: Annotated[list[str] | None, typer.Option("--only", help="Code of an indicator; may be repeated.")] = None,
    demo: Demo = False,
) -> None:
    """Compute indicators 计算指标 of a period; only what changed is written, as one batch."""
    start(demo=demo)
    from django.core.exceptions import ValidationError

    from kanjian.measures.actions import compute_indicators
    from kanjian.measures.intake import IntakeError

    try:
        with bar(f"Computing {period} …") as progress:
            preview = compute_indicators(period, by=None, only=only or (), reporter=progress).preview
    except ValidationError as error:
        fail("nothing was written", details=error.messages)
    except IntakeError as error:
        fail("nothing was written", details=[f"{each}: {each.remedy}" for each in error.findings.items[:20]])
    counts = f"{preview.new:,} new, {preview.changed:,} changed, {preview.unchanged:,} unchanged"
    console.print(f"{preview.units:,} units, {preview.indicators} indicators: {counts}")
    done(f"{preview.new + preview.changed:,} values written")
