"""Addresses of this room."""

from django.urls import URLPattern

app_name = "experts"
urlpatterns: list[URLPattern] = []
