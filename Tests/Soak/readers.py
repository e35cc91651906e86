"""Clients that use every route of the service in every spelling, and check each response."""

import asyncio
import collections
import concurrent.futures
import hashlib
import random
import re
import signal
import socket
import time
from dataclasses import dataclass
from urllib.parse import quote

from Tests.harness import is_listening

from . import nasty, validity
from .client import Broken, Connection, fetch, request
from .service import Failure

FILTERS = ["type", "source", "q", "not", "alt", "orientation", "limit", "before"]
# Statuses of nginx or the responder for requests that no client sends on purpose.
ODD = {200, 204, 206, 301, 304, 308, 400, 404, 405, 413, 414, 415, 416, 421, 431, 501, 505}
# Seconds for responses that need no upstream: a few may exceed LIMIT, none may exceed FREEZE.
LIMIT, FREEZE = 1.0, 5.0
# The time limit of a picture in seconds: upstream has 30, and nginx retries once or twice.
PICTURE_LIMIT = 100
# The largest number of different faults that are recorded.
MOST_FAULTS = 20


@dataclass
class Question:
    target: str
    # The kind of the route: see `validity.fault`.
    kind: str
    method: str = "GET"
    fields: tuple = ()
    body: bytes = b""
    version: str = "1.1"
    is_odd: bool = False

    @property
    def data(self):
        return request(self.method, self.target, self.fields, self.body, self.version)

    @property
    def waits(self):
        """Whether the response needs an upstream."""
        return self.kind == "picture"

    def __str__(self):
        return repr(self.data[:3_000])[2:-1]


def words():
    """Texts for an address, before percent-encoding."""
    texts = [value for value in nasty.TEXTS.values() if isinstance(value, str) and len(value) <= 8_000]
    texts += ["gopher", "gopher number", "a", "A gopher", "#aa", "a b c d e f g h i j k", "x" * 200, "x" * 201, "京",
        "🦫", "cat-dog", " ", "a" * 2_000]
    return texts


