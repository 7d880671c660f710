from django.apps import AppConfig


class ApiConfig(AppConfig):
    """API 接口."""

    name = "kanjian.api"
    label = "api"
