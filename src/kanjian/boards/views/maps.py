"""Boundaries for the board's map."""

from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from kanjian.boards.selectors import editions
from kanjian.orgs.maps import has_map, map_path


@require_safe
def boundaries(request: HttpRequest, code: str, root: str) -> FileResponse:
    """The GeoJSON of the board's root unit; other units' maps are not served here."""
    board = editions.board_for(request.user, code)
    if board.root is None or board.root.code != root or not has_map(root):
        raise Http404(root)
    response = FileResponse(map_path(root).open("rb"), content_type="application/geo+json")
    response["Cache-Control"] = "private, max-age=3600"
    return response
