from django.apps import AppConfig


class OrgsConfig(AppConfig):
    """Organisation 组织."""

    name = "kanjian.orgs"
    label = "orgs"

    def ready(self) -> None:
        """Register the room's health checks, and listen to what the libraries of the door say."""
        from kanjian.ledger.words import register, register_room
        from kanjian.orgs import checks, watching, words  # noqa: F401 - checks register themselves

        watching.begin()
        register(words.PHRASES)
        register_room("orgs", words.of_posts)
