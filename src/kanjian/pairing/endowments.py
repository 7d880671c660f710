"""Endowments 禀赋: attributes of units that say what a village was given, not what it did."""

from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl
from django.utils.translation import gettext as _

from kanjian.boards.selectors.shapes import in_language
from kanjian.pairing.parameters import Endowment
from kanjian.scoring import Scheme

INPUT = "input."
# Usual weights: the lie of the land decides most about what can be done on it.
USUAL = (
    Endowment(name="population", kind="log"),
    Endowment(name="area_km2", kind="log"),
    Endowment(name="cropland_mu", kind="log"),
    Endowment(name="forest_mu", kind="log"),
    Endowment(name="distance_km"),
    Endowment(name="terrain", weight=3, kind="category"),
    Endowment(name="industry", kind="category"),
)
INCOME_WEIGHT = 2.0
MONEY = ("万元", "元")


@dataclass(frozen=True, slots=True)
class Income:
    """An input of the scheme that can stand for the starting income."""

    column: str
    label: str


def usual(known: Iterable[str], income: str = "") -> tuple[Endowment, ...]:
    """The usual endowments, those that units have, and the starting income if one is named (an input's code)."""
    present = set(known)
    found = [each for each in USUAL if each.name in present]
    if income:
        found.append(Endowment(name=f"{INPUT}{income}", weight=INCOME_WEIGHT, kind="log"))
    return tuple(found)


def incomes(scheme: Scheme) -> list[Income]:
    """Inputs measured in money: what starting income can be read from."""
    leaves = [leaf for leaf in scheme.leaves() if leaf.unit in MONEY and len(leaf.columns()) == 1]
    return [Income(leaf.columns()[0], in_language(leaf.name, leaf.name_en)) for leaf in leaves]


def label(name: str, scheme: Scheme | None = None) -> str:
    """An endowment in the reader's language; a column that nobody named stays as it is."""
    known = {
        "population": _("人口"),
        "households": _("户数"),
        "area_km2": _("面积（平方公里）"),
        "cropland_mu": _("耕地（亩）"),
        "forest_mu": _("林地（亩）"),
        "distance_km": _("离县城路程（公里）"),
        "grids": _("网格数"),
        "terrain": _("地形"),
        "industry": _("主导产业"),
    }
    if name.startswith(INPUT) and scheme is not None:
        column = name.removeprefix(INPUT)
        leaf = next((leaf for leaf in scheme.leaves() if column in leaf.columns()), None)
        if leaf is not None:
            return _("起始%(name)s") % {"name": in_language(leaf.name, leaf.name_en)}
    return known.get(name, name.removeprefix(INPUT))


def value_label(name: str, value: object) -> str:
    """A value of a category in words."""
    known = {
        **{"plain": _("平原"), "water": _("水乡"), "hill": _("丘陵"), "hills": _("丘陵")},
        **{"mountain": _("山地"), "mountains": _("山地")},
    }
    return known.get(str(value), str(value)) if name == "terrain" else str(value)


def columns(details: pl.DataFrame, endowments: Iterable[Endowment]) -> list[pl.Series]:
    """The endowments of all units as columns, from ``details`` of an edition; unknown is null."""
    wanted = list(endowments)
    own = [each.name for each in wanted if not each.name.startswith(INPUT)]
    fields = pl.Struct(dict.fromkeys(own, pl.String))
    # Attributes are JSON objects whose values may be numbers or words; read as text, numbers are made afterwards.
    read = details["attributes"].fill_null("{}").str.json_decode(fields).struct.unnest() if own else pl.DataFrame()
    found = []
    for each in wanted:
        if each.name.startswith(INPUT):
            column = details[each.name] if each.name in details.columns else pl.Series([None] * details.height)
        else:
            column = read[each.name]
        dtype = pl.String if each.kind == "category" else pl.Float64
        found.append(column.cast(dtype, strict=False).alias(each.name))
    return found
