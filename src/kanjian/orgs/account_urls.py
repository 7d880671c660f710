"""The addresses of allauth that are in use. The others (e-mail, reset by e-mail) stay off: accounts have no mailbox."""

from allauth.account import views
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import urls as openid_connect
from django.urls import include, path

from kanjian.orgs import foreign_logins
from kanjian.orgs.views import account

urlpatterns = [
    path("login/", views.login, name="account_login"),
    path("logout/", views.logout, name="account_logout"),
    path("inactive/", views.account_inactive, name="account_inactive"),
    path("signup/", views.signup, name="account_signup"),
    path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    path("password/change/", views.password_change, name="account_change_password"),
    path("2fa/", include("allauth.mfa.urls")),
    path("sessions/", include("allauth.usersessions.urls")),
    path("sessions/<int:session_id>/end/", account.end_session, name="session_end"),
    path("outside/", social.connections, name="socialaccount_connections"),
    path("outside/cancelled/", social.login_cancelled, name="socialaccount_login_cancelled"),
    path("outside/error/", social.login_error, name="socialaccount_login_error"),
    path("dingtalk/login/", foreign_logins.dingtalk_login, name="dingtalk_login"),
    path("dingtalk/login/callback/", foreign_logins.dingtalk_callback, name="dingtalk_callback"),
    path("", include(openid_connect)),
]
