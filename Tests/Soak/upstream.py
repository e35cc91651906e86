"""A hostile upstream: Instagram's hashtag search, a Mastodon timeline and pictures, with every kind of fault.

    python3 -m Tests.Soak.upstream '{"seed": 1}'

Runs in a separate process, so that it does not delay clients. Prints its port when it listens, and exits when its standard
input ends. It listens on many loopback addresses, which the service takes for different servers:

- 127.0.0.1 is the Graph API, 127.0.0.2 a Mastodon server: readable lists of posts with nasty values.
- 127.0.R.3 and up, for round R: Mastodon servers with wrong responses (BODIES) or wrong header fields (LIMITS). A source that
  asks the service to wait is not used for long, so each round has new ones.
- 127.1.0.1 and up serve pictures.

`/soak/state` returns the open connections and the last responses; `/soak/mode?calm=1` makes every response good and quick.
"""

import asyncio
import collections
import functools
import gzip
import json
import os
import random
import sys
import time
import zlib
from fnmatch import fnmatchcase
from urllib.parse import parse_qs, unquote

from . import nasty
from .nasty import encode

ROUNDS = 12
BODIES = (3, 4, 5)
LIMITS = (6, 7, 8, 9)
PICTURE_HOSTS = [f"127.1.0.{number}" for number in range(1, 9)]
HASHTAGS = ("aa", "golang", "café", "東京", "gopher_2")
# The number of distinct posts; further ones are changes of them. An endless source would not test the rest.
MOST_POSTS = 3_000


def png(size=2_000):
    """A PNG file of which only the start is valid, because nothing reads the rest."""
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0"
    return head + zlib.crc32(head).to_bytes(4, "big") + b"\x5a" * (size - len(head) - 4)


class Dice:
    """Draws nasty values, and records them."""

    def __init__(self, settings):
        self.random = random.Random(settings.get("seed", 1))
        self.only, self.without = settings.get("only") or ["*"], settings.get("without") or []
        self.groups = {name: self.allowed(group) for name, group in nasty.GROUPS.items()}
        self.drawn = []

    def allowed(self, names):
        return [name for name in names if self.allows(name)]

    def allows(self, name):
        def fits(patterns):
            return any(pattern in name or fnmatchcase(name, pattern) for pattern in patterns)

        return fits(self.only) and not fits(self.without)

    def draw(self, *groups):
        """A value of one of the groups; None if none of them has an allowed value."""
        choices = [group for group in groups if self.groups[group]]
        if not choices:
            return None
        group = self.random.choice(choices)
        name = self.random.choice(self.groups[group])
        self.drawn.append(name)
        return nasty.GROUPS[group][name]

    def forget(self):
        drawn, self.drawn = self.drawn, []
        return drawn


# The kinds of values for each field of a post.
KINDS = {
    "id": ("ids", "numbers", "types"), "caption": ("texts", "types"), "content": ("texts", "types"),
    "timestamp": ("dates", "numbers"), "created_at": ("dates", "numbers"), "edited_at": ("dates", "numbers"),
    "media_url": ("addresses",), "permalink": ("addresses", "texts"), "url": ("addresses",), "uri": ("addresses",),
    "preview_url": ("addresses",), "remote_url": ("addresses", "types"), "media_type": ("words", "types"),
    "like_count": ("numbers", "types"), "comments_count": ("numbers", "types"),
    "favourites_count": ("numbers", "types"),
    "replies_count": ("numbers",), "sensitive": ("types", "numbers", "words"), "spoiler_text": ("texts", "types"),
    "visibility": ("words", "types"), "language": ("words", "texts", "types"), "account": ("types",),
    "acct": ("texts",), "display_name": ("texts",), "media_attachments": ("types",), "children": ("types",),
    "type": ("words", "types"), "description": ("texts", "types"), "blurhash": ("blurhashes", "texts", "types"),
    "meta": ("types",), "original": ("types",), "width": ("numbers",), "height": ("numbers",), "tags": ("types",),
    "name": ("texts", "types"), "data": ("types",), "paging": ("types",), "next": ("addresses", "types"),
    "after": ("ids", "texts", "types"),
}
# Values that make the whole list unreadable.
STRUCTURE = {"type NaN", "type nothing", "type comma", "type word", "type open", "type number as 1.", "type number 01"}


