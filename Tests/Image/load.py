"""Clients that send requests without pause, and count the lost ones."""

import collections
import socket
import threading


class Load:
    """Some clients open a connection for each request, others keep theirs open.

    A request is lost if it was sent and got no response or an error. It is not lost if the port is closed, or if a persistent
    connection ends before the first byte of the response: a client then retries (RFC 9112, section 9.3.1).
    """

    def __init__(self, port, path, fresh=24, kept=8):
        self.address, self.path = ("127.0.0.1", port), path
        self.answered = 0
        self.lost = collections.Counter()
        self.again = 0
        self.lock = threading.Lock()
        self.has_begun = threading.Event()
        self.threads = [threading.Thread(target=self.read, args=(keeps,)) for keeps in [False] * fresh + [True] * kept]
        for thread in self.threads:
            thread.start()

    def wait(self):
        """Waits until all clients have ended, because the port is closed."""
        for thread in self.threads:
            thread.join()

    def read(self, keeps):
        connection = None
        while True:
            is_kept = connection is not None
            try:
                connection = connection or socket.create_connection(self.address, 10)
            except ConnectionRefusedError:
                return
            except OSError as error:
                self.count(error)
                return
            received = bytearray()
            try:
                problem, stays = self.ask(connection, received, keeps)
                self.count(problem)
            except (LookupError, ValueError) as error:
                stays = False
                self.count(f"an answer that is none: {error}")
            except OSError as error:
                stays = False
                if is_kept and not received:
                    with self.lock:
                        self.again += 1
                else:
                    self.count(f"{'a kept' if is_kept else 'a new'} connection: {error}")
            if not stays:
                connection.close()
                connection = None

    def ask(self, connection, received, keeps):
        """The fault of the response, or None, and whether the connection stays open."""
        way = "keep-alive" if keeps else "close"
        connection.sendall(f"GET {self.path} HTTP/1.1\r\nHost: test\r\nConnection: {way}\r\n\r\n".encode())
        while b"\r\n\r\n" not in received:
            self.receive(connection, received)
        head, _, body = bytes(received).partition(b"\r\n\r\n")
        lines = head.decode("latin-1").split("\r\n")
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines[1:])}
        wanted = len(head) + 4 + int(fields["content-length"])
        while len(received) < wanted:
            self.receive(connection, received)
        status = lines[0].split()[1]
        return None if status == "200" else f"status {status}", keeps and fields.get("connection") != "close"

    def receive(self, connection, received):
        piece = connection.recv(65_536)
        if not piece:
            raise ConnectionResetError("the answer ends early" if received else "no answer")
        received += piece

    def count(self, problem):
        with self.lock:
            if problem is None:
                self.answered += 1
                if self.answered >= 500:
                    self.has_begun.set()
            else:
                self.lost[str(problem)] += 1
