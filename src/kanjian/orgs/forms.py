"""Forms of this room."""

from datetime import date
from pathlib import Path
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.urls import reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kanjian import uploads
from kanjian.orgs import foreign_logins, policies
from kanjian.orgs.models import Post, Token, Unit, User

SUGGESTING = {
    "list": "unit-options",
    "autocomplete": "off",
    "hx-get": reverse_lazy("orgs:unit_options"),
    "hx-trigger": "input changed delay:300ms",
    "hx-target": "#unit-options",
}


class DayInput(forms.DateInput):
    """The browser's own calendar."""

    input_type = "date"

    def format_value(self, value: date | str | None) -> str | None:
        """What the browser understands, whatever the language."""
        return value.isoformat() if isinstance(value, date) else value or None


class InScope(forms.Form):
    """A form with a unit of the administrator's part of the tree, named by its code."""

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_unit(self) -> Unit:
        """The unit, which must lie in the administrator's part of the tree."""
        unit = Unit.objects.filter(code=self.cleaned_data["unit"].strip()).first()
        if unit is None or not policies.may(self.by, Post.Role.ADMINISTRATOR, unit):
            raise forms.ValidationError(gettext("您的管理范围内没有此代码的单位"))
        return unit


class PostForm(InScope):
    """A post: where, as what, from when until when. The unit is named by its code; the page suggests some."""

    unit = forms.CharField(
        label=_("单位代码"),
        max_length=40,
        help_text=_("输入名称、拼音首字母或代码查找"),
        widget=forms.TextInput(attrs=SUGGESTING),
    )
    role = forms.ChoiceField(label=_("岗位"), choices=Post.Role)
    title = forms.CharField(label=_("职务"), max_length=80, required=False)
    valid_from = forms.DateField(label=_("开始日"), required=False, widget=DayInput, help_text=_("不填：今天"))
    valid_to = forms.DateField(label=_("结束日"), required=False, widget=DayInput, help_text=_("不填：不限"))


class UserForm(PostForm):
    """A new account with its first post."""

    username = forms.CharField(label=_("用户名"), max_length=150, help_text=_("登录时输入，如姓名的拼音"))
    display_name = forms.CharField(label=_("姓名"), max_length=80)
    valid_from = None  # type: ignore[assignment]
    valid_to = None  # type: ignore[assignment]
    field_order = ("username", "display_name")


class IdentityForm(forms.Form):
    """An identity of another system that opens an account."""

    provider = forms.ChoiceField(label=_("外部系统"), choices=foreign_logins.configured)
    identifier = forms.CharField(label=_("其中的标识"), max_length=191, help_text=_("如统一身份里的工号"))


class TokenForm(forms.Form):
    """A personal token: what for, how far, how long."""

    name = forms.CharField(label=_("用途"), max_length=80, help_text=_("如：每季从业务系统报送"))
    scope = forms.ChoiceField(
        label=_("令牌权限"), choices=Token.Scope, help_text=_("读写令牌能替您填报和提交，权限不会超过您本人")
    )
    expires_on = forms.DateField(
        label=_("失效日"), required=False, widget=DayInput, help_text=_("不填：九十天后；最长一年")
    )


LARGEST_UNITS, LARGEST_MAP = 50_000_000, 20_000_000


class UnitsForm(forms.Form):
    """A file of units, and the day on which its moves and tracks begin."""

    file = uploads.CheckedFileField(
        kinds=uploads.TABLES,
        largest=LARGEST_UNITS,
        wrong_kind=_("请选择 XLSX、CSV 或 Parquet 文件"),
        label=_("单位表"),
        help_text=_("XLSX、CSV 或 Parquet，一行一个单位；表头：代码、名称、类别、上级代码、赛道、设立日、经度、纬度……"),
    )
    day = forms.DateField(
        label=_("生效日"), required=False, widget=DayInput, help_text=_("调整上级和赛道自这天起；不填：今天")
    )
    document = forms.CharField(
        label=_("依据文件"), max_length=200, required=False, help_text=_("如批复文号；不填：文件名")
    )

    def named_content(self) -> tuple[str, bytes]:
        """Name and content of the file."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        return Path(file.name or "").name, file.read()


class MapForm(InScope):
    """Boundaries of a unit's inner areas as GeoJSON."""

    unit = forms.CharField(
        label=_("单位代码"),
        max_length=40,
        help_text=_("边界是它的下级；输入名称、拼音首字母或代码查找"),
        widget=forms.TextInput(attrs=SUGGESTING),
    )
    file = uploads.CheckedFileField(
        kinds=uploads.MAPS,
        largest=LARGEST_MAP,
        label=_("GeoJSON 文件"),
        help_text=_("WGS84 经纬度；每个 feature 的 properties.code 是单位代码"),
    )

    def clean_file(self) -> str:
        """The text of the file."""
        file: UploadedFile[bytes] = self.cleaned_data["file"]
        try:
            return str(file.read(), "utf-8-sig")
        except UnicodeDecodeError as error:
            raise forms.ValidationError(gettext("文件不是 UTF-8 编码")) from error
