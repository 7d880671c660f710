"""The hash chain 哈希链 as pure functions: no database, no clock."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Protocol

from django.core.serializers.json import DjangoJSONEncoder


def canonical_json(content: Mapping[str, Any]) -> str:
    """Sorted keys, no spaces, UTF-8 characters as they are; dates as ISO 8601, decimals as text.

    Raises ``ValueError`` on NaN and infinities and ``TypeError`` on anything JSON cannot say.
    """
    text = json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, cls=DjangoJSONEncoder
    )
    text.encode()  # half of a surrogate pair cannot be stored: fail here, not in the database
    return text


class Record(Protocol):
    """An event's columns."""

    sequence: int
    at: datetime
    actor: str
    verb: str
    subject: str
    body: str
    previous_hash: str


def hash_of(event: Record) -> str:
    """SHA-256 (hexadecimal) over the canonical JSON of every column; the instant in UTC to the microsecond."""
    content = {
        "sequence": event.sequence,
        "at": event.at.astimezone(UTC).isoformat(timespec="microseconds"),
        "actor": event.actor,
        "verb": event.verb,
        "subject": event.subject,
        "data": event.body,
        "previous_hash": event.previous_hash,
    }
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()
