"""Programs that the tests start, and stop."""

import os
import shutil
import signal
import socket
import subprocess
import time


REPOSITORY = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def instacrawler():
    """The path of the program under test."""
    return os.environ.get("INSTACRAWLER", f"{REPOSITORY}/.build/debug/instacrawler")


class NotStarted(Exception):
    """A program did not come up; the text says what it printed."""


# What says which processes a run has started: all inherit it.
MARK = "PROXY_CONTRACT_RUN"


def neutral(environment):
    """An environment without the settings of whoever runs the tests."""
    ours = ("INSTACRAWLER_", "INSTAGRAM_", "MASTODON_", "LOG_", "PORT")
    return {name: value for name, value in environment.items() if not name.startswith(ours)}


def left_running():
    """The command lines of processes that have the mark of this run, besides this one."""
    mark, found = f"{MARK}={os.environ[MARK]}".encode(), []
    for entry in os.listdir("/proc"):
        if entry.isdigit() and int(entry) != os.getpid():
            try:
                with open(f"/proc/{entry}/environ", "rb") as file:
                    is_ours = mark in file.read().split(b"\0")
                with open(f"/proc/{entry}/cmdline", "rb") as file:
                    command = file.read().replace(b"\0", b" ").decode("utf-8", "replace")
            except OSError:
                continue
            if is_ours:
                found.append(f"{entry}: {command}")
    return found


def find(program):
    """The path of an installed program, or None."""
    return shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin:/usr/local/sbin")


def free_port(host="127.0.0.1"):
    with socket.socket() as taken:
        taken.bind((host, 0))
        return taken.getsockname()[1]


def eventually(what, holds, seconds=20):
    """Asks until something holds that no event tells of."""
    deadline = time.monotonic() + seconds
    while True:
        result = holds()
        if result:
            return result
        if time.monotonic() > deadline:
            raise NotStarted(f"in vain, for {seconds} s: {what}")
        time.sleep(0.02)


def answers(family, address):
    """Whether something listens at an address."""
    with socket.socket(family) as probe:
        probe.settimeout(1)
        try:
            probe.connect(address)
        except OSError:
            return False
        return True


def has_ended(process):
    """Whether a process has ended, even if its parent has not looked yet."""
    try:
        with open(f"/proc/{process}/stat", encoding="latin-1") as file:
            return file.read().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True


def running_in(group):
    """The ids of what still runs in a process group."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", encoding="latin-1") as file:
                    state, _, its_group = file.read().rsplit(")", 1)[1].split()[:3]
            except OSError:
                continue
            if int(its_group) == group and state != "Z":
                found.append(int(entry))
    return found


def children(process):
    """The ids of a process's children, and of theirs."""
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                with open(f"/proc/{entry}/stat", encoding="latin-1") as file:
                    parent = int(file.read().rsplit(")", 1)[1].split()[1])
            except OSError:
                continue
            if parent == process:
                found += [int(entry), *children(int(entry))]
    return found


class Program:
    """A running program in a process group of its own, with its output in a file."""

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

    def wait_until(self, what, holds):
        def check():
            if self.process.poll() is not None:
                raise NotStarted(f"{self.name} ended with {self.process.returncode}: {self.output()[-2000:]}")
            return holds()

        return eventually(f"{self.name}: {what}", check)

    def stop(self, sign=signal.SIGTERM):
        """Ends it and all that it started. Once is enough: its number may be another's by then."""
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
        # multiwatch does not wait for its children. What is not gone yet holds the socket that the next start needs.
        eventually(f"{self.name}: all that it started has ended", lambda: not running_in(self.process.pid))
