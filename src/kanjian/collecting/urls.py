"""Addresses of this room."""

from django.urls import URLPattern

from kanjian.collecting import workbook_urls

app_name = "collecting"
urlpatterns: list[URLPattern] = [*workbook_urls.urlpatterns]
