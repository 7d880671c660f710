from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Jobs 任务."""

    name = "kanjian.jobs"
    label = "jobs"

    def ready(self) -> None:
        """Register the room's health checks."""
        from kanjian.jobs import checks  # noqa: F401
