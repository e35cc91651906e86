"""The contract: each case sends requests to a deployment, and raises AssertionError for a wrong response."""

import json
import subprocess
from email.utils import parsedate_to_datetime

from Tests.harness import eventually, find

from .caching import compressed, negative_is_not_kept, odd_requests_are_not_kept, one_entry, slow_readers
from .changes import disappeared, nothing_found_yet
from .claims import behind_another_nginx, ipv6, scheme, secret_stays_out_of_logs
from .expectations import NOT_FOUND, OK, OUT_OF_RANGE, Limited, NotApplicable, expect, expect_answer, expect_envelope
from .http1 import Broken, request
from .streams import events
from .trouble import failed_over, killed_under_load, responder_down, restarted_under_load
from .upstream import HALF, PICTURE


def original_contract(site):
    for path in ("/status", "/"):
        expect_answer(site.get(path), 200, OK, path)
    expect_answer(site.get("/latest"), 200, site.envelope(0), "/latest")
    for number in range(site.count):
        expect_answer(site.get(f"/latest/{number}"), 200, site.envelope(number), f"/latest/{number}")
    for path in (f"/latest/{site.count}", "/latest/-1", "/latest/abc", "/latest/99999999999999999999"):
        expect_answer(site.get(path), 416, OUT_OF_RANGE, path)
    for path in ("/nothing", "/latest/", "/latest/0/1", "/status/x", "/tags/unknown/latest"):
        expect_answer(site.get(path), 404, NOT_FOUND, path)


def preferences(site):
    """Clients that prefer HTML get a page, all others the original response, whatever was requested before."""
    page = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8"
    for accepted in (page, "application/json", page, "*/*", page, None):
        answer = site.get("/", *([("Accept", accepted)] if accepted else []))
        if accepted != page:
            expect_answer(answer, 200, OK, f"/ with Accept: {accepted}")
            continue
        expect(answer.status == 200, "the page is", answer.status, answer.text[:200])
        expect((answer.header("content-type") or "").startswith("text/html"), "the page has", answer.header("content-type"))
        expect("<html" in answer.text.lower(), "the page is", answer.text[:200])


def encoded_paths(site):
    for path, status, body in [
        ("/%73tatus", 200, OK),
        ("/latest/%31", 200, site.envelope(1)),
        ("/tags/g%6Flang/latest", 200, site.envelope(0)),
        ("/tags/caf%C3%A9/latest", 200, site.envelope(0)),
        # Paths are decoded exactly once.
        ("/latest%2F1", 200, site.envelope(1)),
        ("/%2573tatus", 404, NOT_FOUND),
        ("/latest/%2B1", 416, OUT_OF_RANGE),
        ("/latest/+1", 416, OUT_OF_RANGE),
        ("/latest/1%20", 416, OUT_OF_RANGE),
        ("/caf%C3%A9", 404, NOT_FOUND),
        ("//latest", 404, NOT_FOUND),
        ("/latest//1", 404, NOT_FOUND),
    ]:
        expect_answer(site.get(path), status, body, path)
    # Two servers could interpret these differently, so none may take them for a known path.
    for path in ("/%00", "/latest%00", "/tags/%FF/latest", "/a/../latest", "/../latest", "/latest/..%2F1", "/%2e%2e/status",
                 "/latest/./1"):
        expect_envelope(site.get(path), (400, 404), path)


def query_strings(site):
    for query in ("?", "?x=1&y=%20a", "?a=b?c=d&e=%2F%2B+;", "?%C3%A9=1", "?x=%00"):
        expect_answer(site.get("/latest/1" + query), 200, site.envelope(1), "/latest/1" + query)
    for query, count in (("?limit=1", 1), ("?limit=%32", 2), ("?x=&limit=3", 3)):
        page = json.loads(site.get("/tags/golang" + query).text)
        posts = next((value for value in page.values() if isinstance(value, list)), None)
        expect(posts is not None and len(posts) == count, query, "gives", posts)
    expect_envelope(site.get("/tags/golang?limit=0"), (400,), "?limit=0")


def head_requests(site):
    for path in ("/latest", "/status", "/latest/0/image"):
        got, head = site.get(path), site.ask("HEAD", path)
        expect(head.status == got.status == 200, path, "HEAD is", head.status)
        for name in ("content-type", "etag", "last-modified", "cache-control"):
            # A CGI program dates its state from its start, which differs for each request.
            if (site.cell.transport, path, name) == ("cgi", "/status", "last-modified"):
                dates = [parsedate_to_datetime(answer.header(name)) for answer in (got, head)]
                expect(0 <= (dates[1] - dates[0]).total_seconds() < 60, path, name, "is", *dates)
                continue
            expect(head.header(name) == got.header(name), path, name, "is", head.header(name), "not", got.header(name))
    expect(site.ask("HEAD", "/nothing").status == 404, "HEAD of what is not there")
    # Bytes after the head would be taken for the next response.
    with site.connect() as connection:
        connection.send(request("HEAD", "/latest"))
        answer = connection.answer("HEAD")
        expect(answer.status == 200 and not connection.buffer, "after HEAD comes", connection.buffer[:100])
        if (answer.header("connection") or "").lower() == "close":
            return
        connection.send(request("GET", "/latest/1"))
        expect_answer(connection.answer(), 200, site.envelope(1), "GET after HEAD")


