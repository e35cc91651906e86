"""Cases about caches: one entry for each picture, no outdated errors, and requests that must not be cached."""

import gzip
import time

from Tests.harness import eventually

from .expectations import NOT_FOUND, OUT_OF_RANGE, NotApplicable, expect, expect_answer, expect_envelope
from .upstream import PICTURE


def negative_is_not_kept(site):
    """A new object is available as soon as the responder has it, also for clients that requested it before."""
    if site.cell.transport == "cgi":
        raise NotApplicable("each request crawls before it answers")
    count = site.count
    media = site.media_path(site.upstream.next_id())
    negatives = [
        (media, 404, NOT_FOUND), (f"/latest/{count}", 416, OUT_OF_RANGE), (f"/latest/{count}/image", 416, OUT_OF_RANGE),
        (f"/tags/golang/latest/{count}", 416, OUT_OF_RANGE)]
    for path, status, body in negatives * 3:
        expect_answer(site.get(path), status, body, path)
    # The last picture will be the one that is sent in two halves.
    site.upstream.release.set()
    site.upstream.publish()
    site.upstream.pictures_are_down.set()
    try:
        eventually("the responder has the new post", lambda: site.all_say("/latest", site.envelope(0)))
        for path, *_ in negatives:
            statuses = (200, 503) if path.endswith("image") or path == media else (200,)
            answer = site.get(path)
            expect(answer.status in statuses, path, "is", answer.status, answer.header("x-cache"), "though it is there")
        expect_envelope(site.get(media), (503,), "a picture whose host is down")
    finally:
        site.upstream.pictures_are_down.clear()
    for path, *_ in negatives:
        eventually(f"{path} is there", lambda: site.status_of(path) == 200)


def one_entry(site):
    """A picture is downloaded once, however a pointer to it is written."""
    if site.cell.program != "nginx":
        raise NotApplicable("no cache")
    site.upstream.publish()
    site.expect_soon("/latest", site.envelope(0))
    name = site.upstream.names[0]
    pointers = [f"/latest/0/image?junk={number}" for number in range(10)]
    pointers += [f"/tags/golang/latest/image?junk={number}" for number in range(10)]
    pointers += [f"/tags/{tags}/latest/0/image{query}" for tags in ("golang", "caf%C3%A9+golang")
                 for query in ("?type=image", "?source=sandbox", "?limit=3&type=image", "?not=a&not=b", "?not=b&not=a&x=%20")]
    media = site.media_path(site.upstream.next_id() - 1)
    for path in [media, *pointers] * 2:
        for method in ("GET", "HEAD"):
            answer = site.ask(method, path)
            expect(answer.status == 200, method, path, "is", answer.status, answer.text[:200])
            expect(answer.header("content-type") == "image/png", path, "has the type", answer.header("content-type"))
            expect(method == "HEAD" or answer.body == PICTURE, path, "has", len(answer.body), "bytes")
            length = answer.header("content-length")
            expect(length == str(len(PICTURE)), method, path, "has the length", length)
            lifetime = "86400" if path == media else "10"
            expect((answer.header("cache-control") or "").count("max-age") == 1, path, answer.header("cache-control"))
            expect(f"max-age={lifetime}," in answer.header("cache-control"), path, answer.header("cache-control"))
            expect(answer.header("x-accel-redirect") is None, path, "shows where nginx finds it")
            again = site.ask_again(method, path, answer.header("etag"))
            expect(again.status == 304 and not again.body, path, "again is", again.status)
    # Once each for the picture's own address, the newest picture, and the newest picture of a hashtag.
    expect(site.upstream.downloads(name) <= 3, name, "was downloaded", site.upstream.downloads(name), "times")
    # Other spellings of the address are redirected.
    for spelling, address in (("golang+golang", "golang"), ("golang+caf%C3%A9", "caf%C3%A9+golang"), ("GoLang", "golang")):
        answer = site.get(f"/tags/{spelling}/latest/0/image?type=image")
        expect(answer.status == 308, spelling, "is", answer.status)
        expect(answer.header("location") == f"/tags/{address}/latest/0/image?type=image", answer.header("location"))
    for path in ("/.pictures/media/a/b/0", f"/.pictures{media}"):
        expect_answer(site.get(path), 404, NOT_FOUND, path)
    # Clients of other servers may imitate nginx's parameter to the responder.
    expect(site.get("/latest/0/image", ("INSTACRAWLER_ACCEL", "redirect"), ("Instacrawler-Accel", "redirect")).body == PICTURE, "")