class Library:
    """Draws requests. They reuse values of earlier responses: cursors, pictures, tags and event IDs."""

    def __init__(self, seed, hashtags, is_tame=False):
        self.random = random.Random(seed)
        self.is_tame = is_tame
        self.hashtags = hashtags
        self.words = words() if not is_tame else ["gopher", "number 1", "a", "A gopher"]
        self.makers = [make for make in MAKERS if not is_tame or make is not Library.odd]
        # Pictures that were not yet requested, and all known ones.
        self.unseen, self.seen = [], set()
        self.known = {name: collections.deque(maxlen=200) for name in ("next", "image", "etag", "event", "modified",
            "asset")}

    def one_of(self, name, otherwise=""):
        return self.random.choice(self.known[name]) if self.known[name] else otherwise

    def escaped(self, text):
        return quote(text.encode("utf-8", "surrogatepass"), safe="")

    def word(self):
        return self.escaped(self.random.choice(self.words))

    def tag(self):
        names = self.random.choices(self.hashtags, k=self.random.choice([1, 1, 1, 2, 3]))
        return "+".join(self.escaped(name) for name in names)

    def any_number(self):
        value = self.random.choice(list(nasty.NUMBERS.values()))
        return self.escaped(value if isinstance(value, str) else value.decode())[:4_000]

    def filter(self):
        name = self.random.choice(FILTERS)
        pick = self.random.choice
        value = {
            "type": lambda: pick(["image", "video", "x", ""]),
            "source": lambda: pick(["sandbox", "127.0.0.2", "x", self.word()]),
            "q": self.word, "not": self.word, "alt": lambda: pick(["required", "no"]),
            "orientation": lambda: pick(["landscape", "portrait", "square", "x"]),
            "limit": lambda: pick(["1", "100", "101", self.any_number()]),
            "before": lambda: pick([self.one_of("next", "0:a:b"), f"{self.any_number()}:a:b", self.word(), "::",
                "1:2"]),
        }[name]()
        return f"{name}={value}"

    def query(self, most=3, extra=()):
        count = self.random.randrange(0, most + 1)
        parts = [self.filter() for _ in range(count)] + list(extra)
        # A fifth of the queries are unique, so that no cache can respond.
        if self.random.random() < 0.2:
            parts.append(f"unique={self.random.getrandbits(60)}")
        return "?" + "&".join(parts) if parts else ""

    def conditional(self):
        pick = self.random.random()
        if pick < 0.15 and self.known["etag"]:
            return (("If-None-Match", self.one_of("etag")),)
        if pick < 0.2:
            return (("If-None-Match", self.random.choice(["*", '"', 'W/"', '"x", ' * 500, '""', "é", '"a"b"'])),)
        if pick < 0.25:
            dates = [value for value in (nasty.WAITS | nasty.DATES).values() if isinstance(value,
                str) and value.isascii()]
            return (("If-Modified-Since", self.random.choice(dates)[:4_000]),)
        if pick < 0.3:
            return (("Accept-Encoding", self.random.choice(["br", "*;q=0", "x" * 1_000])),)
        return ()

    def question(self):
        make = self.random.choices(self.makers, weights=[MAKERS[make] for make in self.makers])[0]
        asked = make(self)
        asked.fields = (*asked.fields, *self.conditional())
        if self.random.random() < 0.05 and asked.method == "GET" and asked.kind != "stream":
            asked.method = "HEAD"
        return asked

    # Requests.

    def front(self):
        return self.negotiated("/" + self.query())

    def negotiated(self, target):
        accept = self.random.choice(["text/html", "text/html,*/*;q=0.1", "application/json", "*/*", "",
            "text/html;q=nan,x" * 20])
        return Question(target, "either", fields=(("Accept", accept),))

    def tags(self):
        return self.negotiated("/tags" + self.query(0))

    def posts(self):
        return self.negotiated(f"/tags/{self.tag()}{self.query()}")

    def latest(self):
        prefix = self.random.choice(["", f"/tags/{self.tag()}"])
        place = self.random.choice(["", "/0", "/1", f"/{self.random.randrange(60)}", f"/{self.any_number()[:200]}"])
        return Question(f"{prefix}/latest{place}{self.query(1) if prefix else ''}", "latest")

    def image(self):
        prefix = self.random.choice(["", f"/tags/{self.tag()}"])
        place = self.random.choice(["", f"/{self.random.randrange(30)}"])
        width = self.random.choice(["", "", "?w=320", "?w=1280", f"?w={self.any_number()[:50]}"])
        return Question(f"{prefix}/latest{place}/image{width}", "picture", fields=self.range())

    def range(self):
        if self.is_tame or self.random.random() < 0.9:
            return ()
        return (("Range", self.random.choice(["bytes=0-9", "bytes=-1", "bytes=9-0", "bytes=0-0,5-6",
            "bytes=99999999999999999999-", "x", "bytes="])),)

    def media(self):
        if self.unseen and self.random.random() < 0.8:
            return Question(self.unseen.pop(), "picture")
        address = self.one_of("image")
        if not self.is_tame and (not address or self.random.random() < 0.1):
            ids = [value for value in nasty.IDS.values() if len(value) < 500]
            number = self.random.choice(["0", "00", "1", self.any_number()[:50]])
            address = f"/media/sandbox/{self.escaped(self.random.choice(ids))}/{number}"
        return Question(address or "/latest/image", "picture", fields=self.range())

    def feed(self):
        prefix = self.random.choice(["", f"/tags/{self.tag()}"])
        name = self.random.choice(["feed.atom", "feed.rss", "feed.json"])
        kind = {"feed.json": "feed"}.get(name, name.removeprefix("feed."))
        return Question(f"{prefix}/{name}{self.query()}", kind)

    def embed(self):
        pick = self.random.choice
        extra = [pick(["count=12", f"count={self.any_number()[:50]}"]),
            pick(["theme=dark", "theme=x", "columns=3", f"columns={self.any_number()[:50]}"])]
        return Question(f"/embed/{self.tag()}{self.query(2, extra)}", "html")

    def oembed(self):
        pick = self.random.choice
        addresses = [f"http://localhost/tags/{self.tag()}", "http://localhost/embed/aa",
            f"http://localhost/tags/{self.word()}", "", "x",
                     "http://localhost:99999/tags/aa", "http://[::1]:99999/tags/aa"]
        addresses += [value for value in nasty.ADDRESSES.values() if len(value) < 3_000]
        form = pick(["json", "xml", ""])
        query = f"url={self.escaped(pick(addresses))}&maxwidth={self.any_number()[:50]}&format={form}"
        return Question(f"/oembed?{query}", "json")

    def events(self):
        last = self.random.choice([self.one_of("event"), self.one_of("event"), "-.0.", "-.0.0%3Aa%3Ab",
            f"-.{self.any_number()[:300]}.", self.word(), "..", "."])
        prefix = self.random.choice(["", f"/tags/{self.tag()}"])
        view = self.random.choice(["", "view=card", "view=json", "view=x"])
        fields = ()
        if self.random.random() < 0.5 and last.isascii():
            fields = (("Last-Event-ID", last[:4_000]),)
            last = ""
        query = "&".join(part for part in (view, f"after={last}" if last else "",
            self.filter() if self.random.random() < 0.3 else "") if part)
        return Question(f"{prefix}/events?{query}", "stream", fields=fields)

    def service(self):
        target, kind = self.random.choice([("/health", "json"), ("/metrics", "metrics"), ("/openapi.json", "openapi"),
            ("/status", "json")])
        return Question(target, kind)

    def asset(self):
        return Question(self.one_of("asset", "/embed.js"), "any")

    def odd(self):
        """Spellings and requests that no client sends on purpose."""
        pick = self.random.choice
        target = pick([
            "/%zz", "/%", "/%00", "/tags/%FF", "/tags/%ff%fe/feed.atom", "//latest", "/latest/", "/./latest",
            "/x/../latest", "/latest/..%2f0",
            "/LATEST", "/latest;x=1", "/latest?%", "/latest?%FF=%00", "/latest#x", "/latest?" + "&" * 3_000,
            "/latest?" + "a=b&" * 1_000,
            "/" + "x" * 17_000, "/latest/" + "0" * 3_000, "/tags/", "/tags//latest", "/tags/aa+", "/tags/+",
            "/tags/" + "aa+" * 2_000 + "aa",
            "/tags/%23aa", "/tags/AA", "/tags/aa%2Blatest", "/tags/" + "%2B" * 2_000, "/tags/é", "/latest\u2028",
            "/<soak>", "/'\"><soak>",
            "/media", "/media/", "/media/a", "/media/a/b", "/media/../../etc/passwd/0", "/media/sandbox/..%2f..%2f/0",
            "/media/%2e/%2e/0", "*", "x",
            "http://evil.example/latest", "http://[::1]:99999/latest", "/.errors/500", "/favicon.ico", "/robots.txt",
            "/.well-known/x", "/admin",
            f"/tags/{self.word()}", f"/embed/{self.word()}", f"/posts/sandbox/{self.word()}",
            f"/wall/{self.tag()}?seconds={self.any_number()[:50]}",
        ])
        method = pick(["GET", "GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "PUT", "SOAK", "get"])
        fields = pick([
            (), (), (("Accept", "x" * 4_000),), (("Range", "bytes=0-"),), (("X-Forwarded-Proto", "https, http"),),
            (("X-Forwarded-For", "x" * 2_000),),
            (("Host", "a\u00e9"),), (("Cookie", "a=b; " * 500),), (("If-None-Match", "x" * 20_000),),
            (("Content-Length", "x"),), (("Expect", "100-continue"),),
            tuple((f"X-{number}", "y") for number in range(200)),
            (("Origin", "null"), ("Access-Control-Request-Method", "SOAK")),
            (("Authorization", "Bearer " + "x" * 4_000),), (("Accept-Language", "\u202e"),),
        ])
        body = b"x" * pick([1, 70_000]) if method == "POST" else b""
        return Question(target, "any", method, fields, body, pick(["1.1", "1.1", "1.1", "1.0", "2.5"]), is_odd=True)


MAKERS = {
    Library.front: 3, Library.tags: 2, Library.posts: 8, Library.latest: 6, Library.image: 3, Library.media: 9,
    Library.feed: 6, Library.embed: 3,
    Library.oembed: 2, Library.events: 3, Library.service: 2, Library.asset: 1, Library.odd: 4,
}


class Contract:
    """The statuses that /openapi.json documents for each route."""

    def __init__(self, document):
        self.routes = []
        for path, item in document["paths"].items():
            pattern = re.sub(r"\\?\{[^}]*\\?\}", "[^/]+", re.escape(path))
            self.routes.append((re.compile(pattern),
                {int(status) for status in item["get"]["responses"] if status.isdecimal()}))

    def allows(self, asked, response):
        path = asked.target.partition("?")[0]
        if asked.is_odd:
            return response.status in ODD
        documented = next((statuses for pattern, statuses in self.routes if pattern.fullmatch(path)), ODD)
        if response.status == 503 and not (asked.waits or asked.kind == "latest"):
            # Documented for every route, but wrong while the service runs.
            return False
        # Other spellings are redirected, odd addresses are not found, and HTTP defines partial responses and 304.
        return response.status in documented | {308, 404, 304} | ({206, 416} if asked.waits else set())


class Crowd:
    """Clients that run for a time; the first failure ends all of them."""

    def __init__(self, service, seed, count=50, slack=1.0, is_tame=False):
        self.service, self.seed, self.count, self.slack = service, seed, count, slack
        self.library = Library(seed, service.hashtags, is_tame)
        self.contract = None
        self.over = asyncio.Event()
        self.failure = None
        # The first response with each fault.
        self.faults = {}
        self.responses = collections.Counter()
        self.seconds, self.late = [], []
        # (begin, end) of requests that nginx answers alone, which measure the delay of the machine.
        self.pulse = collections.deque(maxlen=20_000)
        self.judged = collections.OrderedDict()
        # A separate process, so that checks do not delay clients. Only the parent handles signals.
        self.judges = concurrent.futures.ProcessPoolExecutor(1, initializer=signal.signal,
            initargs=(signal.SIGINT, signal.SIG_IGN))
        self.memory = []

    async def run(self, seconds):
        self.over.clear()
        document = await fetch(self.service.port, "/openapi.json")
        self.contract = Contract(validity.strict(document.body.decode()))
        tasks = [asyncio.ensure_future(self.guarded(self.read())) for _ in range(self.count)]
        tasks += [asyncio.ensure_future(self.guarded(task)) for task in (self.watch(), self.feel_pulse())]
        try:
            await asyncio.wait_for(self.over.wait(), seconds)
        except TimeoutError:
            pass
        finally:
            self.over.set()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if self.failure:
            raise self.failure

    async def guarded(self, work):
        try:
            await work
        except Failure as error:
            self.failure = self.failure or error
            self.over.set()
        except asyncio.CancelledError:
            raise
        except Exception as error:
            self.failure = self.failure or Failure(f"the harness itself: {type(error).__name__}: {error}")
            self.over.set()
            raise

    async def read(self):
        """A client: connections with a few requests each."""
        while not self.over.is_set():
            asked = None
            try:
                async with Connection(self.service.port) as connection:
                    for _ in range(self.library.random.randrange(1, 12)):
                        asked = self.library.question()
                        if asked.kind == "stream":
                            await self.listen(connection, asked)
                            break
                        if not await self.ask(connection, asked):
                            break
            except (Broken, OSError) as error:
                await self.expect_alive()
                if asked and not asked.is_odd:
                    raise Failure(f"no response: {error}\n{asked}") from None

    async def expect_alive(self):
        """Reports an end of the service as the reason of a broken connection."""
        await self.service.settle("the service can be reached",
            lambda: is_listening(socket.AF_INET, ("127.0.0.1", self.service.port)))
        self.service.check_running()

    async def ask(self, connection, asked):
        """Sends a request, and checks the response; returns false if the connection cannot be used again."""
        leaves = asked.waits and self.library.random.random() < 0.2
        try:
            patience = PICTURE_LIMIT if asked.waits else 60 * self.slack
            response = await asyncio.wait_for(connection.ask(asked.data, asked.method, 1 if leaves else None), patience)
        except TimeoutError:
            await self.expect_alive()
            raise Failure(f"no response within {patience} s\n{asked}") from None
        self.responses[f"{asked.kind} {response.status}"] += 1
        if not asked.waits and not asked.is_odd:
            self.seconds.append(response.seconds)
            if response.seconds > LIMIT * self.slack:
                self.late.append((response.begun, response.seconds, str(asked)))
                self.expect_no_freeze(response.begun, response.seconds, asked)
        if leaves:
            return False
        await self.judge(asked, response)
        self.learn(asked, response)
        return response.fields.get("connection",
            "keep-alive") != "close" and response.is_whole and asked.version == "1.1" and not asked.is_odd

    def note(self, fault, asked, response):
        """Records a wrong response, once for each fault and kind of route, without ending the clients."""
        key = asked.kind, re.sub(r"\d+|'.*|\".*", "", fault)[:60]
        if len(self.faults) < MOST_FAULTS and key not in self.faults:
            self.faults[key] = f"{fault}\n{asked}\n{response.status} {response.fields}\n{response.body[:1_500]!r}"

    async def judge(self, asked, response):
        if response.faults:
            return self.note(f"{response.faults}", asked, response)
        if not response.is_whole:
            # Upstream broke off after the head was sent; the response cannot show an error any more.
            if not asked.waits:
                self.note(f"a response that is not whole: {len(response.body)} bytes", asked, response)
            return None
        if not self.contract.allows(asked, response):
            return self.note(f"the status {response.status} is not documented", asked, response)
        if asked.method == "HEAD" or asked.is_odd and response.status not in (200, 404):
            return None
        kind = asked.kind if asked.kind not in ("either", "latest") else "page"
        key = (kind, response.status, response.fields.get("content-type"), hashlib.sha256(response.body).digest())
        if key in self.judged:
            return None
        loop = asyncio.get_running_loop()
        fault = await loop.run_in_executor(self.judges, validity.fault, kind, response.status, response.fields,
            response.body)
        if fault:
            return self.note(fault, asked, response)
        self.judged[key] = True
        if len(self.judged) > 5_000:
            self.judged.popitem(last=False)
        return None

    async def listen(self, connection, asked):
        """Reads an event stream for a while; its first bytes must arrive at once."""
        begun = time.monotonic()
        await connection.send(asked.data)
        try:
            response = await asyncio.wait_for(connection.head(), 60)
        except TimeoutError:
            await self.expect_alive()
            raise Failure(f"no stream within 60 s\n{asked}") from None
        seconds = time.monotonic() - begun
        self.responses[f"stream {response.status}"] += 1
        if not self.contract.allows(asked, response):
            self.note(f"the status {response.status} is not documented", asked, response)
        self.seconds.append(seconds)
        if seconds > LIMIT * self.slack:
            self.late.append((begun, seconds, str(asked)))
            self.expect_no_freeze(begun, seconds, asked)
        if response.status != 200:
            return
        pieces = []
        try:
            async with asyncio.timeout(self.library.random.uniform(0.2, 4)):
                while piece := await connection.chunk(response, pieces):
                    pieces.append(piece)
        except TimeoutError:
            pass
        except (asyncio.IncompleteReadError, ValueError):
            await self.expect_alive()
        response.body = b"".join(pieces).rpartition(b"\n\n")[0] + b"\n\n"
        await self.judge(asked, response)
        ids = re.findall(rb"(?m)^id: (.*)$", response.body)
        self.library.known["event"] += [name.decode("latin-1") for name in ids[-3:]]

    def learn(self, asked, response):
        """Records values for later requests."""
        known = self.library.known
        if etag := response.fields.get("etag"):
            known["etag"].append(etag)
        if response.status == 200 and asked.kind in ("either", "html") and asked.method == "GET":
            images = [match.decode() for match in re.findall(rb'(?:"image":|src=)"(/media/[^"\\&<>]+)"', response.body)]
            known["image"] += self.library.random.sample(images, min(10, len(images)))
            self.library.unseen += set(images) - self.library.seen
            self.library.seen |= set(images)
            known["next"] += [quote(match.decode(), safe="") for match in re.findall(rb'"next":"([^"\\]+)"',
                response.body)]
            assets = re.findall(rb'(?:href|src)="(/[^"?/]+\.(?:css|js|svg))"', response.body)
            known["asset"] += [match.decode() for match in assets]

    # Monitoring.

    async def watch(self):
        while not self.over.is_set():
            try:
                self.service.check_running()
                self.memory.append(self.service.memory()[0])
            except (OSError, KeyError):
                self.service.check_running()
            await asyncio.sleep(0.25)

    async def feel_pulse(self):
        """Sends requests that nginx answers alone; their duration shows the load of the machine."""
        while not self.over.is_set():
            begun = time.monotonic()
            try:
                await asyncio.wait_for(fetch(self.service.port, "/%zz"), 60)
            except (Broken, OSError, TimeoutError):
                await self.expect_alive()
            self.pulse.append((begun, time.monotonic()))
            await asyncio.sleep(0.05)

    def delay_of_machine(self, begun, seconds):
        """The longest duration of a request that nginx answered alone in that time, in seconds."""
        return max((end - start for start, end in self.pulse if start < begun + seconds and end > begun - 0.5),
            default=0)

    def expect_no_freeze(self, begun, seconds, asked):
        if seconds > FREEZE * self.slack + 2 * self.delay_of_machine(begun, seconds):
            delay = self.delay_of_machine(begun, seconds)
            raise Failure(f"a response after {seconds:.1f} s, while nginx alone took {delay:.2f} s at worst\n{asked}")

    def judge_times(self):
        """One in a thousand responses may be late."""
        late = [(begun, seconds, asked) for begun, seconds, asked in self.late
                if seconds > LIMIT * self.slack + 2 * self.delay_of_machine(begun, seconds)]
        if len(late) > len(self.seconds) / 1_000:
            worst = max(late, key=lambda item: item[1])
            raise Failure(
                f"{len(late)} of {len(self.seconds)} responses took more than {LIMIT * self.slack:.1f} s, "
                f"the worst {worst[1]:.2f} s\n{worst[2]}")

    def summary(self):
        times = sorted(self.seconds) or [0]

        def part(share):
            return times[min(len(times) - 1, int(len(times) * share))] * 1_000

        pulse = max((end - start for start, end in self.pulse), default=0) * 1_000
        return (
            f"{sum(self.responses.values())} responses; p50 {part(0.5):.0f} ms, p99 {part(0.99):.0f} ms, "
            f"p99.9 {part(0.999):.0f} ms, most {times[-1] * 1_000:.0f} ms; nginx alone at most {pulse:.0f} ms; "
            f"memory at most {max(self.memory, default=0):.0f} MiB")

    def close(self):
        self.judges.shutdown(cancel_futures=True)
