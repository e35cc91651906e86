"""Prints the size of an image and of its largest parts; fails above the limits.

    python3 Tests/Image/size.py IMAGE.tar     an archive of `docker save`

The compressed size is that of each layer at gzip's highest level, as registries store it.
"""
import gzip
import io
import json
import sys
import tarfile

COMPRESSED_LIMIT = 14_000_000
UNCOMPRESSED_LIMIT = 36_000_000


def main() -> int:
    with tarfile.open(sys.argv[1]) as archive:
        manifest = json.load(archive.extractfile("manifest.json"))[0]
        layers = [archive.extractfile(name).read() for name in manifest["Layers"]]
    layers = [gzip.decompress(layer) if layer[:2] == b"\x1f\x8b" else layer for layer in layers]
    files = []
    for layer in layers:
        with tarfile.open(fileobj=io.BytesIO(layer)) as content:
            for member in content:
                if member.isfile():
                    data = content.extractfile(member).read()
                    files.append((len(data), len(gzip.compress(data, 9)), "/" + member.name.lstrip("./")))
    uncompressed = sum(size for size, _, _ in files)
    compressed = sum(len(gzip.compress(layer, 9)) for layer in layers)
    files.sort(reverse=True)
    print(f"{'bytes':>12} {'compressed':>12}  file")
    for size, packed, name in files[:12]:
        print(f"{size:12,} {packed:12,}  {name}")
    rest = files[12:]
    print(f"{sum(f[0] for f in rest):12,} {sum(f[1] for f in rest):12,}  {len(rest)} others")
    print(f"{uncompressed:12,} {compressed:12,}  all, of {UNCOMPRESSED_LIMIT:,} and {COMPRESSED_LIMIT:,} that are allowed")
    return 1 if uncompressed > UNCOMPRESSED_LIMIT or compressed > COMPRESSED_LIMIT else 0


sys.exit(main())
