"""Finds faults of a response: clients cannot read it, or it contains hostile code."""

import json
import re
import xml.parsers.expat
from html.parser import HTMLParser

from .nasty import MARKER

FEED_LIMIT = 2 << 20
IMAGES = {
    "image/jpeg": (b"\xff\xd8\xff",), "image/png": (b"\x89PNG\r\n\x1a\n",), "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
    "image/avif": (),
}
# Attributes with an address that a browser uses.
ADDRESSES = {"href", "src", "action", "formaction", "poster", "data", "cite", "background", "ping", "srcset",
    "xlink:href"}
# The media types by kind of route.
TYPES = {
    "html": "text/html", "json": "application/json", "atom": "application/atom+xml", "rss": "application/rss+xml",
    "feed": "application/feed+json", "metrics": "text/plain", "openapi": "application/json",
}
METRIC = re.compile(
    r'[a-zA-Z_:][\w:]*(\{([a-zA-Z_]\w*="(\\.|[^"\\\n])*",?)*\})? (-?[\d.]+(e[+-]?\d+)?|NaN|[+-]Inf)( \d+)?', re.ASCII)


class Page(HTMLParser):
    """Collects the faults of a page."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.faults = []

    def handle_starttag(self, tag, attrs):
        values = dict(attrs)
        if tag == "script" and not (values.get("src") or "").startswith(("/", "http")):
            self.faults.append("a script in the page")
        if tag == MARKER or f"data-{MARKER}" in values or tag in ("object", "embed", "base"):
            self.faults.append(f"an element of a stranger: <{tag}>")
        if len(values) != len(attrs):
            self.faults.append(f"an attribute twice: {attrs}"[:300])
        for name, value in attrs:
            if name.startswith("on"):
                self.faults.append(f"the attribute {name}={value!r}"[:300])
            if name in ADDRESSES and is_dangerous(value or ""):
                self.faults.append(f"{name}={value!r}"[:300])


def is_dangerous(address):
    """Whether a browser executes an address as code, after ignoring the characters that browsers ignore."""
    plain = re.sub(r"[\x00-\x20]", "", address).lower()
    if plain.startswith("data:image/"):
        return "svg" in plain[:20]
    return plain.startswith(("javascript:", "vbscript:", "data:", "file:"))


def strict(text):
    """Parses JSON strictly: no NaN, no duplicate keys, and only valid Unicode."""

    def pairs(items):
        result = dict(items)
        assert len(result) == len(items), f"a key twice: {[key for key, _ in items]}"
        return result

    def constant(name):
        raise AssertionError(f"{name} is no JSON")

    value = json.loads(text, object_pairs_hook=pairs, parse_constant=constant)
    json.dumps(value, ensure_ascii=False).encode("utf-8")
    return value


def check_html(text):
    page = Page()
    page.feed(text)
    page.close()
    assert not page.faults, page.faults[:5]
    assert text.lstrip()[:9].lower() == "<!doctype", f"no page: {text[:100]!r}"


def check_json(text):
    assert text.endswith("}\n") and text.count("\n") == 1, "not one object and a newline"
    value = strict(text)
    for post in value.get("posts", []) if isinstance(value, dict) else []:
        check_post(post)
    return value


def check_post(post):
    assert post["id"] and post["source"], f"a post without id: {post}"[:500]
    for medium in post["media"]:
        assert medium["url"].lower().startswith(("http://", "https://")), medium["url"][:300]
        if medium.get("image"):
            parts = medium["image"].split("?")[0].split("/")
            assert len(parts) == 5 and parts[1] == "media" and not {"", ".",
                ".."} & set(parts[2:]), medium["image"][:300]
    assert not (post.get("url") and is_dangerous(post["url"])), post["url"][:300]


def check_xml(text, kind):
    assert len(text.encode()) <= FEED_LIMIT, f"a feed of {len(text.encode())} bytes"
    found = {"ids": [], "bad": []}
    inside = []

    def start(name, attributes):
        inside.append(name)
        if name.endswith(MARKER):
            found["bad"].append(name)
        found["bad"] += [value for key, value in attributes.items() if key in ("href", "url",
            "src") and is_dangerous(value)]

    def characters(text):
        if inside[-1] == ("guid" if kind == "rss" else "id"):
            found["ids"].append(text)

    parser = xml.parsers.expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler, parser.CharacterDataHandler = start, characters
    parser.EndElementHandler = lambda name: inside.pop()
    parser.Parse(text.encode("utf-8"), True)
    assert not found["bad"], found["bad"][:3]
    assert len(set(found["ids"])) == len(found["ids"]), "the same id twice in a feed"


def check_feed(text):
    assert len(text.encode()) <= FEED_LIMIT, f"a feed of {len(text.encode())} bytes"
    feed = strict(text)
    ids = [item["id"] for item in feed["items"]]
    assert len(set(ids)) == len(ids), "the same id twice in a feed"
    for item in feed["items"]:
        assert not is_dangerous(item.get("url", "")), item["url"][:300]


def check_metrics(text):
    for line in text.splitlines():
        assert line.startswith("#") or METRIC.fullmatch(line), f"no metric: {line[:200]!r}"


def check_stream(text):
    """Server-sent events; the last one may be incomplete."""
    for event in text.split("\n\n")[:-1]:
        data = []
        for line in event.split("\n"):
            name, colon, value = line.partition(":")
            assert line == ":" or colon and name in ("id", "event", "data", "retry",
                ""), f"no line of an event: {line[:200]!r}"
            assert name != "event" or value.strip() == "post", f"an event {value[:100]!r}"
            if name == "data":
                data.append(value.removeprefix(" "))
        if data:
            joined = "\n".join(data)
            if joined.startswith("{"):
                strict(joined)
            else:
                check_card(joined)


def check_card(text):
    page = Page()
    page.feed(text)
    page.close()
    assert not page.faults, page.faults[:5]


def check_picture(fields, body):
    kind = fields.get("content-type", "")
    assert kind in IMAGES, f"a picture of the type {kind!r}"
    assert fields.get("x-content-type-options") == "nosniff", "a picture without nosniff"
    starts = IMAGES[kind]
    is_right = not body or not starts or any(body.startswith(start[:len(body)]) for start in starts)
    assert is_right, f"{kind} is {body[:20]!r}"
    assert len(body) <= 16 << 20, f"a picture of {len(body)} bytes"


def check_envelope(status, text):
    value = strict(text)
    assert set(value) == {"status", "URI"} and value["URI"] == "" and str(status) in value["status"], text[:200]


def fault(kind, status, fields, body):
    """The fault of a response; None if it is valid. `kind` is the kind of the route."""
    try:
        if kind == "picture" and status == 200:
            return check_picture(fields, body)
        if status == 206:
            return None
        if status in (204, 304) or kind == "any" and not body:
            assert not body, f"{status} with a body"
            return None
        text = body.decode("utf-8")
        if status >= 400:
            return check_envelope(status, text)
        if status != 200:
            return None
        given = fields.get("content-type", "").split(";")[0]
        assert kind not in TYPES or given == TYPES[kind], f"the type {given!r}, not {TYPES[kind]}"
        kinds = {value: key for key, value in TYPES.items() if key != "openapi"} | {"text/event-stream": "stream"}
        match kinds.get(given, kind):
            case "html":
                check_html(text)
            case "atom" | "rss" as format_:
                check_xml(text, format_)
            case "feed":
                check_feed(text)
            case "metrics":
                check_metrics(text)
            case "stream":
                check_stream(text)
            case "json":
                check_json(text)
        return None
    except (AssertionError, ValueError, KeyError, TypeError, IndexError, AttributeError, xml.parsers.expat.ExpatError,
            RecursionError) as error:
        return f"{type(error).__name__}: {error}"
