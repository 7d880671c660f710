"""Addresses of this room."""

from django.urls import path

from kanjian.orgs.views import account, audit, system, tokens, units, users

app_name = "orgs"
urlpatterns = [
    path("me/", account.account, name="account"),
    path("me/tokens/", tokens.index, name="tokens"),
    path("me/tokens/new/", tokens.create, name="token_create"),
    path("me/tokens/<int:token_id>/revoke/", tokens.revoke, name="token_revoke"),
    path("users/", users.index, name="users"),
    path("users/new/", users.create, name="user_create"),
    path("users/units/", users.unit_options, name="unit_options"),
    path("users/of/<str:username>/", users.detail, name="user"),
    path("users/of/<str:username>/password/", users.reset_password, name="reset_password"),
    path("users/of/<str:username>/unlock/", users.unlock, name="unlock"),
    path("users/of/<str:username>/second-factor/", users.reset_second_factor, name="reset_second_factor"),
    path("users/of/<str:username>/outside/", users.identity, name="identity"),
    path("users/of/<str:username>/outside/<int:identity_id>/end/", users.identity_end, name="identity_end"),
    path("users/of/<str:username>/posts/<int:post_id>/end/", users.end_post, name="end_post"),
    path("units/import/", units.units_import, name="units_import"),
    path("units/import/accept/", units.units_accept, name="units_accept"),
    path("units/map/", units.boundaries, name="boundaries"),
    path("audit/", audit.index, name="audit"),
    path("audit/chain/", audit.verify, name="audit_verify"),
    path("audit/export/", audit.export, name="audit_export"),
    path("health/", system.health_page, name="health"),
]
