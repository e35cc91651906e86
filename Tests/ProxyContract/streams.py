"""An event stream that is opened early and read late, so that the streams of all deployments wait at the same time."""

import time

from .expectations import Limited, expect, expect_envelope
from .http1 import request

# Seconds: longer than any timeout of a server between two heartbeats (15 s), or for a whole response.
AGE = 33
# Seconds from upstream's response with a post to its event. With several processes, the others check every second.
DELAY = 3


class Stream:
    """An event stream since the start of a deployment."""

    def __init__(self, site):
        self.connection = site.connect(timeout=5)
        self.started = time.monotonic()
        self.connection.send(request("GET", "/events", [("Accept", "text/event-stream")]))
        self.head = self.connection.head()
        self.is_open = self.head.status == 200
        if self.is_open:
            self.read_until("has begun", lambda text: "\n\n" in text, 5)

    def text(self):
        """The received text without the framing."""
        data = self.connection.buffer
        if (self.head.header("transfer-encoding") or "").lower() != "chunked":
            return data.decode("utf-8", "replace")
        text = b""
        while b"\r\n" in data:
            size, data = data.split(b"\r\n", 1)
            size = int(size.split(b";")[0], 16)
            text, data = text + data[:size], data[size + 2:]
        return text.decode("utf-8", "replace")

    def read_until(self, what, holds, seconds):
        """Reads until the text meets a condition."""
        deadline = time.monotonic() + seconds
        while not holds(self.text()):
            left = deadline - time.monotonic()
            try:
                expect(left > 0, "in vain, for", seconds, "s:", what, repr(self.text()[-300:]))
                self.connection.socket.settimeout(left)
                expect(self.connection.more(), "the stream ended after", round(time.monotonic() - self.started), "s")
            except TimeoutError:
                continue

    def close(self):
        self.connection.close()


def events(site):
    """A stream starts at once, has heartbeats, does not end, and sends a new post as soon as it is found."""
    stream = site.stream
    expect((stream.head.header("content-type") or "").startswith(("text/event-stream", "application/json")), stream.head)
    if not stream.is_open:
        expect_envelope(site.get("/events"), (501,), "/events")
        expect_envelope(site.get("/tags/golang/events?view=card"), (501,), "/tags/golang/events")
        raise Limited("/events is 501")
    # The heartbeat is a line with only a colon, every 15 s.
    left = stream.started + AGE - time.monotonic()
    stream.read_until("two signs of life", lambda text: text.count("\n:\n") >= 2, max(left, 5))
    time.sleep(max(0, stream.started + AGE - time.monotonic()))

    name = site.upstream.publish()
    address = f"https://www.instagram.com/p/{name}/"
    stream.read_until("the new post", lambda text: address in text, 20)
    delay = time.monotonic() - site.upstream.told[name]
    expect(delay < DELAY, "the event came", round(delay, 1), "s after its post")
    event = next((part for part in stream.text().split("\n\n") if address in part), "")
    expect("event: post\n" in event and "id: " in event, "the event is", repr(event[:300]))
    site.expect_soon("/latest", site.envelope(0))
