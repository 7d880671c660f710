"""Forms of objections and staged sets 异议与更正表单: small enough for a phone in the village hall."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext_lazy as _

from kanjian.boards.actions.objections.decide import REASONS
from kanjian.boards.attachments import ACCEPTED
from kanjian.boards.changes import CellChange
from kanjian.boards.models import Objection
from kanjian.boards.objection_terms import Cell
from kanjian.orgs.models import User
from kanjian.tables import Source

LONGEST = 4000


class ManyFilesInput(forms.ClearableFileInput):
    """A choice of several files."""

    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Several files; a list, empty when none was chosen."""

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Each as a single file would be."""
        given = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(each, initial) for each in given if each]


def files_field() -> ManyFilesField:
    """Evidence, as pages ask for it."""
    return ManyFilesField(
        label=_("佐证材料"),
        required=False,
        help_text=_("可选多个：图片、PDF、XLSX、DOCX，每个不超过 10 MB，最多 6 个。请勿上传含身份证号、电话的材料"),
        widget=ManyFilesInput(attrs={"accept": ACCEPTED, "multiple": True}),
    )


def sources(files: Sequence["UploadedFile[bytes]"]) -> list[Source]:
    """The chosen files in memory."""
    return [Source(file.name or "", file.read()) for file in files]


class CellsForm(forms.Form):
    """A field for each cell that may be changed: a number, or that it does not apply; empty leaves it as it is."""

    def __init__(self, *args: Any, unit: str = "", cells: Sequence[Cell] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.unit, self.cells = unit, list(cells)
        for place, cell in enumerate(self.cells):
            title = f"{cell.indicator} {cell.period}"
            self.fields[f"value_{place}"] = forms.FloatField(
                label=gettext("%(cell)s 应为") % {"cell": title},
                required=False,
                help_text=gettext("现为 %(value)s；不填表示不改") % {"value": _said(cell)},
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )
            self.fields[f"na_{place}"] = forms.BooleanField(
                label=gettext("%(cell)s 对本单位不适用") % {"cell": title}, required=False
            )

    def changed_cells(self) -> list[CellChange]:
        """The cells that were filled in."""
        found = []
        for place, cell in enumerate(self.cells):
            value, na = self.cleaned_data.get(f"value_{place}"), self.cleaned_data.get(f"na_{place}")
            if na:
                found.append(CellChange(self.unit, cell.indicator, cell.period, None, "not_applicable"))
            elif value is not None:
                found.append(CellChange(self.unit, cell.indicator, cell.period, value))
        return found

    def clean(self) -> dict[str, Any]:
        """A number and "does not apply" exclude each other."""
        found: dict[str, Any] = super().clean() or {}
        for place in range(len(self.cells)):
            if found.get(f"na_{place}") and found.get(f"value_{place}") is not None:
                self.add_error(f"na_{place}", gettext("填了数值就不要勾选不适用"))
        return found


def _said(cell: Cell) -> str:
    if cell.status == "not_applicable":
        return gettext("不适用")
    return gettext("未采集") if cell.value is None else f"{cell.value:.10g}"


class FileObjectionForm(CellsForm):
    """What is wrong and why; which fields there are depends on the kind."""

    grounds = forms.CharField(
        label=_("理由"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("写清哪里不对、依据是什么；只有办理人员能看到"),
    )
    evidence = files_field()

    def __init__(self, *args: Any, tracks: Sequence[tuple[str, str]] = (), vetoes: Sequence[tuple[str, str]] = (),
                 **kwargs: Any) -> None:  # fmt: skip
        super().__init__(*args, **kwargs)
        if vetoes:
            self.fields["node"] = forms.ChoiceField(label=gettext_lazy("哪一项一票否决"), choices=list(vetoes))
        if tracks:
            self.fields["track"] = forms.ChoiceField(label=gettext_lazy("应归入的赛道"), choices=list(tracks))
        self.order_fields(["node", "track", *(name for name in self.fields if "_" in name), "grounds", "evidence"])


class TextForm(forms.Form):
    """One text: a question, an answer, a finding, grounds."""

    text = forms.CharField(max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, label: Any = "", hint: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label, self.fields["text"].help_text = label or gettext("说明"), hint


class AnswerForm(TextForm):
    """What was asked for, with files."""

    evidence = files_field()


class DecideForm(CellsForm):
    """The decision with its reason code and an answer that becomes public; values only where a part is upheld."""

    decision = forms.ChoiceField(
        label=_("决定"),
        choices=[("uphold", _("成立")), ("uphold_partly", _("部分成立")), ("reject", _("不成立"))],
        widget=forms.RadioSelect,
    )
    reason = forms.ChoiceField(label=_("理由类别"))
    answer = forms.CharField(
        label=_("答复"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("会公开：写明事实和依据，不写个人姓名"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        labels = dict(Objection.Reason.choices)
        groups = [(gettext("成立"), REASONS["uphold"]), (gettext("不成立"), REASONS["reject"])]
        choices: list[Any] = [("", gettext("请选择"))]
        choices += [(name, [(code, labels[code]) for code in codes]) for name, codes in groups]
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices
        for place, cell in enumerate(self.cells):
            said = {"value": _said(cell)}
            self.fields[f"value_{place}"].help_text = (
                gettext("现为 %(value)s；只在部分成立时填，成立按单位提出的改") % said
            )
        self.order_fields(["decision", "reason", "answer"])


class DismissForm(forms.Form):
    """Why it is not taken up."""

    reason = forms.ChoiceField(
        label=_("理由类别"), choices=[(code, Objection.Reason(code).label) for code in REASONS["dismiss"]]
    )
    answer = forms.CharField(
        label=_("答复"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("会公开：写明事实和依据，不写个人姓名"),
    )


class AssignForm(forms.Form):
    """Another reviewer, or the platform's choice."""

    reviewer = forms.ModelChoiceField(
        label=_("复核人"), queryset=User.objects.none(), required=False, empty_label=_("自动分配")
    )

    def __init__(self, *args: Any, people: Sequence[User] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["reviewer"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = User.objects.filter(pk__in=[person.pk for person in people])


class CorrectionForm(forms.Form):
    """A correction that nobody objected for: one cell, or one track."""

    unit = forms.CharField(label=_("单位代码"), max_length=40)
    indicator = forms.CharField(label=_("指标代码"), max_length=40, required=False)
    period = forms.CharField(label=_("周期"), max_length=10, required=False, help_text=_("不填就是本期"))
    value = forms.FloatField(
        label=_("应为"), required=False, widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    )
    not_applicable = forms.BooleanField(label=_("对该单位不适用"), required=False)
    track = forms.CharField(label=_("或：应归入的赛道代码"), max_length=40, required=False)
    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
    document = forms.CharField(label=_("文号"), max_length=120, required=False)

    def clean(self) -> dict[str, Any]:
        """A cell with what it should read, or a track."""
        found: dict[str, Any] = super().clean() or {}
        says = found.get("value") is not None or found.get("not_applicable")
        if bool(found.get("indicator")) != bool(says) or not (found.get("indicator") or found.get("track")):
            raise forms.ValidationError(gettext("写指标和它应有的数值，或写赛道"))
        return found


class CancelForm(forms.Form):
    """Why a staged set is dropped."""

    reason = forms.CharField(label=_("理由"), max_length=500, widget=forms.Textarea(attrs={"rows": 2}))
