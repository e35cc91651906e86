"""Checks the files that are named: NAME.atom, NAME.rss and NAME.json hold the same posts."""

import pathlib
import sys

import feed

assert sys.argv[1:], "no files"
found = {}
for name in sys.argv[1:]:
    path = pathlib.Path(name)
    found[path.name] = feed.ids(path.suffix[1:], path.read_bytes())
    assert found[path.name], f"{path.name} is empty"
    print(f"check-feeds: {path.name}: {len(found[path.name])} posts")
assert len({tuple(ids) for ids in found.values()}) == 1, "the formats hold different posts"
