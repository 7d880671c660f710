"""Reads of the ledger: events for auditors, and the proof that the chain is whole."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from kanjian.ledger.chain import hash_of
from kanjian.ledger.models import GENESIS, Event, EventQuerySet, Head

CHUNK = 5_000


@dataclass(frozen=True)
class Break:
    """The first place where the chain is broken 断点."""

    sequence: int
    code: str  # gap | link | hash | head
    reason: str  # in the reader's language


@dataclass(frozen=True)
class Verification:
    """What a walk along the whole chain found 校验结果."""

    events: int
    head_hash: str
    broken: Break | None

    @property
    def is_whole(self) -> bool:
        """Nothing was changed, removed, inserted or reordered."""
        return self.broken is None


def verify_chain() -> Verification:
    """Walk the chain from its first event, in constant memory; stop at the first break.

    Appends may go on meanwhile: the head is read before and after the walk, and the last event seen must lie between.
    """
    before = head()
    events, last_hash, broken = _walk(Event.objects.order_by("sequence").iterator(chunk_size=CHUNK), before)
    if broken is None:
        broken = _check_end(events, last_hash, before, head())
    return Verification(events=events, head_hash=last_hash, broken=broken)


def head() -> Head:
    """The chain's end as recorded; of an empty ledger the beginning."""
    return Head.objects.first() or Head()


def _walk(chain: Iterable[Event], end: Head) -> tuple[int, str, Break | None]:
    """Events seen, hash of the last good one, first break."""
    count, previous = 0, GENESIS
    for event in chain:
        broken = _check_event(event, count + 1, previous)
        if broken is None and event.sequence == end.sequence and event.hash != end.hash:
            broken = Break(event.sequence, "head", _("它的哈希与链头记录不符"))
        if broken is not None:
            return count, previous, broken
        count, previous = event.sequence, event.hash
    return count, previous, None


def _check_event(event: Event, expected: int, previous: str) -> Break | None:
    if event.sequence != expected:
        return Break(expected, "gap", _("缺少这一条，下一条是第 %(next)d 条") % {"next": event.sequence})
    if event.previous_hash != previous:
        return Break(expected, "link", _("它记的不是前一条的哈希"))
    if event.hash != hash_of(event):
        return Break(expected, "hash", _("内容与写入时不同，哈希不符"))
    return None


def _check_end(last: int, last_hash: str, before: Head, after: Head) -> Break | None:
    if last < before.sequence:
        return Break(
            last + 1, "gap", _("末尾缺少第 %(first)d 至 %(last)d 条") % {"first": last + 1, "last": before.sequence}
        )
    if last > after.sequence:
        return Break(
            after.sequence + 1,
            "head",
            _("链头记录止于第 %(head)d 条，事件却到第 %(last)d 条") % {"head": after.sequence, "last": last},
        )
    if last == after.sequence and last_hash != after.hash:
        return Break(last, "head", _("它的哈希与链头记录不符"))
    return None


def verbs() -> dict[str, list[str]]:
    """Verbs that happened, by room, in order."""
    found: dict[str, list[str]] = {}
    for verb in Event.objects.order_by("verb").values_list("verb", flat=True).distinct():
        found.setdefault(verb.partition(".")[0], []).append(verb)
    return found


def events(
    *,
    subject: str = "",
    verb: str = "",
    actor: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
) -> EventQuerySet:
    """Events, newest first, narrowed by subject, verb (``boards.`` with the dot = the whole room), actor, time."""
    found: EventQuerySet = Event.objects.order_by("-sequence")
    if subject:
        found = found.filter(subject=subject)
    if verb:
        found = found.filter(verb__startswith=verb) if verb.endswith(".") else found.filter(verb=verb)
    if actor:
        found = found.filter(actor=actor)
    if since is not None:
        found = found.filter(at__gte=since)
    if until is not None:
        found = found.filter(at__lt=until)
    return found
