from django.apps import AppConfig


class MeasuresConfig(AppConfig):
    """Measures 指标与数值."""

    name = "kanjian.measures"
    label = "measures"

    def ready(self) -> None:
        """Register the room's health checks."""
        from kanjian.measures import checks  # noqa: F401
