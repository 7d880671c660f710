"""Collecting 采集：collections, windows, sheets, approval, burden."""

from django.apps import AppConfig


class CollectingConfig(AppConfig):
    """Collecting 采集：collections, windows, sheets, approval, burden."""

    name = "kanjian.collecting"
    label = "collecting"

    def ready(self) -> None:
        """Tell the room of measures where accepted values come from."""
        from kanjian.collecting.origin import story_of
        from kanjian.measures.origins import tells_origin

        tells_origin(story_of)
