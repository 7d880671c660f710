"""Questionnaires to answer."""

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext

from kanjian.experts.selectors import waiting
from kanjian.orgs.models import User
from kanjian.portal.selectors.to_dos.item import ToDo


def questionnaires(user: User) -> Iterator[ToDo]:
    """Panels that wait for the person's answer."""
    for panel in waiting(user):
        title = gettext("专家问卷：%(title)s") % {"title": panel.title}
        note = gettext("截止 %(day)s") % {"day": panel.closes_on.isoformat()}
        yield ToDo("clipboard-list", title, note, reverse("experts:answer", args=[panel.pk]))
