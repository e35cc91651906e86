"""The responders behind a web server: how they start and end."""

import os
import signal
import socket

from Tests.harness import Program, children, eventually, find, has_ended, is_listening

from .expectations import OK


class Responders:
    """The part of a deployment that manages responders."""

    @property
    def starts_responder(self):
        """Whether the tests start the responder, rather than the web server."""
        return self.cell.transport in ("unix", "tcp") or self.cell.program == "nginx"

    def launch(self, arguments):
        """Starts a program that ends at the latest with the deployment."""
        program = Program(arguments, self.environment, f"{self.directory}/responder.log", self.directory)
        self.programs.append(program)
        return program

    def start_responder(self):
        """Starts the responders behind the web server."""
        if self.cell.transport == "spawned":
            # spawn-fcgi opens the socket, and multiwatch keeps the given number of processes behind it.
            self.responder = self.launch(
                [find("spawn-fcgi"), "-n", "-s", self.socket, "-M", "0666", "-b", "1024", "--", find("multiwatch"), "-f",
                 str(self.cell.processes), "--", self.program, "respond"])
            self.responder.wait_until("has started all", lambda: len(self.processes()) == self.cell.processes)
        elif self.cell.transport == "tcp":
            self.responder = self.start_over_tcp("127.0.0.1")
        else:
            self.responder = self.launch([self.program, "respond", "--listen", f"unix:{self.socket}", "--mode", "666"])
            self.responder.wait_until("listens", lambda: is_listening(socket.AF_UNIX, self.socket))

    def start_standby(self):
        """Starts the responder that is used while the first one fails."""
        return self.start_over_tcp(self.environment["INSTACRAWLER_STANDBY_HOST"])

    def start_over_tcp(self, host):
        port = int(self.environment["INSTACRAWLER_RESPONDER_PORT"])
        responder = self.launch([self.program, "respond", "--listen", f"tcp:{host}:{port}"])
        responder.wait_until("listens", lambda: is_listening(socket.AF_INET, (host, port)))
        return responder

    def processes(self):
        """The IDs of the responders that a web server or multiwatch started."""
        found = []
        starter = self.responder or self.server
        for process in children(starter.process.pid):
            try:
                with open(f"/proc/{process}/cmdline", "rb") as file:
                    words = file.read().split(b"\0")
            except OSError:
                continue
            if words[0].endswith(b"/instacrawler") and b"respond" in words:
                found.append(process)
        return found

    def restart_responders(self):
        """Restarts all responders."""
        if self.cell.transport == "spawned":
            for process in self.processes():
                self.end(process, signal.SIGTERM)
        else:
            self.responder.stop()
            self.start_responder()

    def reconfigure(self, **settings):
        """Restarts all responders with other settings."""
        self.environment.update(settings)
        self.make_program()
        if self.cell.transport == "cgi":
            self.server.stop()
            self.start_server()
        else:
            self.restart_responders()
        # If there are several, all must have been replaced.
        eventually("it answers again", lambda: self.all_say("/status", OK))

    def start_again(self, **settings):
        """Restarts also the web server, for settings that affect its configuration."""
        self.environment.update(settings)
        self.make_program()
        self.server.stop()
        if self.starts_responder:
            self.responder.stop()
            self.start_responder()
        self.start_server()
        eventually("it answers again", lambda: self.all_say("/status", OK))

    def break_responder(self):
        """Ends all responders, and prevents further starts."""
        self.make_program(works=False)
        if self.responder:
            self.responder.stop()
            self.responder = None
        else:
            for process in self.processes():
                self.end(process)

    def mend_responder(self):
        self.make_program()
        if self.starts_responder:
            self.start_responder()
        if self.cell.gives_up:
            self.server.stop()
            self.start_server()
        eventually("it answers again", lambda: self.status_of("/latest/1") == 200)

    def kill_one_responder(self):
        """Kills one of the responders behind the socket, and waits for its replacement."""
        before = self.processes()
        self.end(before[0])
        eventually("another process", lambda: len(set(self.processes()) - {before[0]}) == self.cell.processes)

    @staticmethod
    def end(process, sign=signal.SIGKILL):
        try:
            os.kill(process, sign)
        except ProcessLookupError:
            return
        eventually(f"{process} has ended", lambda: has_ended(process))