def odd_requests_are_not_kept(site):
    """Requests with endless spellings do not occupy a cache."""
    if not site.cell.keeps:
        raise NotApplicable("no cache")
    for path in ("/latest?junk=1", "/latest/01", "/tags/golang?q=a", "/tags/golang?limit=1&limit=1", "/%73tatus",
                 "/tags/GOLANG/latest", "/tags/golang+caf%C3%A9/latest", "/tags/golang?limit=%31", "/tags/golang?key=x"):
        for _ in range(2):
            answer = site.get(path)
            expect(answer.header("x-cache") is None, path, "is", answer.status, answer.header("x-cache"))
    for path in ("/latest", "/tags/golang?limit=3", "/tags/caf%C3%A9/latest", "/"):
        eventually(f"{path} is kept", lambda: site.get(path).header("x-cache") in ("HIT", "UPDATING"))
    page, other = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", "text/html;q=0.9, x/y;level=1;q=0.4"
    eventually("a page is kept", lambda: site.get("/", ("Accept", page)).header("x-cache") == "HIT")
    expect(site.get("/", ("Accept", other)).header("x-cache") is None, "an odd Accept is kept")


def compressed(site):
    """A 304 has the same tag and Vary as the client's 200, compressed or not."""
    seen = set()
    for path in ("/tags/golang?limit=100", "/feed.json", "/tags"):
        for coding in ("gzip", "identity"):
            fields = [("Accept-Encoding", coding)]
            answer = site.get(path, *fields)
            expect(answer.status == 200, path, "is", answer.status)
            if answer.header("content-encoding") == "gzip":
                seen.add(path)
                gzip.decompress(answer.body)
            expect("accept-encoding" in (answer.header("vary") or "").lower(), path, coding, "varies by", answer.header("vary"))
            again = site.ask_again("GET", path, answer.header("etag"), *fields)
            expect(again.status == 304, path, coding, "again is", again.status)
            for name in ("etag", "vary"):
                first, second = answer.header(name), again.header(name)
                expect(second == first, path, coding, name, "is", second, "not", first)
    if site.cell.program == "nginx":
        expect(seen, "nothing was compressed")


def slow_readers(site):
    """Large pictures that clients do not read do not fill the disk, and other clients get responses meanwhile."""
    if site.cell.program != "nginx":
        raise NotApplicable("no files")
    site.upstream.large = 8 << 20
    # As many as the responder fetches from one host at a time. With more, idle clients would be dropped for others.
    names = [site.upstream.publish() for _ in range(6)]
    site.expect_soon("/latest", site.envelope(0))
    used = site.disk_use()
    connections = []
    try:
        for number in range(len(names)):
            connection = site.connect()
            connections.append(connection)
            connection.send(f"GET /latest/{number}/image HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            expect(connection.head().status == 200, "a large picture")
        for _ in range(20):
            expect_answer(site.get("/latest"), 200, site.envelope(0), "/latest meanwhile")
            time.sleep(0.05)
        more = site.disk_use() - used
        # At most 1 MiB in a file for each.
        expect(more <= len(names) * 1.2 * (1 << 20), "the files of slow readers have", more, "bytes")
        for connection in connections:
            expect(len(connection.take(8 << 20)) == 8 << 20, "a large picture is truncated")
        for number in range(len(names)):
            connection = site.connect()
            connections.append(connection)
            connection.send(f"GET /latest/{number}/image HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
            expect(connection.head().status == 200, "a large picture again")
        expect(len(site.get("/latest/0/image").body) == 8 << 20, "a picture beside readers that take nothing")
    finally:
        for connection in connections:
            connection.close()
        site.upstream.large = 0
