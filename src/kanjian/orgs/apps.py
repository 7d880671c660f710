from django.apps import AppConfig


class OrgsConfig(AppConfig):
    """Organisation 组织."""

    name = "kanjian.orgs"
    label = "orgs"

    def ready(self) -> None:
        """Register the room's health checks."""
        from kanjian.orgs import checks  # noqa: F401
