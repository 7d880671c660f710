"""What the steps of a staged set share: its locked row, its changes, and the fingerprint of what it stands on."""

from django.db.models import Q
from django.utils.translation import gettext as _

from kanjian.boards.changes import Changes, merged
from kanjian.boards.models import Edition, SchemeVersion, StagedSet
from kanjian.boards.states import REPLACEABLE, BoardError
from kanjian.boards.store.hashing import json_hash
from kanjian.calendars.periods import Period
from kanjian.measures.models import Value
from kanjian.orgs.models import Unit
from kanjian.orgs.selectors import track_of

OPEN = (StagedSet.State.OPEN, StagedSet.State.COMPUTED)
RELATED = ("board__root", "base__release", "base__scheme", "scheme")


def locked(staged: StagedSet) -> StagedSet:
    """The set as it is now, locked until the transaction ends."""
    return StagedSet.objects.select_for_update(of=("self",)).select_related(*RELATED).get(pk=staged.pk)


def require_open(staged: StagedSet) -> None:
    """``BoardError`` (staged_finished) when it was applied or cancelled."""
    if staged.state not in OPEN:
        state = StagedSet.State(staged.state).label
        raise BoardError("staged_finished", _("更正集“%(title)s”%(state)s") % {"title": staged.title, "state": state})


def reopen(staged: StagedSet) -> None:
    """Something changed: what was computed no longer counts."""
    staged.state, staged.fingerprint = StagedSet.State.OPEN, ""
    staged.save(update_fields=["state", "fingerprint"])


def in_force(board_id: int, period: str) -> Edition | None:
    """The edition of a period that corrections are made to: the newest that is published or under objection."""
    found = Edition.objects.filter(board=board_id, period=period, state__in=REPLACEABLE).order_by("-pk")
    return found.select_related("board__root", "scheme", "release", "previous").first()


def changes_of(staged: StagedSet) -> Changes:
    """Everything the set changes; ``BoardError`` (clash) names cells that two items want otherwise."""
    found, clashes = merged(Changes.from_json(item.changes) for item in staged.items.all())
    if clashes:
        raise BoardError("clash", _("两项更正互相矛盾，请取消其中一项：%(what)s") % {"what": "；".join(clashes[:5])})
    return found


def scheme_of(staged: StagedSet) -> SchemeVersion:
    """The method that the candidate is computed by."""
    return staged.scheme or staged.base.scheme


def fingerprint(staged: StagedSet) -> str:
    """The hash of all that the candidate stands on: base, method, changes, and what the working copy says there now."""
    changes = changes_of(staged)
    wanted = Q(pk__in=[])
    for cell in changes.cells:
        wanted |= Q(unit__code=cell.unit, indicator__code=cell.indicator, period=cell.period)
    working = Value.objects.filter(wanted).order_by("unit__code", "indicator__code", "period")
    cells = list(working.values_list("unit__code", "indicator__code", "period", "value", "status"))
    moved = Unit.objects.filter(code__in=[each.unit for each in changes.tracks])
    tracks = track_of(list(moved), Period.parse(staged.period).end) if changes.tracks else {}
    return json_hash(
        {
            "base": [staged.base_id, staged.base.hash],
            "scheme": scheme_of(staged).hash,
            "changes": changes.as_json(),
            "cells": [list(each) for each in cells],
            "tracks": tracks,
        }
    )
