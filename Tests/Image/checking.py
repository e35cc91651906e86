"""What the checks are made of."""

import time
import urllib.error
import urllib.request


class Failure(Exception):
    """Something that must hold does not."""


def check(holds, what):
    """Fails unless it holds, and says so when it does."""
    if not holds:
        raise Failure(what)
    print(f"ok: {what}", flush=True)


def measured(what):
    print(f"measured: {what}", flush=True)


def get(url, headers=None, timeout=10):
    """Status, body and headers of an answer, whatever its status."""
    request = urllib.request.Request(url, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=timeout) as answer:
            return answer.status, answer.read(), answer.headers
    except urllib.error.HTTPError as error:
        return error.code, error.read(), error.headers


def eventually(what, holds, seconds=20):
    """Asks again and again until something holds that no event tells of, and returns it."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            value = holds()
            if value:
                return value
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            pass
        if time.monotonic() > deadline:
            raise Failure(f"in vain: {what}")
        time.sleep(0.01)
