"""An HTTP/1.1 client that sends the given bytes unchanged, and returns the response."""

import socket
import ssl
from dataclasses import dataclass


class Broken(Exception):
    """There was no complete response."""


@dataclass
class Answer:
    status: int
    headers: list
    body: bytes

    def header(self, name):
        """The value of a header field; None if it is absent."""
        values = [value for key, value in self.headers if key == name.lower()]
        return ", ".join(values) if values else None

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")


class Connection:
    """One connection to a server."""

    def __init__(self, address, tls=False, timeout=20, protocols=()):
        self.socket = socket.create_connection(address, timeout)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if tls:
            context = ssl.create_default_context()
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            context.set_alpn_protocols(protocols)
            self.socket = context.wrap_socket(self.socket)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)

    def more(self):
        """Waits for more bytes; false at the end."""
        data = self.socket.recv(65536)
        self.buffer += data
        return bool(data)

    def until(self, mark):
        while mark not in self.buffer:
            if not self.more():
                raise Broken(f"the connection ended after {self.buffer[:200]!r}")
        taken, self.buffer = self.buffer.split(mark, 1)
        return taken

    def take(self, count):
        while len(self.buffer) < count:
            if not self.more():
                raise Broken(f"the connection ended {count - len(self.buffer)} bytes too early")
        taken, self.buffer = self.buffer[:count], self.buffer[count:]
        return taken

    def head(self):
        """The head of a response: an Answer without its body."""
        while True:
            first, *lines = self.until(b"\r\n\r\n").decode("latin-1").split("\r\n")
            try:
                status = int(first.split(" ", 2)[1])
                fields = [(key.lower(), value.strip()) for key, value in (line.split(":", 1) for line in lines)]
            except (IndexError, ValueError):
                raise Broken(f"the head of the answer is malformed: {first[:200]!r}, {lines[:20]}") from None
            if status != 100:
                return Answer(status, fields, b"")

    def chunk(self):
        line = self.until(b"\r\n")
        try:
            size = int(line.split(b";")[0], 16)
        except ValueError:
            raise Broken(f"the size of a chunk is malformed: {line[:100]!r}") from None
        data = self.take(size)
        if self.take(2) != b"\r\n":
            raise Broken(f"a chunk of {size} bytes is longer than that")
        return data

    def answer(self, method="GET"):
        """A complete response."""
        answer = self.head()
        if method == "HEAD" or answer.status in (204, 304):
            return answer
        if (answer.header("transfer-encoding") or "").lower() == "chunked":
            while piece := self.chunk():
                answer.body += piece
        elif answer.header("content-length") is not None:
            length = answer.header("content-length")
            if not length.isdecimal():
                raise Broken(f"the length of the answer is malformed: {length!r}")
            answer.body = self.take(int(length))
        else:
            while self.more():
                pass
            answer.body, self.buffer = self.buffer, b""
        return answer


def request(method, target, fields=(), body=None, host="localhost"):
    """The bytes of a request. A body that is a list of parts is sent chunked."""
    lines = [f"{method} {target} HTTP/1.1", f"Host: {host}"]
    lines += [f"{name}: {value}" for name, value in fields]
    data = b""
    if isinstance(body, bytes):
        lines.append(f"Content-Length: {len(body)}")
        data = body
    elif body is not None:
        lines.append("Transfer-Encoding: chunked")
        data = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in body) + b"0\r\n\r\n"
    return "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n" + data
