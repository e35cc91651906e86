"""How much memory a container may take, and takes."""

import pathlib

GROUPS = pathlib.Path("/sys/fs/cgroup")


class Limit:
    """A control group of either version; where there is none to be had, nothing is limited, and `holds` is false."""

    def __init__(self, name, mebibytes):
        self.directory = None
        first = (GROUPS / "memory").is_dir()
        directory = (GROUPS / "memory" if first else GROUPS) / name
        try:
            directory.mkdir()
            self.directory = directory
            names = ["memory.limit_in_bytes"] if first else ["memory.max"]
            for file in names:
                (directory / file).write_text(str(mebibytes << 20))
            self.killed = directory / ("memory.oom_control" if first else "memory.events")
            # Version 2 tells the highest since Linux 5.19, and what is taken now before that.
            self.highest = directory / ("memory.max_usage_in_bytes" if first else "memory.peak")
            if not self.highest.exists():
                self.highest = directory / "memory.current"
        except OSError:
            self.remove()

    @property
    def holds(self):
        return self.directory is not None

    def add(self, process):
        if self.holds:
            (self.directory / "cgroup.procs").write_text(str(process))

    def peak(self):
        """The most that it has taken, with its files in /tmp and the pages of its programs, in MiB."""
        return int(self.highest.read_text()) / (1 << 20)

    def kills(self):
        """How often a process was killed because the limit was reached."""
        facts = dict(line.split() for line in self.killed.read_text().splitlines())
        return int(facts["oom_kill"])

    def remove(self):
        if self.directory is not None and self.directory.is_dir():
            self.directory.rmdir()
        self.directory = None


def proportional(processes):
    """What processes take together, pages that they share counted once, in MiB."""
    kibibytes = 0
    for process in processes:
        for line in pathlib.Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                kibibytes += int(line.split()[1])
    return kibibytes / 1024
