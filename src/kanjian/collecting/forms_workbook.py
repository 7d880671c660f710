"""The form for a filled template."""

from pathlib import Path

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kanjian.tables import Source

LARGEST_UPLOAD = 30_000_000


class WorkbookForm(forms.Form):
    """A filled template."""

    file = forms.FileField(
        label=_("填好的填报表"),
        help_text=_("从本页下载的模板，XLSX 格式"),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        """Not too large; whether it is the right template is found by the check, which says what to do."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if file.size is not None and file.size > LARGEST_UPLOAD:
            raise forms.ValidationError(gettext("文件超过 30 MB，请重新下载模板，只粘贴数值"))
        return file

    def source(self) -> Source:
        """The file in memory."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        return Source(Path(file.name or "").name, file.read())
