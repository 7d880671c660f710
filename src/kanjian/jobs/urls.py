"""Addresses of jobs."""

from django.urls import path

from kanjian.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:job_id>/", views.detail, name="detail"),
    path("<int:job_id>/progress/", views.progress, name="progress"),
    path("<int:job_id>/acknowledge/", views.acknowledge, name="acknowledge"),
]
