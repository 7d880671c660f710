"""Collecting 采集：collections, windows, sheets, approval, burden."""

from django.apps import AppConfig


class CollectingConfig(AppConfig):
    """Collecting 采集：collections, windows, sheets, approval, burden."""

    name = "kanjian.collecting"
    label = "collecting"

    def ready(self) -> None:
        """Tell the room of measures where accepted values come from; bring the words of the room's events."""
        from kanjian.collecting import event_words
        from kanjian.collecting.origin import story_of
        from kanjian.ledger.words import register
        from kanjian.measures.origins import tells_origin

        tells_origin(story_of)
        register(event_words.PHRASES)
