"""Deploys the existing image to a registry on this machine, with a program that replaces the platform's own.

    python3 -m Tests.Deploy [NAME]     instacrawler:latest, or another image of buildah's

`platform` records its calls and runs the released image. Each step also fails once. With INSTACRAWLER_SKIP=no, anything that
cannot be tested is a failure.
"""

import base64
import contextlib
import hashlib
import json
import os
import pathlib
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile

from Tests.harness import REPOSITORY, NotStarted, Program, eventually, free_port, get, has_ended
from Tests.Image.checking import Failure, check, needs, skip

OK = b'{"status":"OK","URI":""}\n'
SCHEMA2 = "application/vnd.docker.distribution.manifest.v2+json"
# The largest size of the layers in the registry, in bytes.
WEIGHT = 14_000_000


def ran(*command, **options):
    return subprocess.run(command, capture_output=True, text=True, **options)


class Platform:
    """A registry, a program that replaces the platform's own, and the address of the released app."""

    def __init__(self, image):
        self.image = image
        self.work = pathlib.Path(tempfile.mkdtemp(prefix="instacrawler-deploy-"))
        self.host = f"127.0.0.1:{free_port()}"
        self.released = f"http://127.0.0.1:{free_port()}"
        self.token = secrets.token_hex(16)
        self.calls, self.users, self.auth = self.work / "calls", self.work / "users", self.work / "auth.json"
        self.said = ""
        (self.work / "bin").mkdir()
        for name in ("heroku", "gcloud", "az"):
            (self.work / "bin" / name).symlink_to(f"{REPOSITORY}/Tests/Deploy/platform")
        self.environment = {
            **os.environ, "DIRECTORY": str(self.work), "TOKEN": self.token, "REGISTRY": self.host, "RELEASED": self.released,
            "INSTACRAWLER_IMAGE_ENGINE": "buildah", "INSTACRAWLER_DEPLOY_REGISTRY": self.host, "INSTACRAWLER_DEPLOY_PATIENCE": "10",
            "REGISTRY_AUTH_FILE": str(self.auth), "PATH": f"{self.work}/bin:{os.environ['PATH']}"}
        self.registry = self.start_registry()

    def start_registry(self):
        users = ("_", "oauth2accesstoken", "00000000-0000-0000-0000-000000000000")
        lines = [ran("htpasswd", "-Bbn", user, self.token, check=True).stdout.strip() for user in users]
        self.users.write_text("\n".join(lines) + "\n")
        # JSON is valid YAML.
        (self.work / "registry.yml").write_text(json.dumps({
            "version": 0.1, "log": {"level": "error"}, "storage": {"filesystem": {"rootdirectory": f"{self.work}/registry"}},
            "http": {"addr": self.host}, "auth": {"htpasswd": {"realm": "test", "path": str(self.users)}}}))
        registry = Program(["docker-registry", "serve", f"{self.work}/registry.yml"], dict(os.environ), f"{self.work}/registry.log")
        registry.wait_until("responds", lambda: get(f"http://{self.host}/v2/"))
        return registry

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            process = int((self.work / "process").read_text())
            os.kill(process, signal.SIGTERM)
            eventually("the released app has ended", lambda: has_ended(process))
        self.registry.stop()
        for name in ran("buildah", "images", "--format", "{{.Name}}:{{.Tag}}").stdout.split():
            if name.startswith(f"{self.host}/"):
                ran("buildah", "rmi", "--force", name)
        shutil.rmtree(self.work, ignore_errors=True)

    # Actions.

    def deploy(self, *arguments, **variables):
        """The exit code of scripts/deploy; `said` is its output."""
        self.calls.write_text("")
        self.auth.write_text("{}")
        # A file instead of a pipe, because the released app outlives the script.
        with open(self.work / "out", "w+", encoding="utf-8") as output:
            code = subprocess.run(
                ["scripts/deploy", *arguments], stdout=output, stderr=output, env={**self.environment, **variables}).returncode
            output.seek(0)
            self.said = output.read()
        return code

    def check(self, holds, what):
        if not holds:
            print(f"--- scripts/deploy said\n{self.said}", file=sys.stderr)
        check(holds, what)

    def deploys(self, what, arguments, **variables):
        self.check(self.deploy(*arguments, **variables) == 0, what)

    def refuses(self, what, reason, arguments, **variables):
        self.check(self.deploy(*arguments, **variables) != 0 and reason in self.said, what)

    # Observations.

    def asked(self, path, accept=SCHEMA2):
        login = base64.b64encode(f"_:{self.token}".encode()).decode()
        return get(f"http://{self.host}/v2/{path}", {"Authorization": f"Basic {login}", "Accept": accept})

    def is_pushed(self, path):
        return self.asked(f"{path}/manifests/latest").status == 200

    def manifest(self):
        return self.asked("demo/web/manifests/latest")

    def answers(self):
        try:
            return get(f"{self.released}/status").body == OK
        except OSError:
            return False

    def called(self):
        return [line.split()[1] for line in self.calls.read_text().splitlines()]


