"""Do the work of a request once, however often it is asked 幂等办理."""

import hashlib
import json
import secrets
from collections.abc import Callable
from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import Schema
from ninja.errors import HttpError

from kanjian.api.models import Answer
from kanjian.orgs.models import User

KEPT = timedelta(days=30)
REPLAYED = "Idempotency-Replayed"


def answer_once(request: HttpRequest, key: str, work: Callable[[], Schema]) -> HttpResponse:
    """The answer of ``work``, done now, or the one that this person's request with the same key was given before.

    Work and answer are written together: when the work fails or the process dies, neither is there and the request may
    be sent again. Of two at the same time one works and the other waits for its answer. Raises ``HttpError`` 422 when
    the key belongs to another request, and what ``work`` raises.
    """
    user = request.user
    if not key or not isinstance(user, User):
        return _json(_text(work()))
    digest = _digest(request)
    with transaction.atomic():
        # One person's answers of long ago; the index makes this cheap, and no second job is needed for it.
        Answer.objects.filter(user=user, created_at__lt=timezone.now() - KEPT).delete()
        answer, is_mine = _claim(user, key, digest)
        if answer.request_hash != digest:
            raise HttpError(422, "This Idempotency-Key was used for another request; take a new one")
        if not is_mine:
            return _json(answer.body, replayed=True)
        answer.status, answer.body = 200, _text(work())
        answer.save(update_fields=["status", "body"])
    return _json(answer.body)


def _claim(user: User, key: str, digest: str) -> tuple[Answer, bool]:
    """The row of the key, and whether this request wrote it; waits for another one that is writing it."""
    claim = secrets.token_hex(16)
    fresh = Answer(user=user, key=key, request_hash=digest, claim=claim)
    Answer.objects.bulk_create([fresh], ignore_conflicts=True)
    found = Answer.objects.select_for_update().get(user=user, key=key)
    return found, found.claim == claim


def _digest(request: HttpRequest) -> str:
    place = f"{request.method} {request.get_full_path()}\n".encode()
    return hashlib.sha256(place + request.body).hexdigest()


def _text(answer: Schema) -> str:
    return json.dumps(answer.model_dump(mode="json"), ensure_ascii=False)


def _json(text: str, *, replayed: bool = False) -> HttpResponse:
    response = HttpResponse(text, content_type="application/json")
    if replayed:
        response[REPLAYED] = "true"
    return response
