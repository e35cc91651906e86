"""A hostile upstream and clients of every route: no outside input may end, freeze or fill up the service.

    python3 -m Tests.Soak [--seconds 600] [--seed N] [--part hostile|load|spellings] [--tame] [--only NAME] [--without NAME]

`hostile`    posts and responses with nasty values (nasty.py), while 50 clients use every route; the service restarts with
             the same database in between
`load`       slow clients, 1,000 event streams and 700 slow pictures at once, while one client measures /latest
`spellings`  one picture under 60 spellings, and clients of slow pictures that disconnect

Exits with 1 at the first failure, and prints the request, the last responses of upstream and the service's log. --only and
--without select nasty values by names or parts of them: `--only 'cluster'`.
"""

import argparse
import asyncio
import contextlib
import os
import shutil
import signal
import sys
import time

from . import load, nasty, readers, spellings
from .client import Broken, fetch
from .service import GUARD, Failure, NotStarted, Service, UpstreamProcess, is_debug, program, raise_limits

MEMORY = 96
# A debug build is five to ten times slower, and has its unoptimized code in memory.
DEBUG_MEMORY, DEBUG_SLACK = 256, 4.0
# Seconds of a round of the hostile part. Each round starts the service again.
ROUND = 100


def say(text):
    print(f"soak: {text}", flush=True)


