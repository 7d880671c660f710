"""Headers that Django does not set itself 安全响应头: what pages may use of the browser, what caches may keep."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers

# Pages use none of these; passkeys are named because other sites might ask for them inside a frame.
PERMISSIONS = ", ".join(
    [
        *(f"{ability}=()" for ability in ("camera", "microphone", "geolocation", "payment", "usb", "serial", "midi")),
        *(f"{ability}=()" for ability in ("accelerometer", "gyroscope", "magnetometer", "browsing-topics")),
        "publickey-credentials-get=(self)",
        "publickey-credentials-create=(self)",
    ]
)


class HeadersMiddleware:
    """Permissions-Policy and Cross-Origin-Resource-Policy everywhere; pages of a person are not kept by caches."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Add what the view did not set itself."""
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        # The browser's own store counts too: on a shared computer "back" must not show what the last person read.
        user = getattr(request, "user", None)
        if user is not None and user.is_authenticated and "Cache-Control" not in response:
            response.headers["Cache-Control"] = "private, no-store"
            patch_vary_headers(response, ["Cookie"])
        return response
