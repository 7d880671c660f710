"""Run in a process of its own by ``test_crash``: do a verb and die at a named moment.

``python crashing.py prepare`` fills the database; ``python crashing.py <verb> <moment>`` does the verb and dies there;
``python crashing.py finish`` does everything again to the end and prints what is there.
"""

import json
import os
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Any

import django


def die(*_args: Any, **_named: Any) -> None:
    """As if the power went: no exception, no clean-up, no flush."""
    os._exit(9)


def prepare() -> None:
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from kanjian.boards.actions import add_scheme_version, create_board
    from kanjian.measures.models import Batch, Indicator, Value
    from kanjian.orgs.models import Unit

    city = Unit.objects.create(code="C", name="城", kind="city")
    batch = Batch.objects.create(source="f", rows=1)
    indicators = [Indicator.objects.create(code=code, name=code) for code in ("A", "B")]
    for number in range(12):
        unit = Unit.objects.create(code=f"V{number}", name=f"村{number}", kind="village", parent=city)
        for place, indicator in enumerate(indicators):
            value = float(number * 7 % 12 + place)
            Value.objects.create(unit=unit, indicator=indicator, period="2025-Q1", value=value, batch=batch, row=2)
    board = create_board(code="b", name="榜", unit_kind="village", root=city, by=None)
    leaves = [{"code": code, "rule": {"method": "minmax"}} for code in ("A", "B")]
    tree = {"code": "root", "children": leaves}
    scheme = {"format": "kanjian/scheme/1", "code": "s", "version": "1", "tree": tree}
    add_scheme_version(board, json.dumps(scheme), valid_from="2025-Q1", by=None)


def board() -> Any:
    from kanjian.boards.models import Board

    return Board.objects.get()


def freeze() -> Any:
    from kanjian.boards.actions import freeze_release

    return freeze_release(board(), "2025-Q1", by=None)


def compute() -> Any:
    from kanjian.boards.actions import compute_edition

    return compute_edition(board().versions.get(), freeze(), by=None)


def publish() -> Any:
    from kanjian.boards.actions import open_objection
    from kanjian.boards.actions import publish as do
    from kanjian.boards.models import Edition

    edition = compute()
    if edition.state == Edition.State.DRAFT:
        edition = open_objection(edition, by=None, days=0)
    return edition if edition.state == Edition.State.PUBLISHED else do(edition, by=None)


def staged() -> Any:
    """A staged set that corrects one value of the published edition, computed."""
    from kanjian.boards.actions.staging import add_correction, compute_staged, open_staged
    from kanjian.boards.changes import CellChange, Changes
    from kanjian.boards.models import Edition

    # Only published when nothing is: the corrected one must not be computed over.
    if not Edition.objects.filter(state=Edition.State.PUBLISHED).exists():
        publish()
    found = open_staged(board(), "2025-Q1", by=None)
    if not found.items.exists():
        add_correction(found, Changes((CellChange("V3", "A", "2025-Q1", 99.0),)), by=None, reason="更正")
    return found if found.state == "computed" else compute_staged(found, by=None)


def apply() -> Any:
    from kanjian.boards.actions.staging import apply_staged

    return apply_staged(staged(), by=None)


def state() -> dict[str, Any]:
    """All that is in force, for comparing before and after."""
    from kanjian.boards.models import Edition, Release, StagedSet
    from kanjian.ledger.models import Event
    from kanjian.ledger.selectors import verify_chain
    from kanjian.measures.models import Batch, Revision, Value

    return {
        "editions": list(Edition.objects.order_by("pk").values_list("state", "hash")),
        "releases": Release.objects.count(),
        "value": Value.objects.get(unit__code="V3", indicator__code="A").value,
        "revisions": Revision.objects.count(),
        "batches": Batch.objects.count(),
        "staged": list(StagedSet.objects.values_list("state", flat=True)),
        "events": Event.objects.count(),
        "whole": verify_chain().is_whole,
    }


def moments() -> dict[str, tuple[Any, str]]:
    """Moment → the function that dies instead of doing its work."""
    from kanjian.boards.actions import compute_edition, freeze_release
    from kanjian.boards.models import Edition, Release
    from kanjian.boards.store import folders

    # The package gives the verbs under the names of their files.
    files = {
        verb: sys.modules[f"kanjian.boards.actions.{verb}"] for verb in ("compute_edition", "freeze_release", "publish")
    }
    applying = import_module("kanjian.boards.actions.staging.apply")
    assert callable(compute_edition)
    assert callable(freeze_release)
    return {
        "manifest": (folders, "_write_manifest"),
        "rename": (folders, "_rename"),
        "after-files": (files["compute_edition"], "_record"),
        "after-release-files": (files["freeze_release"], "_record"),
        "row": (Edition.objects, "create"),
        "release-row": (Release, "save"),
        "event": (files["publish"], "append_event"),
        "values-written": (applying, "_take_place"),
        "apply-event": (applying, "append_event"),
        "compute-event": (files["compute_edition"], "append_event"),
    }


def main(verb: str, moment: str = "") -> None:
    django.setup()
    if verb == "prepare":
        prepare()
        return
    if verb == "finish":
        edition = publish()
        from kanjian.boards.models import Edition, Release
        from kanjian.ledger.models import Event

        verbs = list(Event.objects.order_by("sequence").values_list("verb", flat=True))
        counts = {"editions": Edition.objects.count(), "releases": Release.objects.count()}
        sys.stdout.write(json.dumps({"hash": edition.hash, "verbs": verbs} | counts))
        return
    if verb in {"staged", "state", "apply"} and not moment:
        if verb != "state":
            {"staged": staged, "apply": apply}[verb]()
        sys.stdout.write(json.dumps(state()))
        return
    verbs: dict[str, Callable[[], Any]] = {"freeze": freeze, "compute": compute, "publish": publish, "apply": apply}
    place, name = moments()[moment]
    setattr(place, name, die)
    verbs[verb]()
    sys.exit(3)  # the moment never came


if __name__ == "__main__":
    main(*sys.argv[1:])
