from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Registers the room with Django."""

    name = "kanjian.portal"
    label = "portal"