def pictures(site):
    # A path that is not a picture for the responder must not replace one in a cache that normalizes paths.
    for path in ("//latest/1/image", "/latest//1/image", "/latest/./1/image", "/x/../latest/1/image"):
        expect_envelope(site.get(path), (400, 404), path)
    expect(site.get("/latest/1/image").status == 200, "/latest/1/image after other spellings of it")
    picture = site.get("/latest/0/image")
    expect(picture.status == 200 and picture.body == PICTURE, "the picture is", picture.status, len(picture.body), "bytes")
    expect(picture.header("content-type") == "image/png", "the picture has the type", picture.header("content-type"))


def not_modified(site):
    # In the first second after a change, a list has the date of that second, and a client with that date gets it again.
    eventually("a date is the last one", lambda: site.get(
        "/latest", ("If-Modified-Since", site.get("/latest").header("last-modified"))).status == 304)
    answer = site.get("/latest")
    tag, date = answer.header("etag"), answer.header("last-modified")
    expect(tag and tag.startswith('"') and date, "/latest has the validators", tag, date)
    for fields in ([("If-None-Match", tag)], [("If-None-Match", f'"x", W/{tag}')], [("If-Modified-Since", date)]):
        again = site.get("/latest", *fields)
        expect(again.status == 304 and not again.body, fields, "gives", again.status)
        # In the form that the client used.
        named = f"W/{tag}" if "W/" in fields[0][1] else tag
        expect(again.header("etag") == named, "304 has the tag", again.header("etag"))
        expect("accept-encoding" in (again.header("vary") or "").lower(), "304 varies by", again.header("vary"))
    for fields in ([("If-None-Match", '"x"')], [("If-Modified-Since", "Thu, 01 Jan 1970 00:00:00 GMT")]):
        expect_answer(site.get("/latest", *fields), 200, site.envelope(0), fields)


def other_methods(site):
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        answer = site.ask(method, "/latest", body=None if method == "DELETE" else b"")
        expect_envelope(answer, (405,), method)
        expect(answer.header("allow") == "GET, HEAD", method, "allows", answer.header("allow"))


def request_bodies(site):
    for body in (b"x" * 100, [b"x" * 50, b"y" * 50], b"x" * 60_000, [b"x" * 6_000] * 10):
        what = f"a body of {len(body)} {'bytes' if isinstance(body, bytes) else 'chunks'}"
        expect_envelope(site.ask("POST", "/latest", body=body), (405,), what)
    for size in (70_000, 2_000_000):
        expect_envelope(site.ask("POST", "/latest", body=b"x" * size), (413,), f"a body of {size} bytes")
        expect_answer(site.get("/latest/1"), 200, site.envelope(1), f"after a body of {size} bytes")


def large_chunked_bodies(site):
    """The length of a chunked body is unknown until its end."""
    statuses = set()
    for count in (10, 300):
        answer = site.ask("POST", "/latest", body=[b"x" * 7_000] * count)
        expect_envelope(answer, (413, 405, 503), f"{count} chunks of 7,000 bytes")
        expect_answer(site.get("/latest/1"), 200, site.envelope(1), f"after {count} chunks")
        statuses.add(answer.status)
    if statuses != {413}:
        raise Limited(f"large chunked bodies are {statuses}")


def http2(site):
    """A client that offers HTTP/2 gets it."""
    if not site.cell.tls:
        raise NotApplicable("no TLS")
    with site.connect(protocols=("h2", "http/1.1")) as connection:
        chosen = connection.socket.selected_alpn_protocol()
        expect(chosen == "h2", "chosen is", chosen)
    for path, status, body in (("/latest/1", 200, site.envelope(1)), ("/nothing", 404, NOT_FOUND)):
        done = subprocess.run(
            [find("curl"), "--http2", "--insecure", "--silent", "--show-error", "--max-time", "20",
             "--write-out", "%{stderr}%{http_version} %{http_code}", f"https://127.0.0.1:{site.port}{path}"],
            capture_output=True, text=True)
        expect(done.stderr == f"2 {status}" and done.stdout == body, path, "over HTTP/2 is", done.stderr, done.stdout[:200])


def large_headers(site):
    answer = site.get("/latest", ("X-Large", "x" * 8_192))
    expect_answer(answer, 200, site.envelope(0), "a header of 8 KiB")
    answer = site.get("/latest?" + "x" * 6_000, *[(f"X-{number}", "y" * 100) for number in range(20)])
    expect_answer(answer, 200, site.envelope(0), "a long query and 20 headers")
    try:
        status = site.get("/latest", ("X-Large", "x" * 200_000)).status
        expect(status == 200 or 400 <= status < 500, "a header of 200 kB is", status)
    except (OSError, Broken):
        # A server may close the connection.
        pass
    expect_answer(site.get("/latest"), 200, site.envelope(0), "after a header of 200 kB")


