"""Expert panels of the sample city 样例专家定权: one that is closed, with its result, and one that still asks.

People and judgements are invented (``data/panels.yaml``). The system sets the panels up; every expert answers under the
own account, because nobody can answer for another.
"""

from datetime import timedelta
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.utils import timezone

from kanjian.boards.models import SchemeVersion
from kanjian.demo import places
from kanjian.experts import actions
from kanjian.experts.asking import pairs_of, parts_of
from kanjian.experts.models import Panel
from kanjian.orgs.actions.create_user import create_user
from kanjian.orgs.models import User
from kanjian.scoring import Scheme


def load_panels(version: SchemeVersion) -> None:
    """Both panels on this version of the method, each made once and as a whole; needs the demo accounts."""
    written = places.document("panels.yaml")
    standing = set(Panel.objects.filter(board=version.board).values_list("title", flat=True))
    missing = [each for each in written["panels"] if each["title"] not in standing]
    if missing:
        experts = _experts(written["experts"])
        for each in missing:
            _panel(version, each, experts)


def _experts(wanted: dict[str, dict[str, str]]) -> dict[str, User]:
    """The experts by user name. All but those of ``accounts`` get a password that nobody knows: they cannot sign in."""
    found = {user.username: user for user in User.objects.filter(username__in=wanted)}
    for username, person in wanted.items():
        if username not in found:
            found[username], _password = create_user(username=username, display_name=person["name"], by=None)
    return found


@transaction.atomic
def _panel(version: SchemeVersion, written: dict[str, Any], experts: dict[str, User]) -> None:
    panel = actions.create_panel(
        version,
        **{name: written[name] for name in ("node", "method", "title", "purpose")},
        closes_on=timezone.localdate() + timedelta(days=written["days"]),
        by=None,
    )
    answers: dict[str, dict[str, Any]] = written["answers"]
    actions.invite(panel, {experts[username]: 1.0 for username in answers}, by=None)
    panel = actions.open_panel(panel, by=None)
    asked = _asked(panel)
    for seat in panel.experts.select_related("user"):
        answer = answers[seat.user.username]
        if "said" in answer:
            # The last questions of a list that is cut short are still open.
            said = {key: float(Fraction(text)) for key, text in zip(asked, answer["said"], strict=False)}
            submit, note = not answer.get("kept"), answer.get("note", "")
            actions.save_answer(seat, said, by=seat.user, submit=submit, note=note)
    if written.get("closed"):
        actions.close_panel(panel, by=None)


def _asked(panel: Panel) -> list[str]:
    """Keys of what the panel asks, in order."""
    parts = parts_of(Scheme.load(panel.version.text), panel.node)
    return [pair.key for pair in pairs_of(parts)] if panel.method == Panel.Method.AHP else [p.code for p in parts]
