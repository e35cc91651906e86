"""schemathesis tests everything in /openapi.json through nginx.

EXAMPLES is the number of tests: 500 for the public service, and a tenth for the one with an access key.
"""

import os
import subprocess

from Tests.harness import REPOSITORY

EXAMPLES = int(os.environ.get("EXAMPLES") or 500)
KEY = "key-of-the-check"


def run_schemathesis(service, examples, *arguments):
    """Runs all checks. schemathesis stores failures in the current directory, and tries them first in the next run."""
    settings = f"{REPOSITORY}/Tests/Checks/schemathesis.toml"
    subprocess.run(
        ["bin/schemathesis", "--config-file", settings, "run", f"{service.address}/openapi.json", "--max-examples", str(examples),
         "--checks", "all", *arguments],
        cwd=f"{REPOSITORY}/.build-checks", check=True)


def test_open_service(start):
    run_schemathesis(start(), EXAMPLES)


def test_service_with_access_key(start):
    service = start(INSTACRAWLER_ACCESS_KEY=KEY)
    # The description itself also requires the key.
    run_schemathesis(service, EXAMPLES // 10 + 1, "--header", f"Authorization: Bearer {KEY}")
