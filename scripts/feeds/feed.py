"""Reads a feed as feed readers do, and by its schema."""

import json
import pathlib

import feedparser
import jsonschema
import lxml.etree
import rnc2rng

HERE = pathlib.Path(__file__).parent
FORMATS = ["atom", "rss", "json"]


def schema(name):
    grammar = rnc2rng.dumps(rnc2rng.load(str(HERE / name)))
    return lxml.etree.RelaxNG(lxml.etree.fromstring(grammar.encode()))


SCHEMAS = {"atom": schema("atom.rnc"), "rss": schema("rss.rnc")}
JSON_SCHEMA = json.loads((HERE / "jsonfeed.schema.json").read_text())


def ids(kind, body):
    """The ids of the items, newest first. Raises AssertionError with every fault that there is."""
    return [item["id"] for item in (read_json(body) if kind == "json" else read_xml(kind, body))]


def read_json(body):
    feed = json.loads(body)
    faults = list(jsonschema.Draft202012Validator(JSON_SCHEMA).iter_errors(feed))
    assert not faults, "\n".join(f"{fault.json_path}: {fault.message}" for fault in faults)
    return feed["items"]


def read_xml(kind, body):
    # Nothing is mended: what is not well-formed is an error.
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
