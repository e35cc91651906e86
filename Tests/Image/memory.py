"""The memory that a container may use and uses."""

import pathlib

GROUPS = pathlib.Path("/sys/fs/cgroup")


class Limit:
    """A control group of version 1 or 2. If none can be created, nothing is limited, and `holds` is false."""

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
            # Version 2 has the peak since Linux 5.19; older ones only have the current value.
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
        """The peak memory in MiB, including its files in /tmp and the pages of its programs."""
        return int(self.highest.read_text()) / (1 << 20)

    def kills(self):
        """The number of processes killed because of the limit."""
        facts = dict(line.split() for line in self.killed.read_text().splitlines())
        return int(facts["oom_kill"])

    def remove(self):
        if self.directory is not None and self.directory.is_dir():
            self.directory.rmdir()
        self.directory = None


def proportional(processes):
    """The memory of processes in MiB, with shared pages counted once."""
    kibibytes = 0
    for process in processes:
        for line in pathlib.Path(f"/proc/{process}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                kibibytes += int(line.split()[1])
    return kibibytes / 1024
