"""Experts 专家定权：AHP questionnaires and budget allocation."""
