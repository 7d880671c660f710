"""Addresses of panels."""

from django.urls import path

from kanjian.experts import views

app_name = "experts"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/<slug:code>/", views.create, name="create"),
    path("<int:panel_id>/", views.panel, name="panel"),
    path("<int:panel_id>/experts/", views.experts, name="experts"),
    path("<int:panel_id>/open/", views.open_panel, name="open"),
    path("<int:panel_id>/close/", views.close, name="close"),
    path("<int:panel_id>/propose/", views.propose, name="propose"),
    path("<int:panel_id>/answer/", views.answer, name="answer"),
]
