"""Forms of panels 专家组表单."""

from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from kanjian.boards.models import SchemeVersion
from kanjian.calendars.forms import PeriodField
from kanjian.experts.asking import nodes_to_ask
from kanjian.experts.models import Panel
from kanjian.orgs.models import User
from kanjian.scoring import Scheme

MOST_EXPERTS = 60


class PanelForm(forms.Form):
    """A new panel: what is weighed, how, until when."""

    title = forms.CharField(label=_("名称"), max_length=120)
    node = forms.ChoiceField(label=_("给哪一层定权"))
    method = forms.ChoiceField(label=_("征询方法"), choices=Panel.Method, initial=Panel.Method.AHP)
    closes_on = forms.DateField(label=_("截止日（含）"), widget=forms.DateInput(attrs={"type": "date"}))
    purpose = forms.CharField(
        label=_("给专家的说明"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, version: SchemeVersion, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        english = (get_language() or "").startswith("en")
        found = nodes_to_ask(Scheme.load(version.text))
        field = self.fields["node"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [(code, f"{code} {name_en if english else name}") for code, name, name_en in found]


class ExpertsForm(forms.Form):
    """Who sits on the panel: one account a line, with an influence where it is not 1."""

    experts = forms.CharField(
        label=_("专家账号"),
        required=False,
        help_text=_("每行一位：用户名，可在后面空一格写权重（默认 1），如 zhangsan 1.5"),
        widget=forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "kj-code-input"}),
    )

    def clean_experts(self) -> dict[User, float]:
        """People and their influence; a wrong line is named."""
        rows = [
            (n, text.split()) for n, text in enumerate(self.cleaned_data["experts"].splitlines(), 1) if text.strip()
        ]
        if len(rows) > MOST_EXPERTS:
            raise forms.ValidationError(gettext("最多 %(number)d 位专家") % {"number": MOST_EXPERTS})
        known = User.objects.filter(is_active=True).in_bulk([words[0] for _n, words in rows], field_name="username")
        found: dict[User, float] = {}
        problems = []
        for number, words in rows:
            user, influence = known.get(words[0]), _influence(words[1:])
            if user is None:
                problems.append(gettext("第 %(row)d 行：没有账号“%(name)s”") % {"row": number, "name": words[0]})
            elif influence is None:
                problems.append(gettext("第 %(row)d 行：权重要写大于 0 的数字") % {"row": number})
            elif user in found:
                problems.append(gettext("第 %(row)d 行：“%(name)s”重复") % {"row": number, "name": words[0]})
            else:
                found[user] = influence
        if problems:
            raise forms.ValidationError(problems)
        return found


def _influence(words: list[str]) -> float | None:
    if not words:
        return 1.0
    try:
        number = float(words[0])
    except ValueError:
        return None
    return number if len(words) == 1 and 0 < number <= 100 else None


class ProposalForm(forms.Form):
    """The label of the version that comes of the panel, and since when it is meant to hold."""

    label = forms.CharField(label=_("新版本号"), max_length=40)
    valid_from = PeriodField(label=_("自哪一期起适用"), max_length=20, help_text=_("如 2026、2026-Q1、2026-03"))
