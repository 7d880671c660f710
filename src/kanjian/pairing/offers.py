"""What pairing offers to a unit on a help list: its partner, if it has one 帮扶入口."""

from django.urls import reverse
from django.utils.translation import gettext as _

from kanjian.boards.helping import Offer
from kanjian.boards.models import Board
from kanjian.pairing.models import Pair
from kanjian.pairing.selectors.rounds import label

LIVING = (Pair.State.PROPOSED, Pair.State.AGREED, Pair.State.RUNNING)


def pair_of(board: Board, _period: str, unit: str) -> Offer | None:
    """A link to the unit's pair, the newest one that is proposed, agreed or running.

    Whoever sees the unit on a help list has it in scope, and so may open its pair.
    """
    pairs = Pair.objects.filter(round__board=board, mentee__code=unit, state__in=LIVING).select_related("mentor")
    pair = pairs.order_by("-pk").first()
    if pair is None:
        return None
    text = _("结对：%(mentor)s") % {"mentor": label(pair.mentor)}
    return Offer(text, reverse("pairing:pair", args=[pair.round_id, pair.pk]))
