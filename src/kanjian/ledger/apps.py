from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """Ledger 台账."""

    name = "kanjian.ledger"
    label = "ledger"

    def ready(self) -> None:
        """Register the room's health checks."""
        from kanjian.ledger import checks  # noqa: F401
