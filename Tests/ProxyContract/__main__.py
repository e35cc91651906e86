"""One contract for every web server: runs every case with every server and transport, and prints the matrix.

    scripts/test-proxies [--all] [--write] [--case=NAME...] [WORD...]

A word selects the cells whose names contain it, and --case the cases to run. With --all, a server that is not installed is a
failure. --write writes the matrix into docs/proxies.md, if it is complete. Exits with 1 if a cell is red.
"""

import os
import signal
import sys
import time

from Tests.harness import REPOSITORY, NotStarted, eventually, find, left_running, mark_run

from .cases import CASES
from .deployment import Deployment
from .expectations import Limited, NotApplicable
from .servers import CELLS


def run_cell(site, cases, red):
    """The results of a cell, case by case: yes, no, – or a limit."""
    cell = site.cell
    limits = {limit.case: limit for limit in cell.limits}
    results = {}
    for name, case in cases.items():
        said = None
        try:
            case(site)
            results[name] = "yes"
            if name in limits:
                said = f"holds, though a limit is noted: {limits[name].reason}"
        except NotApplicable:
            results[name] = "–"
        except Limited as error:
            results[name] = limits.get(name)
            if name not in limits:
                said = f"{error}, and no limit is noted"
        # A failure in one case does not stop the others.
        except Exception as error:  # pylint: disable=broad-except
            said = f"{type(error).__name__}: {error}"
        if said:
            results[name] = "**no**"
            red.append(f"{cell.name}, {name}: {said}")
            if os.environ.get("VERBOSE"):
                print(site.server.output(), file=sys.stderr)
    return results


def missing(cell):
    """The missing packages of a cell."""
    programs = [(cell.program, cell.package), *cell.tools]
    packages = [package for program, package in programs if not find(program)]
    if cell.needs and not os.path.exists(cell.needs):
        packages.append(cell.package)
    return sorted(set(packages))


def start(cell, red):
    """A running deployment, or None."""
    try:
        return Deployment(cell).__enter__()
    except Exception as error:  # pylint: disable=broad-except
        red.append(f"{cell.name}: {type(error).__name__}: {error}")
        return None


def run_cells(cells, cases, red):
    """The rows of the matrix. All deployments start before the first test, so that their streams wait at the same time."""
    sites, rows = {}, []
    try:
        for cell in cells:
            if site := start(cell, red):
                sites[cell] = site
        for cell in cells:
            begun = time.monotonic()
            rows.append((cell, run_cell(sites[cell], cases, red) if cell in sites else {}))
            if cell in sites:
                sites.pop(cell).stop()
            print(f"{cell.name}: {time.monotonic() - begun:.1f} s, {len(red)} red", file=sys.stderr, flush=True)
    finally:
        for site in sites.values():
            site.stop()
    return rows


def table(rows, cases):
    """The matrix in Markdown, with the limits as notes below it."""
    notes = []
    lines = ["| server, transport | " + " | ".join(cases) + " |", "| --- |" + " --- |" * len(cases)]
    for cell, results in rows:
        words = []
        for name in cases:
            result = results.get(name, "**no**")
            if not isinstance(result, str):
                note = f"{result.reason} ({result.source})"
                if note not in notes:
                    notes.append(note)
                result = f"[{notes.index(note) + 1}]"
            words.append(result)
        lines.append(f"| {cell.name} | " + " | ".join(words) + " |")
    return "\n".join(lines + [""] * bool(notes) + [f"{number}. {note}" for number, note in enumerate(notes, 1)])


def write(matrix):
    """Writes the matrix between the marks in the documentation."""
    path = f"{REPOSITORY}/docs/proxies.md"
    with open(path, encoding="utf-8") as file:
        before, _, rest = file.read().partition("<!-- matrix -->\n")
    after = rest.partition("<!-- end -->")[2]
    with open(path, "w", encoding="utf-8") as file:
        file.write(f"{before}<!-- matrix -->\n{matrix}\n<!-- end -->{after}")


def main(arguments):
    flags = {argument for argument in arguments if argument.startswith("--") and not argument.startswith("--case=")}
    names = {argument.removeprefix("--case=") for argument in arguments if argument.startswith("--case=")}
    if unknown := names - set(CASES):
        print(f"test-proxies: {', '.join(unknown)} is no case; cases are {', '.join(CASES)}", file=sys.stderr)
        return 64
    if unknown := flags - {"--all", "--write"}:
        print(f"test-proxies: {', '.join(unknown)} is not known; allowed are --all, --write and --case=", file=sys.stderr)
        return 64
    words = [argument for argument in arguments if not argument.startswith("--")]
    cases = {name: case for name, case in CASES.items() if not names or name in names}
    if (words or names) and "--write" in flags:
        print("test-proxies: --write is for the whole matrix, without words", file=sys.stderr)
        return 64
    # Exits on SIGTERM, so that started processes are ended.
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))
    mark_run()
    chosen = [cell for cell in CELLS if not words or any(word.lower() in cell.name.lower() for word in words)]
    red = []
    skipped = {cell: packages for cell in chosen if (packages := missing(cell))}
    rows = run_cells([cell for cell in chosen if cell not in skipped], cases, red)
    try:
        eventually("all have ended", lambda: not left_running())
    except NotStarted:
        red += [f"left running: {process}" for process in left_running()]
    print(table(rows, cases))
    for line in red:
        print(f"red: {line}", file=sys.stderr)
    for cell, packages in skipped.items():
        print(f"skipped: {cell.name}: not installed: {', '.join(packages)} (scripts/setup --proxies)", file=sys.stderr)
    if "--write" in flags:
        if skipped:
            print("test-proxies: docs/proxies.md is left as it is: the matrix is not whole", file=sys.stderr)
            return 1
        write(table(rows, cases))
    return 1 if red or not rows or skipped and "--all" in flags else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
