"""Addresses of the API: ``/api/v1/…``, described at ``/api/v1/openapi.json``.

There is no page with interactive documentation: the usual ones run inline scripts, which the content security policy
refuses.
"""

from django.urls import path

from kanjian import __version__
from kanjian.api import problems
from kanjian.api.access import BrowserSession, PersonalToken
from kanjian.api.boards import router
from kanjian.api.collecting import router as collecting
from kanjian.api.pairing import router as pairing
from kanjian.api.values import router as values

api = problems.ProblemAPI(
    title="Kanjian 看见",
    version="1",
    description=f"What the pages show, under their permissions; a token acts for its person. Kanjian {__version__}.",
    docs_url=None,
    auth=[PersonalToken(), BrowserSession()],
    urls_namespace="api-1",
)
problems.install(api)
api.add_router("", router)
api.add_router("", collecting)
api.add_router("", values)
api.add_router("", pairing)

urlpatterns = [path("v1/", api.urls)]
