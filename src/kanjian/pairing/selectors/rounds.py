"""Rounds and their pairs as the pages show them 轮次与对子."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from kanjian.boards.selectors.shapes import Named, in_language
from kanjian.boards.store.folders import StoreError
from kanjian.orgs.models import Track, Unit
from kanjian.pairing import endowments, policies, words
from kanjian.pairing.gathering import dimension_codes, files_of
from kanjian.pairing.models import Confirmation, Pair, Round
from kanjian.pairing.parameters import Parameters
from kanjian.pairing.states import STANDING
from kanjian.scoring import Scheme

MOST_VALUES = 6
WHOLE = ("board__root", "edition__scheme", "organiser")


@dataclass(frozen=True, slots=True)
class Weak:
    """One weak dimension of the mentee, and what the mentor has there."""

    label: str
    mentee: float
    mentor: float | None
    median: float
    covered: float

    @property
    def is_covered(self) -> bool:
        """Whether the mentor is clearly strong there: in the upper quartile or near it."""
        return self.covered >= 0.5


@dataclass(frozen=True, slots=True)
class PairRow:
    """One pair in a table."""

    pair: Pair
    mentee: str
    mentor: str
    places: str
    track: str
    weak: list[Weak]
    shared: list[str]
    different: str
    said: list[str]

    @property
    def yes(self) -> int:
        """How many sides said yes."""
        return len(self.said)


def rounds(user: policies.Person) -> QuerySet[Round]:
    """All rounds the person may open, newest first, with the number of pairs that stand."""
    standing = Count("pairs", filter=Q(pairs__state__in=STANDING))
    agreed = Count("pairs", filter=Q(pairs__state__in=policies.PUBLIC_STATES))
    found = policies.visible_rounds(user).select_related(*WHOLE).annotate(standing=standing, agreed=agreed)
    return found.order_by("-created_at", "-pk")


def round_for(user: policies.Person, number: int) -> Round:
    """The round; ``Http404`` when there is none that the person may open."""
    found = policies.visible_rounds(user).select_related(*WHOLE).filter(pk=number).first()
    if found is None:
        raise Http404(f"no round {number}")
    return found


def pair_for(user: policies.Person, number: int, pair: int) -> Pair:
    """The pair of a round; ``Http404`` when there is none that the person may see."""
    found = loaded(policies.visible_pairs(user)).filter(round=number, pk=pair).first()
    if found is None:
        raise Http404(f"no pair {pair} in round {number}")
    return found


def loaded(pairs: QuerySet[Pair]) -> QuerySet[Pair]:
    """Pairs with everything a row shows."""
    related = ("mentee__parent", "mentor__parent", *(f"round__{name}" for name in WHOLE))
    said = Prefetch("confirmations", queryset=Confirmation.objects.select_related("by"))
    return pairs.select_related(*related).prefetch_related(said)


def rows(user: policies.Person, found: Round) -> list[PairRow]:
    """The standing pairs of a round that the person may see, by track and place in the code order."""
    tracks = track_names()
    scheme = scheme_of(found)
    return [pair_row(pair, scheme, tracks) for pair in standing_pairs(user, found)]


def standing_pairs(user: policies.Person, found: Round) -> QuerySet[Pair]:
    """The standing pairs of a round that the person may see, loaded, by track and place in the code order."""
    pairs = loaded(policies.visible_pairs(user).filter(round=found, state__in=STANDING))
    return pairs.order_by("track", "mentee__code")


def pair_row(pair: Pair, scheme: Scheme | None, tracks: dict[str, str]) -> PairRow:
    """One pair as a row; ``scheme`` None (files gone) leaves codes for names."""
    labels = dimension_labels(scheme)
    different = pair.reasons["different"]
    return PairRow(
        pair,
        label(pair.mentee),
        label(pair.mentor),
        " – ".join(label(unit.parent) for unit in (pair.mentee, pair.mentor) if unit.parent),
        tracks.get(pair.track, pair.track),
        [_weak(each, labels) for each in pair.reasons["weak"]],
        [endowments.label(name, scheme) for name in pair.reasons["shared"]],
        endowments.label(different["attribute"], scheme) if different else "",
        [each.side for each in pair.confirmations.all()],
    )


def _weak(data: dict[str, Any], labels: dict[str, str]) -> Weak:
    name = labels.get(data["dimension"], data["dimension"])
    return Weak(name, data["mentee"], data["mentor"], data["median"], data["covered"])


def scheme_of(found: Round) -> Scheme | None:
    """The method of the round's edition; None when its files are gone."""
    try:
        return files_of(found.edition).scheme
    except StoreError:
        return None


