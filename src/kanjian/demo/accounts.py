"""Accounts of the sample city 演示账号. Their passwords are public: they exist only where ``KANJIAN_DEMO`` is set."""

from dataclasses import dataclass

from django.conf import settings
from django.db import transaction

from kanjian.orgs.actions.create_user import create_user
from kanjian.orgs.models import Post, Unit, User


@dataclass(frozen=True, slots=True)
class Account:
    """One demo account and the unit (code) at which it holds its post."""

    username: str
    display_name: str
    role: Post.Role
    unit: str
    title: str

    @property
    def password(self) -> str:
        """Public, and long enough for the password rules."""
        return f"{self.username}-2026"


ACCOUNTS = (
    Account("demo-reader", "演示·查阅", Post.Role.READER, "3305", "观察员（虚构）"),
    Account("demo-reporter", "演示·填报", Post.Role.REPORTER, "330502009001", "村文书（虚构）"),
    Account("demo-reporter-2", "演示·填报二", Post.Role.REPORTER, "330502009002", "村文书（虚构）"),
    Account("demo-reviewer", "演示·审核", Post.Role.REVIEWER, "330502009", "镇考评专员（虚构）"),
    Account("demo-dept-reporter", "演示·部门填报", Post.Role.REPORTER, "3305D18", "农业农村局填报员（虚构）"),
    Account("demo-dept-reviewer", "演示·部门审核", Post.Role.REVIEWER, "3305D18", "农业农村局审核员（虚构）"),
    Account("demo-office", "演示·考评办", Post.Role.REVIEWER, "3305", "考评办审核员（虚构）"),
    Account("demo-method", "演示·方法", Post.Role.METHODOLOGIST, "3305", "考评办方法员（虚构）"),
    Account("demo-auditor", "演示·审计", Post.Role.AUDITOR, "3305", "审计局审计员（虚构）"),
    Account("demo-admin", "演示·管理", Post.Role.ADMINISTRATOR, "3305", "平台管理员（虚构）"),
)


class NotADemoError(RuntimeError):
    """Demo accounts were asked for on an installation that is not a demo."""


def make_accounts() -> list[User]:
    """Create the accounts that are not there yet, with their posts; returns the new ones.

    Raises ``NotADemoError`` unless ``KANJIAN_DEMO`` is set: public passwords have no place beside real data.
    """
    if not settings.DEMO:
        raise NotADemoError("demo accounts have public passwords: they are made only with KANJIAN_DEMO=1")
    known = set(User.objects.filter(username__in=[a.username for a in ACCOUNTS]).values_list("username", flat=True))
    return [_make(account) for account in ACCOUNTS if account.username not in known]


@transaction.atomic
def _make(account: Account) -> User:
    user, _ = create_user(
        username=account.username,
        by=None,
        display_name=account.display_name,
        password=account.password,
        unit=Unit.objects.get(code=account.unit),
        role=account.role,
        title=account.title,
    )
    return user


def printed() -> list[tuple[str, str, str]]:
    """User, password and role of every account that exists, for the command line to print."""
    known = set(User.objects.filter(username__in=[a.username for a in ACCOUNTS]).values_list("username", flat=True))
    units = dict(Unit.objects.filter(code__in=[a.unit for a in ACCOUNTS]).values_list("code", "name"))
    return [
        (a.username, a.password, f"{a.role.label} · {units.get(a.unit, a.unit)}")
        for a in ACCOUNTS
        if a.username in known
    ]