class Upstream:
    def __init__(self, settings):
        self.settings = settings
        self.dice = Dice(settings)
        self.random = self.dice.random
        self.calm, self.last_phase, self.port = True, False, None
        self.started = int(time.time())
        self.posts = 0
        self.recent = collections.deque(maxlen=40)
        self.counts, self.open_pictures, self.most_open = collections.Counter(), collections.Counter(), 0
        self.most_per_host = 0
        # While set, no picture is served.
        self.down = False
        # While set, every good picture takes a minute.
        self.slow = False

    # Posts.

    def origin(self, host=None):
        return f"http://{host or self.random.choice(PICTURE_HOSTS)}:{self.port}"

    def spoil(self, post, chance):
        """Replaces fields by nasty values, in place, at any depth."""
        for key, value in list(post.items()):
            if isinstance(value, dict):
                self.spoil(value, chance)
            elif isinstance(value, list):
                for item in value:
                    if isinstance(item, dict):
                        self.spoil(item, chance)
            if self.random.random() < chance and key in KINDS:
                drawn = self.dice.draw(*KINDS[key])
                if drawn is None:
                    continue
                if self.dice.drawn[-1] in STRUCTURE and self.random.random() < 0.95:
                    self.dice.drawn.pop()
                    continue
                self.dice.drawn[-1] = f"{key}: {self.dice.drawn[-1]}"
                post[key] = self.placed(drawn)
            elif self.random.random() < chance / 8:
                del post[key]
                self.dice.drawn.append(f"{key}: missing")
        return post

    def placed(self, value):
        if isinstance(value, str) and "{origin}" in value:
            return value.replace("{origin}", self.origin()).replace("{number}", str(self.random.randrange(10_000)))
        return value

    def stamp(self, number):
        # One second apart, and none in the future.
        return time.gmtime(self.started - 100_000 + number)

    def picture(self, number, index=0):
        kind = self.settings.get("pictures", "good")
        size = f"-{self.settings['size']}" if "size" in self.settings else ""
        host = PICTURE_HOSTS[(number + index) % len(PICTURE_HOSTS)]
        return f"{self.origin(host)}/media/{kind}{size}-{number}-{index}.png"

    def graph_post(self, number):
        post = {
            "id": str(17_000_000_000 + number), "caption": f"A gopher, number {number} #golang", "media_type": "IMAGE",
            "media_url": self.picture(number), "permalink": f"https://www.instagram.com/p/{number}/",
            "like_count": number,
            "comments_count": 2, "timestamp": time.strftime("%Y-%m-%dT%H:%M:%S+0000", self.stamp(number)),
        }
        album = self.settings.get("album", 1)
        if album > 1 or number % 4 == 0:
            post["media_type"] = "CAROUSEL_ALBUM"
            post["children"] = {"data": [
                {"id": f"{number}{index}", "media_type": "IMAGE", "media_url": self.picture(number, index),
                    "permalink": "https://a.invalid/"}
                for index in range(max(album, 2))]}
        return post

    def status(self, number):
        return {
            "id": str(109_000_000 + number), "created_at": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", self.stamp(number)),
            "edited_at": None,
            "url": f"https://mastodon.example/@ada/{number}", "uri": f"https://mastodon.example/users/ada/{number}",
            "content": f"<p>A gopher, number {number} <a href=\"https://mastodon.example/tags/aa\">#aa</a></p>",
            "sensitive": False,
            "spoiler_text": "", "visibility": "public", "language": "en", "favourites_count": 3, "replies_count": 1,
            "account": {"acct": "ada", "display_name": "Ada", "url": "https://mastodon.example/@ada"},
            "tags": [{"name": "aa", "url": "https://mastodon.example/tags/aa"}],
            "media_attachments": [{
                "id": str(number), "type": "image", "url": self.picture(number), "preview_url": self.picture(number),
                "remote_url": None,
                "description": f"A gopher on branch {number}", "blurhash": "LEHV6nWB2yk8pyo0adR*.7kCMdnj",
                "meta": {"original": {"width": 1200, "height": 800}},
            }],
        }

    def page(self, make, count, chance):
        """A list of posts. Half of them are unchanged, and a few are repeated."""
        posts = []
        for _ in range(count):
            is_new = self.posts < MOST_POSTS and self.random.random() < 0.9
            self.posts += is_new
            post = make(self.posts if is_new else self.random.randrange(1, self.posts + 1))
            posts.append(self.spoil(post, chance) if chance and self.random.random() < 0.5 else post)
        return posts

    # Routes. Each returns the arguments of `write`: status, fields, body.

    def chance(self):
        return 0 if self.calm else self.random.choice([0.02, 0.1, 0.4])

    def graph(self, path, query):
        name = path.rsplit("/", 1)[-1]
        if name == "ig_hashtag_search":
            tag = query.get("q", [""])[0]
            number = HASHTAGS.index(tag) if tag in HASHTAGS else 9
            value = str(17_840_000_000_000_000 + number)
            # One hashtag has an invalid ID, with which its lists are requested.
            if number == len(HASHTAGS) - 1 and not self.calm and (drawn := self.dice.draw("ids",
                "numbers")) is not None:
                value = drawn
            return 200, [], encode({"data": [{"id": value}]})
        if name == "recently_searched_hashtags":
            return 200, [], b'{"data":[]}'
        if not name.endswith("_media"):
            return 200, [], encode({"id": "1", "name": "aa"})
        number = path.rsplit("/", 2)[-2][-1:]
        if number == "3" and not self.calm and self.random.random() < 0.5:
            return self.body("graph")
        fields = []
        if number == "4" and self.last_phase and self.random.random() < 0.5:
            value = self.dice.draw("usages")
            fields = [(self.random.choice(["X-App-Usage", "X-Business-Use-Case-Usage"]),
                value)] if value is not None else []
        if self.settings.get("pages"):
            page = int(query.get("after", ["0"])[0])
            posts = [self.graph_post(page * 50 + index + 1) for index in range(50)]
            more = {"cursors": {"after": str(page + 1)},
                "next": "https://x/"} if page + 1 < self.settings["pages"] else {}
            return 200, fields, encode({"data": posts, "paging": more})
        chance = self.chance()
        posts = {"data": self.page(self.graph_post, self.random.randrange(1, 8), chance)}
        if chance and self.random.random() < 0.3:
            posts["paging"] = self.spoil({"cursors": {"after": "abc"}, "next": "https://x/"}, chance)
        return 200, fields, encode(posts)

    def mastodon(self, host, query):
        # An old page is usually the last one.
        if "max_id" in query and self.random.random() < 0.7:
            return 200, [], b"[]"
        kind = int(host.rsplit(".", 1)[1])
        if not self.calm and kind in BODIES and self.random.random() < 0.5:
            return self.body("mastodon")
        fields = []
        status = 200
        if not self.calm and kind in LIMITS and self.random.random() < 0.5:
            for name, group in (("X-RateLimit-Limit", "waits"), ("X-RateLimit-Remaining", "waits"),
                ("X-RateLimit-Reset", "waits"),
                                ("Retry-After", "waits"), ("Date", "waits"), ("Link", "links")):
                if self.random.random() < 0.5 and (value := self.dice.draw(group)) is not None:
                    fields.append((name, value))
            if self.random.random() < 0.3:
                status = self.random.choice([429, 503, 403, 422, 500])
        elif not self.calm and self.random.random() < 0.3 and (value := self.dice.draw("links")) is not None:
            fields.append(("Link", value))
        return status, fields, encode(self.page(self.status, self.random.randrange(1, 8), self.chance()))

    def body(self, interface):
        """A response that is wrong as a whole."""
        names = self.dice.allowed(BROKEN)
        if not names:
            return 200, [], b"[]" if interface == "mastodon" else b'{"data":[]}'
        name = self.random.choice(names)
        self.dice.drawn.append(name)
        good = encode(self.page(self.status, 3,
            0) if interface == "mastodon" else {"data": self.page(self.graph_post, 3, 0)})
        return BROKEN[name](self, good)

    def error(self):
        """An error of the Graph API with nasty values."""
        error = {"message": "soak", "type": "OAuthException", "error_subcode": 463, "is_transient": True}
        error["code"] = self.random.choice([-2, -1, 0, 1, 2, 4, 10, 17, 18, 24, 32, 100, 190, 200, 299, 613, 80_002,
            None])
        for key, groups in {"message": ("texts", "types"), "code": ("numbers", "types"),
            "error_subcode": ("numbers", "types"),
                            "is_transient": ("types", "numbers")}.items():
            if self.random.random() < 0.4 and (value := self.dice.draw(*groups)) is not None:
                error[key] = value
        return self.random.choice([200, 400, 403, 500]), [], encode({"error": error})

    def state(self, query):
        if "calm" in query:
            self.calm = query["calm"][0] == "1"
        if "last" in query:
            self.last_phase = query["last"][0] == "1"
        if "down" in query:
            self.down = query["down"][0] == "1"
        if "reset" in query:
            self.counts.clear()
            self.most_open = self.most_per_host = 0
        if "slow" in query:
            self.slow = query["slow"][0] == "1"
        return 200, [], encode({
            "open": sum(self.open_pictures.values()), "most_open": self.most_open, "most_per_host": self.most_per_host,
            "counts": dict(self.counts), "posts": self.posts, "recent": list(self.recent)})

    # Server.

    async def serve(self, reader, writer):
        try:
            while await self.serve_one(reader, writer):
                pass
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def serve_one(self, reader, writer):
        head = await reader.readuntil(b"\r\n\r\n")
        target = head.split(b" ", 2)[1].decode("latin-1")
        path, _, query = target.partition("?")
        host = writer.get_extra_info("sockname")[0]
        if path.startswith("/soak/"):
            return await self.write(writer, *self.state(parse_qs(query)))
        self.dice.forget()
        if path.startswith("/media/"):
            return await self.serve_picture(reader, writer, host, unquote(path.removeprefix("/media/")))
        self.counts[f"{host} {path}"] += 1
        # The same response for the same request, whatever was requested before.
        self.random.seed(f"{self.settings.get('seed', 1)} {host} {path} {self.counts[f'{host} {path}']}")
        response = self.mastodon(host, query) if path.startswith("/api/") else self.graph(path, parse_qs(query))
        drawn = self.dice.forget()
        what = f"{host} {target[:160]}"
        if callable(response):
            self.recent.append({"request": what, "drawn": drawn, "response": "made as it is sent"})
            await response(writer)
            return False
        status, fields, body = response
        self.recent.append({"request": what, "status": status,
            "fields": [[str(name), str(value)[:500]] for name, value in fields],
                            "drawn": drawn, "body": body[:2_000].decode("utf-8", "replace"), "bytes": len(body)})
        return await self.write(writer, status, fields, body)

    async def write(self, writer, status, fields, body, kind="application/json; charset=utf-8"):
        names = [name.lower() for name, _ in fields]
        lines = [f"HTTP/1.1 {status} S"] + [f"{name}: {clean(value)}" for name, value in fields]
        if self.calm:
            lines.append("Connection: close")
        if "content-type" not in names:
            lines.append(f"Content-Type: {kind}")
        if "content-length" not in names and "transfer-encoding" not in names and status != 304:
            lines.append(f"Content-Length: {len(body)}")
        writer.write("\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body)
        await writer.drain()
        return not self.calm

    async def serve_picture(self, reader, writer, host, name):
        self.counts[f"picture {name}"] += 1
        self.counts["pictures"] += 1
        self.open_pictures[host] += 1
        self.most_open = max(self.most_open, sum(self.open_pictures.values()))
        self.most_per_host = max(self.most_per_host, self.open_pictures[host])
        kind = next((kind for kind in sorted(nasty.PICTURES, key=len, reverse=True) if name.startswith(kind)), "good")
        self.recent.append({"request": f"{host} /media/{name[:160]}", "drawn": [f"picture {kind}"]})
        sending = asyncio.ensure_future(pictures(self, writer, kind, name))
        # A client that disconnects ends the response, even if nothing is being sent.
        leaving = asyncio.ensure_future(reader.read(1))
        try:
            await asyncio.wait([sending, leaving], return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                sending.result()
        finally:
            sending.cancel()
            leaving.cancel()
            self.open_pictures[host] -= 1
        return False


def clean(value):
    """The value of a header field without line breaks, which would end it."""
    return value.replace("\r", "").replace("\n", "")


# Responses that are wrong as a whole: (upstream, good body) -> the arguments of `write`, or a function that writes it.


def whole(status, fields, body):
    return lambda upstream, good: (status, fields, body)


def raw(data):
    """Writes bytes and closes the connection."""

    def respond(upstream, good):
        async def write(writer):
            writer.write(data(good) if callable(data) else data)
            await writer.drain()

        return write

    return respond


def dripping(count, delay):
    def respond(upstream, good):
        async def write(writer):
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(good))
            for index in range(count):
                writer.write(good[index:index + 1])
                await writer.drain()
                await asyncio.sleep(delay)

        return write

    return respond


def reset(upstream, good):
    async def write(writer):
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(good) + good[:20])
        await writer.drain()
        writer.transport.abort()

    return write


