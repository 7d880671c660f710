from django.apps import AppConfig


class CalendarsConfig(AppConfig):
    """Calendars 日历."""

    name = "kanjian.calendars"
    label = "calendars"

    def ready(self) -> None:
        """Register the room's health checks."""
        from kanjian.calendars import checks, event_words  # noqa: F401 - checks register themselves
        from kanjian.ledger.words import register

        register(event_words.PHRASES)
