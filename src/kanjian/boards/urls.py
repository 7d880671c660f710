"""Addresses of the boards. A period in the address picks the edition in force; without one, the newest."""

from django.urls import path

from kanjian.boards.views import comparison, data, manage, manage_editions, manage_methods, maps, methods, tables, units

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
    path("<slug:code>/manage/<int:number>/objection/", manage_editions.objection, name="manage_objection"),
    path("<slug:code>/manage/<int:number>/publish/", manage_editions.publish, name="manage_publish"),
    path("<slug:code>/manage/<int:number>/supersede/", manage_editions.supersede, name="manage_supersede"),
    path("<slug:code>/", tables.board, name="latest"),
    path("<slug:code>/method/", methods.method, name="method"),
    path("<slug:code>/map/<str:root>.geojson", maps.boundaries, name="boundaries"),
    path("<slug:code>/<str:period>/", tables.board, name="board"),
    path("<slug:code>/<str:period>/download.<str:ending>", data.download, name="download"),
    path("<slug:code>/<str:period>/data/", data.data, name="data"),
    path("<slug:code>/<str:period>/data/all.zip", data.bundle, name="bundle"),
    path("<slug:code>/<str:period>/data/<str:name>", data.file, name="file"),
    path("<slug:code>/<str:period>/compare/", comparison.compare, name="compare"),
    path("<slug:code>/<str:period>/units/<str:unit>/", units.report, name="report"),
    path("<slug:code>/<str:period>/units/<str:unit>/<str:indicator>/", units.evidence, name="evidence"),
]
