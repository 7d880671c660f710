from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    """Measures 指标与数值."""

    name = "kanjian.measures"
    label = "measures"

    def ready(self) -> None:
        """Register the room's health checks."""
        from kanjian.ledger.words import register
        from kanjian.measures import checks  # noqa: F401 - checks register themselves
        from kanjian.measures.words import events

        register(events.PHRASES)
