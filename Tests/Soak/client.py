"""An HTTP/1.1 client for many connections in one process, which returns responses and their durations."""

import asyncio
import time
from dataclasses import dataclass, field


class Broken(Exception):
    """There was no complete response."""


@dataclass
class Response:
    status: int
    fields: dict
    body: bytes = b""
    is_whole: bool = True
    begun: float = 0
    # Seconds from the request to the last byte.
    seconds: float = 0
    faults: list = field(default_factory=list)


class Connection:
    def __init__(self, port, host="127.0.0.1"):
        self.host, self.port = host, port
        self.reader = self.writer = None

    async def __aenter__(self):
        self.reader, self.writer = await asyncio.open_connection(self.host, self.port, limit=1 << 20)
        return self

    async def __aexit__(self, *_):
        # Close at once; later data does not matter.
        self.writer.transport.abort()

    async def send(self, data):
        self.writer.write(data)
        await self.writer.drain()

    async def head(self):
        """The head of a response; the body follows."""
        response = await self.any_head()
        while response.status == 100:
            response = await self.any_head()
        return response

    async def any_head(self):
        try:
            first, *lines = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[:-2]
            response = Response(int(first.split(" ", 2)[1]), {})
        except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError, IndexError, OSError) as error:
            raise Broken(f"no head: {type(error).__name__}: {error}") from None
        for line in lines:
            name, _, value = line.partition(":")
            name = name.strip().lower()
            if name in response.fields and name in ("content-length", "content-type", "etag", "transfer-encoding"):
                response.faults.append(f"{name} twice")
            response.fields[name] = value.strip()
        return response

    async def ask(self, data, method="GET", takes_part=None):
        """A complete response, or with `takes_part` only that many bytes of its body."""
        begun = time.monotonic()
        await self.send(data)
        response = await self.head()
        response.begun = begun
        try:
            await self.body(response, method, takes_part)
        except (asyncio.IncompleteReadError, OSError, ValueError) as error:
            response.body += getattr(error, "partial", b"")
            response.is_whole = False
        response.seconds = time.monotonic() - begun
        return response

    async def body(self, response, method, takes_part):
        length = response.fields.get("content-length")
        if length is not None and not length.isdecimal():
            response.faults.append(f"Content-Length is {length!r}")
        elif method == "HEAD" or response.status in (204, 304):
            pass
        elif takes_part is not None:
            response.body = await self.reader.read(takes_part)
            response.is_whole = False
        elif response.fields.get("transfer-encoding", "").lower() == "chunked":
            pieces = []
            while piece := await self.chunk(response, pieces):
                pieces.append(piece)
            response.body = b"".join(pieces)
        elif length is not None:
            response.body = await self.reader.readexactly(int(length))
        else:
            response.body = await self.reader.read()

    async def chunk(self, response, before):
        try:
            size = int((await self.reader.readuntil(b"\r\n")).split(b";")[0], 16)
            piece = await self.reader.readexactly(size)
            await self.reader.readexactly(2)
            return piece
        except (asyncio.IncompleteReadError, ValueError, OSError):
            response.body = b"".join(before)
            raise


def request(method, target, fields=(), body=b"", version="1.1", host="localhost"):
    """The bytes of a request. The target is sent unchanged."""
    lines = [f"{method} {target} HTTP/{version}", f"Host: {host}", *(f"{name}: {value}" for name, value in fields)]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join(lines).encode("utf-8", "replace") + b"\r\n\r\n" + body


async def fetch(port, target, fields=(), method="GET", takes_part=None):
    """One request on its own connection."""
    async with Connection(port) as connection:
        return await connection.ask(request(method, target, [*fields, ("Connection", "close")]), method, takes_part)