def streamed_answers(site):
    """The first part of a picture arrives while upstream holds back the second one."""
    site.upstream.release.clear()
    with site.connect() as connection:
        try:
            connection.send(request("GET", f"/latest/{site.slow}/image"))
            head = connection.head()
            expect(head.status == 200, "the picture is", head.status)
            seen = 0
            while seen < len(HALF) // 2:
                expect(connection.more(), "the picture ended early")
                seen = len(connection.buffer)
        except TimeoutError:
            raise AssertionError("nothing arrives before the answer is whole") from None
        finally:
            site.upstream.release.set()
        if (head.header("transfer-encoding") or "").lower() == "chunked":
            body = b""
            while piece := connection.chunk():
                body += piece
        else:
            body = connection.take(2 * len(HALF))
        expect(body == HALF * 2, "the picture has", len(body), "bytes, or others")


def client_gone(site):
    """Clients that disconnect at any point do no harm."""
    site.upstream.release.clear()
    try:
        for number in range(40):
            # Fewer concurrent pictures than the responder has connections to one host.
            is_slow = number % 8 == 1
            with site.connect() as connection:
                whole = request("GET", f"/tags/golang/latest/{site.slow}/image?n={number}" if is_slow else "/latest")
                connection.send(whole[: len(whole) // 2] if number % 4 == 0 else whole)
                if is_slow:
                    connection.more()
    finally:
        site.upstream.release.set()
    for number in range(site.count):
        site.expect_soon(f"/latest/{number}", site.envelope(number))


def asks_for_key(site):
    """With a key, requests without it are refused, whatever was requested before; each way to send it reaches the responder."""
    key, paths = "c2VjcmV0-key", ("/latest", "/latest/0/image")
    page = [("Accept", "text/html"), ("X-Forwarded-Proto", "HTTPS, http")]
    shown = [("", ("Authorization", f"Bearer {key}")), (f"?key={key}",), ("", ("Authorization", f"bearer {key}"))]
    for path in paths:
        expect(site.get(path).status == 200, path, "without a key")
    site.start_again(INSTACRAWLER_ACCESS_KEY=key)
    for path in paths:
        for query, *fields in shown:
            for _ in range(2):
                answer = site.get(path + query, *fields)
                expect(answer.status == 200, path + query, "with", fields, "is", answer.status, answer.text[:200])
            expect_envelope(site.get(path), (401,), f"{path} without a key")
        # A client that has the picture gets a 304, without a download.
        for query, *fields in shown[:2]:
            tag = site.get(path + query, *fields).header("etag")
            before = site.upstream.downloads()
            again = site.ask_again("GET", path + query, tag, *fields)
            expect(again.status == 304 and not again.body, path, "again is", again.status)
            expect(site.upstream.downloads() == before, path, "again is downloaded")
        for query, *fields in (("", ("Authorization", "Bearer x")), ("?key=x",)):
            expect_envelope(site.get(path + query, *fields), (401,), f"{path}{query} with {fields}")
    for path in (f"/{key}", f"/latest/{key}/image", f"/tags/{key}/latest", f"/media/{key}/{key}/0"):
        site.get(path, ("User-Agent", key), ("Referer", f"http://{key.lower()}.example/"), ("X-Request-ID", key))
    lines = [line for line in site.server.output().lower().split("\n") if key.lower() in line]
    # `instacrawler up` removes addresses from the lines of nginx's error log.
    told = [line for line in lines if line.startswith("{") or site.cell.program != "nginx"]
    expect(not told, "the key is in the log:", lines[:1])
    cookie = site.get(f"/?key={key}", *page).header("set-cookie") or ""
    expect("; Secure" in cookie, "the cookie of who came by https is", cookie)
    site.start_again(INSTACRAWLER_ACCESS_KEY="")
    for path in paths:
        eventually(f"{path} is open again", lambda: site.status_of(path) == 200)


CASES = {
    "before": nothing_found_yet,
    "contract": original_contract,
    "Accept": preferences,
    "paths": encoded_paths,
    "queries": query_strings,
    "HEAD": head_requests,
    "picture": pictures,
    "304": not_modified,
    "405": other_methods,
    "413": request_bodies,
    "chunked 413": large_chunked_bodies,
    "8 KiB header": large_headers,
    "streaming": streamed_answers,
    "HTTP/2": http2,
    "events": events,
    "events behind nginx": behind_another_nginx,
    "scheme": scheme,
    "log": secret_stays_out_of_logs,
    "compressed": compressed,
    "one entry": one_entry,
    "not kept": odd_requests_are_not_kept,
    "not there yet": negative_is_not_kept,
    "slow readers": slow_readers,
    "client gone": client_gone,
    "gone": disappeared,
    "restart": restarted_under_load,
    "down": responder_down,
    "failover": failed_over,
    "kill -9": killed_under_load,
    # Last, because they restart everything.
    "IPv6": ipv6,
    "key": asks_for_key,
}
