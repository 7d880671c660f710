"""Who calls the API 接口身份: a personal token, the browser's session, or nobody.

Reading is open under the same policies as the pages. Whatever changes something needs a person: a token with the write
scope, or a session together with the CSRF token of the pages. A token that is given must be valid, even for reading;
it never gives more than its person may do, because every operation asks the policies about ``request.user``.
"""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from ninja.errors import AuthenticationError, HttpError
from ninja.security import APIKeyCookie, HttpBearer

from kanjian import limits
from kanjian.orgs.actions import use_token
from kanjian.orgs.models import Token, User

SAFE = {"GET", "HEAD", "OPTIONS"}


class PersonalToken(HttpBearer):
    """``Authorization: Bearer kj_…``; sets ``request.user``."""

    def __call__(self, request: HttpRequest) -> User | None:
        """The token's person; None without the header, so that the session is asked."""
        if "Authorization" not in request.headers:
            return None
        scheme, _space, secret = request.headers["Authorization"].partition(" ")
        if scheme.lower() != "bearer":
            raise AuthenticationError
        return self.authenticate(request, secret.strip())

    def authenticate(self, request: HttpRequest, token: str) -> User:
        """The person; raises ``AuthenticationError``, ``HttpError`` 403 when the scope is too small."""
        found = use_token(token)
        if found is None:
            limits.spend("guesses", f"network {limits.network_of(request)}")
            raise AuthenticationError
        limits.spend("api", f"token {found.pk}")
        if request.method not in SAFE and found.scope != Token.Scope.WRITE:
            raise HttpError(403, "This token is for reading only")
        request.user = found.user
        return found.user


class BrowserSession(APIKeyCookie):
    """The session of the pages; what changes something also needs the header ``X-CSRFToken``."""

    param_name = "sessionid"

    def __call__(self, request: HttpRequest) -> User | AnonymousUser | None:
        """The person of the session; for reading also nobody. Without a token, so the network is counted."""
        if request.method in SAFE:
            limits.spend("api", f"network {limits.network_of(request)}", times=limits.PEOPLE_PER_NETWORK)
            return self.authenticate(request, None)
        if not request.user.is_authenticated:
            return None
        limits.spend("api", f"person {request.user.pk}")
        return self.authenticate(request, self._get_key(request))

    def authenticate(self, request: HttpRequest, key: str | None) -> User | AnonymousUser | None:
        """Django has read the session already."""
        del key
        return request.user if isinstance(request.user, User | AnonymousUser) else None


def caller(request: HttpRequest) -> User:
    """The person who calls; raises ``AuthenticationError`` for nobody, who must never pass for the system (None)."""
    if not isinstance(request.user, User):
        raise AuthenticationError
    return request.user
