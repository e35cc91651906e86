"""The service and its upstream during one part of the soak test."""

import asyncio
import json
import os
import resource
import subprocess
import sys
import time
import urllib.request

from Tests import harness
from Tests.harness import NotStarted, children, program

from .upstream import BODIES, HASHTAGS, LIMITS

# Seconds: a guard against hanging, never a measurement.
GUARD = harness.GUARD


class Failure(Exception):
    """A condition does not hold; the text says which."""


def is_debug():
    return "debug" in os.path.realpath(program()).split(os.sep)


def raise_limits():
    """Raises the limit on descriptors: a thousand streams take one each."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class UpstreamProcess:
    """The process of `upstream.py`."""

    def __init__(self, settings):
        self.process = subprocess.Popen(
            [sys.executable, "-B", "-m", "Tests.Soak.upstream", json.dumps(settings)], cwd=harness.REPOSITORY,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise Failure("the upstream did not start")
        self.port = int(line)
        self.origin = f"http://127.0.0.1:{self.port}"

    def ask(self, query=""):
        """Its state; a query changes its mode first."""
        with urllib.request.urlopen(f"{self.origin}/soak/state?{query}", timeout=GUARD) as response:
            return json.loads(response.read())

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Service(harness.Service):
    """The service between its hostile upstream and its clients; can be restarted with the same database."""

    def __init__(self, upstream, hashtags=HASHTAGS):
        super().__init__(
            INSTACRAWLER_RATE_LIMIT="off", INSTACRAWLER_INTERVAL="1s", INSTACRAWLER_HASHTAGS=",".join(hashtags),
            INSTAGRAM_GRAPH_URL=f"{upstream.origin}/v23.0", INSTACRAWLER_LOG_FORMAT="json",
            # The location of a crash is enough, and quick to print.
            SWIFT_BACKTRACE="enable=yes,color=no,threads=crashed,registers=none,images=none,symbolicate=fast")
        self.settings["INSTACRAWLER_DATABASE"] = f"{self.directory}/posts.sqlite"
        self.upstream, self.hashtags, self.round = upstream, hashtags, 0
        # The number of open descriptors before the first client.
        self.descriptors_before = 0

    def sources(self, hostile):
        hosts = ["127.0.0.2"] + [f"127.0.{self.round}.{kind}" for kind in (*BODIES, *LIMITS) if hostile]
        return ",".join(["sandbox"] + [f"mastodon:http://{host}:{self.upstream.port}" for host in hosts])

    def start(self, hostile=False, descriptors=None):
        """Starts it; with `descriptors`, limits the number of descriptors."""
        self.log = f"{self.directory}/log-{self.round}"
        self.settings["INSTACRAWLER_SOURCE"] = self.sources(hostile)
        super().start(*(["prlimit", f"--nofile={descriptors}:{descriptors}"] if descriptors else []))
        self.round += 1

    def check_running(self):
        code = self.program.process.poll()
        if code is not None:
            raise Failure(f"the service ended with {code}")
        if len(children(self.pid)) < 2:
            # A crashed process takes seconds to print its report before it ends.
            has_crashed = "Fatal error" in self.log_tail()
            raise Failure("the service crashed" if has_crashed else "nginx or one of its workers is gone")

    def memory(self):
        """Resident memory of the responder in MiB: current and peak."""
        with open(f"/proc/{self.pid}/status", encoding="ascii", errors="replace") as file:
            fields = dict(line.split(":", 1) for line in file if line.startswith(("VmRSS", "VmHWM")))
        return tuple(int(fields[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def open_files(self):
        """The kinds of open files with their numbers, for a report."""
        kinds = {}
        for name in os.listdir(f"/proc/{self.pid}/fd"):
            try:
                kind = os.readlink(f"/proc/{self.pid}/fd/{name}").split(":")[0]
            except OSError:
                continue
            kinds[kind] = kinds.get(kind, 0) + 1
        return kinds

    async def settle(self, what, holds, seconds=GUARD):
        """Polls a condition that no event announces until it holds."""
        deadline = time.monotonic() + seconds
        while not (result := holds()):
            self.check_running()
            if time.monotonic() > deadline:
                raise Failure(f"not within {seconds} s: {what}")
            await asyncio.sleep(0.1)
        return result

    async def note_descriptors(self):
        """Records the number of descriptors without clients, after it has been constant for a second."""
        counts = []

        def is_steady():
            counts.append(self.descriptors())
            return len(counts) > 10 and len(set(counts[-10:])) == 1

        try:
            await self.settle("the number of descriptors stays", is_steady, 6)
        except Failure:
            # The number varies with crawls; the highest value counts as that without clients.
            self.check_running()
        self.descriptors_before = max(counts[-10:])

    async def expect_descriptors_back(self, slack=8):
        await self.settle(
            f"descriptors are back at {self.descriptors_before} (±{slack}); there are {self.open_files()}",
            lambda: self.descriptors() <= self.descriptors_before + slack)

    def stop(self):
        """Stops it like a platform, and returns the seconds that it took."""
        try:
            return super().stop(seconds=30)
        except NotStarted as error:
            raise Failure(str(error)) from None

    def check_log(self):
        """Checks that each line of the log is one JSON object in UTF-8."""
        with open(self.log, "rb") as file:
            for line in file:
                if line.strip() and not line.startswith(b"InstaCrawler is ready"):
                    try:
                        json.loads(line.decode("utf-8"))
                    except ValueError as error:
                        raise Failure(f"a line of the log is no JSON: {error}: {line[:1_000]!r}") from None
