"""What every answer says to the browser: nothing inline, nothing from elsewhere, nothing guessed, nothing kept."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
PAGES = {"/": 200, "/accounts/login/": 200, "/no-such-page/": 404, "/api/v1/boards": 200, "/accounts/signup/": 200}


def policy(answer) -> dict[str, list[str]]:
    parts = (part.split() for part in answer["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in parts}


@pytest.mark.parametrize("page", PAGES)
def test_every_answer_carries_them(client, page) -> None:
    answer = client.get(page)
    assert answer.status_code == PAGES[page]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "geolocation=()" in answer["Permissions-Policy"]
    found = policy(answer)
    assert found["default-src"] == found["script-src"] == found["style-src"] == ["'self'"]
    assert found["object-src"] == found["frame-ancestors"] == ["'none'"]
    assert found["form-action"] == found["base-uri"] == ["'self'"]
    assert "unsafe" not in answer["Content-Security-Policy"]


def test_https_is_kept_to_where_it_is_on(client, settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/").status_code == 301
    settings.SECURE_HSTS_SECONDS, settings.SECURE_HSTS_INCLUDE_SUBDOMAINS = 31_536_000, True
    assert "max-age=31536000; includeSubDomains" in Client().get("/", secure=True)["Strict-Transport-Security"]


def test_a_real_installation_has_secure_settings(tmp_path) -> None:
    """Without the switches of the demo: HTTPS, secure cookies, second factors; nothing of it has to be asked for."""
    wanted = ["HTTPS", "SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "SECURE_SSL_REDIRECT", "REQUIRE_MFA", "DEBUG"]
    ask = f"from django.conf import settings as s; import json; print(json.dumps([getattr(s, n) for n in {wanted}]))"
    names = ("HTTPS", "REQUIRE_MFA", "DEBUG", "DEMO", "DATABASE_URL")
    environment = {k: v for k, v in os.environ.items() if k not in {f"KANJIAN_{name}" for name in names}}
    environment |= {"DJANGO_SETTINGS_MODULE": "kanjian.settings", "KANJIAN_HOME": str(tmp_path)}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    command = [sys.executable, "-c", ask]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=True)
    assert done.stdout.strip() == "[true, true, true, true, true, false]"


def test_what_a_person_sees_is_not_kept(client_of, xiaowang) -> None:
    answer = client_of(xiaowang).get("/people/me/")
    assert answer["Cache-Control"] == "private, no-store"
    assert "Cookie" in answer["Vary"]


def test_no_template_writes_script_or_style_into_the_page() -> None:
    """Data blocks (``type="application/json"``) are no scripts; everything else comes from a file of ours."""
    wrong = []
    for path in (Path(__file__).parents[2] / "src/kanjian").rglob("templates/**/*.html"):
        text = path.read_text(encoding="utf-8")
        wrong += [
            (path.name, found)
            for found in re.findall(r"<script\b[^>]*>", text)
            if "src=" not in found and 'type="application/json"' not in found
        ]
        wrong += [(path.name, found) for found in re.findall(r"<style\b|\sstyle=\"|\son[a-z]+=\"|javascript:", text)]
    assert wrong == []
