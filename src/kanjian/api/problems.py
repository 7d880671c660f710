"""Errors of the API in problem form 错误格式: RFC 9457, ``application/problem+json``."""

import logging
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import Field, NinjaAPI, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema

from kanjian.boards.store.folders import StoreError
from kanjian.collecting.states import CollectingError
from kanjian.limits import TooManyError
from kanjian.measures.intake import IntakeError

logger = logging.getLogger(__name__)
KIND = "application/problem+json"


class Problem(Schema):
    """What went wrong; ``detail`` says it for people, ``errors`` names each wrong parameter."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str = ""
    errors: list[dict[str, Any]] = Field(default_factory=list)


def respond(status: int, title: str, detail: str = "", errors: list[dict[str, Any]] | None = None) -> HttpResponse:
    """One problem as a response."""
    body = Problem(title=title, status=status, detail=detail, errors=errors or [])
    return JsonResponse(body.dict(), status=status, content_type=KIND, json_dumps_params={"ensure_ascii": False})


class ProblemAPI(NinjaAPI):
    """An API whose description says that errors are problems, as its answers do."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """The usual description with the media type of errors put right."""
        schema = super().get_openapi_schema(**options)
        for path in schema["paths"].values():
            for method, operation in path.items():
                _describe_access(method, operation)
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "content" in answer:
                        answer["content"] = {KIND: answer["content"].pop("application/json")}
        return schema


def _describe_access(method: str, operation: dict[str, Any]) -> None:
    """What every operation may answer before it is asked: no person, not allowed, too often. Reading needs nobody."""
    is_reading = method in {"get", "head", "options"}
    if is_reading and operation.get("security"):
        operation["security"] = [{}, *operation["security"]]
    wrong = {401: "Unauthorized", 429: "Too many requests"} | ({} if is_reading else {403: "Forbidden"})
    for status, title in wrong.items():
        content = {"application/json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
        operation["responses"].setdefault(status, {"description": title, "content": content})


def install(api: NinjaAPI) -> None:
    """Give every error of the API this form."""
    api.exception_handler(Http404)(_missing)
    api.exception_handler(PermissionDenied)(_forbidden)
    api.exception_handler(ValidationError)(_invalid)
    api.exception_handler(HttpError)(_refused)
    api.exception_handler(StoreError)(_damaged)
    api.exception_handler(AuthenticationError)(_nobody)
    api.exception_handler(TooManyError)(_too_many)
    api.exception_handler(CollectingError)(_not_collected)
    api.exception_handler(IntakeError)(_not_taken)
    api.exception_handler(RequestDataTooBig)(_too_big)


def _missing(request: HttpRequest, error: Exception) -> HttpResponse:
    del request
    return respond(404, "Not found", str(error))


def _forbidden(request: HttpRequest, error: Exception) -> HttpResponse:
    del request
    return respond(403, "Forbidden", str(error))


def _invalid(request: HttpRequest, error: Exception) -> HttpResponse:
    del request
    assert isinstance(error, ValidationError)
    errors = [{"place": each["loc"], "message": each["msg"], "code": each["type"]} for each in error.errors]
    return respond(422, "Invalid parameters", "; ".join(each["message"] for each in errors), errors)


def _refused(request: HttpRequest, error: Exception) -> HttpResponse:
    del request
    assert isinstance(error, HttpError)
    return respond(error.status_code, str(error))


def _damaged(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.error("files of an edition are not readable at %s: %s", request.path, error)
    return respond(503, "Data not available", "the files of this edition are missing or damaged; see kanjian check")


def _nobody(request: HttpRequest, error: Exception) -> HttpResponse:
    del request, error
    detail = "give a valid personal token (Authorization: Bearer kj_...), or sign in"
    answer = respond(401, "Unauthorized", detail)
    answer["WWW-Authenticate"] = 'Bearer realm="kanjian"'
    return answer


def _too_many(request: HttpRequest, error: Exception) -> HttpResponse:
    del request
    assert isinstance(error, TooManyError)
    answer = respond(429, "Too many requests", str(error))
    answer["Retry-After"] = str(error.seconds)
    return answer


# What is wrong with the cells themselves; everything else a sheet refuses is a matter of its state.
_WRONG_CELLS = {"refused", "incomplete", "bad_reason", "no_comment"}


def _not_collected(request: HttpRequest, error: Exception) -> HttpResponse:
    """A sheet that takes nothing now (409), or cells that are wrong (422), each with its place."""
    del request
    assert isinstance(error, CollectingError)
    errors = [
        {"place": [each.unit, each.indicator], "message": each.text, "code": each.code} for each in error.findings
    ]
    if error.code in _WRONG_CELLS:
        return respond(422, "Wrong cells", str(error), errors)
    return respond(409, "Not now", str(error), errors or [{"place": [], "message": str(error), "code": error.code}])


def _not_taken(request: HttpRequest, error: Exception) -> HttpResponse:
    """Values that are wrong; the place is the position in the list, the first line of the table being its heading."""
    del request
    assert isinstance(error, IntakeError)
    errors = [
        {
            "place": ["values", each.row - 2, each.column] if each.row >= 2 else [each.column] if each.column else [],
            "message": each.message,
            "remedy": each.remedy,
            "code": each.code,
        }
        for each in error.findings.items
    ]
    return respond(422, "Wrong values", f"{error.findings.total} problems; nothing was written", errors)


def _too_big(request: HttpRequest, error: Exception) -> HttpResponse:
    del request, error
    return respond(413, "Too large", "send fewer cells at once")
