"""Pairing 结对帮带."""

from django.apps import AppConfig


class PairingConfig(AppConfig):
    """Pairing 结对帮带."""

    name = "kanjian.pairing"
    label = "pairing"

    def ready(self) -> None:
        """Register the indicator that this room computes, and what it offers to units on a help list."""
        from kanjian.boards.helping import offers_help
        from kanjian.ledger import words
        from kanjian.pairing import derived, event_words
        from kanjian.pairing.offers import pair_of

        derived.register()
        offers_help(pair_of)
        words.register(event_words.PHRASES)
