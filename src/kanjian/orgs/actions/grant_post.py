"""Give a person a post 授予岗位."""

from datetime import date

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.orgs import policies
from kanjian.orgs.models import Post, Unit, User


@transaction.atomic
def grant_post(
    user: User,
    *,
    unit: Unit,
    role: str,
    by: User | None,
    title: str = "",
    valid_from: date | None = None,
    valid_to: date | None = None,
) -> Post:
    """A role at the unit and all below it, from a day on (None: today) until another.

    Administrators of a part of the tree give posts within it, to people they may see: an account of another part is
    theirs only after an administrator of the whole gave it a post there. Raises ``ValidationError`` when the person
    holds the same post then, ``PermissionDenied``.
    """
    policies.require(by, Post.Role.ADMINISTRATOR, unit)
    if by is not None and not User.objects.filter(policies.users_in_scope(by), pk=user.pk).exists():
        raise PermissionDenied(_("此账号不在您的管理范围"))
    return add_post(Post(user=user, unit=unit, role=role, title=title, valid_from=valid_from, valid_to=valid_to), by=by)


def add_post(post: Post, *, by: User | None) -> Post:
    """Write a new post, from today on unless it says when, and its event. For actions that asked for permission."""
    post.valid_from = post.valid_from or timezone.localdate()
    held = Post.objects.filter(user=post.user, unit=post.unit, role=post.role)
    same = held.filter(Q(valid_to=None) | Q(valid_to__gt=post.valid_from))
    if post.valid_to is not None:
        same = same.filter(Q(valid_from=None) | Q(valid_from__lt=post.valid_to))
    if same.exists():
        raise ValidationError(_("%(user)s 已有此岗位") % {"user": post.user}, code="same")
    post.full_clean()
    post.save(force_insert=True)
    data = {
        "unit": post.unit.code,
        "role": post.role,
        "title": post.title,
        "from": post.valid_from,
        "to": post.valid_to,
    }
    append_event("orgs.grant_post", f"user:{post.user.username}", by=by, data=data)
    return post
