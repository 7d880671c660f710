"""Addresses of the API: ``/api/v1/…``, described at ``/api/v1/openapi.json``.

There is no page with interactive documentation: the usual ones run inline scripts, which the content security policy
refuses.
"""

from django.urls import path

from kanjian import __version__
from kanjian.api import problems
from kanjian.api.boards import router

api = problems.ProblemAPI(
    title="Kanjian 看见",
    version="1",
    description=f"Read-only open data of the boards, under the same permissions as the pages. Kanjian {__version__}.",
    docs_url=None,
    urls_namespace="api-1",
)
problems.install(api)
api.add_router("", router)

urlpatterns = [path("v1/", api.urls)]
