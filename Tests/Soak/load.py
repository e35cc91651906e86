"""Every kind of load that many clients can cause at once, while one client measures `/latest`.

    python3 -m Tests.Soak.load PORT streams 1000
    python3 -m Tests.Soak.load PORT pictures 700

opens streams or requests pictures, prints a line when all have started, and exits when its standard input ends.
"""

import asyncio
import collections
import json
import sys
import time

from Tests.harness import REPOSITORY

from .client import Broken, Connection, fetch, request

STREAMS, PICTURES, SLOW = 1_000, 700, 400
# The responder's descriptors on a small system, and enough slow pictures to exceed them.
DESCRIPTORS, FEW_PICTURES = 400, 300
# Milliseconds, as issue 13 requires.
P99 = 50


async def hold_streams(port, count):
    """Opens streams and reads everything from them."""
    async def hold(ready):
        async with Connection(port) as connection:
            await connection.send(request("GET", "/events?after=-.0."))
            response = await connection.head()
            ready.append(response.status)
            while await connection.reader.read(65_536):
                pass

    return await under_way(hold, count)


async def ask_pictures(port, count):
    """Requests pictures, a different one each time, and reads them as they arrive."""
    page = await fetch(port, "/tags/aa?limit=100")
    posts = json.loads(page.body)["posts"]
    addresses = [medium["image"] for post in posts for medium in post["media"]]
    number = iter(range(10**9))

    async def ask(ready):
        async with Connection(port) as connection:
            await connection.send(request("GET", addresses[next(number) % len(addresses)]))
            ready.append("asked")
            response = await connection.head()
            ready.append(response.status)
            while await connection.reader.read(65_536):
                pass

    return await under_way(ask, count)


async def under_way(act, count):
    """Starts many tasks; returns them and their records when each has recorded something."""
    ready, tasks = [], []
    for _ in range(count):
        tasks.append(asyncio.ensure_future(act(ready)))
        # Pause, because a burst that overflows the backlog is not part of this test.
        if len(tasks) % 50 == 0:
            await asyncio.sleep(0.05)
    while len(ready) < count and not all(task.done() for task in tasks):
        await asyncio.sleep(0.05)
    return tasks, ready


async def hold(port, what, count):
    make = {"streams": hold_streams, "pictures": ask_pictures}[what]
    tasks, ready = await make(port, count)
    print(f"{what}: {len(tasks)} are under way", flush=True)
    ended = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().add_reader(sys.stdin, lambda: ended.done() or ended.set_result(None))
    await ended
    open_ = sum(not task.done() for task in tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    print(f"{what}: {dict(collections.Counter(ready))}; {open_} of {count} were still open", flush=True)


class Holder:
    """Runs `hold` in a separate process."""

    def __init__(self, port, what, count):
        self.port, self.what, self.count, self.process = port, what, count, None

    async def start(self):
        pipe = asyncio.subprocess.PIPE
        self.process = await asyncio.create_subprocess_exec(
            sys.executable, "-B", "-m", "Tests.Soak.load", str(self.port), self.what, str(self.count), stdin=pipe, stdout=pipe,
            cwd=REPOSITORY)
        return (await asyncio.wait_for(self.process.stdout.readline(), 120)).decode().strip()

    async def stop(self):
        if not self.process:
            return ""
        if self.process.returncode is None:
            self.process.stdin.close()
        try:
            said, _ = await asyncio.wait_for(self.process.communicate(), 60)
        except TimeoutError:
            self.process.kill()
            said, _ = await self.process.communicate()
        return said.decode().strip()


async def slowhttptest(port, seconds, *arguments):
    """Starts slowhttptest, and discards its output."""
    null = asyncio.subprocess.DEVNULL
    return await asyncio.create_subprocess_exec(
        "slowhttptest", "-c", str(SLOW), "-r", "200", "-l", str(seconds), "-t", "GET", "-p", "3", *arguments,
        stdout=null, stderr=null)


def attacks(port, seconds):
    address = f"http://127.0.0.1:{port}"
    return [
        slowhttptest(port, seconds, "-H", "-i", "3", "-u", f"{address}/latest"),
        slowhttptest(port, seconds, "-X", "-w", "512", "-y", "1024", "-n", "2", "-z", "32", "-k", "3", "-u",
            f"{address}/tags/aa?limit=100"),
    ]


async def measure(service, seconds):
    """The durations of new requests for `/latest` on one connection, in seconds, sorted."""
    times, until = [], time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            async with Connection(service.port) as connection:
                while time.monotonic() < until:
                    response = await asyncio.wait_for(connection.ask(request("GET", "/latest")), 60)
                    if response.status != 200:
                        raise Broken(f"/latest is {response.status}")
                    times.append(response.seconds)
                    service.check_running()
                    if response.fields.get("connection") == "close":
                        break
                    await asyncio.sleep(0.005)
        except OSError as error:
            service.check_running()
            raise Broken(f"/latest: {error}") from None
    return sorted(times)


if __name__ == "__main__":
    asyncio.run(hold(int(sys.argv[1]), sys.argv[2], int(sys.argv[3])))
