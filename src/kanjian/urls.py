"""Every address of the platform; each room brings its own ``urls.py``."""

from django.urls import include, path

urlpatterns = [
    path("", include("kanjian.portal.urls")),
    path("boards/", include("kanjian.boards.urls")),
    path("measures/", include("kanjian.measures.urls")),
    path("collecting/", include("kanjian.collecting.urls")),
    path("pairing/", include("kanjian.pairing.urls")),
    path("experts/", include("kanjian.experts.urls")),
    path("jobs/", include("kanjian.jobs.urls")),
    path("accounts/", include("kanjian.orgs.account_urls")),
    path("people/", include("kanjian.orgs.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/", include("kanjian.api.urls")),
]
