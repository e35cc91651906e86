"""Starts programs, waits until they are ready, stops them and shows their logs. All tests in Python use it."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from typing import NamedTuple

REPOSITORY = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
# Seconds: a guard against hanging, never a measurement.
GUARD = 600
# All processes of a run inherit this variable.
MARK = "HARNESS_RUN"


class NotStarted(Exception):
    """A program did not start, or an expected event did not happen; the text says which."""


# Paths and ports.


def program():
    """The program under test: INSTACRAWLER_PROGRAM, else the release build, else the debug build."""
    builds = [f"{REPOSITORY}/.build/{kind}/instacrawler" for kind in ("release", "debug")]
    named = os.environ.get("INSTACRAWLER_PROGRAM")
    for path in [os.path.abspath(named)] if named else builds:
        if os.access(path, os.X_OK):
            return path
    raise NotStarted(f"there is no program{f' {named}' if named else ''}: make build")


def find(name):
    """The path of an installed program, or None."""
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin")


def neutral(environment):
    """The environment without settings of the service."""
    ours = ("INSTACRAWLER_", "INSTAGRAM_", "MASTODON_", "LOG_", "PORT")
    return {name: value for name, value in environment.items() if not name.startswith(ours)}


def free_port(host="127.0.0.1"):
    with socket.socket() as taken:
        taken.bind((host, 0))
        return taken.getsockname()[1]


# Waiting.


def eventually(what, holds, seconds=GUARD, pause=0.02):
    """Polls a condition that no event announces until it holds, and returns its value. Network errors count as not yet."""
    deadline, trouble = time.monotonic() + seconds, ""
    while True:
        try:
            if result := holds():
                return result
        except OSError as error:
            trouble = f" ({error})"
        if time.monotonic() > deadline:
            raise NotStarted(f"in vain, for {seconds} s: {what}{trouble}")
        time.sleep(pause)


def is_listening(family, address):
    """Whether a server listens on an address."""
    with socket.socket(family) as probe:
        probe.settimeout(1)
        try:
            probe.connect(address)
        except OSError:
            return False
        return True


class Response(NamedTuple):
    status: int
    body: bytes
    headers: object


def get(address, headers=None, timeout=GUARD):
    """The response, whatever its status."""
    try:
        with urllib.request.urlopen(urllib.request.Request(address, headers=headers or {}), timeout=timeout) as response:
            return Response(response.status, response.read(), response.headers)
    except urllib.error.HTTPError as error:
        return Response(error.code, error.read(), error.headers)


# Processes.


def processes():
    """The IDs of all processes."""
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]


def status(process):
    """State, parent and group of a process, or None if it is gone."""
    try:
        with open(f"/proc/{process}/stat", encoding="latin-1") as file:
            state, parent, group = file.read().rsplit(")", 1)[1].split()[:3]
    except OSError:
        return None
    return state, int(parent), int(group)


def has_ended(process):
    """Whether a process has ended, even if its parent has not reaped it yet."""
    found = status(process)
    return found is None or found[0] == "Z"


def running_in(group):
    """The IDs of the running processes of a process group."""
    return [process for process in processes() if (found := status(process)) and found[2] == group and found[0] != "Z"]


def children(process):
    """The IDs of a process's descendants."""
    return [one for child in processes() if (found := status(child)) and found[1] == process for one in (child, *children(child))]


def left_running():
    """The command lines of the processes of this run, except this one."""
    mark, found = f"{MARK}={os.environ[MARK]}".encode(), []
    for process in processes():
        with contextlib.suppress(OSError), open(f"/proc/{process}/environ", "rb") as file:
            if process != os.getpid() and mark in file.read().split(b"\0"):
                with open(f"/proc/{process}/cmdline", "rb") as command:
                    found.append(f"{process}: {command.read().replace(bytes(1), b' ').decode('utf-8', 'replace')}")
    return found


def mark_run():
    """Marks this process and all that it starts from now on, for `left_running`."""
    os.environ[MARK] = f"{os.getpid()}-{time.monotonic_ns()}"


