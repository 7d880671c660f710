"""Addresses of the boards. A period in the address picks the edition in force; without one, the newest."""

from django.urls import path

from kanjian.boards.views import (
    comparison,
    data,
    manage,
    manage_editions,
    manage_methods,
    manage_steps,
    maps,
    methods,
    objection_steps,
    objections,
    staging,
    tables,
    units,
)

app_name = "boards"
urlpatterns = [
    path("", tables.index, name="index"),
    # Before the boards: "new" is no code of a board and "manage" no period.
    path("new/", manage.create, name="create"),
    path("<slug:code>/manage/", manage.overview, name="manage"),
    path("<slug:code>/manage/history/", manage.history, name="manage_history"),
    path("<slug:code>/manage/version/", manage_methods.version, name="manage_version"),
    path("<slug:code>/manage/indicators/", manage_methods.register, name="manage_indicators"),
    path("<slug:code>/manage/compute/", manage_editions.compute, name="manage_compute"),
    path("<slug:code>/manage/<int:number>/", manage_editions.edition, name="manage_edition"),
    path("<slug:code>/manage/<int:number>/sign-off/", manage_steps.sign_off, name="manage_sign_off"),
    path("<slug:code>/manage/proposals/<int:number>/withdraw/", manage_steps.decline, name="manage_decline"),
    path("<slug:code>/manage/<int:number>/objection/", manage_steps.objection, name="manage_objection"),
    path("<slug:code>/manage/<int:number>/publish/", manage_steps.publish, name="manage_publish"),
    path("<slug:code>/manage/<int:number>/supersede/", manage_steps.supersede, name="manage_supersede"),
    path("<slug:code>/manage/staged/<str:period>/open/", staging.begin, name="staged_open"),
    path("<slug:code>/manage/staged/<int:number>/", staging.page, name="staged"),
    path("<slug:code>/manage/staged/<int:number>/<slug:verb>/", staging.step, name="staged_step"),
    path("<slug:code>/objections/<int:number>/", objections.detail, name="objection"),
    path("<slug:code>/objections/<int:number>/files/<int:file>/", objections.attachment, name="objection_file"),
    path("<slug:code>/objections/<int:number>/<slug:verb>/", objection_steps.step, name="objection_step"),
    path("<slug:code>/", tables.board, name="latest"),
    path("<slug:code>/method/", methods.method, name="method"),
    path("<slug:code>/map/<str:root>.geojson", maps.boundaries, name="boundaries"),
    path("<slug:code>/<str:period>/", tables.board, name="board"),
    path("<slug:code>/<str:period>/download.<str:ending>", data.download, name="download"),
    path("<slug:code>/<str:period>/data/", data.data, name="data"),
    path("<slug:code>/<str:period>/data/all.zip", data.bundle, name="bundle"),
    path("<slug:code>/<str:period>/data/<str:name>", data.file, name="file"),
    path("<slug:code>/<str:period>/objections/", objections.listing, name="objections"),
    path("<slug:code>/<str:period>/units/<str:unit>/object/", objections.file, name="object"),
    path("<slug:code>/<str:period>/compare/", comparison.compare, name="compare"),
    path("<slug:code>/<str:period>/units/<str:unit>/", units.report, name="report"),
    path("<slug:code>/<str:period>/units/<str:unit>/<str:indicator>/", units.evidence, name="evidence"),
]
