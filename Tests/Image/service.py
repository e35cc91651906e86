"""Checks the responses of the container, its memory, and its reaction to the death of nginx."""

import json
import os
import signal
import subprocess

from Tests.harness import eventually, get

from .checking import check, measured
from .container import MEBIBYTES, Container
from .memory import proportional

IDLE_MEBIBYTES = 40
PICTURES_MEBIBYTES = 20


def check_service(image, sandbox):
    with Container(image.bundle, sandbox.environment, port=8123) as container:
        seconds = container.wait_for()
        measured(f"{seconds * 1000:.0f} ms from the start to the first answer through nginx")
        check(get(container.url("/status"))[:2] == (200, b'{"status":"OK","URI":""}\n'), "/status answers")
        eventually("pictures are there", lambda: get(container.url("/latest"))[0] == 200)
        check(b'{"status":"OK","URI":"http' in get(container.url("/latest"))[1], "/latest answers")
        status, page, headers = get(container.url("/"), {"Accept": "text/html"})
        check(status == 200 and headers["Content-Type"].startswith("text/html") and b"<img" in page, "/ is the gallery")
        check(get(container.url("/health"))[0] == 200, "/health is 200")
        status, picture, headers = get(container.url("/latest/image"))
        check(status == 200 and headers["Content-Type"] == "image/png" and picture[-8:-4] == b"IEND", "a picture loads")
        check(get(container.url("/nothing"))[0] == 404, "/nothing is 404")
        lines = [json.loads(line) for line in container.output().splitlines() if line.startswith("{")]
        check(any(line.get("path") == "/nothing" and line["status"] == 404 for line in lines),
              "nginx's log is on standard output")
        asked = ["runc", "exec", "--env", f"PORT={container.port}", container.name, "/usr/bin/instacrawler", "check"]
        check(subprocess.run(asked, capture_output=True).returncode == 0, "its own check of its health succeeds")
        check(not container.complaints(), f"and nothing is on standard error {container.complaints()[:200]}".rstrip())
        # A worker that dies is replaced and reaped.
        workers = container.workers()
        check(workers, f"nginx has {len(workers)} workers")
        worker = min(workers)
        os.kill(worker, signal.SIGKILL)

        def replaced():
            now = container.workers()
            return worker not in now and len(now) == len(workers) and now - workers

        eventually("another worker takes the place of one that died", replaced)
        check(get(container.url("/status"))[0] == 200, "a worker of nginx that dies is replaced, and /status answers")
        states = [container.state(process) for process in container.processes()]
        check("Z" not in [state for _, state in states], "no process is a zombie")
        check([name for name, _ in states].count("nginx") >= 3, f"one tree: {', '.join(name for name, _ in states)}")
        os.kill(container.process, signal.SIGTERM)
        check(container.wait() == 0, "SIGTERM ends it with 0")


def check_memory(image, sandbox):
    with Container(image.bundle, sandbox.environment) as container:
        container.wait_for_pictures()
        idle = proportional(container.processes())
        measured(f"{idle:.1f} MiB for all {len(container.processes())} processes while it is idle")
        check(idle <= IDLE_MEBIBYTES, f"that is {IDLE_MEBIBYTES} MiB at most")
        # More than the capacity of nginx's picture cache, which is in memory here.
        fetched = number = 0
        while fetched < PICTURES_MEBIBYTES << 20 and number < 200:
            for path in (f"/latest/{number}/image", f"/tags/golang/latest/{number}/image", "/tags/golang", "/"):
                status, body, headers = get(container.url(path), {"Accept": "text/html"})
                fetched += len(body) if status == 200 and headers["Content-Type"].startswith("image/") else 0
            number += 1
        busy = proportional(container.processes())
        measured(f"{busy:.1f} MiB after pages and {fetched / (1 << 20):.1f} MiB of pictures")
        check(fetched >= PICTURES_MEBIBYTES << 20, f"there are {PICTURES_MEBIBYTES} MiB of pictures")
        if not container.limit.holds:
            print("skipped: no control group is to be had here, so memory was not limited")
            return
        measured(f"{container.limit.peak():.1f} MiB at most with its files in /tmp")
        check(container.limit.kills() == 0 and container.ended() is None, f"{MEBIBYTES} MiB are enough")


def check_death(image, sandbox):
    with Container(image.bundle, sandbox.environment) as container:
        container.wait_for()
        # The oldest child of process 1 is nginx's master.
        master = container.processes()[1]
        check(container.state(master)[0] == "nginx", "nginx runs beneath process 1")
        os.kill(master, signal.SIGKILL)
        check(container.wait(5) == 1, "when nginx is killed, the container ends with 1")
