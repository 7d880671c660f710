"""The second factor 双因素: secrets encrypted in the database, and who must have one."""

import base64
import hashlib

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kanjian.orgs.models import Post, User
from kanjian.orgs.policies import posts_held

Role = Post.Role
# What these do at a root unit concerns everybody's numbers.
WEIGHTY = (Role.ADMINISTRATOR, Role.METHODOLOGIST, Role.REVIEWER, Role.AUDITOR)


class SecondFactorAdapter(DefaultMFAAdapter):
    """Keys of authenticator apps and recovery codes lie encrypted; the words are ours."""

    error_messages = {  # noqa: RUF012 - as the library declares it
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("验证码不对"),
        "cannot_generate_recovery_codes": _("先启用验证器或通行密钥，再生成恢复码"),
    }

    def encrypt(self, text: str) -> str:
        """With a key derived from the installation's secret."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Also with the keys of former secrets (``SECRET_KEY_FALLBACKS``)."""
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def get_totp_issuer(self) -> str:
        """The name that the authenticator app shows."""
        return gettext("看见")

    def generate_authenticator_name(self, user: AbstractBaseUser, type: Authenticator.Type) -> str:  # noqa: A002
        """A name to begin with."""
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("通行密钥 %(number)s") % {"number": number}


def has_second_factor(user: User) -> bool:
    """Whether log-in asks for more than the password."""
    return Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).exists()


def must_have_second_factor(user: User) -> bool:
    """Administrators, methodologists, reviewers and auditors of the whole, where the installation asks for it."""
    if not settings.REQUIRE_MFA:
        return False
    if user.is_superuser:
        return True
    return any(post.is_root and post.role in WEIGHTY for post in posts_held(user, Role.READER))


def described(user: User) -> str:
    """What the person has, in words, for administrators: kinds and numbers, no names of devices."""
    kinds = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    found = []
    if Authenticator.Type.TOTP in kinds:
        found.append(gettext("验证器"))
    if keys := kinds.count(Authenticator.Type.WEBAUTHN):
        found.append(gettext("%(number)s 个通行密钥") % {"number": keys})
    return gettext("、").join(found)


def _cipher() -> MultiFernet:
    secrets: list[str] = [settings.SECRET_KEY, *map(str, settings.SECRET_KEY_FALLBACKS)]
    digests = [hashlib.sha256(b"kanjian second factor " + secret.encode()).digest() for secret in secrets]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
