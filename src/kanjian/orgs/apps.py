from django.apps import AppConfig


class OrgsConfig(AppConfig):
    """Organisation 组织."""

    name = "kanjian.orgs"
    label = "orgs"

    def ready(self) -> None:
        """Register the room's health checks, and listen to what the libraries of the door say."""
        from django.db.models.signals import post_delete, post_save

        from kanjian.ledger.words import register, register_room
        from kanjian.orgs import checks, held, watching, words  # noqa: F401 - checks register themselves
        from kanjian.orgs.models import Placement, Post, Unit

        watching.begin()
        for model in (Placement, Post, Unit):
            for changed in (post_save, post_delete):
                changed.connect(held.forget, sender=model, dispatch_uid=f"kanjian_forget_{model.__name__}")
        register(words.PHRASES)
        register_room("orgs", words.of_posts)
