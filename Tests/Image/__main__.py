"""Builds the image and checks it as a platform runs it: its contents, its responses and its end.

    python3 -m Tests.Image                builds instacrawler:latest, then checks it
    python3 -m Tests.Image --no-build     checks the image that is there

docker, podman or buildah builds it (INSTACRAWLER_IMAGE_ENGINE), and runc runs it. If the image cannot be checked, prints the
reason and exits with 0, or with 1 if INSTACRAWLER_SKIP=no. The first failed check exits with 1.
"""

import pathlib
import shutil
import subprocess
import sys
import tempfile

from Tests.harness import NotStarted

from .checking import Failure, needs, skip
from .contents import check_configuration, check_files
from .image import Image
from .sandbox import Sandbox
from .service import check_death, check_memory, check_service
from .stopping import check_load, check_slow_requests
from .trust import check_names_and_certificates

NAME = "instacrawler:latest"


def run(work, engine):
    image = Image(NAME, work, engine)
    check_configuration(image)
    check_files(image)
    with Sandbox(image) as sandbox:
        check_service(image, sandbox)
        check_memory(image, sandbox)
        check_load(image, sandbox, everyone=False)
        check_load(image, sandbox, everyone=True)
        check_death(image, sandbox)
    with Sandbox(image, "--picture-delay", "2s") as sandbox:
        check_slow_requests(image, sandbox, everyone=False)
        check_slow_requests(image, sandbox, everyone=True)
    check_names_and_certificates(image)


def main(arguments):
    asked = subprocess.run(["scripts/image", "--engine"], capture_output=True, text=True)
    if asked.returncode == 64 or arguments not in ([], ["--no-build"]):
        print(asked.stderr or f"test-image: {arguments} is not known; allowed is --no-build", end="\n", file=sys.stderr)
        return 64
    if asked.returncode != 0:
        skip(asked.stderr.strip())
    needs("curl", "file", "openssl", "runc", "skopeo", "umoci")
    if not arguments:
        subprocess.run(["scripts/image", NAME], check=True)
    work = pathlib.Path(tempfile.mkdtemp(prefix="instacrawler-image-"))
    try:
        run(work, asked.stdout.strip())
    except (Failure, NotStarted) as failure:
        print(f"test-image: failed: {failure}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print("test-image: all holds")
    return 0


sys.exit(main(sys.argv[1:]))