async def endless(writer, head, piece):
    writer.write(head)
    while True:
        writer.write(piece)
        await writer.drain()


def endless_body(head, piece):
    def respond(upstream, good):
        async def write(writer):
            # Until the client stops reading, and at most 64 MiB.
            writer.write(head)
            for _ in range((64 << 20) // len(piece)):
                writer.write(piece)
                await writer.drain()

        return write

    return respond


LIMIT = 8 << 20
HTML = b"<html><body><script>soak()</script>Checking your browser</body></html>"
JSON_LISTS = {
    "{}": b"{},", "null": b"null,", "[]": b"[],", "digit": b"1,", "text": b'"",',
    "post": b'{"id":"1","media_attachments":[{}]},',
}


def filled(size, piece, before=b"[", after=b"]"):
    """A list with an exact size in bytes."""
    room = size - len(before) - len(after)
    inside = (piece * (room // len(piece))).rstrip(b",")
    return before + inside + b" " * (room - len(inside)) + after


def sized(size, piece, graph=False):
    return lambda upstream, good: (200, [],
        filled(size, piece, *([b'{"data":[', b"]}"] if good.startswith(b"{") else [])))


OK = b"HTTP/1.1 200 OK\r\n"
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
BROKEN = {
    **{f"body status {status} as HTML": whole(status, [("Content-Type", "text/html")], HTML)
       for status in (200, 400, 401, 403, 404, 418, 422, 429, 500, 502, 503, 511)},
    **{f"body status {status}": whole(status, [], b"") for status in (200, 201, 204, 205, 206, 299, 300, 304, 305, 402,
        408, 599)},
    **{f"body redirect to {place}": whole(302, [("Location", place)], b"")
       for place in ("", "/", "http://127.0.0.1:99999/", "http://8.8.4.4:99999/h", "http://[::1]:99999/", "x" * 5_000,
           "javascript:1")},
    **{f"body 8 MiB{change:+d} of {name}": sized(LIMIT + change, piece) for change in (-1, 0, 1) for name,
        piece in JSON_LISTS.items()},
    "body 8 MiB of nesting": whole(200, [], b"[" * (LIMIT // 2) + b"]" * (LIMIT // 2)),
    "body 10000 levels": whole(200, [], b"[" * 10_000 + b"]" * 10_000),
    "body 10000 levels of objects": whole(200, [], b'{"data":' * 10_000 + b"1" + b"}" * 10_000),
    "body 100000 levels, open": whole(200, [], b"[" * 100_000),
    "body one text of 7 MiB": whole(200, [], b'["' + b"x" * (7 << 20) + b'"]'),
    "body one number of 4 MiB": whole(200, [], b"[" + b"9" * (4 << 20) + b"]"),
    "body keys without end": whole(200, [],
        b'{"data":[{' + b",".join(b'"k%d":1' % number for number in range(400_000)) + b"}]}"),
    "body escapes without end": whole(200, [], b'["' + b"\\ud83d" * 1_000_000 + b'"]'),
    "body spaces": whole(200, [], b" " * (LIMIT - 2) + b"[]"),
    "body errors": lambda upstream, good: upstream.error(),
    "body byte order mark": lambda upstream, good: (200, [], b"\xef\xbb\xbf" + good),
    "body UTF-16": lambda upstream, good: (200, [], good.decode().encode("utf-16")),
    "body UTF-32": lambda upstream, good: (200, [], good.decode().encode("utf-32")),
    "body half": lambda upstream, good: (200, [], good[:len(good) // 2]),
    "body twice": lambda upstream, good: (200, [], good + good),
    "body NUL after": lambda upstream, good: (200, [], good + b"\0" * 1_000),
    "body gzip not asked for": lambda upstream, good: (200, [("Content-Encoding", "gzip")], gzip.compress(good)),
    "body gzip without label": lambda upstream, good: (200, [], gzip.compress(good)),
    "body gzip label only": lambda upstream, good: (200, [("Content-Encoding", "gzip")], good),
    "body gzip bomb": lambda upstream, good: (200, [("Content-Encoding", "gzip")], bomb()),
    "body deflate bomb": lambda upstream,
    good: (200, [("Content-Encoding", "deflate")], zlib.compress(b" " * (64 << 20))),
    "body br": lambda upstream, good: (200, [("Content-Encoding", "br")], good),
    "body length too long": raw(lambda good: OK + b"Content-Length: %d\r\n\r\n" % (len(good) + 100) + good),
    "body length too short": raw(lambda good: OK + b"Content-Length: 3\r\n\r\n" + good),
    "body length negative": raw(lambda good: OK + b"Content-Length: -1\r\n\r\n" + good),
    "body length huge": raw(lambda good: OK + b"Content-Length: 99999999999999999999\r\n\r\n" + good),
    "body length 2^63": raw(lambda good: OK + b"Content-Length: 9223372036854775807\r\n\r\n" + good),
    "body length text": raw(lambda good: OK + b"Content-Length: x\r\n\r\n" + good),
    "body lengths differ": raw(lambda good: OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n" + good),
    "body length and chunks": raw(OK + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    "body chunk garbage": raw(CHUNKED + b"zz\r\n[]\r\n0\r\n\r\n"),
    "body chunk huge": raw(CHUNKED + b"ffffffffffffffff\r\n[]\r\n0\r\n\r\n"),
    "body chunk 2^63": raw(CHUNKED + b"7fffffffffffffff\r\n[]\r\n0\r\n\r\n"),
    "body chunk negative": raw(CHUNKED + b"-1\r\n[]\r\n0\r\n\r\n"),
    "body chunk extension": raw(CHUNKED + b"2;" + b"x" * 100_000 + b"\r\n[]\r\n0\r\n\r\n"),
    "body chunk trailer": raw(CHUNKED + b"2\r\n[]\r\n0\r\n" + b"X: y\r\n" * 30_000 + b"\r\n"),
    "body chunks of one byte": raw(lambda good: CHUNKED
                                   + b"".join(b"1\r\n%c\r\n" % byte for byte in good) + b"0\r\n\r\n"),
    "body transfer coding": raw(OK + b"Transfer-Encoding: gzip, soak\r\n\r\n[]"),
    "body until the end": raw(lambda good: OK + b"\r\n" + good),
    "body HTTP/0.9": raw(lambda good: good),
    "body HTTP/9.9": raw(lambda good: b"HTTP/9.9 200 OK\r\n\r\n" + good),
    "body status 999": raw(b"HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n"),
    "body status 1000": raw(b"HTTP/1.1 1000 X\r\nContent-Length: 0\r\n\r\n"),
    "body status 0": raw(b"HTTP/1.1 0 X\r\nContent-Length: 0\r\n\r\n"),
    "body status text": raw(b"HTTP/1.1 OK OK\r\nContent-Length: 0\r\n\r\n"),
    "body 100 continue without end": endless_body(b"", b"HTTP/1.1 100 Continue\r\n\r\n" * 100),
    "body 101 switching": raw(
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n[]"),
    "body 103 hints": raw(
        lambda good: b"HTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n" + OK
        + b"Content-Length: %d\r\n\r\n" % len(good) + good),
    "body field of 100 KB": whole(200, [("X-Soak", "x" * 100_000)], b"[]"),
    "body 70000 fields": whole(200, [(f"X-{number}", "") for number in range(70_000)], b"[]"),
    "body field without colon": raw(OK + b"soak\r\nContent-Length: 2\r\n\r\n[]"),
    "body field with NUL": raw(OK + b"X: \0\r\nContent-Length: 2\r\n\r\n[]"),
    "body field folded": raw(OK + b"X: a\r\n b\r\nContent-Length: 2\r\n\r\n[]"),
    "body field in Latin-1": raw(OK + b"Link: <\xe9>; rel=next\r\nContent-Length: 2\r\n\r\n[]"),
    "body nothing": raw(b""),
    "body reset": reset,
    "body drip": dripping(8, 0.2),
    "body drip without end": dripping(90, 1),
    "body endless": endless_body(OK + b"\r\n[", b"{}," * 10_000),
    "body endless fields": endless_body(OK + b"", b"X: y\r\n" * 10_000),
    "body endless status line": endless_body(b"HTTP/1.1 200 ", b"x" * 10_000),
}


@functools.cache
def bomb():
    return gzip.compress(b" " * (64 << 20), 9)


# Pictures.

GOOD_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"
LABELS = {"octet": "application/octet-stream", "text": "text/plain", "wrong": "image/gif", "html": "text/html",
    "svg": "image/svg+xml",
          "none": None}
PICTURE_LIMIT = 16 << 20


async def pictures(upstream, writer, kind, name):
    """Serves a picture in one of the ways of `nasty.PICTURES`."""
    if upstream.down:
        return await upstream.write(writer, 503, [], b"", "text/plain")
    if upstream.slow and kind == "good":
        kind = "drip"
    place = redirect(upstream, kind, name)
    if place is not None:
        return await upstream.write(writer, 302, [("Location", place)], b"", "text/plain")
    if kind.isdecimal():
        return await upstream.write(writer, int(kind), [], b"" if kind in ("204", "304") else b"soak", "text/plain")
    if kind in PIECES:
        writer.write(PIECES[kind])
        return await writer.drain()
    if kind.startswith("label-"):
        label = LABELS[kind.removeprefix("label-")]
        writer.write(b"HTTP/1.1 200 OK\r\n" + (f"Content-Type: {label}\r\n".encode() if label else b""))
        writer.write(b"Content-Length: 2000\r\n\r\n" + png())
        return await writer.drain()
    match kind:
        case "cut":
            writer.write(GOOD_HEAD + b"Content-Length: 4000\r\n\r\n" + png())
        case "short":
            writer.write(GOOD_HEAD + b"Content-Length: 1000\r\n\r\n" + png())
        case "endless":
            await endless(writer, GOOD_HEAD + b"\r\n" + png(), b"\0" * 65_536)
        case "drip":
            writer.write(GOOD_HEAD + b"Content-Length: 20000\r\n\r\n" + png())
            for _ in range(60 if upstream.slow else upstream.settings.get("drip", 15)):
                writer.write(b"\0")
                await writer.drain()
                await asyncio.sleep(1)
        case "silent":
            await asyncio.sleep(60)
        case "late":
            await asyncio.sleep(2)
            await upstream.write(writer, 200, [], png(), "image/png")
        case "16MiB" | "16MiB-1" | "16MiB+1":
            await upstream.write(writer, 200, [], png(PICTURE_LIMIT + int(kind[5:] or 0)), "image/png")
        case "gzip":
            await upstream.write(writer, 200, [("Content-Encoding", "gzip")], gzip.compress(png()), "image/png")
        case "header-many":
            await upstream.write(writer, 200, [(f"X-{number}", "") for number in range(70_000)], png(), "image/png")
        case "reset":
            writer.write(GOOD_HEAD + b"Content-Length: 2000\r\n\r\n" + png()[:100])
            await writer.drain()
            writer.transport.abort()
            return None
        case "close":
            return None
        case _:
            size = name.removeprefix("good-").split("-")[0] if upstream.settings.get("size") else ""
            await upstream.write(writer, 200, [], png(int(size) if size.isdecimal() else 2_000), "image/png")
    return await writer.drain()


def redirect(upstream, kind, name):
    """The target of a picture's redirect; None without a redirect."""
    port, number = upstream.port, name.rsplit("-", 1)[-1]
    return {
        "loop": f"http://127.1.0.1:{port}/media/{name}",
        "redirect-good": f"http://127.1.0.2:{port}/media/good-{number}",
        "redirect-port": "http://8.8.4.4:99999/h", "redirect-zero": "http://127.0.0.1:0/h",
        "redirect-ipv6": "http://[::1]:99999/h",
        "redirect-scheme": "file:///etc/passwd", "redirect-empty": "",
        "redirect-long": "http://a.invalid/" + "x" * 20_000,
        "redirect-userinfo": f"http://u:p@127.1.0.1:{port}/media/good-1",
        "redirect-private": "http://169.254.169.254/latest/meta-data",
        "redirect-relative": f"../media/./good-{number}", "redirect-bad": "http://[::1/\x01", "redirect-none": None,
    }.get(kind)


BODY = png()
PIECES = {
    "empty": GOOD_HEAD + b"Content-Length: 0\r\n\r\n",
    "redirect-none": b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n",
    "html": GOOD_HEAD + b"Content-Length: 70\r\n\r\n" + HTML[:70],
    "svg": GOOD_HEAD + b"\r\n<svg xmlns='http://www.w3.org/2000/svg' onload='soak()'/>" + b" " * 200,
    "length-huge": GOOD_HEAD + b"Content-Length: 99999999999999999999\r\n\r\n" + BODY,
    "length-negative": GOOD_HEAD + b"Content-Length: -5\r\n\r\n" + BODY,
    "length-text": GOOD_HEAD + b"Content-Length: 0x10\r\n\r\n" + BODY,
    "length-twice": GOOD_HEAD + b"Content-Length: 2000\r\nContent-Length: 1\r\n\r\n" + BODY,
    "chunk-bad": GOOD_HEAD + b"Transfer-Encoding: chunked\r\n\r\nsoak\r\n" + BODY,
    "chunk-huge": GOOD_HEAD + b"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\n" + BODY,
    "header-huge": GOOD_HEAD + b"X: " + b"y" * 200_000 + b"\r\nContent-Length: 2000\r\n\r\n" + BODY,
    "header-bad": GOOD_HEAD + b"X\0: \xff\r\nContent-Length: 2000\r\n\r\n" + BODY,
    "100-continue": b"HTTP/1.1 100 Continue\r\n\r\n" * 1_000 + GOOD_HEAD + b"Content-Length: 2000\r\n\r\n" + BODY,
    "status-999": b"HTTP/1.1 999 X\r\nContent-Length: 0\r\n\r\n",
    "status-text": b"HTTP/1.1 OK\r\n\r\n",
    "http-0.9": BODY,
    "avif-box": b"HTTP/1.1 200 OK\r\nContent-Type: image/avif\r\n\r\n\xff\xff\xff\xffftypavif" + b"\0" * 100,
    "webp-cut": b"HTTP/1.1 200 OK\r\nContent-Type: image/webp\r\n\r\nRIFF\xff\xff\xff\xffWEBP",
    "two-types": GOOD_HEAD + b"Content-Type: text/html\r\nContent-Length: 2000\r\n\r\n" + BODY,
}


async def main(settings):
    upstream = Upstream(settings)
    hosts = ["127.0.0.1", "127.0.0.2", *PICTURE_HOSTS]
    hosts += [f"127.0.{number}.{kind}" for number in range(ROUNDS) for kind in (*BODIES, *LIMITS)]
    server = await asyncio.start_server(upstream.serve, "127.0.0.1", 0, backlog=1024)
    upstream.port = server.sockets[0].getsockname()[1]
    await asyncio.start_server(upstream.serve, hosts[1:], upstream.port, backlog=1024)
    print(upstream.port, flush=True)
    loop = asyncio.get_running_loop()
    ended = loop.create_future()
    loop.add_reader(sys.stdin, lambda: sys.stdin.buffer.raw.read(1) or ended.done() or ended.set_result(None))
    await ended
    # Ends the process without completing open responses.
    os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.argv[1])))
