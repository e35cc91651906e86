"""A sandbox outside of the container, as the upstream."""

import shutil
import subprocess

from Tests.harness import eventually, free_port, get


class Sandbox:
    def __init__(self, image, *arguments):
        port = free_port()
        self.address = f"http://127.0.0.1:{port}"
        # A copy, because pages of the same file would count as shared with the container.
        program = shutil.copy(image.root / "usr/bin/instacrawler", image.work / "sandbox")
        self.process = subprocess.Popen(
            [program, "sandbox", "--port", str(port), *arguments],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @property
    def environment(self):
        """Settings that let a container crawl it often."""
        return ["INSTACRAWLER_INTERVAL=1s", f"INSTAGRAM_GRAPH_URL={self.address}/v23.0"]

    def __enter__(self):
        eventually("the sandbox answers", lambda: get(self.address + "/")[0] > 0)
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
