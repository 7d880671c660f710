"""Forms of this room 结对表单."""

import json
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from kanjian.boards.models import Edition
from kanjian.boards.policies import visible_editions
from kanjian.boards.selectors.shapes import in_language
from kanjian.boards.store.folders import StoreError
from kanjian.orgs.forms import SUGGESTING, DayInput
from kanjian.orgs.models import Unit, User
from kanjian.pairing import policies
from kanjian.pairing.endowments import INCOME_WEIGHT, INPUT, USUAL, incomes, label
from kanjian.pairing.gathering import files_of
from kanjian.pairing.models import Milestone, Pair
from kanjian.pairing.parameters import Endowment, Parameters, ValidationError

MOST_EDITIONS = 40


class LongText(forms.Textarea):
    """A few lines."""

    def __init__(self, rows: int = 3) -> None:
        super().__init__(attrs={"rows": rows})


class EditionForm(forms.Form):
    """Which published edition a round stands on, and who leads it."""

    edition = forms.ModelChoiceField(label=_("依据哪一期榜单"), queryset=Edition.objects.none())
    organiser = forms.ModelChoiceField(label=_("牵头单位"), queryset=Unit.objects.none())

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        published = visible_editions(by).filter(state=Edition.State.PUBLISHED).order_by("-period", "board__order")
        newest = list(published.values_list("pk", flat=True)[:MOST_EDITIONS])
        editions = Edition.objects.filter(pk__in=newest).select_related("board").order_by("-period", "board__order")
        self.fields["edition"] = EditionChoice(label=_("依据哪一期榜单"), queryset=editions)
        self.fields["organiser"] = UnitChoice(
            label=_("牵头单位"),
            queryset=policies.organised_units(by),
            help_text=_("一般是组织部；它和双方乡镇都要确认"),
        )


class EditionChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Editions by board and period."""

    def label_from_instance(self, obj: Any) -> str:
        """Board and period in the reader's language."""
        return f"{in_language(obj.board.name, obj.board.name_en)} {obj.period}"


class UnitChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Units by name."""

    def label_from_instance(self, obj: Any) -> str:
        """The name in the reader's language."""
        return in_language(obj.name, obj.name_en)


