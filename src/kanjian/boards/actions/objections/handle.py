"""The steps of a reviewer before the decision 受理、要求补充、复核, and the unit's answer 补充."""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.boards.actions.objections.common import locked, move, record, require_party, require_reviewer
from kanjian.boards.attachments import attach, check_files
from kanjian.boards.clocks import working_days_after, working_days_since
from kanjian.boards.models import Objection
from kanjian.boards.states import BoardError
from kanjian.orgs.models import User
from kanjian.steps import require_text
from kanjian.tables import Source


@transaction.atomic
def accept_objection(objection: Objection, *, by: User | None) -> Objection:
    """Take it up for review."""
    objection = locked(objection)
    require_reviewer(objection, by)
    move(objection, "accept")
    record(objection, "accept", by=by)
    return objection


@transaction.atomic
def ask_objection(objection: Objection, question: str, *, by: User | None) -> Objection:
    """Ask the unit for more; the clock stands still until it answers."""
    objection = locked(objection)
    require_reviewer(objection, by)
    question = require_text(question, BoardError("text_missing", _("请写明需要补充什么")))
    objection.asked_on = timezone.localdate()
    move(objection, "ask", "asked_on")
    record(objection, "ask", by=by, comment=question)
    return objection


def answer_objection(objection: Objection, text: str, *, by: User | None, files: Sequence[Source] = ()) -> Objection:
    """Hand in what was asked for; the day of decision moves by the working days that the question was open."""
    check_files(files)
    with transaction.atomic():
        objection = locked(objection)
        require_party(objection, by)
        text = require_text(text, BoardError("text_missing", _("请填写补充说明")))
        _run_again(objection)
        move(objection, "answer", "asked_on", "due_on", "due_provisional")
        attach(objection, files, by=by)
        record(objection, "answer", by=by, comment=text, data={"files": len(files), "due": objection.due_on})
    return objection


@transaction.atomic
def review_objection(objection: Objection, finding: str, *, by: User | None) -> Objection:
    """Write down what was found; the decision follows."""
    objection = locked(objection)
    require_reviewer(objection, by)
    objection.finding = require_text(finding, BoardError("text_missing", _("请写明复核情况")))
    _run_again(objection)
    move(objection, "review", "finding", "asked_on", "due_on", "due_provisional")
    record(objection, "review", by=by, comment=objection.finding)
    return objection


def _run_again(objection: Objection) -> None:
    """Let the clock run again where it stood still."""
    if objection.asked_on is None:
        return
    waited = working_days_since(objection.asked_on, timezone.localdate())
    if waited > 0:
        due = working_days_after(objection.due_on, waited)
        objection.due_on, objection.due_provisional = due.day, due.provisional or objection.due_provisional
    objection.asked_on = None
