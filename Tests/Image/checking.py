"""What the checks are made of."""

import os
import sys

from Tests.harness import find


class Failure(Exception):
    """Something that must hold does not."""


def check(holds, what):
    """Fails unless it holds, and says so when it does."""
    if not holds:
        raise Failure(what)
    print(f"ok: {what}", flush=True)


def measured(what):
    print(f"measured: {what}", flush=True)


def skip(why):
    """Ends here. With INSTACRAWLER_SKIP=no, what cannot be checked is a failure."""
    print(f"skipped: {why}")
    sys.exit(1 if os.environ.get("INSTACRAWLER_SKIP") == "no" else 0)


def needs(*programs):
    for program in programs:
        if not find(program):
            skip(f"{program} is not installed; run scripts/setup --image")
    if os.geteuid() != 0:
        skip("only root may run an image")
