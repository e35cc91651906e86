"""The web servers, each with its tested transports."""

from dataclasses import dataclass, field

LIGHTTPD = "https://redmine.lighttpd.net/projects/lighttpd/wiki"
FCGID = "https://httpd.apache.org/mod_fcgid/mod/mod_fcgid.html"
CGI = "https://www.rfc-editor.org/rfc/rfc3875#section-3.4"


@dataclass(frozen=True)
class Limit:
    """A case that fails with a server, for a reason in the server's documentation."""

    case: str
    reason: str
    source: str


@dataclass(frozen=True)
class Cell:
    """One web server over one transport."""

    server: str
    # unix and tcp: the tests start the responder. spawned: the web server or spawn-fcgi starts it. cgi: once per
    # request.
    transport: str
    template: str
    program: str
    package: str
    arguments: tuple
    # A file that must exist, such as a module.
    needs: str = ""
    tls: bool = False
    # Responses are cached for a second, and served while the responder is down.
    keeps: bool = False
    # The server must be restarted if its program could not be started for a while.
    gives_up: bool = False
    # The statuses while there is no responder, always with the JSON object.
    down: tuple = (502, 503)
    # Another responder is used while the first one fails.
    stands_by: bool = False
    # The number of processes behind the socket.
    processes: int = 1
    limits: tuple = field(default=())

    @property
    def name(self):
        return f"{self.server}, {self.transport}"

    @property
    def tools(self):
        """The other programs that it needs, each with its package."""
        spawner = [("spawn-fcgi", "spawn-fcgi"), ("multiwatch", "multiwatch")]
        is_spawned = self.transport == "spawned"
        return (
            (spawner if is_spawned and self.program == "nginx" else spawner[1:] if is_spawned and self.program == "h2o" else [])
            + ([("openssl", "openssl"), ("curl", "curl")] if self.tls else []))


NGINX = ("-p", "{run}", "-e", "stderr", "-c", "{file}", "-g", "daemon off;{root}")


def nginx(variant, transport, **options):
    name = "nginx" if variant == "nginx" else f"nginx {variant}"
    return Cell(name, transport, f"nginx/{variant}.conf.template", "nginx", "nginx-light", NGINX, **options)


def other(server, transport, template, program, package, arguments, **options):
    return Cell(server, transport, f"proxies/{template}.template", program, package, tuple(arguments.split()), **options)


def apache(server, transport, template, package="apache2", **options):
    return other(server, transport, template, "apache2", package, "-D FOREGROUND -f {file}", **options)


MODULES = "/usr/lib/apache2/modules/mod_"

CELLS = [
    nginx("nginx", "unix"),
    nginx("tcp", "tcp", stands_by=True),
    nginx("microcache", "unix", keeps=True),
    nginx("tls", "unix", tls=True),
    nginx("spawn-fcgi", "spawned", processes=2),
    nginx("microcache", "spawned", keeps=True, processes=2),
    other("lighttpd", "unix", "lighttpd.conf", "lighttpd", "lighttpd", "-D -f {file}"),
    other("lighttpd", "tcp", "lighttpd.conf", "lighttpd", "lighttpd", "-D -f {file}"),
    # 500 if the program that it started ends during a request.
    other("lighttpd", "spawned", "lighttpd-spawn.conf", "lighttpd", "lighttpd", "-D -f {file}", down=(500, 502, 503)),
    apache("Apache", "unix", "apache.conf"),
    apache("Apache", "tcp", "apache.conf"),
    apache("Apache mod_fcgid", "spawned", "apache-fcgid.conf", "libapache2-mod-fcgid", needs=MODULES + "fcgid.so", limits=(
        Limit("events", "501: a process answers one request at a time, and a stream would keep it", FCGID + "#fcgidwrapper"),
        Limit("chunked 413", "405, or 503 above FcgidMaxRequestLen", FCGID + "#fcgidmaxrequestlen"),
    )),
    apache("Apache mod_cgid", "cgi", "apache-cgi.conf", limits=(
        Limit("events", "501: each request is a process, and a stream would keep it", CGI),
    )),
    other("Caddy", "unix", "Caddyfile", "caddy", "caddy", "run --adapter caddyfile --config {file}"),
    other("Caddy", "tcp", "Caddyfile", "caddy", "caddy", "run --adapter caddyfile --config {file}"),
    other("HAProxy", "unix", "haproxy.cfg", "haproxy", "haproxy", "-db -f {file}"),
    other("HAProxy", "tcp", "haproxy.cfg", "haproxy", "haproxy", "-db -f {file}"),
    other("h2o", "unix", "h2o.conf", "h2o", "h2o", "-c {file}"),
    other("h2o", "tcp", "h2o.conf", "h2o", "h2o", "-c {file}"),
    other("h2o", "spawned", "h2o-spawn.conf", "h2o", "h2o", "-c {file}", gives_up=True),
]
