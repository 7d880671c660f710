"""Addresses of the burden meter, included by the room's ``urls``."""

from django.urls import path

from kanjian.collecting.views import burden

urlpatterns = [
    path("burden/", burden.overview, name="burden"),
    path("burden/units/", burden.units, name="burden_units"),
    path("burden/units/<str:code>/", burden.unit, name="burden_unit"),
    path("burden/ceilings/", burden.ceilings, name="burden_ceilings"),
    path("burden/collections/<slug:code>/", burden.collection, name="burden_collection"),
]
