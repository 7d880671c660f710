"""What the boards tell the room of measures about the subjects of red-line exceptions 例外对象."""

from django.urls import reverse
from django.utils.translation import gettext as _

from kanjian.boards import policies
from kanjian.boards.models import Board
from kanjian.boards.selectors.shapes import in_language
from kanjian.measures.subjects import Subject
from kanjian.orgs.policies import Person

ASK_ROLES = (policies.Role.METHODOLOGIST, policies.Role.ADMINISTRATOR)


def board_subject(identifier: str, person: Person) -> Subject | None:
    """``board:code``: every version of a board."""
    board = Board.objects.select_related("root").filter(code=identifier).first()
    return _subject(board, person, "") if board is not None else None


def scheme_subject(identifier: str, person: Person) -> Subject | None:
    """``scheme:board/version``: one version, also one that is not added yet, since it would be refused before."""
    code, _slash, version = identifier.partition("/")
    board = Board.objects.select_related("root").filter(code=code).first()
    return _subject(board, person, version) if board is not None and version else None


def _subject(board: Board, person: Person, version: str) -> Subject:
    name = in_language(board.name, board.name_en)
    label = _("%(board)s 方法 %(version)s") % {"board": name, "version": version} if version else name
    may_ask = policies.holds(person, ASK_ROLES, board.root)
    visible = policies.visible_boards(person).filter(pk=board.pk).exists()
    known = version and board.versions.filter(version=version).exists()
    url = reverse("boards:method", args=[board.code]) + (f"?version={version}" if known else "")
    return Subject(label, url, may_ask=may_ask, is_visible=visible or may_ask)
