"""Other parsers and schemas read the feeds: those that a Swift test writes from hostile texts, and those of a service."""

import json
import os
import pathlib
import subprocess
import time

import feedparser
import jsonschema
import lxml.etree
import pytest
import rnc2rng

from Tests.harness import GUARD, REPOSITORY, eventually

HERE = pathlib.Path(__file__).parent
TYPES = {"atom": "application/atom+xml", "rss": "application/rss+xml", "json": "application/feed+json"}


def schema(name):
    grammar = rnc2rng.dumps(rnc2rng.load(str(HERE / name)))
    return lxml.etree.RelaxNG(lxml.etree.fromstring(grammar.encode()))


SCHEMAS = {"atom": schema("atom.rnc"), "rss": schema("rss.rnc")}
JSON_SCHEMA = json.loads((HERE / "jsonfeed.schema.json").read_text())


def ids(kind, body):
    """The IDs of the items, newest first, after checks of the whole feed."""
    return [item["id"] for item in (read_json(body) if kind == "json" else read_xml(kind, body))]


def read_json(body):
    feed = json.loads(body)
    faults = list(jsonschema.Draft202012Validator(JSON_SCHEMA).iter_errors(feed))
    assert not faults, "\n".join(f"{fault.json_path}: {fault.message}" for fault in faults)
    return feed["items"]


def read_xml(kind, body):
    # No recovery: a feed that is not well-formed is an error.
    tree = lxml.etree.fromstring(body, lxml.etree.XMLParser(resolve_entities=False, huge_tree=True))
    validator = SCHEMAS[kind]
    assert validator.validate(tree), validator.error_log
    feed = feedparser.parse(body, response_headers={"content-type": f"application/{kind}+xml; charset=utf-8"})
    assert not feed.bozo, feed.bozo_exception
    assert feed.version == {"atom": "atom10", "rss": "rss20"}[kind], feed.version
    for entry in feed.entries:
        assert entry.id and entry.title and entry.published_parsed, entry
        assert len(entry.enclosures) <= 1, entry.enclosures
        if entry.enclosures:
            assert entry.media_content[0]["url"] == entry.enclosures[0]["href"], entry
    return feed.entries


@pytest.fixture(scope="module")
def service(start):
    return start()


def test_hostile_words_break_no_feed(tmp_path):
    subprocess.run(
        [os.environ.get("SWIFT") or "swift", "test", "--skip-build", "--filter", "FeedInjectionTests"], cwd=REPOSITORY,
        env={**os.environ, "FEEDS_DIRECTORY": str(tmp_path)}, stdout=subprocess.DEVNULL, check=True)
    files = sorted(tmp_path.glob("hostile.*"))
    assert files, "no files"
    found = {path.name: ids(path.suffix[1:], path.read_bytes()) for path in files}
    assert all(found.values()), found
    assert len({tuple(names) for names in found.values()}) == 1, "the formats hold different posts"
    print(f"{list(found)}: {len(found[files[0].name])} posts")


@pytest.mark.parametrize("kind", TYPES)
def test_304_until_there_is_a_new_post(service, kind):
    path = f"/tags/golang/feed.{kind}"

    def full():
        first = service.get(path)
        assert first.status == 200, (path, first.status)
        assert first.headers["Content-Type"].split(";")[0] == TYPES[kind], first.headers["Content-Type"]
        assert first.headers["ETag"].startswith('"') and first.headers["Last-Modified"] and first.headers["Cache-Control"]
        before = ids(kind, first.body)
        return (first, before) if len(before) == 20 else None

    first, before = eventually(f"{path} has 20 posts", full)
    unmodified, deadline = 0, time.monotonic() + GUARD
    while (new := service.get(path, If_None_Match=first.headers["ETag"])).status != 200:
        assert new.status == 304 and not new.body, (path, new.status)
        assert new.headers["ETag"] == first.headers["ETag"], new.headers["ETag"]
        unmodified += 1
        assert time.monotonic() < deadline, f"{path} has no new post"
        time.sleep(0.1)
    after = ids(kind, new.body)
    fresh = [name for name in after if name not in before]
    assert fresh, f"{path} was sent again without a new post"
    assert after == (fresh + before)[:20], "the ids have changed"
    assert new.headers["ETag"] != first.headers["ETag"] and new.headers["Last-Modified"] != first.headers["Last-Modified"]
    assert service.get(path, If_Modified_Since=new.headers["Last-Modified"]).status in (200, 304)
    print(f"{path}: {unmodified} times 304, then {len(fresh)} new")


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("path", ["/feed.{}", "/tags/golang/feed.{}?type=image&not=nothing&limit=7"])
def test_other_feeds_are_valid(service, path, kind):
    ids(kind, service.get(path.format(kind)).body)


def test_enclosures_tell_type_and_length_of_fetched_pictures(service):
    """The enclosure describes the picture once it has been fetched and a new post has appeared."""
    def learned():
        lengths = {}
        for entry in read_xml("rss", service.get("/tags/golang/feed.rss").body):
            for enclosure in entry.enclosures:
                path = enclosure["href"].removeprefix(service.address)
                if enclosure["length"] == "0":
                    service.get(path)
                else:
                    lengths[path] = (enclosure["type"], int(enclosure["length"]))
        return lengths

    lengths = eventually("a length is in the feed", learned)
    for path, (kind, length) in lengths.items():
        status, body, headers = service.get(path)
        assert (status, headers["Content-Type"], len(body)) == (200, kind, length), (path, status)
    print(f"{len(lengths)} enclosures are as they say")