def check_refusals(platform, heroku):
    """Checks what the script refuses before it changes anything."""
    for arguments in ("", "heroku", "heroku Demo", "herok demo", "heroku demo --image", "heroku demo --what", "cloudrun demo",
                      "azure demo --registry x", "cloudrun demo --project ;x"):
        platform.check(platform.deploy(*arguments.split()) == 64, f"'{arguments}' is refused with 64")
    platform.refuses("without a login it stops, and says how", "run: heroku login", heroku, FAILING="auth:whoami")
    platform.refuses(
        "without the app it stops, and says how to make it", "run: heroku create demo", heroku, FAILING="apps:info")
    platform.refuses("an app on another stack is not replaced", "it runs on the stack heroku-24", heroku, STACK="heroku-24")
    none = f"{platform.host}/none"
    platform.refuses("an image that is not there is told", "this failed: buildah pull", ["heroku", "demo", "--image", none])
    other = ran("buildah", "from", "--pull=never", platform.image, check=True).stdout.strip()
    shell_form = f"{platform.host}/shell-form:latest"
    ran("buildah", "config", "--entrypoint", "/usr/bin/instacrawler up", other, check=True)
    ran("buildah", "commit", "--quiet", "--rm", "--format", "docker", other, shell_form, check=True)
    platform.refuses(
        "an image whose entry point needs a shell is refused", "in exec form", ["heroku", "demo", "--image", shell_form])
    platform.check(not platform.is_pushed("demo/web"), "nothing was pushed until now")


def check_heroku(platform, heroku):
    host, image = platform.host, platform.image
    platform.deploys("a dry run runs nothing", [*heroku, "--dry-run"])
    platform.check(platform.said == f"""\
+ heroku auth:whoami
+ heroku apps:info --app demo --shell
+ scripts/check-image {image} amd64
+ heroku auth:token | buildah login --tls-verify=false --username _ --password-stdin {host}
+ buildah push --format v2s2 --compression-format gzip --compression-level 9 --tls-verify=false {image} docker://{host}/demo/web
+ heroku container:release web --app demo
+ timeout --foreground 300 heroku ps:wait --app demo
""", "and says what it would")
    platform.check(not platform.called(), "and calls nobody")
    platform.refuses("a token that the registry refuses is told", "refuses the login of heroku", heroku, TOKEN="wrong")
    # With a file in place of its directory, the registry accepts the login but no push.
    (platform.work / "registry").touch()
    platform.refuses("a push that fails is told", "this failed: buildah push", heroku)
    (platform.work / "registry").unlink()
    platform.check("release" not in platform.calls.read_text(), "and nothing is released then")
    platform.refuses(
        "a release that fails is told", "this failed: heroku container:release web --app demo", heroku, FAILING="container:release")
    platform.check(not platform.answers(), "and nothing runs")
    platform.deploys("it deploys", heroku)
    platform.check(
        platform.called() == "auth:whoami apps:info apps:info config:get auth:token auth:token container:release ps:wait".split(),
        "in this order")
    platform.check("INSTACRAWLER_SOURCE is not set" in platform.said, "it warns that there is no source yet")
    manifest = platform.manifest()
    platform.check(manifest.headers["Content-Type"] == SCHEMA2, "the registry has a Docker schema-2 manifest")
    platform.check(platform.answers(), "what was pushed was pulled, runs and answers")
    digest = hashlib.sha256(manifest.body).hexdigest()
    weight = sum(layer["size"] for layer in json.loads(manifest.body)["layers"])
    platform.check(weight <= WEIGHT, f"its layers weigh 14 MB at most in the registry: {weight} bytes")
    platform.deploys("a second time is the same", heroku)
    platform.check(hashlib.sha256(platform.manifest().body).hexdigest() == digest, "with the same image")
    platform.check(platform.answers(), "and it answers")
    platform.refuses(
        "a stack that cannot be changed is told", "this failed: heroku stack:set container --app demo", [*heroku, "--yes"],
        STACK="heroku-24", FAILING="stack:set")
    platform.check("release" not in platform.calls.read_text(), "and nothing is released on the other")
    platform.deploys("an app on another stack is replaced on demand", [*heroku, "--yes"], STACK="heroku-24")
    calls = platform.calls.read_text()
    platform.check("\nheroku stack:set container --app demo" in f"\n{calls}", "for which its stack is changed first")
    platform.check(platform.token not in platform.said + calls, "no secret is in what it says, or in a call")
    platform.refuses(
        "a dyno that does not come up is told", "this failed: timeout --foreground 300 heroku ps:wait --app demo", heroku,
        FAILING="ps:wait")
    platform.refuses(
        "an app that does not answer is told", "does not answer", heroku, INSTACRAWLER_DEPLOY_PATIENCE="1",
        RELEASED="http://127.0.0.1:1")


