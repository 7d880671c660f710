"""What every page knows 页面公共信息: product version, navigation, languages, whether the data is synthetic."""

from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.metadata import version

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, get_script_prefix, reverse
from django.utils.translation import get_language, gettext, pgettext

from kanjian.orgs import policies as orgs
from kanjian.orgs.models import Post

# The own name of each language; never translated, so that everybody finds the way back.
LANGUAGE_NAMES = {"zh-hans": "简体", "zh-hant": "繁體", "en": "English"}


@dataclass(frozen=True, slots=True)
class Link:
    """One entry of the top bar or the footer."""

    label: str
    url: str
    icon: str = ""
    here: bool = False


@dataclass(frozen=True, slots=True)
class Language:
    """One choice of the language switch."""

    code: str
    name: str
    here: bool


@cache
def product_version() -> str:
    """Version of the installed package."""
    return version("kanjian")


@lru_cache(maxsize=128)
def _reversed(name: str, _prefix: str) -> str:
    return reverse(name)


def _address(name: str) -> str | None:
    try:
        return _reversed(name, get_script_prefix())
    except NoReverseMatch:
        return None


def _links(entries: list[tuple[str, str, str]], path: str) -> list[Link]:
    found = ((label, _address(name), icon) for label, name, icon in entries)
    return [
        Link(label, url, icon, here=path == url or (url != "/" and path.startswith(url)))
        for label, url, icon in found
        if url
    ]


def roles_of(user: orgs.Person) -> set[str]:
    """Roles that the person holds anywhere today; a superuser administers."""
    if not user.is_authenticated:
        return set()
    held = {post.role for post in orgs.posts_held(user, Post.Role.READER)}
    return held | ({Post.Role.ADMINISTRATOR.value} if user.is_superuser else set())


def navigation(path: str, roles: set[str]) -> list[Link]:
    """Entries of the top bar for these roles; the one that ``path`` lies below is ``here``."""
    entries = [(gettext("首页"), "home", "home"), (gettext("榜单"), "boards:index", "list-numbers")]
    if roles:
        entries.append((gettext("数据"), "measures:index", "database"))
        # The same word names a role elsewhere and is another one in English.
        entries.append((pgettext("room", "填报"), "collecting:index", "clipboard-list"))
        entries.append((gettext("结对"), "pairing:index", "arrows-diff"))
    if Post.Role.ADMINISTRATOR in roles:
        entries.append((gettext("账号"), "orgs:users", "users"))
    entries.append((gettext("帮助"), "help", "help-circle"))
    return _links(entries, path)


def own_pages(roles: set[str]) -> list[Link]:
    """Entries of the account menu for a person who signed in."""
    entries = [(gettext("我的账号与岗位"), "orgs:account", ""), (gettext("后台任务"), "jobs:index", "")]
    entries.append((gettext("专家定权"), "experts:index", ""))
    if Post.Role.ADMINISTRATOR in roles:
        entries.append((gettext("系统健康"), "orgs:health", ""))
    if roles & {Post.Role.AUDITOR, Post.Role.ADMINISTRATOR}:
        entries.append((gettext("审计"), "orgs:audit", ""))
    entries += [
        (gettext("修改密码"), "account_change_password", ""),
        (gettext("退出登录"), "account_logout", ""),
    ]
    return _links(entries, "")


def footer_links(path: str) -> list[Link]:
    """Entries of the footer: what the whole public may look into, and where it is explained."""
    entries = [
        (gettext("榜单与方法"), "boards:index", ""),
        (gettext("红线清单"), "measures:red_lines", ""),
        (gettext("减负看板"), "collecting:burden", ""),
        (gettext("延期公开"), "collecting:extensions", ""),
        (gettext("关于与帮助"), "help", ""),
    ]
    return _links(entries, path)


def languages() -> list[Language]:
    """The language switch, in the order of the settings."""
    current = get_language()
    return [Language(code, LANGUAGE_NAMES.get(code, str(name)), code == current) for code, name in settings.LANGUAGES]


def page(request: HttpRequest) -> dict[str, object]:
    """Context processor: everything under the one name ``kj``."""
    roles = roles_of(request.user)
    return {
        "kj": {
            "version": product_version(),
            "demo": settings.DEMO,
            "filing_number": settings.FILING_NUMBER,
            "nav": navigation(request.path, roles),
            "own": own_pages(roles) if request.user.is_authenticated else [],
            "foot": footer_links(request.path),
            "languages": languages(),
            "language_name": LANGUAGE_NAMES.get(get_language() or "", ""),
        }
    }
