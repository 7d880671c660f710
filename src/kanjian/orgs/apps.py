from django.apps import AppConfig


class OrgsConfig(AppConfig):
    """Organisation 组织."""

    name = "kanjian.orgs"
    label = "orgs"

    def ready(self) -> None:
        """Register the room's health checks, and listen to what the libraries of the door say."""
        from kanjian.orgs import checks, watching  # noqa: F401 - checks register themselves

        watching.begin()
