#!/usr/bin/env python3
"""Prints which module imports which, and fails if an import points upwards.

    scripts/check-modules.py

A module may import only what this table allows. Modules stand below those that may import them: the table has no cycle.
"""

import pathlib
import re
import sys

HTTP_CLIENT = {"AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOHTTPCompression", "NIOPosix", "NIOSSL"}
HUMMINGBIRD = {"HTTPTypes", "Hummingbird", "NIOCore"}
SYSTEM = {"FoundationEssentials", "Glibc", "Musl", "Synchronization"}
SERVICE = {"Logging", "ServiceLifecycle"}

# From the bottom to the top.
ALLOWED = {
    "Posts": {"CUTF8Proc"},
    "Prometheus": set(),
    "FastCGI": {"CFastCGI", "CLinux", "HTTPTypes", *SERVICE},
    "HummingbirdFastCGI": {"FastCGI", *HUMMINGBIRD, *SERVICE},
    "Launcher": {"CLinux", *HTTP_CLIENT, *SERVICE},
    "Storage": {"CSQLite", "Posts", "Dispatch", "Logging"},
    "Sandbox": {"CZlib", "Posts", *HUMMINGBIRD, *SERVICE},
    "Pictures": {"Posts", *HTTP_CLIENT, "Logging"},
    "Upstreams": {"Posts", *HTTP_CLIENT},
    "Crawler": {"Posts", "Upstreams", *SERVICE},
    "Web": {"Pictures", "Posts", "Prometheus", *HUMMINGBIRD, *SERVICE},
    "instacrawler": None,  # The program imports whatever it connects.
}

IMPORT = re.compile(r"^\s*(?:@\w+\s+)?(?:public |package |internal |private )?import (?:\w+ )?(\w+)", re.MULTILINE)


def main():
    sources = pathlib.Path(__file__).resolve().parent.parent / "Sources"
    modules = {folder.name for folder in sources.iterdir() if any(folder.rglob("*.swift"))}
    wrong = [f"{name} has no line in the table" for name in sorted(modules - ALLOWED.keys())]
    below = set()
    for name, allowed in ALLOWED.items():
        imports = {}
        for file in sorted((sources / name).rglob("*.swift")):
            for module in IMPORT.findall(file.read_text()):
                imports.setdefault(module, file.relative_to(sources.parent))
        for module, file in sorted(imports.items()):
            if module in ALLOWED and module not in below:
                wrong.append(f"{file}: {name} imports {module}, which is not below it")
            elif allowed is not None and module not in allowed | SYSTEM:
                wrong.append(f"{file}: {name} imports {module}, which the table does not allow")
        below.add(name)
        own = sorted(imports.keys() & ALLOWED.keys())
        print(f"{name:20} -> {', '.join(own) or '-'}")
    if not below >= modules:
        wrong.append("not all modules were read")
    for line in wrong:
        print(f"check-modules: {line}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
