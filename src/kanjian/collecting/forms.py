"""Forms of this room."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kanjian.collecting import policies
from kanjian.collecting.models import Collection, Step
from kanjian.collecting.states import Level
from kanjian.measures.models import Indicator
from kanjian.orgs.forms import SUGGESTING, DayInput
from kanjian.orgs.models import Unit, User


class ReturnForm(forms.Form):
    """Why a sheet goes back."""

    reason = forms.ChoiceField(label=_("退回原因"), choices=Step.Reason.choices)
    comment = forms.CharField(
        label=_("要改什么"), max_length=300, widget=forms.Textarea(attrs={"rows": 2}), help_text=_("填报人会看到")
    )


def _in_a_week() -> date:
    return timezone.localdate() + timedelta(days=7)


class ReopenForm(ReturnForm):
    """Why an accepted sheet goes back, and until when."""

    until = forms.DateField(
        label=_("更正期限"), widget=DayInput, initial=_in_a_week, help_text=_("到这天为止可以改，窗口关闭了也可以")
    )


class ExtensionForm(forms.Form):
    """Leave to hand in later."""

    until = forms.DateField(label=_("延到哪一天"), widget=DayInput)
    reason = forms.CharField(
        label=_("申请理由"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("理由和审批结果会公开，不要写个人姓名"),
    )


class DecisionForm(forms.Form):
    """The answer to a request for an extension."""

    decision = forms.CharField(
        label=_("审批理由"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("会公开，不要写个人姓名"),
    )
    until = forms.DateField(label=_("批准到哪一天"), required=False, widget=DayInput, help_text=_("不填：按申请的日期"))


class CollectionForm(forms.Form):
    """What a collection is: who asks whom for what, on which ground."""

    code = forms.SlugField(
        label=_("代码"), max_length=40, help_text=_("用于网址，只用小写字母、数字和横线；以后不能改")
    )
    name = forms.CharField(label=_("项目名称"), max_length=80)
    name_en = forms.CharField(label=_("英文名称"), max_length=120, required=False)
    description = forms.CharField(
        label=_("收来做什么用"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )
    root = forms.CharField(
        label=_("范围：上级单位代码"),
        max_length=40,
        help_text=_("输入名称、拼音首字母或代码查找"),
        widget=forms.TextInput(attrs=SUGGESTING),
    )
    owner = forms.CharField(
        label=_("主管单位代码"),
        max_length=40,
        help_text=_("谁要这些数据；由部门填报时就由它填"),
        widget=forms.TextInput(attrs=SUGGESTING),
    )
    subject_kind = forms.ChoiceField(label=_("数据说的是哪类单位"), choices=Unit.Kind, initial=Unit.Kind.VILLAGE)
    reporter_kind = forms.ChoiceField(label=_("由哪一级填报"), choices=Unit.Kind, initial=Unit.Kind.VILLAGE)
    frequency = forms.ChoiceField(
        label=_("填报频率"), choices=Collection.Frequency, initial=Collection.Frequency.QUARTER
    )
    chain = forms.MultipleChoiceField(
        label=_("审核层级"),
        choices=Level.choices,
        initial=[Level.TOWNSHIP, Level.DEPARTMENT, Level.OFFICE],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("总是以考评办结束"),
    )
    document = forms.CharField(label=_("批准文号"), max_length=120, required=False)
    plan_year = forms.IntegerField(label=_("列入哪年的计划"), min_value=2000, max_value=2199, required=False)
    ends_on = forms.DateField(label=_("截止日期"), required=False, widget=DayInput, help_text=_("此后不能再收"))

    def __init__(self, *args: Any, by: User, collection: Collection | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        if collection is not None:
            del self.fields["code"], self.fields["root"]

    def clean_code(self) -> str:
        """A code that is free."""
        code: str = self.cleaned_data["code"].lower()
        if code == "new" or Collection.objects.filter(code=code).exists():
            raise forms.ValidationError(gettext("代码“%(code)s”已被使用") % {"code": code})
        return code

    def clean_root(self) -> Unit:
        """A unit in the person's scope."""
        unit = Unit.objects.filter(code=self.cleaned_data["root"].strip()).first()
        if unit is None or not policies.may_manage_at(self.by, unit):
            raise forms.ValidationError(gettext("您的管理范围内没有此代码的单位"))
        return unit

    def clean_owner(self) -> Unit:
        """A unit there is."""
        unit = Unit.objects.filter(code=self.cleaned_data["owner"].strip()).first()
        if unit is None:
            raise forms.ValidationError(gettext("没有此代码的单位"))
        return unit


class WindowForm(forms.Form):
    """One period to ask for."""

    period = forms.CharField(label=_("周期"), max_length=20, help_text=_("如 2026、2026-H1、2026-Q1、2026-03"))
    opens_on = forms.DateField(label=_("开放日期"), widget=DayInput)
    due_on = forms.DateField(label=_("到期日期"), widget=DayInput, help_text=_("到这天为止算按时"))
    closes_on = forms.DateField(label=_("关闭日期"), widget=DayInput, help_text=_("此后要有批准的延期才收"))


class FieldForm(forms.Form):
    """One row of the fields of a draft."""

    is_asked = forms.BooleanField(required=False)
    is_required = forms.BooleanField(required=False, initial=True)
    needs_evidence = forms.BooleanField(required=False)
    minutes = forms.FloatField(min_value=0.1, max_value=600, initial=2.0)
    order = forms.IntegerField(min_value=0, max_value=999, required=False)

    def __init__(self, *args: Any, indicator: Indicator, **kwargs: Any) -> None:
        kwargs["prefix"] = f"i{indicator.pk}"
        super().__init__(*args, **kwargs)
        self.indicator = indicator
        labels = {
            "is_asked": gettext("要求填报"),
            "is_required": gettext("必填"),
            "needs_evidence": gettext("要佐证"),
            "minutes": gettext("用时（分钟）"),
            "order": gettext("次序"),
        }
        for name, label in labels.items():
            self.fields[name].widget.attrs["aria-label"] = f"{indicator.code} {label}"
