"""An upstream with known posts: Instagram's hashtag search with five posts, more on demand, and their pictures.

Addresses contain characters that JSON must escape. The picture `slow` sends its second half only when a test allows it, so that
the test can see whether a proxy buffers responses. The search has no results until `opened` is set.
"""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 64
HALF = PICTURE * 16


class Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *_):
        """Ignores clients that disconnect, which is part of the tests."""


class Upstream:
    def __init__(self):
        self.release = threading.Event()
        self.opened = threading.Event()
        # Newest first.
        self.names = ["0", "1", "2", "3", "slow"]
        # While set, pictures get status 503.
        self.pictures_are_down = threading.Event()
        # The size of pictures of new posts; 0 for that of PICTURE.
        self.large = 0
        self.asked = []
        # The time of the first response with each post, from time.monotonic().
        self.told = {}
        self.server = Server(("127.0.0.1", 0), self.handler())
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        self.started = int(time.time())

    def address(self, number):
        """The address of a picture; the newest is 0."""
        name = self.names[number]
        return f"{self.origin}/media/{name}.png?a=1&b={name}"

    def publish(self):
        """Publishes a new post, and returns its name."""
        name = f"new{len(self.names)}"
        self.names = [name, *self.names]
        return name

    def next_id(self):
        """The number of the next post."""
        return 18_000_000_000 + len(self.names) + 1

    def downloads(self, name=None):
        """The number of downloads of the picture of a post, or of all pictures."""
        return sum(1 for asked in list(self.asked) if name in (None, asked))

    def posts(self):
        now, names = time.monotonic(), self.names
        for number, name in enumerate(names):
            self.told.setdefault(name, now)
            # All posts are old; each is a minute younger than the previous one.
            age = len(names) - number
            stamp = time.strftime("%Y-%m-%dT%H:%M:%S+0000", time.gmtime(self.started - 3600 + 60 * age))
            yield {
                "id": str(18_000_000_000 + age), "media_type": "IMAGE", "media_url": self.address(number),
                "permalink": f"https://www.instagram.com/p/{name}/", "caption": "#golang", "timestamp": stamp,
            }

    def stop(self):
        self.release.set()
        self.opened.set()
        self.server.shutdown()
        self.server.server_close()

    def handler(upstream):
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def reply(self, data, kind="application/json"):
                self.send_response(200)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def do_GET(self):
                path, _, query = self.path.partition("?")
                if path.endswith("/ig_hashtag_search"):
                    upstream.opened.wait(30)
                    self.reply(b'{"data":[{"id":"17840000000000001"}]}')
                elif path.startswith("/media/"):
                    self.picture(path.removeprefix("/media/").removesuffix(".png"))
                elif path.endswith("_media"):
                    self.reply(json.dumps({"data": [] if "after=" in query else list(upstream.posts())}).encode())
                else:
                    self.reply(b'{"data":[]}')

            def picture(self, name):
                upstream.asked.append(name)
                if upstream.pictures_are_down.is_set():
                    self.send_error(503)
                elif name == "slow":
                    self.slow()
                else:
                    self.reply((PICTURE * 512)[: upstream.large] if upstream.large else PICTURE, "image/png")

            def slow(self):
                self.send_response(200)
                self.send_header("Content-Type", "image/png")
                self.send_header("Content-Length", str(2 * len(HALF)))
                self.end_headers()
                try:
                    self.wfile.write(HALF)
                    self.wfile.flush()
                    upstream.release.wait(30)
                    self.wfile.write(HALF)
                except OSError:
                    # The client has disconnected.
                    self.close_connection = True

        return Handler
