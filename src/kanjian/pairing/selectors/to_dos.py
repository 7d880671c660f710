"""What waits for a person in this room 待办: sides to speak for, milestones that are late."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from kanjian.orgs.models import User
from kanjian.pairing import policies
from kanjian.pairing.models import Milestone, Pair
from kanjian.pairing.states import OPEN_ROUNDS

MOST = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing to do."""

    title: str
    note: str
    url: str
    is_urgent: bool = False


def waiting(user: User) -> list[Waiting]:
    """Pairs to agree to, one line per round, and late milestones of running pairs."""
    return [*_to_agree(user), *_late(user)]


def _to_agree(user: User) -> Iterator[Waiting]:
    pairs = policies.confirmable_pairs(user).filter(round__state__in=OPEN_ROUNDS).select_related("round__edition")
    by_round: dict[int, list[Pair]] = {}
    for pair in pairs.order_by("round"):
        by_round.setdefault(pair.round_id, []).append(pair)
    for number, found in list(by_round.items())[:MOST]:
        title = ngettext("%(count)s 对结对待确认", "%(count)s 对结对待确认", len(found)) % {"count": len(found)}
        note = gettext("依据 %(period)s 榜单，请代表本方确认或提出意见") % {"period": found[0].round.edition.period}
        if len(found) == 1:
            url = reverse("pairing:pair", args=[number, found[0].pk])
        else:
            url = reverse("pairing:round", args=[number]) + "?mine=1"
        yield Waiting(title, note, url)


def _late(user: User) -> Iterator[Waiting]:
    late = Milestone.objects.filter(
        pair__in=policies.workable_pairs(user).filter(state=Pair.State.RUNNING),
        planned__lt=timezone.localdate(),
        done=None,
        cancelled="",
    ).select_related("pair__mentee", "pair__mentor")
    for row in late.order_by("planned")[:MOST]:
        title = gettext("帮带节点逾期：%(title)s") % {"title": row.title}
        yield Waiting(
            title, str(row.pair), reverse("pairing:pair", args=[row.pair.round_id, row.pair_id]), is_urgent=True
        )
