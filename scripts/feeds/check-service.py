"""Reads the feeds of a running service as readers do: again and again, with what it said the last time."""

import concurrent.futures
import sys
import time
import urllib.error
import urllib.request

import feed

ADDRESS = sys.argv[1]
TYPES = {"atom": "application/atom+xml", "rss": "application/rss+xml", "json": "application/feed+json"}


def get(path, **headers):
    """Status, headers and body."""
    request = urllib.request.Request(ADDRESS + path, headers={k.replace("_", "-"): v for k, v in headers.items()})
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def follow(kind):
    """Waits for a new post, and is told of nothing before."""
    path = f"/tags/golang/feed.{kind}"
    deadline = time.monotonic() + 60
    while True:
        status, headers, body = get(path)
        assert status == 200, (path, status)
        assert headers["Content-Type"].split(";")[0] == TYPES[kind], headers["Content-Type"]
        assert headers["ETag"].startswith('"') and headers["Last-Modified"] and headers["Cache-Control"], headers
        before = feed.ids(kind, body)
        if len(before) == 20:
            break
        assert time.monotonic() < deadline, f"{path} has only {len(before)} posts"
        time.sleep(0.1)
    unmodified = 0
    while True:
        status, new, body = get(path, If_None_Match=headers["ETag"])
        if status == 200:
            break
        assert status == 304 and not body, (path, status)
        assert new["ETag"] == headers["ETag"], new["ETag"]
        unmodified += 1
        assert time.monotonic() < deadline, f"{path} has no new post"
        time.sleep(0.2)
    after = feed.ids(kind, body)
    fresh = [name for name in after if name not in before]
    assert fresh, f"{path} was sent again without a new post"
    assert after == (fresh + before)[:20], "the ids have changed"
    assert new["ETag"] != headers["ETag"] and new["Last-Modified"] != headers["Last-Modified"], new
    status, _, _ = get(path, If_Modified_Since=new["Last-Modified"])
    assert status in (200, 304), status
    print(f"check-feeds: {path}: {unmodified} times 304, then {len(fresh)} new")


def picture():
    """The enclosure says what the picture is once it has been fetched and a post was new."""
    deadline = time.monotonic() + 60
    while True:
        entries = feed.read_xml("rss", get("/tags/golang/feed.rss")[2])
        lengths = {}
        for entry in entries:
            for enclosure in entry.enclosures:
                path = enclosure["href"].removeprefix(ADDRESS)
                if enclosure["length"] == "0":
                    get(path)
                else:
                    lengths[path] = (enclosure["type"], int(enclosure["length"]))
        if lengths:
            break
        assert time.monotonic() < deadline, "no length was learned"
        time.sleep(0.2)
    for path, (kind, length) in lengths.items():
        status, headers, body = get(path)
        assert (status, headers["Content-Type"], len(body)) == (200, kind, length), (path, status)
    print(f"check-feeds: {len(lengths)} enclosures are as they say")


with concurrent.futures.ThreadPoolExecutor() as readers:
    list(readers.map(follow, feed.FORMATS))
for kind in feed.FORMATS:
    for path in [f"/feed.{kind}", f"/tags/golang/feed.{kind}?type=image&not=nothing&limit=7"]:
        feed.ids(kind, get(path)[2])
picture()
