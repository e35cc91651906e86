"""An unpacked image."""

import json
import subprocess

from .checking import Failure


class Image:
    """`bundle` is runc's directory, `configuration` is that of the image, and `blobs` has all stored files."""

    def __init__(self, name, work, engine):
        self.work = work
        archive = work / "image.tar"
        if engine == "buildah":
            save = ["buildah", "push", "--quiet", name, f"docker-archive:{archive}:{name}"]
        else:
            save = [engine, "save", "--output", str(archive), name]
        saved = subprocess.run(save, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if saved.returncode != 0:
            raise Failure(f"{engine} does not give the image {name}: {saved.stderr.strip()}")
        # Registries store Docker's format, but umoci unpacks OCI's.
        layout = work / "layout"
        self.blobs = layout / "blobs/sha256"
        quietly = {"check": True, "stdout": subprocess.DEVNULL}
        subprocess.run(["skopeo", "copy", "--quiet", f"docker-archive:{archive}", f"oci:{layout}:test"], **quietly)
        self.bundle = work / "bundle"
        subprocess.run(["umoci", "unpack", "--image", f"{layout}:test", str(self.bundle)], **quietly)
        self.root = self.bundle / "rootfs"
        # The archive's format preserves what OCI's cannot express, such as the health check.
        shown = subprocess.run(
            ["skopeo", "inspect", "--config", "--raw", f"docker-archive:{archive}"], check=True, capture_output=True)
        self.configuration = json.loads(shown.stdout)["config"]
        archive.unlink()
