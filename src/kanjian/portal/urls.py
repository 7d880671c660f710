"""Addresses of the portal."""

from django.urls import path

from kanjian.portal import views

urlpatterns = [
    path("", views.home, name="home"),
    path("help/", views.about, name="help"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("robots.txt", views.robots, name="robots"),
]
