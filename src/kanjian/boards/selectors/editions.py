"""Which boards and editions a reader finds 榜单与期次. The only selectors that ask the policies."""

from django.conf import settings
from django.db.models import Case, Prefetch, QuerySet, When
from django.http import Http404

from kanjian.boards import policies
from kanjian.boards.models import Board, Edition
from kanjian.boards.selectors.shapes import BoardHead, EditionHead, Named, in_language
from kanjian.boards.sight import Sight
from kanjian.boards.store.editions import EditionFiles, open_edition

State = Edition.State
VALID_FIRST: dict[str, int] = {State.PUBLISHED: 0, State.OBJECTION: 1, State.DRAFT: 2}
_BY_VALIDITY = Case(*(When(state=state, then=place) for state, place in VALID_FIRST.items()), default=len(VALID_FIRST))


def files_of(edition: Edition) -> EditionFiles:
    """The files behind an edition; ``StoreError`` (missing) when they are not there."""
    return open_edition(settings.HOME, edition.hash)


def sight_for(user: policies.Person, edition: Edition) -> Sight:
    """Whose places in the edition the reader sees."""
    return policies.sight_of(user, edition.board)


def named(board: Board) -> Named:
    """The board's code and names."""
    return Named(board.code, board.name, board.name_en)


def head(edition: Edition) -> EditionHead:
    """The edition without its numbers; expects board, scheme and release to be loaded."""
    return EditionHead(
        id=edition.pk,
        board=named(edition.board),
        period=edition.period,
        state=str(edition.state),
        hash=edition.hash,
        release_hash=edition.release.hash,
        scheme_version=edition.scheme.version,
        scheme_hash=edition.scheme.hash,
        as_of=edition.as_of,
        published_at=edition.published_at,
        objection_until=edition.objection_until,
        units=edition.units,
        ranked=edition.ranked,
        is_public=edition.board.is_public,
        synthetic=edition.board.synthetic,
    )


def readable(user: policies.Person) -> QuerySet[Edition]:
    """Editions the reader may see, loaded for ``head``."""
    return policies.visible_editions(user).select_related("board__root", "scheme", "release", "previous")


def board_heads(user: policies.Person) -> list[BoardHead]:
    """All boards the reader may see, each with its newest valid edition; two queries whatever their number."""
    valid = readable(user).filter(state__in=(State.PUBLISHED, State.OBJECTION)).order_by("-period", "-created_at")
    boards = policies.visible_boards(user).prefetch_related(Prefetch("editions", queryset=valid, to_attr="valid"))
    return [_board_head(board, board.valid) for board in boards]


def board_head(user: policies.Person, board: Board) -> BoardHead:
    """One board with its newest valid edition."""
    valid = readable(user).filter(board=board, state__in=(State.PUBLISHED, State.OBJECTION))
    return _board_head(board, list(valid.order_by("-period", "-created_at")[:20]))


def _board_head(board: Board, valid: list[Edition]) -> BoardHead:
    published = [edition for edition in valid if edition.state == State.PUBLISHED]
    latest = next(iter(published or valid), None)
    return BoardHead(
        board=named(board),
        description=in_language(board.description, board.description_en),
        is_public=board.is_public,
        synthetic=board.synthetic,
        unit_kind=board.unit_kind,
        latest=head(latest) if latest else None,
    )


def board_for(user: policies.Person, code: str) -> Board:
    """The board of that code; ``Http404`` when there is none or the reader may not know of it."""
    board = policies.visible_boards(user).select_related("root").filter(code=code).first()
    if board is None:
        raise Http404(f"no board {code!r}")
    return board


def edition_for(user: policies.Person, code: str, period: str = "") -> Edition:
    """The valid edition of a board: of the period, or the newest one.

    Published comes before under objection, and that before a draft (for those who may see drafts) or a superseded one.
    ``Http404`` when there is none that the reader may see.
    """
    if "\0" in period:  # PostgreSQL refuses to look for it
        raise Http404("no such period")
    found = readable(user).filter(board__code=code)
    if period:
        found = found.filter(period=period)
    edition = found.order_by(_BY_VALIDITY, "-period", "-created_at", "-id").first()
    if edition is not None:
        return edition
    raise Http404(f"no edition of board {code!r}" + (f" for {period}" if period else ""))


def edition_by_id(user: policies.Person, number: int) -> Edition:
    """The edition with that number, in any state the reader may see; ``Http404`` otherwise."""
    edition = readable(user).filter(pk=number).first()
    if edition is None:
        raise Http404(f"no edition {number}")
    return edition


def editions_of(user: policies.Person, board: Board) -> list[EditionHead]:
    """All editions of a board that the reader may see, newest period first."""
    # The text of a method is long, and a list of periods does not show it.
    found = readable(user).filter(board=board).defer("scheme__text")
    return [head(edition) for edition in found.order_by("-period", "-created_at", "-id")]


def latest_editions(user: policies.Person, count: int = 10) -> list[EditionHead]:
    """What was published last, over all boards, newest first; for the home page."""
    published = readable(user).filter(state=State.PUBLISHED).order_by("-published_at", "-id")
    return [head(edition) for edition in published[:count]]


def to_do(user: policies.Person, count: int = 20) -> list[EditionHead]:
    """Editions that wait for a step: drafts and open objection windows; for the signed-in home page."""
    waiting = readable(user).filter(state__in=(State.DRAFT, State.OBJECTION)).order_by("-created_at", "-id")
    return [head(edition) for edition in waiting[:count]]
