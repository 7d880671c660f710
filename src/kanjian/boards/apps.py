"""The room of boards as a Django app."""

from django.apps import AppConfig


class BoardsConfig(AppConfig):
    """The room of boards."""

    name = "kanjian.boards"
    label = "boards"

    def ready(self) -> None:
        """Register the health checks, and what the boards tell the room of measures."""
        from kanjian.boards import (
            checks,  # noqa: F401
            derived,
        )
        from kanjian.boards.exceptions import board_subject, scheme_subject
        from kanjian.boards.linting import lint_boards
        from kanjian.boards.openness import is_open_cell, methods_that_read
        from kanjian.boards.thresholds import thresholds_in_force
        from kanjian.boards.words import event
        from kanjian.ledger.words import register_room
        from kanjian.measures.linting import lints
        from kanjian.measures.policies import shows_publicly
        from kanjian.measures.quality import provides_thresholds
        from kanjian.measures.subjects import knows_subjects
        from kanjian.measures.usage import finds_usages

        derived.register()
        register_room("boards", event)
        shows_publicly(is_open_cell)
        finds_usages(methods_that_read)
        lints(lint_boards)
        knows_subjects("board", board_subject)
        knows_subjects("scheme", scheme_subject)
        provides_thresholds(thresholds_in_force)