def check_others(platform, cloudrun, azure):
    host = platform.host
    platform.refuses(
        "a revision that Cloud Run does not take is told", "this failed: gcloud run deploy demo", cloudrun, FAILING="run deploy")
    platform.deploys("Cloud Run deploys", cloudrun)
    platform.check(platform.is_pushed("pictures/instacrawler/demo"), "to its registry")
    platform.check(platform.answers(), "and it answers")
    platform.refuses(
        "a service with another image is not replaced", "holds something else (the image example.org/other:1)", cloudrun,
        RUNNING="example.org/other:1")
    platform.deploys("one with this image is", cloudrun, RUNNING=f"{host}/pictures/instacrawler/demo:latest")
    platform.refuses(
        "a service that nobody can see is not replaced", "what demo holds now is not known", cloudrun, FAILING="services describe")
    platform.refuses(
        "an app that Azure does not make is told", "this failed: az containerapp create --name demo", azure,
        FAILING="containerapp create")
    platform.deploys("Azure deploys", azure)
    platform.check("\naz containerapp create --name demo" in f"\n{platform.calls.read_text()}", "by making the app")
    platform.check(platform.asked("instacrawler/demo/tags/list").status == 200, "to its registry")
    platform.check(platform.answers(), "and it answers")
    platform.deploys("a second time the app is changed", azure, RUNNING=f"{host}/instacrawler/demo:1")
    platform.check("containerapp create" not in platform.calls.read_text(), "and not made")
    platform.refuses(
        "an app that Azure does not change is told", "this failed: az containerapp update --name demo", azure,
        FAILING="containerapp update", RUNNING=f"{host}/instacrawler/demo:1")
    platform.refuses("without a login Azure stops", "run: az login", azure, FAILING="account show")


def main(image="instacrawler:latest"):
    os.chdir(REPOSITORY)
    needs("buildah", "docker-registry", "htpasswd")
    if ran("buildah", "inspect", "--type", "image", image).returncode != 0:
        skip(f"buildah has no image {image}; build it with INSTACRAWLER_IMAGE_ENGINE=buildah scripts/image")
    heroku = ["heroku", "demo", "--image", image]
    cloudrun = ["cloudrun", "demo", "--image", image, "--project", "pictures", "--region", "europe-west1"]
    azure = [
        "azure", "demo", "--image", image, "--resource-group", "pictures", "--environment", "pictures", "--registry", "pictures"]
    try:
        with Platform(image) as platform:
            check_refusals(platform, heroku)
            check_heroku(platform, heroku)
            check_others(platform, cloudrun, azure)
            platform.registry.stop()
            platform.refuses("a registry that is gone is told", "refuses the login of heroku", heroku)
            platform.check("release" not in platform.calls.read_text(), "and nothing is released then")
    except (Failure, NotStarted) as failure:
        print(f"test-deploy: failed: {failure}", file=sys.stderr)
        return 1
    print("test-deploy: all checks hold")
    return 0


sys.exit(main(*sys.argv[1:]))
