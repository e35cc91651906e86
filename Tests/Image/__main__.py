"""Runs an image as a platform would, and checks what is in it, what it answers and how it ends.

    python3 Tests/Image NAME     of an image that docker, podman or buildah has (INSTACRAWLER_IMAGE_ENGINE)

`scripts/test-image` builds the image first. Ends with 1 at the first thing that does not hold.
"""

import pathlib
import shutil
import sys
import tempfile

from .checking import Failure
from .contents import check_configuration, check_files
from .image import Image
from .sandbox import Sandbox
from .service import check_death, check_memory, check_service
from .stopping import check_load, check_slow_requests
from .trust import check_names_and_certificates


def run(name, work):
    image = Image(name, work)
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


def main():
    work = pathlib.Path(tempfile.mkdtemp(prefix="instacrawler-image-"))
    try:
        run(sys.argv[1], work)
    except Failure as failure:
        print(f"test-image: failed: {failure}", file=sys.stderr)
        return 1
    finally:
        shutil.rmtree(work, ignore_errors=True)
    print("test-image: all holds")
    return 0


sys.exit(main())
