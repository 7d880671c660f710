"""Addresses of indicators, values and imports."""

from django.urls import path

from kanjian.measures.views import exceptions, flags, imports, reading, rules, systems

app_name = "measures"
urlpatterns = [
    path("", reading.index, name="index"),
    path("indicators/<str:code>/", reading.indicator, name="indicator"),
    path("indicators/<str:code>/system/", systems.edit, name="system"),
    path("indicators/<str:code>/compute/", systems.compute, name="compute"),
    path("cells/<str:unit>/<str:indicator>/<str:period>/", reading.cell, name="cell"),
    path("batches/<int:batch_id>/", reading.batch, name="batch"),
    path("batches/<int:batch_id>/file/", reading.batch_file, name="batch_file"),
    path("red-lines/", exceptions.red_lines, name="red_lines"),
    path("exceptions/", exceptions.index, name="exceptions"),
    path("exceptions/new/", exceptions.ask, name="ask_exception"),
    path("exceptions/<int:exception_id>/decide/", exceptions.decide, name="decide_exception"),
    path("import/", imports.new, name="import"),
    path("import/template/", imports.template, name="template"),
    path("uploads/<int:upload_id>/", imports.upload, name="upload"),
    path("uploads/<int:upload_id>/accept/", imports.accept, name="accept"),
    path("uploads/<int:upload_id>/cancel/", imports.cancel, name="cancel"),
    path("flags/", flags.index, name="flags"),
    path("flags/run/", flags.run, name="run_quality"),
    path("flags/<int:flag_id>/", flags.flag, name="flag"),
    path("flags/<int:flag_id>/review/", flags.review, name="review_flag"),
    path("rules/", rules.index, name="rules"),
    path("rules/new/", rules.new, name="new_rule"),
    path("rules/import/", rules.load, name="import_rules"),
    path("rules/code/<str:code>/", rules.rule, name="rule"),
    path("rules/code/<str:code>/edit/", rules.edit, name="edit_rule"),
    path("rules/code/<str:code>/retire/", rules.retire, name="retire_rule"),
]
