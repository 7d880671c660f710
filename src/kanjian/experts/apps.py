from django.apps import AppConfig


class ExpertsConfig(AppConfig):
    """Experts 专家定权：AHP questionnaires and budget allocation."""

    name = "kanjian.experts"
    label = "experts"
