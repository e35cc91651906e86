"""Cases about claims of a client or router: the scheme, and values in logs."""

import json
import os
import socket

from Tests.harness import Program, eventually, find, free_port, is_listening

from .expectations import NotApplicable, expect
from .http1 import Connection, request

KEY = "c2VjcmV0-in-a-log"


def scheme(site):
    """The first element of a trusted router's X-Forwarded-Proto counts, however it is written."""
    for fields, is_https in [
        ([], False), (["https"], True), (["HTTPS"], True), (["https, http"], True), (["https,https"], True),
        (["https", "http"], True), ([" https ,http"], True), (["http, https"], False), (["http"], False), (["httpsx"], False),
        ([""], False), ([], False),
    ]:
        expected = "https" if is_https or site.cell.tls else "http"
        for _ in range(2):
            answer = site.get("/feed.json", *[("X-Forwarded-Proto", value) for value in fields])
            link = json.loads(answer.text)["feed_url"]
            expect(link == f"{expected}://localhost/feed.json", fields, "gives", link)
            if site.cell.program == "nginx":
                expect((answer.header("strict-transport-security") is not None) == (expected == "https"), fields, answer.headers)


def secret_stays_out_of_logs(site):
    """A key inside another value is in no line of the access log, and each line is correct."""
    double, once = "%253Fkey%253D" + KEY, "%3Fkey%3D" + KEY
    bare = [f"/{KEY}", f"/latest/{KEY}", f"/tags/{KEY}/latest", f"/media/{KEY}/{KEY}/0", f"/tags/golang/latest/{KEY}/image"]
    # Without a configured key, nginx logs hashtags and cannot recognize a key: see the case "key".
    paths = [
        f"/latest?key={KEY}", f"/oembed?url=http%3A%2F%2Flocalhost%2Ftags%2Fgolang{once}", f"/oembed?url={double}",
        f"/latest?x?key={KEY}", f"/latest{once}", f"/latest{double}", f"/latest/key={KEY}", f"/latest;key={KEY}",
        f"/latest&key={KEY}", f"/latest?limit=1&%6bey={KEY}", f"/tags/golang?q={KEY}", f"/latest?{KEY}", f"/media/a/key%3D{KEY}/0",
    ]
    for path in paths + bare * (site.cell.program != "nginx"):
        site.get(path)
    site.get("/latest", ("Referer", f"http://a.example/x?key={KEY}"), ("User-Agent", f"a/1.0 ?key={KEY}"))
    site.get("/latest", ("Referer", f"http://{KEY}@a.example/"), ("X-Request-ID", f"key={KEY}"), ("X-Request-Start", f"key={KEY}"))
    # Bytes that are not UTF-8, and control characters that JSON must escape.
    odd = "\xff\xc3(\x01\x1f\""
    site.get("/latest", ("Referer", odd), ("User-Agent", odd), ("X-Request-ID", odd), ("X-Request-Start", odd))
    for target in ("/%ff%fe", "/\xff\xfe", "/latest?\xff=\xfe"):
        site.get(target)
    mark = "/the-last-one-of-these"
    site.get(mark)
    if site.cell.program in ("h2o", "apache2", "lighttpd", "haproxy", "caddy"):
        site.get("/latest")
    else:
        eventually("the log has come so far", lambda: mark in site.server.output())
    expect_no_key(site)
    if site.cell.program != "nginx":
        return
    with open(site.server.log, "rb") as file:
        lines = [line for line in file.read().split(b"\n") if line.startswith(b"{")]
    for line in lines:
        expect(KEY.encode() not in line, "a key is in the log:", line)
        json.loads(line.decode("utf-8"))
    expect(len(lines) > len(paths) or site.cell.template.startswith("nginx/spawn"), "the log has", len(lines), "lines")


def expect_no_key(site):
    """`instacrawler up` removes addresses from nginx's own error log."""
    for line in site.server.output().split("\n"):
        expect(KEY not in line or site.cell.program == "nginx" and not line.startswith("{"), "a key is in the log:", line)


def behind_another_nginx(site):
    """A stream through another nginx, which compresses, starts at once."""
    if not find("nginx"):
        raise NotApplicable("no nginx to stand in front")
    if not site.stream.is_open:
        raise NotApplicable("no streams")
    port, directory = free_port(), f"{site.directory}/front"
    os.makedirs(directory, exist_ok=True)
    paths = " ".join(f"{name}_temp_path {directory}/{name};" for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    scheme_ = "https" if site.cell.tls else "http"
    with open(f"{directory}/nginx.conf", "w", encoding="utf-8") as file:
        file.write(
            f"pid {directory}/pid; events {{}} http {{ {paths} access_log off; gzip on; gzip_min_length 1; gzip_proxied any;\n"
            f"gzip_types text/event-stream application/json; server {{ listen 127.0.0.1:{port};\n"
            f"location / {{ proxy_pass {scheme_}://127.0.0.1:{site.port}; }} }} }}")
    front = Program(
        [find("nginx"), "-p", directory, "-e", "stderr", "-c", f"{directory}/nginx.conf", "-g",
         "daemon off;" + (" user root;" if os.geteuid() == 0 else "")],
        {**site.environment}, f"{directory}/log", directory)
    try:
        front.wait_until("listens", lambda: is_listening(socket.AF_INET, ("127.0.0.1", port)))
        for fields in ([], [("Accept-Encoding", "gzip")]):
            with Connection(("127.0.0.1", port), timeout=5) as connection:
                connection.send(request("GET", "/events", fields))
                try:
                    head = connection.head()
                    expect(head.status == 200, "/events through another nginx is", head.status)
                    expect(connection.buffer or connection.more(), "the stream ended")
                except TimeoutError:
                    raise AssertionError(f"nothing of a stream arrives through another nginx, with {fields}") from None
    finally:
        front.stop()


def ipv6(site):
    """The server also listens on an IPv6 address."""
    site.start_again(INSTACRAWLER_HOST="[::1]")
    try:
        expect(site.get("/status").status == 200, "/status at ::1")
    finally:
        site.start_again(INSTACRAWLER_HOST="127.0.0.1")