class ParametersForm(forms.Form):
    """What makes a good pair, with the usual answers filled in."""

    mentees = forms.IntegerField(label=_("受帮：各赛道末尾百分之几"), min_value=1, max_value=50, initial=10)
    band = forms.ChoiceField(label=_("或按等次选受帮单位"), required=False)
    mentors = forms.IntegerField(label=_("帮带：各赛道前百分之几"), min_value=1, max_value=50, initial=30)
    capacity = forms.IntegerField(label=_("每个帮带单位最多帮几个"), min_value=1, max_value=20, initial=2)
    margin = forms.IntegerField(label=_("名次至少靠前多少位"), min_value=1, max_value=10_000, initial=10)
    far_km = forms.FloatField(
        label=_("满分路程（公里）"),
        min_value=0.1,
        max_value=5000,
        initial=40,
        help_text=_("达到这个距离，路程成本记满"),
    )
    most_km = forms.FloatField(
        label=_("距离上限（公里）"), min_value=0.1, max_value=5000, required=False, help_text=_("不填：不限")
    )
    within_county = forms.BooleanField(label=_("只在同一区县内结对"), required=False)
    weight_distance = forms.FloatField(label=_("路程权重"), min_value=0, max_value=100, initial=1)
    weight_endowment = forms.FloatField(label=_("条件相近权重"), min_value=0, max_value=100, initial=2)
    weight_need = forms.FloatField(label=_("补短板权重"), min_value=0, max_value=100, initial=2)
    weak = forms.IntegerField(label=_("看几个短板维度"), min_value=1, max_value=10, initial=3)
    caliper = forms.FloatField(
        label=_("卡尺"), min_value=0, max_value=1, initial=0.5, help_text=_("0 到 1；成本高过它就宁可不结对")
    )
    income = forms.ChoiceField(label=_("起始收入看哪项指标"), required=False)

    def __init__(self, *args: Any, edition: Edition, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        files = files_of(edition)
        scheme = files.scheme
        self.present = present_attributes(edition)
        found = [(each.column, each.label) for each in incomes(scheme)]
        self.fields["income"] = forms.ChoiceField(
            label=_("起始收入看哪项指标"),
            required=False,
            choices=[("", _("不看")), *found],
            initial=found[0][0] if found else "",
        )
        bands = [(band["code"], in_language(band["name"], band["name_en"])) for band in files.summary["bands"]]
        self.fields["band"] = forms.ChoiceField(
            label=_("或按等次选受帮单位"), required=False, choices=[("", _("按名次末尾选")), *bands]
        )
        for each in self.present:
            self.fields[f"weight:{each.name}"] = forms.FloatField(
                label=gettext("条件权重：%(name)s") % {"name": label(each.name)},
                min_value=0,
                max_value=100,
                initial=each.weight,
            )

    def clean(self) -> dict[str, Any]:
        """Build the parameters; what pydantic refuses is an error of the form."""
        given = super().clean() or self.cleaned_data
        if self.errors:
            return given
        plain = {name: given[name] for name in Parameters.model_fields if name in given}
        plain["mentees"], plain["mentors"] = given["mentees"] / 100, given["mentors"] / 100
        try:
            given["parameters"] = Parameters(**plain, endowments=self._endowments(given))
        except ValidationError as error:
            raise forms.ValidationError([str(each["msg"]) for each in error.errors()]) from error
        if not (given["weight_distance"] + given["weight_endowment"] + given["weight_need"]):
            raise forms.ValidationError(gettext("三个权重不能都是零"))
        return given

    def _endowments(self, given: dict[str, Any]) -> tuple[Endowment, ...]:
        found = [each.model_copy(update={"weight": given[f"weight:{each.name}"]}) for each in self.present]
        if given["income"]:
            found.append(Endowment(name=f"{INPUT}{given['income']}", weight=INCOME_WEIGHT, kind="log"))
        return tuple(each for each in found if each.weight > 0)


def present_attributes(edition: Edition) -> list[Endowment]:
    """The usual endowments that units of the edition have, looked up in its first units."""
    try:
        texts = files_of(edition).detail_slice(0, 50)["attributes"].drop_nulls().to_list()
    except StoreError:
        return []
    known = {name for text in texts for name in json.loads(text)}
    return [each for each in USUAL if each.name in known]


class UnitField(forms.CharField):
    """A unit by its code, with suggestions while typing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, widget=forms.TextInput(attrs=SUGGESTING), **kwargs)

    def clean(self, value: Any) -> Any:
        """The unit; an error naming the code otherwise."""
        code = super().clean(value)
        if not code:
            return None
        unit = Unit.objects.filter(code=code.strip()).first()
        if unit is None:
            raise forms.ValidationError(gettext("没有代码为“%(code)s”的单位") % {"code": code})
        return unit


class ChangeForm(forms.Form):
    """Another partner for a mentee, or none, with the reason."""

    mentor = UnitField(
        label=_("改由谁帮带（单位代码）"), required=False, help_text=_("从下表复制代码，或输入名称查找；不填：不结对")
    )
    reason = forms.CharField(label=_("理由"), max_length=200, help_text=_("会写进台账和协议书"))


class RulingForm(forms.Form):
    """A ruling about two units."""

    kind = forms.ChoiceField(label=_("规定"), choices=[("forbidden", _("不得结对")), ("fixed", _("固定结对"))])
    mentee = UnitField(label=_("受帮单位代码"))
    mentor = UnitField(label=_("帮带单位代码"))
    reason = forms.CharField(label=_("理由"), max_length=200)


class ReasonForm(forms.Form):
    """Only a reason."""

    reason = forms.CharField(label=_("理由"), max_length=200)


class StartForm(forms.Form):
    """First day and agency mark."""

    mark = forms.CharField(
        label=_("发文机关代字"), max_length=20, help_text=_("用于协议书文号，如“湖组帮”写成 湖组帮〔2026〕3号")
    )
    day = forms.DateField(label=_("开始日"), required=False, widget=DayInput, help_text=_("不填：今天"))


class PlanForm(forms.Form):
    """The joint plan in plain words."""

    plan = forms.CharField(label=_("共同目标"), max_length=2000, widget=LongText(4))


class MilestoneForm(forms.Form):
    """One milestone."""

    dimension = forms.ChoiceField(label=_("针对哪个短板"))
    title = forms.CharField(label=_("做什么"), max_length=120)
    responsible = forms.ChoiceField(label=_("责任方"))
    role = forms.CharField(label=_("责任人职务"), max_length=60, help_text=_("写职务，不写姓名"))
    planned = forms.DateField(label=_("计划日"), widget=DayInput)
    forecast = forms.DateField(label=_("预计日"), required=False, widget=DayInput, help_text=_("预计会推迟时填写"))
    done = forms.DateField(label=_("完成日"), required=False, widget=DayInput)
    cancelled = forms.CharField(label=_("取消原因"), required=False, max_length=200, help_text=_("填写即取消此节点"))

    def __init__(
        self, *args: Any, pair: Pair, dimensions: dict[str, str], row: Milestone | None, **kwargs: Any
    ) -> None:
        if row is not None:
            kwargs["initial"] = {name: getattr(row, name) for name in _COPIED} | {
                "responsible": "mentee" if row.responsible_id == pair.mentee_id else "mentor"
            }
        super().__init__(*args, **kwargs)
        weak = [each["dimension"] for each in pair.reasons["weak"]]
        sides = [("mentor", pair.mentor), ("mentee", pair.mentee)]
        self.fields["dimension"] = forms.ChoiceField(
            label=_("针对哪个短板"), choices=[(code, dimensions.get(code, code)) for code in weak]
        )
        self.fields["responsible"] = forms.ChoiceField(
            label=_("责任方"), choices=[(side, in_language(unit.name, unit.name_en)) for side, unit in sides]
        )
        if row is None:
            for name in ("forecast", "done", "cancelled"):
                del self.fields[name]
        else:
            self.fields["planned"].disabled = True


_COPIED = ("dimension", "title", "role", "planned", "forecast", "done", "cancelled")


class VisitForm(forms.Form):
    """One visit."""

    day = forms.DateField(label=_("走访日"), widget=DayInput)
    people = forms.CharField(label=_("参加人员"), max_length=200, help_text=_("写职务，不写姓名，如“两村书记、农技员”"))
    work = forms.CharField(label=_("做了什么"), max_length=2000, widget=LongText())
    findings = forms.CharField(label=_("发现的问题"), required=False, max_length=2000, widget=LongText())
    next_step = forms.CharField(label=_("下一步"), required=False, max_length=2000, widget=LongText(2))


class CloseForm(forms.Form):
    """How and why a pair ends."""

    outcome = forms.ChoiceField(label=_("结束方式"), choices=Pair.Outcome.choices)
    note = forms.CharField(label=_("理由"), max_length=200)
