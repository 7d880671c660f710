"""Collecting 采集：collections, windows, sheets, approval, burden."""

from django.apps import AppConfig


class CollectingConfig(AppConfig):
    """Collecting 采集：collections, windows, sheets, approval, burden."""

    name = "kanjian.collecting"
    label = "collecting"

    def ready(self) -> None:
        """Tell the room of measures where values come from, whose hands they passed and what red lines say."""
        from kanjian.collecting import event_words
        from kanjian.collecting.burden.linting import collection_subject, lint_collections, red_line_blocks
        from kanjian.collecting.gates import guards
        from kanjian.collecting.origin import hands_behind, story_of
        from kanjian.ledger.words import register
        from kanjian.measures.entering import knows_who_entered
        from kanjian.measures.linting import lints
        from kanjian.measures.origins import tells_origin
        from kanjian.measures.subjects import knows_subjects

        tells_origin(story_of)
        knows_who_entered(hands_behind)
        register(event_words.PHRASES)
        guards(red_line_blocks)
        lints(lint_collections)
        knows_subjects("collection", collection_subject)
