"""Addresses of this room."""

from django.urls import URLPattern

app_name = "collecting"
urlpatterns: list[URLPattern] = []
