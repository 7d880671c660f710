"""Parameters of a round 参数: shown on its page, stored with it, enough to make it again."""

from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kanjian.scoring.pairing import Attribute, Terms

Share = Annotated[float, Field(gt=0, le=0.5)]
Weight = Annotated[float, Field(ge=0, le=100, allow_inf_nan=False)]
NUMBERS = ("weight_distance", "weight_endowment", "weight_need", "far_km", "most_km", "margin", "caliper")


class Endowment(BaseModel):
    """One attribute that both sides should share: ``population`` of the unit, or ``input.B1`` of the edition."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    weight: Weight = 1.0
    kind: Literal["number", "log", "category"] = "number"


class Parameters(BaseModel):
    """Who looks for a partner, who may be one, and what makes a good pair; see ``scoring.pairing.Terms``.

    ``mentees``: the last share of each track, or with ``band`` everybody in that band; ``mentors``: the first share.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    mentees: Share = 0.1
    band: str = ""
    mentors: Share = 0.3
    within_county: bool = False
    capacity: Annotated[int, Field(ge=1, le=20)] = 2
    margin: Annotated[float, Field(ge=1, le=10_000)] = 10.0
    weak: Annotated[int, Field(ge=1, le=10)] = 3
    weight_distance: Weight = 1.0
    weight_endowment: Weight = 2.0
    weight_need: Weight = 2.0
    far_km: Annotated[float, Field(gt=0, le=5000)] = 40.0
    most_km: Annotated[float, Field(gt=0, le=5000)] | None = None
    caliper: Annotated[float, Field(ge=0, le=1)] = 0.5
    endowments: tuple[Endowment, ...] = ()

    @classmethod
    def load(cls, data: dict[str, Any]) -> Self:
        """Parameters as stored; ``ValidationError`` when they are not parameters."""
        return cls.model_validate(data)

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """The endowments as ``scoring`` knows them."""
        return tuple(Attribute(each.name, each.weight, each.kind) for each in self.endowments)

    @property
    def blocks(self) -> tuple[str, ...]:
        """Columns in which both sides agree."""
        return ("track", "county") if self.within_county else ("track",)

    def terms(self, dimensions: tuple[str, ...]) -> Terms:
        """What ``scoring.pairing`` needs."""
        numbers = {name: getattr(self, name) for name in (*NUMBERS, "capacity", "weak")}
        return Terms(self.attributes, dimensions, within=self.blocks, **numbers)


__all__ = ["Endowment", "Parameters", "ValidationError"]
