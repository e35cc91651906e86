"""Checks that no request is lost when the container stops."""

import concurrent.futures
import os
import signal
import time

from Tests.harness import eventually, get

from .checking import check, measured
from .container import Container
from .load import Load


def stop(container, everyone):
    """Sends SIGTERM to process 1; or to every process and, a moment later, again, as Heroku may."""
    if not everyone:
        os.kill(container.process, signal.SIGTERM)
        return
    container.signal_all()
    time.sleep(0.1)
    container.signal_all()


def words(everyone):
    return "SIGTERM to every process, twice," if everyone else "SIGTERM to process 1"


def check_load(image, sandbox, everyone):
    with Container(image.bundle, sandbox.environment) as container:
        container.wait_for_pictures()
        load = Load(container.port, "/latest")
        eventually("the load has begun", load.has_begun.is_set)
        start = time.monotonic()
        stop(container, everyone)
        status = container.wait()
        seconds = time.monotonic() - start
        load.wait()
        measured(f"{load.answered} requests answered under load, {load.again} to be asked again, {seconds:.1f} s to stop")
        check(not load.lost, f"{words(everyone)} loses no request of 32 readers {dict(load.lost) or ''}".rstrip())
        check(status == 0, "and ends it with 0")


def open_connections(port):
    """The number of established connections to a port."""
    with open("/proc/net/tcp") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    return sum(row[1].endswith(f":{port:04X}") and row[3] == "01" for row in rows)


def check_slow_requests(image, sandbox, everyone):
    with Container(image.bundle, sandbox.environment) as container:
        container.wait_for_pictures()
        paths = [f"/tags/golang/latest/{number % 10}/image?{number}" for number in range(50)]
        with concurrent.futures.ThreadPoolExecutor(50) as readers:
            answers = [readers.submit(get, container.url(path), None, 20) for path in paths]
            # The upstream takes two seconds for each picture, so all requests are active and have no response yet.
            eventually("all requests are under way", lambda: open_connections(container.port) >= 50)
            stop(container, everyone)
            whole = [answer.result() for answer in answers]
        lost = [
            (status, len(body)) for status, body, headers in whole
            if status != 200 or int(headers["Content-Length"]) != len(body)]
        check(not lost, f"{words(everyone)} loses none of 50 slow requests {lost or ''}".rstrip())
        check(container.wait() == 0, "and ends it with 0")
