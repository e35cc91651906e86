"""Cases in which the responder restarts, is down, or is killed during requests."""

import itertools
import signal
import threading
import time

from .claims import KEY, expect_no_key
from .expectations import NotApplicable, expect, expect_answer, expect_envelope
from .http1 import Broken, request


class Load:
    """Clients that send requests all the time, each on one connection while that lasts.

    Every second client sends unique requests, which no cache can serve.
    """

    def __init__(self, site, readers):
        self.site, self.queries = site, itertools.count()
        # The numbers of successful responses, to repeated and to unique requests.
        self.good = {False: 0, True: 0}
        self.refused, self.broken, self.wrong = {False: 0, True: 0}, [], []
        self.lock, self.over = threading.Lock(), threading.Event()
        self.threads = [
            threading.Thread(target=self.read, args=(number % 2 == 1,), daemon=True) for number in range(readers)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        for thread in self.threads:
            thread.join(30)

    def read(self, asks_new):
        while not self.over.is_set():
            try:
                with self.site.connect() as connection:
                    while not self.over.is_set():
                        path = f"/latest?{next(self.queries)}" if asks_new else "/latest"
                        connection.send(request("GET", path))
                        answer = connection.answer()
                        self.count(answer, asks_new)
                        if (answer.header("connection") or "").lower() == "close":
                            break
                        time.sleep(0.005)
            except (OSError, Broken) as error:
                with self.lock:
                    self.broken.append(f"{type(error).__name__}: {error}")
                time.sleep(0.02)

    def count(self, answer, asks_new):
        with self.lock:
            if answer.status == 200 and answer.text == self.site.envelope(0):
                self.good[asks_new] += 1
            elif answer.status >= 500:
                self.refused[asks_new] += 1
                try:
                    expect_envelope(answer, (500, 502, 503, 504), "while the responder restarts")
                except (AssertionError, ValueError) as error:
                    self.wrong.append(str(error))
            else:
                self.wrong.append(f"{answer.status} {answer.text[:100]!r}")

    def said(self):
        """A summary of the results."""
        return f"good {self.good}, refused {self.refused}, broken {self.broken[:3]}, wrong {self.wrong[:3]}"

    def wait_for_more(self, count=20):
        """Waits until both kinds of clients got more successful responses."""
        with self.lock:
            goals = {kind: good + count for kind, good in self.good.items()}
        deadline = time.monotonic() + 20
        while any(self.good[kind] < goal for kind, goal in goals.items()):
            expect(time.monotonic() < deadline, "readers get no good answers any more:", self.said())
            time.sleep(0.01)

    def expect_unnoticed(self):
        """Expects that all responses were successful."""
        expect(not self.wrong and not self.broken and not any(self.refused.values()), self.said())


def restarted_under_load(site):
    if site.cell.transport == "cgi":
        raise NotApplicable("each request starts the responder anew")
    with Load(site, 8) as load:
        load.wait_for_more()
        for _ in range(2):
            site.restart_responders()
            load.wait_for_more()
    # An error is at worst a JSON object, and cached responses are always served.
    expect(not load.wrong and not load.broken, load.said())
    if site.cell.keeps:
        expect(not load.refused[False], load.said())


def responder_down(site):
    expect_answer(site.get("/latest"), 200, site.envelope(0), "before")
    site.break_responder()
    # A request with an unknown parameter is not cached.
    expect_envelope(site.get("/tags?down=1"), site.cell.down, "while the responder is down")
    site.get(f"/tags?key={KEY}")
    expect_no_key(site)
    if site.cell.keeps:
        expect_answer(site.get("/latest"), 200, site.envelope(0), "what is kept")
    site.mend_responder()
    site.expect_soon("/latest/1", site.envelope(1))


def failed_over(site):
    """Clients do not notice when the responder is killed while another one stands by, nor when it comes back."""
    if not site.cell.stands_by:
        raise NotApplicable("no second responder")
    # nginx avoids a failed server for fail_timeout, in whole seconds.
    left_alone = 3.5
    site.responder.stop()
    standby = site.start_standby()
    site.expect_soon("/latest", site.envelope(0))
    site.start_responder()
    time.sleep(left_alone)
    site.expect_soon("/latest", site.envelope(0))
    with Load(site, 8) as load:
        load.wait_for_more()
        site.responder.stop(signal.SIGKILL)
        load.wait_for_more(200)
        # Streams also reach it.
        with site.connect() as connection:
            connection.send(request("GET", "/events"))
            head = connection.head()
            expect(head.status == 200, "/events is", head.status, "while another responder stands by")
        site.start_responder()
        load.wait_for_more(200)
        time.sleep(left_alone)
        standby.stop(signal.SIGKILL)
        load.wait_for_more(200)
    load.expect_unnoticed()


def killed_under_load(site):
    """200 clients do not notice when the two responders behind the socket are killed in turn, for 5 s and more."""
    if site.cell.processes < 2 or not site.cell.keeps:
        raise NotApplicable("one responder")
    with Load(site, 200) as load:
        load.wait_for_more(400)
        # Not more often: multiwatch gives up on a process that ends three times within 10 s.
        for _ in range(3):
            site.kill_one_responder()
            time.sleep(2)
            load.wait_for_more(200)
    load.expect_unnoticed()
