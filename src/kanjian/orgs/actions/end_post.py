"""End a post 免去岗位."""

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.orgs import policies
from kanjian.orgs.models import Post, User


@transaction.atomic
def end_post(post: Post, *, by: User | None, day: date | None = None) -> Post:
    """The post is no longer held from the day on (None: today). The row stays: who held what is history.

    Raises ``ValidationError`` when it ended before or the day lies before its start, ``PermissionDenied``.
    """
    policies.require(by, Post.Role.ADMINISTRATOR, post.unit)
    last = day or timezone.localdate()
    post.refresh_from_db(from_queryset=Post.objects.select_for_update())
    if post.valid_to is not None and post.valid_to <= last:
        raise ValidationError(_("此岗位已于 %(day)s 结束") % {"day": post.valid_to}, code="ended")
    if post.valid_from is not None and last < post.valid_from:
        raise ValidationError(_("结束日不能早于开始日 %(day)s") % {"day": post.valid_from}, code="order")
    post.valid_to = last
    post.save(update_fields=["valid_to"])
    data = {"unit": post.unit.code, "role": post.role, "to": last}
    append_event("orgs.end_post", f"user:{post.user.username}", by=by, data=data)
    return post
