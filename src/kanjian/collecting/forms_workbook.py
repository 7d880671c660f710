"""The form for a filled template."""

from pathlib import Path

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from kanjian import uploads
from kanjian.tables import Source

LARGEST_UPLOAD = 30_000_000


class WorkbookForm(forms.Form):
    """A filled template."""

    file = uploads.CheckedFileField(
        kinds={".xlsx"},
        largest=LARGEST_UPLOAD,
        wrong_kind=_("下载这份填报单的模板，填好后按 XLSX 格式保存（不带宏）"),
        label=_("填好的填报表"),
        help_text=_("从本页下载的模板，XLSX 格式"),
    )

    def source(self) -> Source:
        """The file in memory."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        return Source(Path(file.name or "").name, file.read())