class Soak:
    def __init__(self, options):
        self.options = options
        self.service = self.upstream = None
        # Failures that end nothing; the report at the end contains them.
        self.faults = []

    @contextlib.contextmanager
    def noting(self):
        """Records a failure and continues, if the service still runs."""
        try:
            yield
        except Failure as error:
            self.service.check_running()
            self.faults.append(str(error))

    def start_upstream(self, **settings):
        self.upstream = UpstreamProcess({
            "seed": self.options.seed, "only": self.options.only, "without": self.options.without, **settings})

    def check_memory(self):
        now, most = self.service.memory()
        if most > self.options.memory:
            raise Failure(
                f"the responder had {most:.0f} MiB of memory at most, and has {now:.0f}; allowed are "
                f"{self.options.memory:g}")

    async def wait_for_posts(self):
        """Waits until the first hashtag has a picture."""
        while True:
            try:
                if (await fetch(self.service.port, "/latest")).status == 200:
                    return
            except (Broken, OSError):
                pass
            self.service.check_running()
            await asyncio.sleep(0.1)

    async def started(self, hostile):
        self.upstream.ask("calm=1")
        self.service.start(hostile)
        await asyncio.wait_for(self.wait_for_posts(), GUARD)
        await self.service.note_descriptors()

    # Parts.

    async def hostile(self):
        rounds = max(2, min(10, round(self.options.seconds / ROUND)))
        self.start_upstream()
        self.service = Service(self.upstream)
        for number in range(rounds):
            await self.started(hostile=not self.options.tame)
            crowd = readers.Crowd(
                self.service, self.options.seed * 1_000 + number, self.options.readers, self.options.slack,
                self.options.tame)
            try:
                seconds = self.options.seconds / rounds
                self.upstream.ask(f"calm={int(self.options.tame)}")
                await crowd.run(seconds * (0.75 if number + 1 == rounds else 1))
                if number + 1 == rounds:
                    # Responses that make the only Graph source wait for a day come last.
                    self.upstream.ask("last=1")
                    await crowd.run(seconds / 4)
                say(f"round {number + 1} of {rounds}: {crowd.summary()}")
            finally:
                crowd.close()
                self.faults += crowd.faults.values()
            self.upstream.ask("calm=1")
            with self.noting():
                crowd.judge_times()
            with self.noting():
                self.check_memory()
            with self.noting():
                await self.service.expect_descriptors_back()
            took = self.service.stop()
            if took > 15:
                raise Failure(f"stopping the service took {took:.1f} s")
            try:
                self.service.check_log()
            except Failure as error:
                self.faults.append(str(error))
        say(f"hostile: {self.upstream.ask()['posts']} posts, {nasty.distinct()} nasty values")

    async def load(self):
        if not shutil.which("slowhttptest"):
            raise Failure("slowhttptest is not installed: scripts/setup --soak")
        self.start_upstream(pages=4, album=4, pictures="drip", drip=20)
        self.service = Service(self.upstream, hashtags=("aa",))
        await self.started(hostile=False)
        seconds = max(10, min(60, self.options.seconds // 4))
        alone = await load.measure(self.service, 3)
        port = self.service.port
        holders = [load.Holder(port, "streams", load.STREAMS), load.Holder(port, "pictures", load.PICTURES)]
        tools = []
        try:
            tools = [await attack for attack in load.attacks(port, seconds + 60)]
            for holder in holders:
                say(f"load: {await holder.start()}")
            times = await load.measure(self.service, seconds)
        finally:
            for tool in tools:
                if tool.returncode is None:
                    tool.terminate()
                await tool.wait()
            for holder in holders:
                say(f"load: {await holder.stop()}")
        p99, p99_alone = (measured[int(len(measured) * 0.99)] * 1_000 for measured in (times, alone))
        say(f"load: {len(times)} times /latest: p99 {p99:.1f} ms, most {times[-1] * 1_000:.0f} ms; "
            f"alone p99 {p99_alone:.1f} ms; memory at most {self.service.memory()[1]:.0f} MiB")
        with self.noting():
            if self.options.timing and p99 > load.P99:
                raise Failure(f"/latest has a 99th percentile of {p99:.1f} ms under load; allowed are {load.P99} ms")
        with self.noting():
            self.check_memory()
        with self.noting():
            await self.service.expect_descriptors_back()
        self.service.stop()

        await self.few_descriptors()

    async def few_descriptors(self):
        """With few descriptors, slow pictures must not use them up."""
        self.service.start(descriptors=load.DESCRIPTORS)
        await asyncio.wait_for(self.wait_for_posts(), GUARD)
        holder = load.Holder(self.service.port, "pictures", load.FEW_PICTURES)
        try:
            await holder.start()
            times = await load.measure(self.service, 10)
            if self.service.descriptors() > load.DESCRIPTORS - 5:
                self.faults.append(f"slow pictures use up the descriptors: {self.service.open_files()}")
            say(f"load: {len(times)} times /latest with {load.DESCRIPTORS} descriptors and {load.FEW_PICTURES} slow pictures")
        finally:
            await holder.stop()
        await asyncio.wait_for(self.wait_for_posts(), GUARD)
        self.service.stop()

    async def spellings(self):
        self.start_upstream(pages=2, album=2, size=600_000)
        self.service = Service(self.upstream, hashtags=("aa", "golang"))
        await self.started(hostile=False)
        for attempt in (spellings.one_picture, spellings.slow_readers):
            with self.noting():
                say(f"spellings: {await attempt(self.service, self.upstream)}")
        with self.noting():
            await self.service.expect_descriptors_back()
        self.service.stop()

    # Runs and reports.

    async def run(self, part):
        begun = time.monotonic()
        try:
            await getattr(self, part)()
            if self.faults:
                self.report(part, Failure(f"{len(self.faults)} faults"))
                return False
            say(f"{part}: holds, after {time.monotonic() - begun:.0f} s")
            return True
        except (Failure, NotStarted, Broken, TimeoutError, OSError) as error:
            self.report(part, error)
            return False
        finally:
            self.faults = []
            if self.service:
                self.service.end()
            if self.upstream:
                self.upstream.stop()
            self.service = self.upstream = None

    def report(self, part, error):
        """Prints everything that is needed to reproduce the failure."""
        print(f"\nsoak: FAILED: {part}: {type(error).__name__}: {error}\n", file=sys.stderr)
        for number, fault in enumerate(self.faults, 1):
            print(f"--- fault {number}: {fault[:4_000]}\n", file=sys.stderr)
        if self.service:
            print(f"--- the service's log ends with\n{self.service.log_tail()}", file=sys.stderr)
        try:
            recent = self.upstream.ask()["recent"][-self.options.show:]
        except (AttributeError, OSError, ValueError):
            recent = []
        print("--- upstream served last", file=sys.stderr)
        for item in recent:
            body = item.pop("body", "")
            print(f"{item}\n    {body[:400]!r}", file=sys.stderr)
        print(f"--- again: python3 -m Tests.Soak --part {part} --seed {self.options.seed} --seconds {self.options.seconds:g}",
            file=sys.stderr)


def parse(arguments):
    parser = argparse.ArgumentParser(prog="python3 -m Tests.Soak", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=600, help="how long the hostile part takes; 600")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(3)),
        help="chooses the values; drawn without it")
    parser.add_argument("--part", action="append", choices=["hostile", "load", "spellings"],
        help="only this part; may be repeated")
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--tame", action="store_true", help="only sane values: tries the harness itself")
    parser.add_argument("--only", action="append", default=[], help="only nasty values of this name; may be repeated")
    parser.add_argument("--without", action="append", default=[], help="no nasty values of this name; may be repeated")
    parser.add_argument("--memory", type=float,
        help=f"MiB that the responder may have; {MEMORY}, or {DEBUG_MEMORY} for a debug build")
    parser.add_argument("--slack", type=float,
        help=f"how many times slower responses may be; 1, or {DEBUG_SLACK:g} for a debug build")
    parser.add_argument("--no-timing", dest="timing", action="store_false",
        help=f"do not judge the {load.P99} ms of the part load")
    parser.add_argument("--show", type=int, default=6, help="how many responses of upstream a report shows")
    options = parser.parse_args(arguments)
    options.memory = options.memory or (DEBUG_MEMORY if is_debug() else MEMORY)
    options.slack = options.slack or (DEBUG_SLACK if is_debug() else 1.0)
    if options.tame:
        options.without.append("*")
    return options


async def main(options):
    soak = Soak(options)
    say(f"{program()}, seed {options.seed}, {options.memory:g} MiB, responses within {options.slack:g} s")
    results = [await soak.run(part) for part in options.part or ["hostile", "load", "spellings"]]
    return 0 if all(results) else 1


if __name__ == "__main__":
    raise_limits()
    # Exits on SIGTERM, so that started processes are ended.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    try:
        sys.exit(asyncio.run(main(parse(sys.argv[1:]))))
    except (Failure, NotStarted) as failure:
        sys.exit(f"soak: {failure}")
