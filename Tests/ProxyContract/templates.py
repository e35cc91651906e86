"""Renders every template with values of every kind: the result is right or a clear error, never another directive.

Also checks the error pages that exist twice, because lighttpd requires names that end in .html.

    python3 -m Tests.ProxyContract.templates [--all]

With --all, a missing envsubst is a failure.
"""

import glob
import os
import shutil
import subprocess
import sys

from Tests.harness import REPOSITORY, program

GOOD = {
    "PORT": "5077", "INSTACRAWLER_HOST": "127.0.0.1", "INSTACRAWLER_SOCKET": "/run/a/instacrawler.sock",
    "INSTACRAWLER_RUN": "/run/a", "INSTACRAWLER_NGINX": f"{REPOSITORY}/nginx",
    "INSTACRAWLER_RESPONDER_HOST": "responder-1.example", "INSTACRAWLER_RESPONDER_PORT": "9001",
    "INSTACRAWLER_STANDBY_HOST": "[2001:db8::1]", "INSTACRAWLER_STANDBY_PORT": "9002",
    "INSTACRAWLER_CERTIFICATE": "/etc/ssl/a.pem", "INSTACRAWLER_CERTIFICATE_KEY": "/etc/ssl/a.key",
    "INSTACRAWLER_PROGRAM": "/usr/bin/instacrawler", "INSTACRAWLER_RATE_LIMIT": "60r/m",
    "INSTACRAWLER_RATE_BURST": "7", "INSTACRAWLER_PRIVATE": "0", "INSTACRAWLER_ADDRESS": "127.0.0.1",
    "INSTACRAWLER_TRUSTED_PROXIES": "10.0.0.0/8, FD00::/8",
    "INSTACRAWLER_TRUSTED_GEO": "10.0.0.0/8 1; fd00::/8 1;",
    "INSTACRAWLER_TRUSTED_REAL_IP": "set_real_ip_from 10.0.0.0/8; set_real_ip_from fd00::/8;",
}
PORTS = ["0", "70000", "80; evil", "-1", "80\nevil", "0x50", "８０"]
HOSTS = ["a;b", "a b", "a\nb", "a{", "a}", "$host", "\"", "'", "\\", "a#b"]
PATHS = ["/a;b", "/a b", "/a\nb", "/a{b", "/a}b", "/a\"b", "/a'b", "/a\\b", "/a$b", "/a#b", "/a`b", "/*"]
RATES = ["50", "1r/h", "5r/s;", "1r/s\nevil", "x"]
NETWORKS = ["10.0.0.0/33", "10.0.0/8", "10.0.0.0/8;", "10.0.0.0/8 1", "a", "fd00::/129", ",", "10.0.0.0/8,,::1", "unix:"]
NUMBERS = ["0", "x", "1;", "1 2", "1\n2"]
SPECIAL = {
    "INSTACRAWLER_RATE_LIMIT": RATES, "INSTACRAWLER_RATE_BURST": NUMBERS,
    # Derived from other settings.
    "INSTACRAWLER_PRIVATE": [], "INSTACRAWLER_ADDRESS": [], "INSTACRAWLER_TRUSTED_GEO": [], "INSTACRAWLER_TRUSTED_REAL_IP": [],
    "INSTACRAWLER_TRUSTED_PROXIES": [],
}
BAD = SPECIAL | {
    name: PORTS if name.endswith("PORT") else HOSTS if name.endswith("HOST") else PATHS for name in GOOD if name not in SPECIAL}


def render(template, environment):
    # The root has no .env, but the repository may have one.
    return subprocess.run(
        [program(), "render", f"{REPOSITORY}/{template}"], cwd="/",
        env={"PATH": os.environ["PATH"], **environment}, capture_output=True)


def check(failures, holds, *said):
    if not holds:
        failures.append(" ".join(str(part) for part in said))


def check_error_pages(failures):
    directory = f"{REPOSITORY}/proxies/errors"
    pages = glob.glob(f"{directory}/lighttpd-*.html")
    check(failures, pages, "no error page of lighttpd's")
    for page in pages:
        original = os.path.basename(page).removeprefix("lighttpd-").replace(".html", ".json")
        with open(page, "rb") as file, open(f"{directory}/{original}", "rb") as other:
            check(failures, file.read() == other.read(), os.path.basename(page), "is not the same as", original)


def main():
    failures, seen = [], set()
    check_error_pages(failures)
    templates = sorted(
        os.path.relpath(path, REPOSITORY) for path in glob.glob(f"{REPOSITORY}/nginx/*.template")
        + glob.glob(f"{REPOSITORY}/proxies/**/*.template", recursive=True))
    for template in templates:
        with open(f"{REPOSITORY}/{template}", encoding="utf-8") as file:
            text = file.read()
        rendered = render(template, GOOD)
        check(failures, rendered.returncode == 0, template, rendered.stderr.decode())
        if shutil.which("envsubst"):
            # Like the official nginx image: envsubst replaces only defined variables.
            names = "".join(f"${{{name}}} " for name in GOOD)
            same = subprocess.run(
                ["envsubst", names], input=text.encode(), capture_output=True, env={"PATH": os.environ["PATH"], **GOOD})
            check(failures, same.stdout == rendered.stdout, template, "is not the same by envsubst")
        if "${PORT}" in text:
            for port in ("1", "65535"):
                output = render(template, {**GOOD, "PORT": port}).stdout.decode()
                check(failures, output == rendered.stdout.decode().replace("5077", port), template, "with port", port)
            unset = render(template, {name: value for name, value in GOOD.items() if name != "PORT"}).stdout.decode()
            check(failures, unset == rendered.stdout.decode().replace("5077", "5000"), template, "without PORT")
        for name in GOOD:
            if f"${{{name}}}" not in text:
                continue
            # The first template with a variable gets all bad values, later ones two. Ports always get all.
            values = BAD[name][1:3] if name in seen and name != "PORT" else BAD[name]
            seen.add(name)
            for value in values:
                refused = render(template, {**GOOD, name: value})
                check(failures, refused.returncode in (1, 64), template, name, repr(value), "ends with", refused.returncode)
                check(failures, not refused.stdout, template, name, repr(value), "prints something")
                check(failures, name.encode() in refused.stderr, template, name, "is not named:", refused.stderr[:200])
    for value in NETWORKS:
        refused = render("nginx/nginx.conf.template", {**GOOD, "INSTACRAWLER_TRUSTED_PROXIES": value})
        check(failures, refused.returncode == 64, "the networks", repr(value), "end with", refused.returncode)
    none = render("nginx/nginx.conf.template", {**GOOD, "INSTACRAWLER_TRUSTED_PROXIES": "none"}).stdout.decode()
    check(failures, "set_real_ip_from" not in none.split("http {")[1], "none trusts somebody")
    if not shutil.which("envsubst"):
        print("skipped: envsubst is not installed (scripts/setup --proxies)", file=sys.stderr)
        check(failures, "--all" not in sys.argv[1:], "envsubst is not installed")
    for failure in failures:
        print(f"red: {failure}", file=sys.stderr)
    if not failures:
        print(f"templates: {len(templates)} rendered, {'the same by envsubst' if shutil.which('envsubst') else 'no envsubst'}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
