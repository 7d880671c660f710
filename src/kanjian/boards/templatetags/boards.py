"""What the boards' pages write in every row 榜单标签."""

from django import template

from kanjian.boards import addresses
from kanjian.boards.selectors.shapes import EditionHead

register = template.Library()


@register.simple_tag
def edition_url(name: str, edition: EditionHead, unit: str = "") -> str:
    """``{% edition_url 'boards:compare' edition %}``: address of a page of an edition, or of a unit's report in it."""
    if unit:
        return addresses.report(edition.board.code, edition.period, unit)
    return addresses.edition(name, edition.board.code, edition.period)


@register.simple_tag
def report_url(edition: EditionHead, unit: str) -> str:
    """``{% report_url edition row.unit %}``: address of a unit's report."""
    return addresses.report(edition.board.code, edition.period, unit)
