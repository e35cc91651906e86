"""A web server with the responder behind it, and its own upstream."""

import contextlib
import itertools
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile

from Tests.harness import (
    MARK,
    REPOSITORY,
    NotStarted,
    Program,
    eventually,
    find,
    free_port,
    is_listening,
    neutral,
    program,
    running_in,
)

from .http1 import Broken, Connection, request
from .responders import Responders
from .streams import Stream
from .upstream import Upstream


def over_tcp(text):
    """A configuration in which the lines for TCP replace those for a Unix socket, as its comments say."""
    text, count = re.subn(
        r"(?m)^\s*# Unix socket:\n(?:.*\n)*?(\s*# TCP instead:\n)((?:\s*#\S.*\n)+)",
        lambda match: match[1] + re.sub(r"(?m)^(\s*)#", r"\1", match[2]), text)
    assert count == 1, "the configuration does not say how to connect by TCP"
    return text


class Deployment(Responders):
    def __init__(self, cell):
        self.cell = cell
        self.directory = tempfile.mkdtemp(prefix="instacrawler-proxy-")
        # Apache and h2o drop root's rights, and must still have access to the socket and the program.
        os.chmod(self.directory, 0o777)
        os.mkdir(f"{self.directory}/data")
        os.chmod(f"{self.directory}/data", 0o777)
        self.upstream = Upstream()
        self.port = free_port()
        self.socket = f"{self.directory}/instacrawler.sock"
        self.program = f"{self.directory}/program"
        self.environment = {
            **neutral(os.environ),
            "PORT": str(self.port), "INSTACRAWLER_HOST": "127.0.0.1", "INSTACRAWLER_RUN": self.directory,
            "INSTACRAWLER_SOCKET": self.socket, "INSTACRAWLER_NGINX": f"{REPOSITORY}/nginx",
            "INSTACRAWLER_RESPONDER_HOST": "127.0.0.1", "INSTACRAWLER_RESPONDER_PORT": str(free_port()),
            "INSTACRAWLER_STANDBY_HOST": "127.0.0.2",
            "INSTACRAWLER_CERTIFICATE": f"{self.directory}/certificate.pem",
            "INSTACRAWLER_CERTIFICATE_KEY": f"{self.directory}/key.pem",
            "INSTACRAWLER_PROGRAM": self.program, "INSTACRAWLER_SOURCE": "sandbox",
            "INSTACRAWLER_HASHTAGS": "golang,café", "INSTAGRAM_GRAPH_URL": f"{self.upstream.origin}/v23.0",
            # A CGI program crawls due hashtags before it responds.
            "INSTACRAWLER_INTERVAL": "24h" if cell.transport == "cgi" else "1s", "INSTACRAWLER_DATA": f"{self.directory}/data",
            "INSTACRAWLER_DATABASE": f"{self.directory}/data/posts.sqlite", "LOG_LEVEL": "warning",
        }
        self.environment["INSTACRAWLER_STANDBY_PORT"] = self.environment["INSTACRAWLER_RESPONDER_PORT"]
        self.server, self.stream = None, None
        self.responder, self.programs = None, []
        self.queries = itertools.count()
        # The responses of /latest before there are posts.
        self.answers_before = []

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    # Starting and stopping.

    def start(self):
        self.make_program()
        if self.starts_responder:
            self.start_responder()
        if self.cell.transport == "cgi":
            self.upstream.opened.set()
        self.start_server()
        if not self.upstream.opened.is_set():
            self.answers_before = [self.get("/latest") for _ in range(3)]
            self.upstream.opened.set()
        # Both hashtags, because they are crawled one by one.
        for path in ("/latest", "/tags/caf%C3%A9/latest"):
            eventually(f"pictures are at {path}", lambda: self.all_say(path, self.envelope(0)))
        self.stream = Stream(self)

    def make_program(self, works=True):
        """The program that a web server starts: a script, so that a test can break it.

        It contains the settings, except for a CGI program, which gets them from the web server.
        """
        prefixes = (MARK,) if self.cell.transport == "cgi" else ("INSTACRAWLER_", "INSTAGRAM_", "LOG_", MARK)
        settings = "".join(
            f"export {name}='{value}'\n" for name, value in self.environment.items() if name.startswith(prefixes))
        body = f'{settings}exec "{program()}" "$@"\n' if works else "exit 1\n"
        with open(self.program + ".new", "w", encoding="utf-8") as file:
            file.write(f"#!/bin/sh\n{body}")
        os.chmod(self.program + ".new", 0o755)
        os.rename(self.program + ".new", self.program)

    def render(self, template):
        done = subprocess.run(
            [program(), "render", f"{REPOSITORY}/{template}"], cwd=self.directory, env=self.environment,
            capture_output=True, text=True)
        if done.returncode != 0:
            raise NotStarted(done.stderr)
        return done.stdout

    def write(self, name, text, mode=0o644):
        with open(f"{self.directory}/{name}", "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(f"{self.directory}/{name}", mode)

    def start_server(self):
        text = self.render(self.cell.template)
        if self.cell.transport == "tcp" and self.cell.program != "nginx":
            text = over_tcp(text)
        if "spawn-fcgi" in self.cell.template:
            # A minimal form of Debian's nginx, which already runs.
            text = f"""
                pid {self.directory}/nginx.pid; events {{ worker_connections 1024; }}
                http {{ default_type text/plain; gzip on; sendfile on; access_log off;
                client_body_temp_path {self.directory}/body; fastcgi_temp_path {self.directory}/fastcgi;
                {text} }}"""
        if self.cell.tls:
            subprocess.run(
                ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                 "-keyout", f"{self.directory}/key.pem", "-out", f"{self.directory}/certificate.pem"],
                check=True, capture_output=True)
        if self.cell.transport == "cgi":
            self.write("instacrawler.cgi", self.render("proxies/cgi/instacrawler.cgi.template"), 0o755)
        self.write("server.conf", text)
        words = {
            "run": self.directory, "file": f"{self.directory}/server.conf",
            "root": " user root;" if os.geteuid() == 0 else "",
        }
        arguments = [word.format(**words) for word in self.cell.arguments]
        self.server = Program(
            [find(self.cell.program), *arguments], {**self.environment, "HOME": self.directory},
            f"{self.directory}/server.log", self.directory)
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self.server.wait_until("listens", lambda: is_listening(family, (self.host, self.port)))

    def stop(self):
        if self.stream:
            self.stream.close()
        for started in self.programs:
            started.stop(signal.SIGKILL)
        if self.server:
            self.server.stop(signal.SIGTERM)
        self.upstream.stop()
        shutil.rmtree(self.directory, ignore_errors=True)

    # Requests.

    def connect(self, timeout=40, protocols=()):
        return Connection((self.host, self.port), self.cell.tls, timeout, protocols)

    def ask(self, method, target, fields=(), body=None):
        with self.connect() as connection:
            try:
                connection.send(request(method, target, fields, body))
            except (BrokenPipeError, ConnectionResetError):
                # The server has responded before it read the whole request.
                pass
            return connection.answer(method)

    def get(self, target, *fields):
        return self.ask("GET", target, fields)

    def ask_again(self, method, target, tag, *fields):
        """The response to a client that has the tag.

        For a moment after nginx's cache has passed on a new response, it still serves the old one (UPDATING).
        """
        answers = []

        def is_current():
            answers[:] = [self.ask(method, target, [*fields, ("If-None-Match", tag)])]
            return answers[0].header("x-cache") != "UPDATING"

        eventually(f"{target} is kept", is_current)
        return answers[0]

    def status_of(self, target):
        try:
            return self.get(target).status
        except (OSError, Broken):
            return None

    @property
    def host(self):
        """The address on which the server listens."""
        return self.environment["INSTACRAWLER_HOST"].strip("[]")

    def media_path(self, post):
        """The path of the picture of a post."""
        return f"/media/sandbox/{post}/0"

    def disk_use(self):
        """The size of the server's files in bytes, including deleted ones that are still open."""
        files = set()
        for process in running_in(self.server.process.pid):
            directory = f"/proc/{process}/fd"
            for name in os.listdir(directory):
                try:
                    if os.readlink(f"{directory}/{name}").startswith(self.directory):
                        status = os.stat(f"{directory}/{name}")
                        files.add((status.st_ino, status.st_size))
                except OSError:
                    continue
        for root, _, names in os.walk(self.directory):
            for name in names:
                try:
                    status = os.lstat(f"{root}/{name}")
                    files.add((status.st_ino, status.st_size))
                except OSError:
                    continue
        return sum(size for _, size in files)

    def envelope(self, number):
        """The expected response of /latest/number, byte for byte."""
        address = self.upstream.address(number).replace("&", "\\u0026")
        return f'{{"status":"OK","URI":"{address}"}}\n'

    def all_say(self, target, text):
        """Whether every process gives this response. With several processes, many requests are sent at once to reach all.

        No request is in a cache.
        """
        try:
            with contextlib.ExitStack() as stack:
                asks = range(1 if self.cell.processes == 1 else 100)
                connections = [stack.enter_context(self.connect()) for _ in asks]
                for connection in connections:
                    connection.send(request("GET", f"{target}?new={next(self.queries)}"))
                return all(connection.answer().text == text for connection in connections)
        except (OSError, Broken):
            return False

    def expect_soon(self, target, text):
        """Waits for this response, also from a cache, whose first response after a while is old."""
        eventually(f"{target} is {text!r}", lambda: self.all_say(target, text) and self.get(target).text == text)

    @property
    def count(self):
        """The number of posts."""
        return len(self.upstream.names)

    @property
    def slow(self):
        """The number of the post whose picture is sent in two halves."""
        return self.upstream.names.index("slow")
