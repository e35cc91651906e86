"""The service and its upstream, as they run for one part of the soak test."""

import asyncio
import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
# After this directory, as both have an upstream.
sys.path.append(os.path.join(os.path.dirname(HERE), "ProxyContract"))

from processes import REPOSITORY, NotStarted, Program, answers, children, free_port, neutral
from upstream import BODIES, HASHTAGS, LIMITS

# Seconds: guards against hanging, and no measurements.
GUARD = 120


class Failure(Exception):
    """Something that must hold does not; the text says what."""


def program():
    """The program under test: what INSTACRAWLER_PROGRAM names, else the release build, else the debug build."""
    builds = [os.path.join(REPOSITORY, ".build", kind, "instacrawler") for kind in ("release", "debug")]
    found = os.environ.get("INSTACRAWLER_PROGRAM") or next((build for build in builds if os.access(build, os.X_OK)),
        None)
    if not found or not os.access(found, os.X_OK):
        raise Failure("there is no program: make build")
    return found


def is_debug():
    return "debug" in os.path.realpath(program()).split(os.sep)


def raise_limits():
    """As many descriptors as may be: a thousand streams take one each."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


class UpstreamProcess:
    """The upstream of `upstream.py`."""

    def __init__(self, settings):
        self.process = subprocess.Popen(
            [sys.executable, "-B", os.path.join(HERE, "upstream.py"), json.dumps(settings)], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line:
            raise Failure("the upstream did not start")
        self.port = int(line)
        self.origin = f"http://127.0.0.1:{self.port}"

    def ask(self, query=""):
        """Its state; with a query, after changing its mode."""
        with urllib.request.urlopen(f"{self.origin}/soak/state?{query}", timeout=GUARD) as response:
            return json.loads(response.read())

    def stop(self):
        self.process.stdin.close()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Service:
    """nginx and the responder, in a directory of their own; may be started again with the same database."""

    def __init__(self, upstream, hashtags=HASHTAGS, **settings):
        self.upstream, self.hashtags, self.settings = upstream, hashtags, settings
        self.directory = tempfile.mkdtemp(prefix="instacrawler-soak-")
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.running, self.round = None, 0
        self.log = f"{self.directory}/log"
        # The descriptors that were open before there was a reader.
        self.descriptors_before = 0

    def sources(self, hostile):
        hosts = ["127.0.0.2"] + [f"127.0.{self.round}.{kind}" for kind in (*BODIES, *LIMITS) if hostile]
        return ",".join(["sandbox"] + [f"mastodon:http://{host}:{self.upstream.port}" for host in hosts])

    def start(self, hostile=False, descriptors=None):
        """Starts it; with `descriptors`, as a system that gives it no more than so many."""
        self.log = f"{self.directory}/log-{self.round}"
        environment = {
            **neutral(os.environ), "PORT": str(self.port), "INSTACRAWLER_HOST": "127.0.0.1",
            "INSTACRAWLER_RUN": f"{self.directory}/run",
            "INSTACRAWLER_NGINX": f"{REPOSITORY}/nginx", "INSTACRAWLER_RATE_LIMIT": "off",
            "INSTACRAWLER_INTERVAL": "1s",
            "INSTACRAWLER_HASHTAGS": ",".join(self.hashtags), "INSTACRAWLER_SOURCE": self.sources(hostile),
            "INSTAGRAM_GRAPH_URL": f"{self.upstream.origin}/v23.0", "INSTACRAWLER_DATA": self.directory,
            "INSTACRAWLER_DATABASE": f"{self.directory}/posts.sqlite", "INSTACRAWLER_LOG_FORMAT": "json",
            # Of a crash the place is enough, and quickly.
            "SWIFT_BACKTRACE": "enable=yes,color=no,threads=crashed,registers=none,images=none,symbolicate=fast",
            **self.settings,
        }
        limit = ["prlimit", f"--nofile={descriptors}:{descriptors}"] if descriptors else []
        self.running = Program([*limit, program(), "up"], environment, self.log, self.directory)
        self.running.wait_until("is ready", lambda: "InstaCrawler is ready" in self.running.output())
        self.round += 1

    @property
    def pid(self):
        """The process that responds, and that nginx is a child of."""
        return self.running.process.pid

    def check_running(self):
        code = self.running.process.poll()
        if code is not None:
            raise Failure(f"the service ended with {code}")
        if len(children(self.pid)) < 2:
            # A crash is written down for seconds before the process ends.
            has_crashed = "Fatal error" in self.log_tail()
            raise Failure("the service crashed" if has_crashed else "nginx or one of its workers is gone")

    def memory(self):
        """Resident memory of the responder in MiB: now, and the most that it was."""
        with open(f"/proc/{self.pid}/status", encoding="ascii", errors="replace") as file:
            fields = dict(line.split(":", 1) for line in file if line.startswith(("VmRSS", "VmHWM")))
        return tuple(int(fields[name].split()[0]) / 1024 for name in ("VmRSS", "VmHWM"))

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.pid}/fd"))

    def open_files(self):
        """What the descriptors lead to, counted, for a report."""
        kinds = {}
        for name in os.listdir(f"/proc/{self.pid}/fd"):
            try:
                kind = os.readlink(f"/proc/{self.pid}/fd/{name}").split(":")[0]
            except OSError:
                continue
            kinds[kind] = kinds.get(kind, 0) + 1
        return kinds

    async def settle(self, what, holds, seconds=GUARD):
        """Asks until something holds that no event tells of."""
        deadline = time.monotonic() + seconds
        while not (result := holds()):
            self.check_running()
            if time.monotonic() > deadline:
                raise Failure(f"not within {seconds} s: {what}")
            await asyncio.sleep(0.1)
        return result

    async def note_descriptors(self):
        """Notes how many descriptors there are while nothing happens: when the number has stayed for a second."""
        counts = []

        def is_steady():
            counts.append(self.descriptors())
            return len(counts) > 10 and len(set(counts[-10:])) == 1

        try:
            await self.settle("the number of descriptors stays", is_steady, 6)
        except Failure:
            # It swings with each crawl: the highest of its swings is what there is without readers.
            self.check_running()
        self.descriptors_before = max(counts[-10:])

    async def expect_descriptors_back(self, slack=8):
        await self.settle(
            f"descriptors are back at {self.descriptors_before} (±{slack}); there are {self.open_files()}",
            lambda: self.descriptors() <= self.descriptors_before + slack)

    def stop(self, expects_grace=True):
        """Stops it as a platform does, and says how long that took."""
        begun = time.monotonic()
        process = self.running.process
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                code = process.wait(30)
            except subprocess.TimeoutExpired:
                code = "nothing within 30 s of SIGTERM"
            if expects_grace and code != 0:
                self.running.stop(signal.SIGKILL)
                raise Failure(f"stopping the service gave {code}")
        took = time.monotonic() - begun
        self.running.stop(signal.SIGKILL)
        return took

    def log_tail(self, size=5_000):
        """The end of the log, without the access log's lines; of a crash, where it happened."""
        try:
            with open(self.log, "rb") as file:
                file.seek(max(0, os.path.getsize(self.log) - 4_000_000))
                lines = file.read().decode("utf-8", "replace").split("\n")
        except OSError:
            return ""
        lines = [line[:400] for line in lines if '"request_start"' not in line]
        crash = next((index for index, line in enumerate(lines) if "Fatal error" in line or "crashed:" in line), None)
        if crash is not None:
            return "\n".join(line for line in lines[crash:] if line.strip())[:size]
        return "\n".join(lines)[-size:]

    def check_log(self):
        """Each line of the log is one JSON object in UTF-8."""
        with open(self.log, "rb") as file:
            for line in file:
                if line.strip() and not line.startswith(b"InstaCrawler is ready"):
                    try:
                        json.loads(line.decode("utf-8"))
                    except ValueError as error:
                        raise Failure(f"a line of the log is no JSON: {error}: {line[:1_000]!r}") from None

    def end(self):
        """Ends whatever still runs, and removes what it wrote."""
        if self.running:
            self.running.stop(signal.SIGKILL)
        shutil.rmtree(self.directory, ignore_errors=True)


__all__ = ["GUARD", "Failure", "NotStarted", "Service", "UpstreamProcess", "answers", "is_debug", "program",
    "raise_limits"]
