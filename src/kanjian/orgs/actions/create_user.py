"""Create an account 开通账号."""

import secrets

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from kanjian.ledger.actions import append_event
from kanjian.orgs import policies
from kanjian.orgs.actions.grant_post import add_post
from kanjian.orgs.models import Post, Unit, User

# No letters that look alike; 16 of 54 signs are 92 bits.
ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789"
LENGTH = 16


def one_time_password() -> str:
    """A password to hand over once, in groups of four for reading aloud."""
    signs = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(signs[start : start + 4] for start in range(0, LENGTH, 4))


@transaction.atomic
def create_user(
    *,
    username: str,
    by: User | None,
    display_name: str = "",
    password: str = "",
    unit: Unit | None = None,
    role: str = "",
    title: str = "",
) -> tuple[User, str]:
    """An account, with its first post when unit and role are given; and the password to hand over.

    Without `password` one is generated, to be changed at the first log-in. An administrator of a part of the tree must
    give a post within it; accounts without posts are made by administrators of the whole. Raises
    ``ValidationError`` for a name in use or a wrong one, ``PermissionDenied``.
    """
    policies.require(by, Post.Role.ADMINISTRATOR, unit)
    if password and by is not None:
        raise PermissionDenied(_("密码只能由系统生成，首次登录时本人修改"))
    if bool(unit) != bool(role):
        raise ValidationError(_("单位和岗位须同时填写"), code="post")
    handed_over = password or one_time_password()
    user = User(username=username, display_name=display_name, must_change_password=not password)
    user.set_password(handed_over)
    user.full_clean()
    user.save(force_insert=True)
    append_event("orgs.create_user", f"user:{username}", by=by, data={"display_name": display_name})
    if unit is not None:
        add_post(Post(user=user, unit=unit, role=role, title=title), by=by)
    return user, handed_over
