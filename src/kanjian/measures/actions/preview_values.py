"""Look at what an import would do; nothing is written."""

from kanjian.jobs.progress import SILENT, Reporter
from kanjian.measures.comparing import compare
from kanjian.measures.intake import Options, Source
from kanjian.measures.policies import require_import
from kanjian.measures.preview import Preview
from kanjian.orgs.models import User


def preview_values(
    source: Source, options: Options | None = None, *, by: User | None, reporter: Reporter = SILENT
) -> Preview:
    """New, changed and unchanged cells, the differences, and every problem with its place and remedy.

    Wrong cells never raise: they are the preview's ``findings``. Raises ``PermissionDenied`` for somebody who may enter
    values of no unit at all; units outside of the own scope are findings.
    """
    require_import(by)
    return compare(source, options or Options(), by, reporter).preview
