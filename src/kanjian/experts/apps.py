from django.apps import AppConfig


class ExpertsConfig(AppConfig):
    """Experts 专家定权：AHP questionnaires and budget allocation."""

    name = "kanjian.experts"
    label = "experts"

    def ready(self) -> None:
        """Word the room's events."""
        from kanjian.experts import event_words
        from kanjian.ledger import words

        words.register(event_words.PHRASES)
