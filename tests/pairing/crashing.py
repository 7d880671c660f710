"""Run in a process of its own by ``test_crash``: agree to a pair for its last side and die at a named moment.

Prints how things stood before, and after if it lives.
"""

import json
import os
import sys
from typing import Any

import django


def die(*_args: Any, **_named: Any) -> None:
    """As if the power went: no exception, no clean-up, no flush."""
    os._exit(9)


def prepare() -> None:
    """One proposed pair to which two sides have said yes."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from django.utils import timezone

    from kanjian.boards.models import Board, Edition, Release, SchemeVersion
    from kanjian.orgs.models import Unit
    from kanjian.pairing.actions import agree
    from kanjian.pairing.models import Pair, Round

    town = Unit.objects.create(code="T", name="镇", kind="township")
    weak, strong = (Unit.objects.create(code=code, name=code, kind="village", parent=town) for code in "AB")
    board = Board.objects.create(code="b", name="榜", unit_kind="village")
    version = SchemeVersion.objects.create(board=board, version="1", text="", hash="0", valid_from="2025-Q1")
    release = Release.objects.create(board=board, period="2025-Q1", hash="0", rows=0, units=0)
    edition = Edition.objects.create(
        board=board,
        period="2025-Q1",
        scheme=version,
        release=release,
        hash="0",
        units=0,
        ranked=0,
        as_of=timezone.now(),
    )
    found = Round.objects.create(
        board=board, edition=edition, organiser=town, parameters={}, inputs={}, result_hash="0", summary={}
    )
    pair = Pair.objects.create(
        round=found, mentee=weak, mentor=strong, cost=0, distance=0, endowment=0, need=0, reasons={"weak": []}
    )
    agree(pair, "mentee", by=None)
    agree(pair, "mentor", by=None)


def main(verb: str, moment: str = "") -> None:
    django.setup()
    if verb == "prepare":
        prepare()
        return
    from kanjian.ledger.models import Event
    from kanjian.pairing.actions import agree as do
    from kanjian.pairing.models import Confirmation, Pair, Round

    def state() -> dict[str, object]:
        return {
            "pair": Pair.objects.get().state,
            "round": Round.objects.get().state,
            "said": Confirmation.objects.count(),
            "events": Event.objects.filter(verb="pairing.agree").count(),
        }

    sys.stdout.write(json.dumps(state()) + "\n")
    sys.stdout.flush()
    module = sys.modules["kanjian.pairing.actions.agree"]
    places = {"yes": (Confirmation.objects, "create"), "agreed": (module, "_agreed"), "event": (module, "append_event")}
    if moment:
        place, name = places[moment]
        setattr(place, name, die)
    do(Pair.objects.get(), "organiser", by=None)
    sys.stdout.write(json.dumps(state()) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
