"""The door in a real browser: authenticator app, recovery codes, passkeys of a virtual device, and all pages of it."""

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.mfa.totp.internal.auth import yield_hotp_counters_from_time as counters
from django.core.cache import caches

pytestmark = pytest.mark.django_db(transaction=True)
PASSWORD = "password-of-cunwenshu"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    caches["default"].clear()
    caches["limits"].clear()


def sign_in(visitor) -> None:
    page = visitor.open("/accounts/login/")
    page.get_by_label("用户名").fill("cunwenshu")
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="登录", exact=True).click()
    page.wait_for_load_state("networkidle")


def confirm(page) -> None:
    page.get_by_label("密码", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="确认").click()
    page.wait_for_load_state("networkidle")


def looks_right(visitor, where: str) -> None:
    visitor.settle()
    assert (where, visitor.violations(), visitor.overflow()) == (where, [], "")


def codes_of(secret: str) -> list[str]:
    return [format_hotp_value(hotp_value(secret, counter)) for counter in counters()]


def test_an_authenticator_app_and_a_recovery_code(visit, village_clerk) -> None:
    visitor = visit(width="phone")
    sign_in(visitor)
    page = visitor.open("/people/me/")
    looks_right(visitor, "account")
    page.get_by_role("link", name="双因素").click()
    looks_right(visitor, "second factor")
    page.get_by_role("link", name="启用验证器").click()
    looks_right(visitor, "confirm")
    confirm(page)
    looks_right(visitor, "activate")
    secret = page.locator(".kj-code").inner_text()
    before, now, after = sorted(codes_of(secret), key=codes_of(secret).index)
    page.get_by_label("六位数字").fill(now)
    page.get_by_role("button", name="启用").click()
    page.wait_for_url("**/recovery-codes/")
    looks_right(visitor, "recovery codes")
    recovery = page.locator(".kj-recovery-codes li").first.inner_text()

    again = visit(width="phone")
    sign_in(again)
    looks_right(again, "second step")
    again.page.get_by_label("验证码或恢复码").fill(after)
    again.page.get_by_role("button", name="登录", exact=True).click()
    again.page.wait_for_url(again.home + "/")
    again.open("/accounts/sessions/")
    looks_right(again, "sessions")
    again.page.get_by_role("button", name="结束其他全部登录").click()
    again.page.get_by_text("其他登录已全部结束").wait_for()
    assert visitor.open("/people/me/").url.startswith(visitor.home + "/accounts/login/")

    third = visit()
    sign_in(third)
    third.page.get_by_label("验证码或恢复码").fill(recovery)
    third.page.get_by_role("button", name="登录", exact=True).click()
    third.page.wait_for_url(third.home + "/")
    assert before != now


def test_a_passkey_instead_of_the_password(visit, village_clerk) -> None:
    visitor = visit()
    # Browsers give passkeys to names, not to numbers of machines.
    visitor.home = visitor.watched.home = visitor.home.replace("127.0.0.1", "localhost")
    device = visitor.page.context.new_cdp_session(visitor.page)
    device.send("WebAuthn.enable")
    options = {"protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True}
    options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
    device.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    sign_in(visitor)
    page = visitor.open("/accounts/2fa/")
    page.get_by_role("link", name="添加通行密钥").click()
    confirm(page)
    looks_right(visitor, "add a passkey")
    page.get_by_label("密钥名称").fill("办公电脑")
    page.get_by_label("也可代替密码登录").check()
    page.get_by_role("button", name="添加").click()
    page.wait_for_url("**/recovery-codes/")
    visitor.open("/accounts/2fa/webauthn/")
    looks_right(visitor, "passkeys")
    assert "代替密码" in page.locator("table").inner_text()
    visitor.open("/accounts/logout/")
    page.get_by_role("button", name="退出登录").click()
    page.wait_for_url(visitor.home + "/")

    visitor.open("/accounts/login/")
    looks_right(visitor, "log-in")
    page.get_by_role("button", name="用通行密钥登录").click()
    page.wait_for_url(visitor.home + "/")
    assert "村文书" in page.locator(".kj-top").inner_text()
    visitor.open("/accounts/2fa/webauthn/")
    page.get_by_role("link", name="移除").click()
    page.wait_for_load_state("networkidle")
    if "reauthenticate" in page.url:
        confirm(page)
    looks_right(visitor, "remove a passkey")
    page.get_by_role("button", name="移除通行密钥").click()
    page.get_by_text("通行密钥已移除").wait_for()


def test_tokens_are_shown_once(visit, village_clerk) -> None:
    visitor = visit(language="en", theme="dark", width="phone")
    page = visitor.open("/accounts/login/")
    page.get_by_label("User name").fill("cunwenshu")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url(visitor.home + "/")
    visitor.open("/people/me/tokens/")
    looks_right(visitor, "no tokens")
    page.get_by_role("link", name="Make a token").click()
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Confirm").click()
    page.get_by_label("Purpose").fill("reports")
    looks_right(visitor, "a new token")
    page.get_by_role("button", name="Make a token").click()
    assert page.locator("strong", has_text="kj_").inner_text().startswith("kj_")
    looks_right(visitor, "the token")
    visitor.open("/people/me/tokens/")
    looks_right(visitor, "tokens")
