"""A running container of the image as on a platform: an arbitrary user, a read-only root, little memory."""

import ctypes
import json
import os
import pathlib
import signal
import subprocess
import time

from Tests.harness import eventually, free_port, get

from .checking import Failure
from .memory import Limit

USER = 54321
MEBIBYTES = 64


class Container:
    """A container that runc runs from the unpacked image `bundle`.

    It shares the network of this machine, so that it reaches the servers of the tests on loopback.
    """

    number = 0

    def __init__(self, bundle, environment=(), mounts=(), port=None):
        Container.number += 1
        self.name = f"instacrawler-test-{os.getpid()}-{Container.number}"
        self.port = port or free_port()
        self.directory = bundle.parent / self.name
        self.directory.mkdir()
        self.configure(bundle, list(environment), mounts)
        self.log = open(self.directory / "log", "w+")
        self.errors = open(self.directory / "errors", "w+")
        self.limit = Limit(self.name, MEBIBYTES)
        self.status = None
        # When runc exits, the container becomes a child of this process, which can then wait for it.
        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
        self.started = time.monotonic()
        self.runc("create", "--bundle", self.directory, "--pid-file", self.directory / "pid", self.name, output=self.log)
        self.process = int((self.directory / "pid").read_text())
        self.limit.add(self.process)
        self.runc("start", self.name)

    def runc(self, *arguments, output=None):
        ended = subprocess.run(
            ["runc", *map(str, arguments)], stdin=subprocess.DEVNULL, stdout=output or subprocess.PIPE,
            stderr=self.errors if output else subprocess.STDOUT)
        if ended.returncode != 0:
            raise Failure(f"runc {arguments[0]}: {self.output() + self.complaints() if output else ended.stdout.decode()}")
        return ended.stdout

    def configure(self, bundle, environment, mounts):
        config = json.loads((bundle / "config.json").read_text())
        process = config["process"]
        process["terminal"] = False
        process["user"] = {"uid": USER, "gid": USER}
        process["env"] += [f"PORT={self.port}", "INSTACRAWLER_HOST=127.0.0.1"] + environment
        process["capabilities"] = {}
        process["noNewPrivileges"] = True
        # runc may not raise limits if this machine is itself a container.
        process.pop("rlimits", None)
        config["root"] = {"path": str(bundle / "rootfs"), "readonly": True}
        kept = [mount for mount in config["mounts"] if mount["destination"] in ("/proc", "/dev")]
        kept.append({
            "destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "nodev", "mode=1777"]})
        for source, destination in mounts:
            kept.append(
                {"destination": destination, "type": "bind", "source": str(source), "options": ["bind", "ro"]})
        config["mounts"] = kept
        linux = config["linux"]
        # `Limit` creates the control groups, because runc cannot if versions 1 and 2 are mixed.
        linux.pop("resources", None)
        linux["namespaces"] = [space for space in linux["namespaces"] if space["type"] not in ("network", "cgroup")]
        (self.directory / "config.json").write_text(json.dumps(config))

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def ended(self):
        """The exit code of process 1; None while it runs."""
        if self.status is None:
            process, status = os.waitpid(self.process, os.WNOHANG)
            if process:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status

    def wait_for(self, path="/status"):
        """Waits for a response, and returns the seconds since the start."""
        def answers():
            if self.ended() is not None:
                raise Failure(f"the container ended: {self.output()}")
            return get(self.url(path))[0] == 200

        eventually(f"{path} answers", answers)
        return time.monotonic() - self.started

    def wait_for_pictures(self):
        self.wait_for()
        eventually("pictures are there", lambda: get(self.url("/latest"))[0] == 200)

    def processes(self):
        """Its processes with their IDs on this machine, process 1 first."""
        found, queue = [], [self.process]
        while queue:
            process = queue.pop(0)
            try:
                children = pathlib.Path(f"/proc/{process}/task").glob("*/children")
                queue += [int(child) for file in children for child in file.read_text().split()]
            except FileNotFoundError:
                continue
            found.append(process)
        return found

    def workers(self):
        """Its nginx workers, recognized by their process titles."""
        found = set()
        for process in self.processes():
            try:
                title = pathlib.Path(f"/proc/{process}/cmdline").read_bytes()
            except (FileNotFoundError, ProcessLookupError):
                continue
            if title.startswith(b"nginx: worker process"):
                found.add(process)
        return found

    def state(self, process):
        """Name and state of a process; Z is a zombie."""
        words = pathlib.Path(f"/proc/{process}/status").read_text().splitlines()
        facts = dict(line.split(":", 1) for line in words if ":" in line)
        return facts["Name"].strip(), facts["State"].split()[0]

    def signal_all(self):
        """Sends SIGTERM to every process at once, as Heroku does."""
        for process in self.processes():
            try:
                os.kill(process, signal.SIGTERM)
            except ProcessLookupError:
                pass

    def wait(self, seconds=12):
        """The exit code. A graceful stop takes up to 10 s; the rest is a margin for a busy machine."""
        eventually(f"the container ends within {seconds} s", lambda: self.ended() is not None, seconds)
        return self.status

    def output(self):
        return (self.directory / "log").read_text()

    def complaints(self):
        """Its standard error."""
        return (self.directory / "errors").read_text()

    def remove(self):
        if self.ended() is None:
            os.kill(self.process, signal.SIGKILL)
            eventually("the container ends", lambda: self.ended() is not None)
        subprocess.run(["runc", "delete", "--force", self.name], capture_output=True)
        self.log.close()
        self.errors.close()
        self.limit.remove()

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if kind is not None:
            print(f"--- the container's log ends with\n{self.output()[-3000:]}{self.complaints()[-1000:]}---", flush=True)
        self.remove()