def dimension_labels(scheme: Scheme | None) -> dict[str, str]:
    """Dimension → name in the reader's language."""
    if scheme is None:
        return {}
    codes = dimension_codes(scheme)
    return {node.code: in_language(node.name, node.name_en) for node in scheme.tree.children if node.code in codes}


def track_names() -> dict[str, str]:
    """Track → name in the reader's language."""
    return {track.code: in_language(track.name, track.name_en) for track in Track.objects.all()}


def label(unit: Unit) -> str:
    """A unit's name in the reader's language."""
    return in_language(unit.name, unit.name_en)


@dataclass(frozen=True, slots=True)
class Figures:
    """A round at a glance, over the pairs that are shown."""

    pairs: int
    agreed: int
    by_hand: int
    km: float | None
    cost: float | None
    mentors: int


def figures(shown: Iterable[PairRow]) -> Figures:
    """Counts and medians over pairs."""
    pairs = [row.pair for row in shown]
    distances = [pair.km for pair in pairs if pair.km is not None]
    return Figures(
        len(pairs),
        sum(pair.state in policies.PUBLIC_STATES for pair in pairs),
        sum(bool(pair.changed_by_hand) for pair in pairs),
        median(distances) if distances else None,
        median(pair.cost for pair in pairs) if pairs else None,
        len({pair.mentor_id for pair in pairs}),
    )


@dataclass(frozen=True, slots=True)
class Balance:
    """One row of the balance table in words."""

    label: str
    before: float | None
    after: float | None
    ratio: float | None

    @property
    def light(self) -> str:
        """Alike to 0.1, unlike above 0.25; grey where nothing can be said."""
        if self.after is None:
            return "grey"
        size = abs(self.after)
        return "green" if size <= 0.1 else "yellow" if size <= 0.25 else "red"


def balance(found: Round) -> list[Balance]:
    """The balance table of the proposal."""
    scheme = scheme_of(found)
    rows = found.summary["balance"]
    count = Counter(row["attribute"] for row in rows)
    worst = {row["attribute"]: row for row in sorted(rows, key=lambda row: abs(row["smd_after"] or 0.0))}
    return [
        _balance(row, scheme)
        for row in rows
        # Of a category with many values the most unlike one is enough.
        if count[row["attribute"]] <= MOST_VALUES or row is worst[row["attribute"]]
    ]


def _balance(row: dict[str, Any], scheme: Scheme | None) -> Balance:
    name = endowments.label(row["attribute"], scheme)
    if row["value"] is not None:
        value = endowments.value_label(row["attribute"], row["value"])
        name = _("%(name)s：%(value)s") % {"name": name, "value": value}
    return Balance(name, row["smd_before"], row["smd_after"], row["ratio_after"])


@dataclass(frozen=True, slots=True)
class Without:
    """A unit without a partner."""

    unit: Named
    reason: str


def without(found: Round) -> list[Without]:
    """Units that the proposal left without a partner and that nobody gave one since, with the reason."""
    lost = {row["mentee"]: row["reason"] for row in found.summary["unmatched"]}
    helped = set(found.pairs.filter(state__in=STANDING).values_list("mentee__code", flat=True))
    dropped = found.pairs.filter(state=Pair.State.LAPSED).select_related("mentee")
    notes = {pair.mentee.code: pair.closing_note for pair in dropped}
    codes = sorted((set(lost) | set(notes)) - helped)
    units = {unit.code: unit for unit in Unit.objects.filter(code__in=codes)}
    return [
        Without(_named(units.get(code), code), notes.get(code) or words.unmatched(lost.get(code, ""))) for code in codes
    ]


def _named(unit: Unit | None, code: str) -> Named:
    return Named(code, unit.name, unit.name_en) if unit else Named(code, code)


def parameters(found: Round) -> Parameters:
    """The parameters the round was proposed with."""
    return Parameters.load(found.parameters)


def parameter_words(given: Parameters) -> list[tuple[str, str]]:
    """Parameters with their names, as the page and the Excel file print them."""
    limit = _("不限") if given.most_km is None else f"{given.most_km:g}"
    weights = f"{given.weight_distance:g} : {given.weight_endowment:g} : {given.weight_need:g}"
    band = given.band or "—"
    return [
        (_("受帮：各赛道末"), f"{given.mentees:.0%}"),
        (_("受帮：等次"), band),
        (_("帮带：各赛道前"), f"{given.mentors:.0%}"),
        (_("每个帮带单位最多"), str(given.capacity)),
        (_("名次至少靠前"), f"{given.margin:g}"),
        (_("短板维度数"), str(given.weak)),
        (_("权重：路程 : 条件 : 短板"), weights),
        (_("满分路程（公里）"), f"{given.far_km:g}"),
        (_("距离上限（公里）"), limit),
        (_("卡尺"), f"{given.caliper:g}"),
        (_("限同一区县"), _("是") if given.within_county else _("否")),
    ]
