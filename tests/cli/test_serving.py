"""A real server: it answers, and it stops when it is told to, however it is told."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals to a group of processes are POSIX's")
KEY = "only-for-this-test-0123456789-abcdefghijklmnopqrstuvwxyz"
KANJIAN = [sys.executable, "-c", "from kanjian.cli import main; main()"]
START, STOP = 60, 12  # seconds; a process that must be killed takes 15


def settings(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("KANJIAN_", "DJANGO_"))}
    return {**kept, "KANJIAN_SECRET_KEY": KEY, "KANJIAN_HOME": str(home), "KANJIAN_ALLOWED_HOSTS": "127.0.0.1"}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database, made once."""
    found = tmp_path_factory.mktemp("served")
    subprocess.run([*KANJIAN, "prepare"], env=settings(found), capture_output=True, timeout=300, check=True)
    return found


@pytest.fixture
def server(home: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """A server of two processes on a free port, as leader of a group of its own like a command in a terminal."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [*KANJIAN, "serve", "--port", str(port), "--workers", "2"]
    with subprocess.Popen(
        command, env=settings(home), start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as running:
        try:
            yield running, port
        finally:
            if running.poll() is None:
                for each in (*children(running), running.pid):
                    os.kill(each, signal.SIGKILL)


def children(running: subprocess.Popen[bytes]) -> list[int]:
    """Ids of the processes that the server started."""
    folder = Path(f"/proc/{running.pid}/task/{running.pid}/children")
    return [int(each) for each in folder.read_text().split()] if folder.exists() else []


def answer(port: int) -> int:
    """Status of the home page, once there is one."""
    end = time.monotonic() + START
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
            connection.request("GET", "/")
            return connection.getresponse().status
        except OSError:
            assert time.monotonic() < end, "the server never answered"
            time.sleep(0.1)


def in_the_terminal(running: subprocess.Popen[bytes]) -> None:
    os.killpg(running.pid, signal.SIGINT)


def by_id(running: subprocess.Popen[bytes]) -> None:
    running.terminate()


def every_process(running: subprocess.Popen[bytes]) -> None:
    """As a supervisor of services does that tells the whole control group."""
    for each in (running.pid, *children(running)):
        os.kill(each, signal.SIGTERM)


@pytest.mark.parametrize("tell", [in_the_terminal, by_id, every_process])
def test_a_server_stops_when_it_is_told_to(server, tell: Callable[[subprocess.Popen[bytes]], None]) -> None:
    running, port = server
    assert answer(port) in {200, 301}
    tell(running)
    assert running.wait(STOP) == 0
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", port)) != 0
