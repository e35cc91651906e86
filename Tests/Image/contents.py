"""Checks the contents of the image and its metadata."""

import gzip
import re
import stat
import subprocess

from .checking import check

# The patterns of tokens and keys of the upstream services, and the first line of a key file.
SECRETS = re.compile(rb"-----BEGIN [A-Z ]*PRIVATE KEY|EAA[A-Za-z0-9]{60}|(?:ACCESS_TOKEN|ACCESS_KEY)=[^\s\"'<$\x00]")
PROGRAMS = ("usr/bin/instacrawler", "usr/sbin/nginx")


def check_configuration(image):
    configuration = image.configuration
    check(configuration["Entrypoint"] == ["/usr/bin/instacrawler", "up"], "the entry point is in exec form, without a shell")
    check(re.fullmatch(r"[1-9]\d*(:\d+)?", configuration["User"]), "the user is a number, and not root's")
    check(configuration["StopSignal"] == "SIGTERM", "SIGTERM stops it")
    check(configuration["Healthcheck"]["Test"] == ["CMD", "/usr/bin/instacrawler", "check"], "it checks its own health")
    labels = configuration["Labels"]
    check(labels["org.opencontainers.image.title"] == "InstaCrawler", "its labels say what it is")
    inside = dict(line.split(" ", 1) for line in labels["instacrawler.versions"].split(";"))
    wanted = {"instacrawler", "swift", "libfcgi", "sqlite", "zlib", "utf8proc", "nginx", "commit", "hummingbird", "swift-nio"}
    check(wanted <= inside.keys() and all(inside.values()), "a label tells every version inside")
    check(not SECRETS.search(repr(configuration).encode()), "no secret is in its configuration")


def unpacked(blob):
    data = blob.read_bytes()
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def check_files(image):
    root = image.root
    paths = list(root.rglob("*"))
    files = [path for path in paths if path.is_file() and not path.is_symlink()]
    changing = [path for path in paths if not path.is_symlink() and path.stat().st_mode & 0o6000]
    check(not changing, "no file changes user or group")
    programs = {str(path.relative_to(root)) for path in files if path.stat().st_mode & 0o111}
    check(programs == set(PROGRAMS), "there are two programs, and no shell")
    for program in PROGRAMS:
        kind = subprocess.run(["file", "--brief", root / program], capture_output=True, text=True).stdout
        check("statically linked" in kind and ", stripped" in kind, f"/{program} is static and stripped")
    ended = subprocess.run(["scripts/check-foundation", root / PROGRAMS[0]], capture_output=True, text=True)
    check(ended.returncode == 0, "it links no full Foundation")
    # The stored layers, to see also what a later layer hides; and the build history.
    blobs = list(image.blobs.iterdir())
    check(len(blobs) >= 3, f"it is stored as {len(blobs)} blobs")
    secret = [blob.name for blob in blobs if SECRETS.search(unpacked(blob))]
    check(not secret, f"no layer, and nothing about one, holds a secret {' '.join(secret)}".rstrip())
    check(stat.S_IMODE((root / "tmp").stat().st_mode) == 0o1777, "everybody may write into /tmp")
    writable = [path for path in paths if not path.is_symlink() and path.stat().st_mode & 0o002]
    check(set(writable) == {root / "tmp", root / "data"}, "and into /data, and nowhere else")
    templates = root / "usr/share/instacrawler/nginx"
    check((templates / "nginx.conf.template").is_file() and (root / "etc/nginx/mime.types").is_file(),
          "the templates and the types of files are there")
