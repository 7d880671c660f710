"""Forms of the working pages of a board 榜单管理表单."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kanjian import uploads
from kanjian.boards import policies
from kanjian.boards.actions.settle_bottom_list import MOST
from kanjian.boards.clocks import WINDOW_DAYS
from kanjian.boards.models import Board
from kanjian.calendars.forms import PeriodField
from kanjian.orgs import policies as orgs
from kanjian.orgs.forms import SUGGESTING
from kanjian.orgs.models import Unit, User

LARGEST_SCHEME = 2_000_000
MOST_DAYS = 60
# Words of addresses below boards/ that a board's code may not take.
RESERVED = {"new"}


class BoardForm(forms.Form):
    """A new board: what it is called, what it ranks, who may read it."""

    code = forms.SlugField(
        label=_("代码"), max_length=40, help_text=_("用于网址，只用小写字母、数字和横线，如 strong-village；以后不能改")
    )
    name = forms.CharField(label=_("名称"), max_length=80)
    name_en = forms.CharField(label=_("英文名称"), max_length=120, required=False)
    description = forms.CharField(label=_("一句话说明"), max_length=500, required=False)
    description_en = forms.CharField(label=_("英文说明"), max_length=500, required=False)
    unit = forms.CharField(
        label=_("范围：上级单位代码"),
        max_length=40,
        required=False,
        help_text=_("为该单位全部下级排名；输入名称、拼音首字母或代码查找。不填：全域"),
        widget=forms.TextInput(attrs=SUGGESTING),
    )
    unit_kind = forms.ChoiceField(label=_("排名的单位类别"), choices=Unit.Kind, initial=Unit.Kind.VILLAGE)
    is_public = forms.BooleanField(
        label=_("向社会公开"), required=False, help_text=_("不勾选：只有范围内持有岗位的人登录后可见")
    )

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_code(self) -> str:
        """A code that is free and no word of an address."""
        code: str = self.cleaned_data["code"].lower()
        if code in RESERVED or Board.objects.filter(code=code).exists():
            raise forms.ValidationError(gettext("榜单代码“%(code)s”已被使用") % {"code": code})
        return code

    def clean_unit(self) -> Unit | None:
        """The root: a unit of the administrator's part of the tree; nothing for administrators of the whole only."""
        code: str = self.cleaned_data["unit"].strip()
        if not code:
            if not policies.holds(self.by, (policies.Role.ADMINISTRATOR,), None):
                raise forms.ValidationError(gettext("请填写您管理范围内的单位"))
            return None
        unit = Unit.objects.filter(code=code).first()
        if unit is None or not orgs.may(self.by, policies.Role.ADMINISTRATOR, unit):
            raise forms.ValidationError(gettext("您的管理范围内没有此代码的单位"))
        return unit


class SchemeForm(forms.Form):
    """A version of a method as a file or as text; the file counts when both are there."""

    file = uploads.CheckedFileField(
        kinds=uploads.SCHEMES,
        largest=LARGEST_SCHEME,
        label=_("方法文件"),
        required=False,
        help_text=_("YAML 或 JSON；选了文件就以文件为准"),
    )
    text = forms.CharField(
        label=_("或粘贴方法文本"),
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 14, "spellcheck": "false", "class": "kj-code-input"}),
    )
    valid_from = PeriodField(label=_("自哪一期起适用"), max_length=20, help_text=_("如 2026、2026-Q1、2026-03"))
    note = forms.CharField(
        label=_("改了什么、为什么"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("公开显示在方法页上"),
    )

    def clean(self) -> dict[str, Any]:
        """One text, whichever way it came."""
        found: dict[str, Any] = super().clean() or {}
        file: UploadedFile[bytes] | None = found.get("file")
        if file is not None:
            try:
                found["text"] = file.read().decode("utf-8-sig")
            except UnicodeDecodeError:
                self.add_error("file", gettext("文件不是 UTF-8 编码：另存为 UTF-8 后重试"))
        elif not found.get("text", "").strip() and "file" not in self.errors:
            self.add_error("text", gettext("请选择方法文件，或粘贴方法文本"))
        found["text"] = found.get("text", "").replace("\r\n", "\n")
        return found


class ObjectionForm(forms.Form):
    """How long objections are taken; a number alone means calendar days, as it always did."""

    WORKING, CALENDAR = "working", "calendar"

    days = forms.IntegerField(
        label=_("公示天数"), min_value=1, max_value=MOST_DAYS, initial=WINDOW_DAYS, help_text=_("届满次日起可以发布")
    )
    counted = forms.ChoiceField(
        label=_("怎么算"),
        required=False,
        initial=WORKING,
        choices=[(WORKING, _("工作日，从明天算起")), (CALENDAR, _("自然天，含今天"))],
    )

    def span(self) -> dict[str, int]:
        """The arguments of ``open_objection``."""
        is_working = self.cleaned_data["counted"] == self.WORKING
        return {"working_days" if is_working else "days": self.cleaned_data["days"]}


class SignOffForm(forms.Form):
    """What was looked at in a draft, and found."""

    note = forms.CharField(
        label=_("审核意见"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("看了哪些变动、怎么核实的、结论如何；记入大事记"),
    )


class DeclineForm(forms.Form):
    """Why a proposal is taken back or not confirmed."""

    comment = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))


class BottomListForm(forms.Form):
    """Whether the last places of each track are public."""

    choice = forms.ChoiceField(
        label=_("末段名次"),
        choices=Board.BottomList,
        help_text=_("不公开时，没有岗位的读者看到“后 10%”，看不到具体名次；得分和依据仍然公开"),
    )
    percent = forms.IntegerField(label=_("每条赛道的末段（%）"), min_value=1, max_value=MOST)
    document = forms.CharField(
        label=_("决定文件"), max_length=200, required=False, help_text=_("公开时必填：文号或名称，随榜单显示")
    )


class SupersedeForm(forms.Form):
    """Why a published edition is taken out of force."""

    reason = forms.CharField(
        label=_("理由"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("记入大事记，不能修改"),
    )
