"""Forms of this room."""

from pathlib import Path
from typing import Any, ClassVar

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from kanjian import uploads
from kanjian.calendars.forms import PeriodField
from kanjian.measures import derived
from kanjian.measures.intake import Options, Source
from kanjian.measures.models import Indicator

LARGEST_UPLOAD = 200_000_000


class SystemForm(forms.ModelForm[Indicator]):
    """An indicator's system of record 数据来源方式."""

    class Meta:
        model = Indicator
        fields = ("source", "reporter_kind", "derived_by", "release_note", "semantic_code", "nature")
        labels: ClassVar = {
            "source": _("来源方式"),
            "reporter_kind": _("填报层级"),
            "derived_by": _("计算方式"),
            "release_note": _("发布说明"),
            "semantic_code": _("语义编码"),
            "nature": _("指标性质"),
        }
        help_texts: ClassVar = {
            "source": _("一数一源：每项指标只有一种来源"),
            "reporter_kind": _("只用于填报的指标：由哪一级填报"),
            "derived_by": _("只用于系统计算的指标"),
            "release_note": _("只用于统计引用的指标：刊物、发布日期、修订情况"),
            "semantic_code": _("同一编码表示同一数据；已有同码指标时会提示"),
            "nature": _("系统使用、开会发文、批示报道、投诉数量不得计分"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["derived_by"].help_text = _("只用于系统计算的指标，可选：%(known)s；冒号后写对象，如榜单代码") % {
            "known": "、".join(derived.names()) or "—"
        }

    def _post_clean(self) -> None:
        """The action checks the whole; a form must not change the row it shows."""


class UploadForm(forms.Form):
    """A file of values and what it does not say itself."""

    file = uploads.CheckedFileField(
        kinds=uploads.TABLES,
        largest=LARGEST_UPLOAD,
        wrong_kind=_("请选择 XLSX、CSV 或 Parquet 文件"),
        label=_("数据文件"),
        help_text=_("XLSX、CSV 或 Parquet。宽表：一行一个单位，一列一项指标；长表：单位、周期、指标、数值四列。"),
    )
    period = PeriodField(
        label=_("周期"),
        max_length=20,
        required=False,
        help_text=_("如 2026-Q1、2026-03；表中有“周期”列时可不填"),
    )
    sheet = forms.CharField(
        label=_("工作表"), max_length=100, required=False, help_text=_("不填：第一张含单位列的工作表")
    )
    blank_is_missing = forms.BooleanField(
        label=_("空白单元格记为“未采集”"), required=False, help_text=_("不勾选：空白不改动已有数据")
    )
    skip_unknown_columns = forms.BooleanField(label=_("忽略不认识的列"), required=False)

    note = forms.CharField(
        label=_("导入说明"),
        max_length=300,
        required=False,
        help_text=_("官方统计必填：刊物（公报）名称和发布日期；填报类指标必填：导入原因。其他可不填"),
    )

    def source(self) -> Source:
        """The file in memory."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        return Source(Path(file.name or "").name, file.read())

    def options(self) -> Options:
        """How it is to be read."""
        chosen: dict[str, Any] = {name: value for name, value in self.cleaned_data.items() if name != "file"}
        return Options(**chosen)
