"""Addresses of this room."""

from django.urls import path

from kanjian.collecting import burden_urls, workbook_urls
from kanjian.collecting.views import approval, managing, posting, sheets

app_name = "collecting"
urlpatterns = [
    # Filling in.
    path("", sheets.index, name="index"),
    path("sheets/<int:number>/", sheets.sheet, name="sheet"),
    path("sheets/<int:number>/cell/", posting.cell, name="cell"),
    path("sheets/<int:number>/submit/", sheets.submit, name="submit"),
    path("sheets/<int:number>/withdraw/", sheets.withdraw, name="withdraw"),
    path("sheets/<int:number>/extension/", sheets.ask_extension, name="ask_extension"),
    path("sheets/<int:number>/history/", sheets.history, name="history"),
    path("evidence/<int:entry_id>/", sheets.evidence, name="evidence"),
    path("evidence/past/<int:entry_id>/", sheets.past_evidence, name="past_evidence"),
    *workbook_urls.urlpatterns,
    *burden_urls.urlpatterns,
    # Approval.
    path("windows/<int:window_id>/", approval.window, name="window"),
    path("windows/<int:window_id>/reminders.csv", approval.reminders, name="reminders"),
    path("windows/<int:window_id>/waiting/<slug:level>/", approval.queue, name="queue"),
    path("approve/", approval.approve, name="approve"),
    path("sheets/<int:number>/return/", approval.give_back, name="return"),
    path("sheets/<int:number>/reopen/", approval.reopen, name="reopen"),
    path("extensions/", approval.extensions, name="extensions"),
    path("extensions/<int:extension_id>/decide/", approval.decide, name="decide"),
    # Setting up.
    path("manage/", managing.index, name="manage"),
    path("manage/new/", managing.create, name="create"),
    path("manage/<slug:code>/", managing.collection, name="collection"),
    path("manage/<slug:code>/change/", managing.change, name="change"),
    path("manage/<slug:code>/fields/", managing.fields, name="fields"),
    path("manage/<slug:code>/activate/", managing.activate, name="activate"),
    path("manage/<slug:code>/end/", managing.end, name="end"),
    path("manage/<slug:code>/window/", managing.open_window, name="open_window"),
]
