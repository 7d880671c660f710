"""What stands between a draft and an active collection 开启前检查: rooms and files above register their checks."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from kanjian.collecting.models import Collection
from kanjian.collecting.states import CollectingError, Level


@dataclass(frozen=True, slots=True)
class Block:
    """Why a collection may not ask anybody: a stable code and the reason with its remedy."""

    code: str
    text: str


Gate = Callable[[Collection], Iterable[Block]]
_gates: list[Gate] = []


def guards(gate: Gate) -> Gate:
    """Register a function that says what keeps a collection from asking; in ``AppConfig.ready``; twice is once."""
    if gate not in _gates:
        _gates.append(gate)
    return gate


def blocks_of(collection: Collection) -> list[Block]:
    """Everything that keeps the collection from being activated or from opening a window."""
    return [*_ground(collection), *(block for gate in _gates for block in gate(collection))]


def require_clear(collection: Collection) -> None:
    """Raise ``CollectingError`` (blocked) with all reasons when anything blocks the collection."""
    found = blocks_of(collection)
    if found:
        raise CollectingError("blocked", _("还不能开启：%(why)s") % {"why": "；".join(block.text for block in found)})


def _ground(collection: Collection) -> Iterable[Block]:
    """The ground on which it may ask at all."""
    if not collection.document.strip():
        yield Block("no_document", _("缺批准文号"))
    if collection.plan_year is None:
        yield Block("no_plan_year", _("缺列入的年度计划"))
    if collection.ends_on is None:
        yield Block("no_end", _("缺截止日期"))
    elif collection.ends_on < timezone.localdate():
        yield Block("over", _("截止日期 %(day)s 已过") % {"day": collection.ends_on})
    if not collection.fields.exists():
        yield Block("no_fields", _("还没有填报项"))
    if not collection.chain or collection.chain[-1] != Level.OFFICE:
        yield Block("no_office", _("审核层级要以考评办结束"))
