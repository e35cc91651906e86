"""Helpers of the checks."""

import os
import sys

from Tests.harness import find


class Failure(Exception):
    """A check failed."""


def check(holds, what):
    """Fails unless the condition holds; otherwise prints it."""
    if not holds:
        raise Failure(what)
    print(f"ok: {what}", flush=True)


def measured(what):
    print(f"measured: {what}", flush=True)


def skip(why):
    """Exits. With INSTACRAWLER_SKIP=no, a skipped check is a failure."""
    print(f"skipped: {why}")
    sys.exit(1 if os.environ.get("INSTACRAWLER_SKIP") == "no" else 0)


def needs(*programs):
    for program in programs:
        if not find(program):
            skip(f"{program} is not installed; run scripts/setup --image")
    if os.geteuid() != 0:
        skip("only root may run an image")
