"""What pairing offers to a unit on a help list: its partner, if it has one 帮扶入口."""

from django.urls import reverse
from django.utils.translation import gettext as _

from kanjian.boards.helping import Offer
from kanjian.boards.models import Board
from kanjian.orgs.policies import Person
from kanjian.pairing.models import Pair
from kanjian.pairing.policies import visible_pairs
from kanjian.pairing.selectors.rounds import label

LIVING = (Pair.State.PROPOSED, Pair.State.AGREED, Pair.State.RUNNING)


def pair_of(board: Board, _period: str, unit: str, reader: Person) -> Offer | None:
    """A link to the unit's pair, the newest one that is proposed, agreed or running.

    A department sees units on a help list that it does not have in scope: it is led to public pairs only.
    """
    pairs = Pair.objects.filter(round__board=board, mentee__code=unit, state__in=LIVING)
    pair = pairs.select_related("mentor").order_by("-pk").first()
    if pair is None or not visible_pairs(reader).filter(pk=pair.pk).exists():
        return None
    text = _("结对：%(mentor)s") % {"mentor": label(pair.mentor)}
    return Offer(text, reverse("pairing:pair", args=[pair.round_id, pair.pk]))
