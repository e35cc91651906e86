"""schemathesis tries everything that /openapi.json describes, through nginx.

EXAMPLES says how many times: 500 for the service that is open to everybody, and a tenth for the one with an access key.
"""

import os
import subprocess

from Tests.harness import REPOSITORY

EXAMPLES = int(os.environ.get("EXAMPLES") or 500)
KEY = "key-of-the-check"


def run_schemathesis(service, examples, *arguments):
    """With all checks. It remembers what failed where it is started, and tries that first the next time."""
    settings = f"{REPOSITORY}/Tests/Checks/schemathesis.toml"
    subprocess.run(
        ["bin/schemathesis", "--config-file", settings, "run", f"{service.address}/openapi.json", "--max-examples", str(examples),
         "--checks", "all", *arguments],
        cwd=f"{REPOSITORY}/.build-checks", check=True)


def test_open_service(start):
    run_schemathesis(start(), EXAMPLES)


def test_service_with_access_key(start):
    service = start(INSTACRAWLER_ACCESS_KEY=KEY)
    # The description itself needs the key, too.
    run_schemathesis(service, EXAMPLES // 10 + 1, "--header", f"Authorization: Bearer {KEY}")
