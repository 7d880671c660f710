"""A board with a method of three parts, a methodologist, and experts with accounts."""

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

if TYPE_CHECKING:
    from kanjian.boards.models import Board, SchemeVersion
    from kanjian.experts.models import Expert, Panel
    from kanjian.orgs.models import User

SCHEME = """
format: kanjian/scheme/1
code: villages
version: "1"
name: 村级评价
tree:
  code: index
  name: 总分
  name_en: Index
  children:
    - {code: income, name: 收入, name_en: Income, weight: 50, rule: {method: minmax}}
    - {code: party, name: 党建, name_en: Party building, weight: 30, rule: {method: minmax}}
    - {code: service, name: 服务, name_en: Service, weight: 20, rule: {method: minmax}}
    - {code: extra, name: 加分, rule: {method: bonus, at_most: 3}}
"""


@dataclass(frozen=True)
class Weighing:
    """The board, its method and the people of a panel."""

    board: "Board"
    version: "SchemeVersion"
    experts: "list[User]"


@pytest.fixture
def weighing(small_city, methodologist) -> Weighing:
    """A board of villages with one version, and four people without a post."""
    from kanjian.boards.actions import add_scheme_version, create_board
    from kanjian.orgs.models import User

    board = create_board(
        code="villages", name="村榜", name_en="Villages", unit_kind="village", root=small_city.city, by=None
    )
    version = add_scheme_version(board, SCHEME, valid_from="2026-Q1", by=None)
    names = ("甲专家", "乙专家", "丙专家", "丁专家")
    experts = [
        User.objects.create_user(username=f"expert{n}", password="of-an-expert-1", display_name=name)
        for n, name in enumerate(names)
    ]
    return Weighing(board, version, experts)


def make_panel(weighing: Weighing, by: "User", method: str = "ahp") -> "Panel":
    """An open panel of the first three experts."""
    from kanjian.experts import actions

    closes = timezone.localdate() + timedelta(days=7)
    panel = actions.create_panel(
        weighing.version, node="index", method=method, title="权重征询", closes_on=closes, by=by
    )
    actions.invite(panel, dict.fromkeys(weighing.experts[:3], 1.0), by=by)
    return actions.open_panel(panel, by=by)


def seat_of(panel: "Panel", user: "User") -> "Expert":
    """The person's seat."""
    return panel.experts.get(user=user)


CONSISTENT = {"income|party": 2.0, "income|service": 4.0, "party|service": 2.0}
CONTRADICTING = {"income|party": 9.0, "income|service": 1 / 9, "party|service": 9.0}
