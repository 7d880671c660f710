"""What every page of the boards needs."""

from django.http import HttpRequest


def whole(text: str | None, default: int, *, least: int = 1, most: int = 1_000_000) -> int:
    """A whole number from the address, brought into its limits; anything else is the default."""
    return max(least, min(most, int(text))) if text and text.isascii() and text.isdigit() else default


def asked(request: HttpRequest, *names: str, longest: int = 60) -> dict[str, str]:
    """Texts from the address, trimmed and cut."""
    return {name: request.GET.get(name, "").replace("\0", "").strip()[:longest] for name in names}
