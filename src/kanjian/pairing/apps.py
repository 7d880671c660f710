from django.apps import AppConfig


class PairingConfig(AppConfig):
    """Pairing 结对帮带."""

    name = "kanjian.pairing"
    label = "pairing"
