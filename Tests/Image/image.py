"""An image, unpacked."""

import json
import subprocess

from .checking import Failure


class Image:
    """`bundle` is what runc runs; `configuration` is the image's own, and `blobs` all that it is stored as."""

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
        # Registries store Docker's form, and umoci unpacks the other.
        layout = work / "layout"
        self.blobs = layout / "blobs/sha256"
        quietly = {"check": True, "stdout": subprocess.DEVNULL}
        subprocess.run(["skopeo", "copy", "--quiet", f"docker-archive:{archive}", f"oci:{layout}:test"], **quietly)
        self.bundle = work / "bundle"
        subprocess.run(["umoci", "unpack", "--image", f"{layout}:test", str(self.bundle)], **quietly)
        self.root = self.bundle / "rootfs"
        # The form of the archive keeps what the other form has no place for, such as the health check.
        shown = subprocess.run(
            ["skopeo", "inspect", "--config", "--raw", f"docker-archive:{archive}"], check=True, capture_output=True)
        self.configuration = json.loads(shown.stdout)["config"]
        archive.unlink()
