"""Forms of rules and flags."""

from pathlib import Path
from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kanjian.measures.models import Flag, Rule
from kanjian.orgs.models import Unit
from kanjian.tables import SUFFIXES, Source

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

LARGEST_FILE = 5_000_000


class RuleForm(forms.Form):
    """A rule; the code only when it is new."""

    code = forms.SlugField(label=_("编码"), max_length=40, help_text=_("字母、数字和连字符，登记后不能改"))
    name = forms.CharField(label=_("规则名称"), max_length=120)
    name_en = forms.CharField(label=_("英文名称"), max_length=160, required=False)
    left = forms.CharField(
        label=_("左式"),
        max_length=400,
        help_text=_("指标编码、数字、＋ − × ÷、括号和 sum、min、max、abs；B1@-1 为上一期，B1@-4 为往前四期"),
    )
    operator = forms.ChoiceField(label=_("关系"), choices=Rule.Operator.choices)
    right = forms.CharField(label=_("右式"), max_length=400)
    importance = forms.ChoiceField(label=_("重要性"), choices=Rule.Importance.choices, initial=Rule.Importance.MEDIUM)
    instruction = forms.CharField(label=_("处理要求"), max_length=300, help_text=_("不符时请填报人核对什么"))
    instruction_en = forms.CharField(label=_("处理要求（英文）"), max_length=400, required=False)
    unit_kind = forms.ChoiceField(
        label=_("适用单位类型"), choices=[("", _("全部")), *Unit.Kind.choices], required=False
    )


class RuleFileForm(forms.Form):
    """A file of rules."""

    file = forms.FileField(
        label=_("勾稽关系文件"),
        help_text=_("XLSX、CSV 或 Parquet，一行一条：编码、名称、左式、关系、右式、重要性、处理要求"),
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        """A file of a kind that can be read, not too large."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        if Path(file.name or "").suffix.lower() not in SUFFIXES:
            raise forms.ValidationError(gettext("请选择 XLSX、CSV 或 Parquet 文件"))
        if file.size is not None and file.size > LARGEST_FILE:
            raise forms.ValidationError(gettext("文件超过 5 MB"))
        return file

    def source(self) -> Source:
        """The file in memory."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        return Source(Path(file.name or "").name, file.read())


class ReviewForm(forms.Form):
    """What a reviewer found."""

    verdict = forms.ChoiceField(
        label=_("核实结论"),
        choices=[
            (Flag.State.ERROR, _("确认有误：请填报单位更正")),
            (Flag.State.EXPLAINED, _("已说明：数值无误，有原因")),
            (Flag.State.ACCEPTED, _("接受：不再追问")),
        ],
    )
    reason = forms.CharField(
        label=_("理由"), max_length=300, widget=forms.Textarea(attrs={"rows": 3}), help_text=_("查看了什么、结果如何")
    )


class RunForm(forms.Form):
    """Which period to check, over which units."""

    root = forms.ModelChoiceField(label=_("单位"), queryset=Unit.objects.none())
    period = forms.ChoiceField(label=_("周期"))
