"""Measures what one picture under many spellings, and clients that disconnect, cost upstream."""

import asyncio
import json
from urllib.parse import quote

from .client import Connection, fetch, request
from .service import Failure

# /latest, /latest/0, the same under the hashtag, the picture itself; three filters, and a few for widths.
FETCHES = 12
OPEN, OPEN_PER_HOST = 32, 6
# The seconds until the fetch of a disconnected client must have ended.
GONE = 10


def spellings(medium, tag="aa"):
    """Sixty spellings of the address of one picture."""
    path, number = medium.rsplit("/", 1)
    source, post = path.split("/")[2:]
    every = "".join(f"%{ord(letter):02X}" for letter in post)
    return [
        f"{path}/{number}", f"{path}/0{number}", f"{path}/00{number}", f"{path}/000000000000{number}",
        f"{path}/%3{number}", f"{path}/+{number}",
        f"{path}/{number}?junk=1", f"{path}/{number}?junk=2", f"{path}/{number}?", f"{path}/{number}?&",
        f"{path}/{number}?x&y", f"{path}/{number}/",
        f"{path}/{number}?w=", f"{path}/{number}?W=320", f"{path}/{number}?w=0320", f"{path}/{number}?w=+320",
        f"{path}/{number}?w=320&w=640",
        f"{path}/{number}?w=320&junk=1", f"{path}/{number}?junk=1&w=320", f"{path}/{number}?%77=320",
        f"{path}/{number}?w=%33%32%30",
        f"/media/{source}/{every}/{number}", f"/media/{source}/%{ord(post[0]):02x}{post[1:]}/{number}",
        f"/media/%{ord(source[0]):02X}{source[1:]}/{post}/{number}",
        f"/%6dedia/{source}/{post}/{number}", f"//media/{source}/{post}/{number}", f"/media//{source}/{post}/{number}",
        f"/./media/{source}/{post}/{number}",
        f"/x/../media/{source}/{post}/{number}", f"/media/{source.upper()}/{post}/{number}",
        f"/media/{source}/{post}/{number}%20", f"/media/{source}/{post}/{number}%00",
        "/latest/image", "/latest/0/image", "/latest/00/image", "/latest/000000/image", "/latest/%30/image",
        "/latest/image?junk=1", "/latest/image?junk=2",
        "/latest/0/image?junk=1", "/latest/image/", "/latest/image?", "/LATEST/image", "/latest/+0/image",
        f"/tags/{tag}/latest/image", f"/tags/{tag}/latest/0/image", f"/tags/{tag.upper()}/latest/image",
        f"/tags/{tag}+{tag}/latest/image",
        f"/tags/{tag}+{tag}+{tag}/latest/image", f"/tags/%23{tag}/latest/image", f"/tags/%20{tag}/latest/image",
        f"/tags/{tag}%20/latest/image",
        f"/tags/{quote('＃')}{tag}/latest/image", f"/tags/{quote('ａ' * len(tag))}/latest/image",
        f"/tags/%61{tag[1:]}/latest/image",
        f"/tags/{tag}%2B{tag}/latest/image", f"/tags/{tag}/latest/00/image", f"/tags/{tag}/latest/image?junk=1",
        f"/tags/{tag}/latest/image?q=",
        f"/tags/{tag}/latest/image?type=image", f"/tags/{tag}/latest/image?not=zzzz",
        f"/tags/{tag}/latest/image?type=image&type=image",
    ]


async def newest(service, tag="aa"):
    """Waits for posts of a hashtag, and returns them."""
    while True:
        posts = json.loads((await fetch(service.port, f"/tags/{tag}?limit=100&new=1")).body).get("posts", [])
        if posts:
            return posts
        service.check_running()
        await asyncio.sleep(0.2)


async def follow(port, target):
    """The response after redirects; a spelling that is not canonical needs one."""
    for _ in range(3):
        response = await fetch(port, target)
        if response.status not in (301, 302, 307, 308):
            return response
        target = response.fields["location"]
    raise Failure(f"redirected in circles: {target}")


async def one_picture(service, upstream):
    """Sixty spellings of one picture cause few fetches, and other pictures stay in the cache."""
    posts = await newest(service)
    addresses = [post["media"][0]["image"] for post in posts]
    others = addresses[1:6]
    for address in others:
        response = await fetch(service.port, address)
        if response.status != 200 or not response.is_whole:
            raise Failure(f"{address} is {response.status}, whole: {response.is_whole}")
    upstream.ask("reset=1")
    tried = spellings(addresses[0])
    statuses = {}
    for target in tried:
        response = await follow(service.port, target)
        statuses.setdefault(response.status, []).append(target)
        if response.status not in (200, 400, 404, 416):
            raise Failure(f"{target} is {response.status}")
        if not response.is_whole:
            raise Failure(f"{target} is cut")
    fetches = upstream.ask()["counts"].get("pictures", 0)
    counts = {status: len(targets) for status, targets in statuses.items()}
    said = f"{len(tried)} spellings of one picture ({counts}): {fetches} fetches upstream"
    if fetches > FETCHES:
        raise Failure(f"{said}, and {FETCHES} are enough; those that were 200: {statuses.get(200)}")
    # While upstream is down, the cached pictures are still available.
    upstream.ask("down=1")
    try:
        for address in others:
            response = await fetch(service.port, address)
            if response.status != 200:
                raise Failure(f"{said}; after them {address} is {response.status}: it was evicted")
    finally:
        upstream.ask("down=0")
    return said


async def slow_readers(service, upstream, count=60):
    """Fetches for clients of slow pictures are limited, and end when the clients disconnect."""
    posts = await newest(service)
    addresses = [medium["image"] for post in posts for medium in post["media"]][10:10 + count]
    upstream.ask("reset=1&slow=1")
    connections = []
    try:
        for address in addresses:
            connection = Connection(service.port)
            await connection.__aenter__()
            connections.append(connection)
            await connection.send(request("GET", address))
        # All accepted fetches are open when the number stays constant.
        counts = []
        while len(counts) < 10 or len(set(counts[-10:])) > 1:
            service.check_running()
            counts.append(upstream.ask()["open"])
            await asyncio.sleep(0.1)
            if len(counts) > 200:
                break
    finally:
        for connection in connections:
            await connection.__aexit__()
    state = upstream.ask()
    most, of_host = state["most_open"], state["most_per_host"]
    said = f"{len(addresses)} readers of slow pictures: at most {most} fetches, {of_host} of one host"
    if not most:
        raise Failure("no slow picture was asked for upstream")
    if most > OPEN or of_host > OPEN_PER_HOST:
        raise Failure(f"{said}; allowed are {OPEN} and {OPEN_PER_HOST}")
    try:
        await service.settle("the fetches are gone", lambda: upstream.ask()["open"] == 0, GONE)
    except Failure:
        service.check_running()
        raise Failure(f"{said}; {upstream.ask()['open']} are open {GONE} s after the readers left") from None
    finally:
        upstream.ask("slow=0")
    return said
