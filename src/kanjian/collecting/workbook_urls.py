"""Addresses of sheets by Excel."""

from django.urls import path

from kanjian.collecting.views import workbooks

urlpatterns = [
    path("sheets/<int:sheet_id>/workbook/", workbooks.sheet, name="workbook"),
    path("sheets/<int:sheet_id>/workbook/template/", workbooks.template, name="workbook_template"),
    path("workbooks/<int:upload_id>/", workbooks.upload, name="workbook_upload"),
    path("workbooks/<int:upload_id>/accept/", workbooks.accept, name="workbook_accept"),
    path("workbooks/<int:upload_id>/cancel/", workbooks.cancel, name="workbook_cancel"),
]
