"""Pairing 结对帮带."""

from django.apps import AppConfig


class PairingConfig(AppConfig):
    """Pairing 结对帮带."""

    name = "kanjian.pairing"
    label = "pairing"

    def ready(self) -> None:
        """Register the indicator that this room computes."""
        from kanjian.pairing import derived

        derived.register()