class Program:
    """A running program in its own process group, with its output in a file."""

    def __init__(self, arguments, environment, log, directory=None):
        self.name = os.path.basename(arguments[0])
        self.log = log
        self.is_stopped = False
        with open(log, "ab") as output:
            self.process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=output, stderr=output, env=environment, cwd=directory,
                start_new_session=True)

    def output(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def wait_until(self, what, holds, pause=0.02):
        def check():
            if self.process.poll() is not None:
                raise NotStarted(f"{self.name} ended with {self.process.returncode}")
            return holds()

        try:
            return eventually(f"{self.name}: {what}", check, pause=pause)
        except NotStarted as error:
            self.stop(signal.SIGKILL)
            raise NotStarted(f"{error}\n{self.output()[-2000:]}") from None

    def stop(self, sign=signal.SIGTERM):
        """Ends it and all processes that it started. Runs only once, because another process may reuse the ID later."""
        if self.is_stopped:
            return
        self.is_stopped = True
        if self.process.poll() is None:
            self.process.send_signal(sign)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                pass
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            pass
        self.process.wait()
        # multiwatch does not wait for its children. A remaining one would occupy the socket of the next start.
        eventually(f"{self.name}: all that it started has ended", lambda: not running_in(self.process.pid))


class Service:
    """The service with nginx, in its own directory. It can be stopped and started again."""

    # The running ones, so that a report can show their logs.
    started = []

    def __init__(self, **settings):
        self.directory = tempfile.mkdtemp(prefix="instacrawler-test-")
        self.port = free_port()
        self.address = f"http://127.0.0.1:{self.port}"
        self.log = f"{self.directory}/log"
        self.program = self.sandbox = None
        self.settings = {
            "PORT": str(self.port), "INSTACRAWLER_HOST": "127.0.0.1", "INSTACRAWLER_RUN": f"{self.directory}/run",
            "INSTACRAWLER_NGINX": f"{REPOSITORY}/nginx", "INSTACRAWLER_DATA": self.directory, **settings}

    def start_sandbox(self, period):
        """Starts a separate sandbox with a post per period, and makes it the source."""
        self.sandbox = Program(
            [program(), "sandbox", "--port", "0", "--period", period, "--log-level", "error"], neutral(os.environ),
            f"{self.directory}/sandbox.log", self.directory)
        ready = "Sandbox is ready: "
        self.sandbox.wait_until("is ready", lambda: f"{ready}http" in self.sandbox.output() and "\n" in self.sandbox.output())
        address = self.sandbox.output().split(ready)[1].split()[0].rstrip(".")
        self.settings["INSTAGRAM_GRAPH_URL"] = f"{address}/v23.0"

    def start(self, *prefix):
        """Starts it, as the argument of a prefix command if one is given, and waits until it is ready."""
        self.program = Program([*prefix, program(), "up"], {**neutral(os.environ), **self.settings}, self.log, self.directory)
        if self not in Service.started:
            Service.started.append(self)
        self.program.wait_until("is ready", lambda: "InstaCrawler is ready" in self.program.output())

    def get(self, path, **headers):
        """The response; an underscore in a header's name stands for a hyphen."""
        if key := self.settings.get("INSTACRAWLER_ACCESS_KEY"):
            headers["Authorization"] = f"Bearer {key}"
        return get(self.address + path, {name.replace("_", "-"): value for name, value in headers.items()})

    def wait_for(self, path="/latest", holds=lambda response: response.status == 200):
        """Waits for a response that meets a condition, by default for the first picture."""
        def is_there():
            response = self.get(path)
            return response if holds(response) else None

        return self.program.wait_until(f"{path} responds as expected", is_there, pause=0.1)

    @property
    def pid(self):
        """The ID of the responder's process, the parent of nginx."""
        return self.program.process.pid

    def log_tail(self, size=5_000):
        """The end of the log without lines of the access log; after a crash, the log from the crash on."""
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

    def stop(self, seconds=GUARD):
        """Stops it like a platform, and returns the seconds that it took. The exit code must be 0."""
        begun = time.monotonic()
        process = self.program.process
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            code = f"nothing within {seconds} s of SIGTERM"
        took = time.monotonic() - begun
        self.program.stop(signal.SIGKILL)
        if code != 0:
            raise NotStarted(f"stopping the service gave {code}")
        return took

    def end(self):
        """Ends the remaining processes, and removes their files."""
        for one in (self.program, self.sandbox):
            if one:
                one.stop(signal.SIGKILL)
        if self in Service.started:
            Service.started.remove(self)
        shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        try:
            if self.program and not self.program.is_stopped:
                self.stop()
        finally:
            self.end()
