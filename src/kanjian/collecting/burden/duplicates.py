"""What a collection asks that is held already 重复采集: one datum, one source."""

from collections.abc import Iterator

from django.db.models import Q

from kanjian.collecting.models import Collection, Field
from kanjian.measures.models import Indicator, Value
from kanjian.measures.redlines import Held, Words
from kanjian.orgs.models import Unit

Source = Indicator.Source
HELD_BY: dict[str, Words] = {
    Source.IMPORTED: Words("已由部门导入", "imported by a department"),
    Source.COMPUTED: Words("由系统计算", "computed by the platform"),
    Source.REFERENCE: Words("已有统计引用", "an official statistic"),
}


def held_elsewhere(collection: Collection) -> dict[int, list[Held]]:
    """Field → places that hold its datum: other active collections about the same kind of unit, and indicators that
    are imported, computed or official under the same semantic code. Three queries.
    """
    fields = list(collection.fields.select_related("indicator"))
    codes = {row.indicator.semantic_code for row in fields if row.indicator.semantic_code}
    asked = list(_asked_elsewhere(collection, fields, codes))
    kept = list(Indicator.objects.filter(semantic_code__in=codes, source__in=HELD_BY))
    imported = _imported(collection, fields)
    return {
        row.pk: [*_by_collections(row, asked), *_by_indicators(row, kept), *imported.get(row.indicator_id, [])]
        for row in fields
    }


def _asked_elsewhere(collection: Collection, fields: list[Field], codes: set[str]) -> Iterator[Field]:
    same = Q(indicator__in=[row.indicator_id for row in fields]) | Q(indicator__semantic_code__in=codes)
    others = Field.objects.filter(
        same, collection__state=Collection.State.ACTIVE, collection__subject_kind=collection.subject_kind
    )
    yield from others.exclude(collection=collection).select_related("collection", "indicator")


def _by_collections(row: Field, asked: list[Field]) -> Iterator[Held]:
    for other in asked:
        same_code = row.indicator.semantic_code and row.indicator.semantic_code == other.indicator.semantic_code
        if other.indicator_id == row.indicator_id or same_code:
            name, name_en = other.collection.name, other.collection.name_en or other.collection.name
            where = Words(f"采集项目“{name}”已在收", f"asked by the collection “{name_en}”")
            yield Held(other.indicator.code, other.indicator.name, where)


def _by_indicators(row: Field, kept: list[Indicator]) -> Iterator[Held]:
    for other in kept:
        if other.pk != row.indicator_id and other.semantic_code == row.indicator.semantic_code:
            yield Held(other.code, other.name, HELD_BY[other.source])


def _imported(collection: Collection, fields: list[Field]) -> dict[int, list[Held]]:
    """An indicator that a department's file fills is not asked of villages; the department itself may hand it in."""
    if collection.reporter_kind == Unit.Kind.DEPARTMENT:
        return {}
    rows = [row.indicator for row in fields if row.indicator.source == Source.IMPORTED]
    return {
        each.pk: [Held(each.code, each.name, HELD_BY[Source.IMPORTED])]
        for each in rows
        if Value.objects.filter(indicator=each, batch__acceptances=None).exists()
    }
