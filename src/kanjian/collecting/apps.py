from django.apps import AppConfig


class CollectingConfig(AppConfig):
    """Collecting 采集：collections, windows, sheets, approval, burden."""

    name = "kanjian.collecting"
    label = "collecting"
