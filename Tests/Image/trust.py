"""Checks the name servers and the certificate authorities that the container uses."""

import http.server
import json
import socket
import ssl
import struct
import subprocess
import threading

from Tests.harness import eventually, get

from .checking import check
from .container import Container

NAME = "pictures.instacrawler.test"


def openssl(*arguments):
    subprocess.run(["openssl", *map(str, arguments)], check=True, stderr=subprocess.DEVNULL)


class Authority:
    """A certificate authority, and a certificate for `NAME` that it signed."""

    def __init__(self, work, name):
        self.file, self.chain, self.key = work / f"{name}-ca.pem", work / f"{name}.pem", work / f"{name}.key"
        new = ("-newkey", "rsa:2048", "-nodes")
        openssl("req", "-x509", *new, "-days", 2, "-subj", f"/CN={name}", "-keyout", work / f"{name}-ca.key",
                "-out", self.file)
        openssl("req", *new, "-subj", f"/CN={NAME}", "-keyout", self.key, "-out", work / f"{name}.csr")
        (work / "names").write_text(f"subjectAltName=DNS:{NAME}\n")
        openssl("x509", "-req", "-in", work / f"{name}.csr", "-CA", self.file, "-CAkey", work / f"{name}-ca.key",
                "-CAcreateserial", "-days", 2, "-extfile", work / "names", "-out", self.chain)


class Timeline(http.server.BaseHTTPRequestHandler):
    """A server without posts."""

    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"[]")

    def log_message(self, *_):
        pass


class Server(http.server.ThreadingHTTPServer):
    """Logs no errors of clients that reject its certificate."""

    def handle_error(self, *_):
        pass


def serve_names(address):
    """A name server that knows one name, and records the clients that ask for it."""
    server = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    server.bind((address, 53))
    wanted = b"".join(bytes([len(label)]) + label for label in NAME.encode().split(b".")) + b"\0"
    asked = []

    def answer():
        while True:
            query, peer = server.recvfrom(512)
            end = query.index(0, 12) + 5
            question = query[12:end]
            is_wanted = question[:-4] == wanted
            is_found = is_wanted and question[-4:-2] == b"\0\1"
            if is_wanted:
                asked.append(peer)
            head = query[:2] + struct.pack(">HHHHH", 0x8580 if is_wanted else 0x8583, 1, is_found, 0, 0)
            record = b"\xc0\x0c" + struct.pack(">HHIH", 1, 1, 60, 4) + socket.inet_aton("127.0.0.1")
            server.sendto(head + question + record * is_found, peer)

    threading.Thread(target=answer, daemon=True).start()
    return asked


def serve_tls(authority):
    server = Server(("127.0.0.1", 0), Timeline)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(authority.chain, authority.key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_port


def crawl(image, port, authority, resolver):
    """The container's status of a source at `NAME`, if it trusts only this authority."""
    mounts = [(resolver, "/etc/resolv.conf"), (authority.file, "/etc/ssl/certs/ca-certificates.crt")]
    with Container(image.bundle, [f"INSTACRAWLER_SOURCE=mastodon:https://{NAME}:{port}"], mounts) as container:
        container.wait_for()

        def source():
            sources = json.loads(get(container.url("/health"))[1])["sources"]
            return next((source for source in sources if source["state"] in ("ok", "failing")), None)

        return eventually("the source was asked", source)


def check_names_and_certificates(image):
    ours, other = Authority(image.work, "ours"), Authority(image.work, "other")
    resolver = image.work / "resolv.conf"
    resolver.write_text("nameserver 127.0.0.77\n")
    asked = serve_names("127.0.0.77")
    port = serve_tls(ours)
    found = crawl(image, port, ours, resolver)
    check(asked, "names are resolved as /etc/resolv.conf says")
    check(found["state"] == "ok", f"a certificate of a given authority is believed {found.get('message', '')}".rstrip())
    found = crawl(image, port, other, resolver)
    check(found["state"] == "failing" and "certificate" in found["message"],
          f"a certificate of another is refused: {found.get('message')}")
