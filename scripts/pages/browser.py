"""Drives a headless Chromium over the DevTools protocol."""
import base64
import itertools
import json
import os
import shutil
import subprocess
import tempfile
import time

import websocket

PROGRAMS = ["chromium", "chromium-browser", "google-chrome"]


class Browser:
    """A browser of its own, with nothing kept from before."""

    def __init__(self):
        program = next((path for name in PROGRAMS if (path := shutil.which(name))), None)
        if program is None:
            raise RuntimeError("no Chromium was found; scripts/setup --pages installs it")
        self.directory = tempfile.mkdtemp(prefix="check-pages-browser-")
        self.process = subprocess.Popen(
            [program, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
             "--disable-background-networking", "--disable-component-update", "--disable-sync", "--hide-scrollbars",
             "--remote-debugging-port=0", "--remote-allow-origins=*", f"--user-data-dir={self.directory}",
             "about:blank"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        self.port, path = self._wait_for_port()
        self.browser = Connection(f"ws://127.0.0.1:{self.port}{path}")

    def _wait_for_port(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                with open(os.path.join(self.directory, "DevToolsActivePort")) as file:
                    lines = file.read().split("\n")
                if len(lines) >= 2:
                    return int(lines[0]), lines[1]
            except (OSError, ValueError):
                pass
            if self.process.poll() is not None:
                raise RuntimeError(f"Chromium ended with {self.process.returncode}")
            time.sleep(0.05)
        raise RuntimeError("Chromium did not open its debugging port within a minute")

    def page(self):
        """A new page in a profile of its own."""
        context = self.browser.ask("Target.createBrowserContext")["browserContextId"]
        target = self.browser.ask("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        return Page(f"ws://127.0.0.1:{self.port}/devtools/page/{target}")

    def close(self):
        try:
            self.browser.ask("Browser.close")
        except (OSError, websocket.WebSocketException, RuntimeError):
            pass
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree(self.directory, ignore_errors=True)


class Connection:
    """Commands and their answers; events are kept in the order in which they came."""

    def __init__(self, address):
        self.socket = websocket.create_connection(address, timeout=60, suppress_origin=True)
        self.numbers = itertools.count(1)
        self.events = []

    def ask(self, method, **parameters):
        number = next(self.numbers)
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self.socket.recv())
            if message.get("id") != number:
                self.events.append(message)
                continue
            if "error" in message:
                raise RuntimeError(f"{method}: {message['error']['message']}")
            return message["result"]

    def wait_for(self, method, seconds=60):
        """The next event of that name, one that has come already included."""
        deadline = time.monotonic() + seconds
        while True:
            for event in self.events:
                if event.get("method") == method and not event.get("taken"):
                    event["taken"] = True
                    return event["params"]
            if time.monotonic() > deadline:
                raise RuntimeError(f"{method} did not come within {seconds} s")
            self.events.append(json.loads(self.socket.recv()))


class Page(Connection):
    """One page, and what went wrong in it."""

    def __init__(self, address):
        super().__init__(address)
        for domain in ["Page", "Runtime", "Log", "Network"]:
            self.ask(f"{domain}.enable")

    def look(self, width, height, scale=1, theme="light", motion="reduce", scripts=True):
        """How the page is looked at."""
        self.ask("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=scale,
                 mobile=width < 600)
        self.ask("Emulation.setEmulatedMedia", features=[
            {"name": "prefers-color-scheme", "value": theme}, {"name": "prefers-reduced-motion", "value": motion}])
        self.ask("Emulation.setScriptExecutionDisabled", value=not scripts)

    def observe(self, script):
        """Runs a script before those of every page that is opened."""
        self.ask("Page.addScriptToEvaluateOnNewDocument", source=script)

    def open(self, address):
        self.events.clear()
        self.ask("Page.navigate", url=address)
        self.wait_for("Page.loadEventFired")

    def run(self, script):
        """What an expression is, promises included."""
        result = self.ask("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"]["exception"].get("description", "a script failed"))
        return result["result"].get("value")

    def press(self, key, code):
        for kind in ["keyDown", "keyUp"]:
            self.ask("Input.dispatchKeyEvent", type=kind, key=key, code=key, windowsVirtualKeyCode=code)

    def requests(self):
        return [event["params"]["request"]["url"] for event in self.events
                if event.get("method") == "Network.requestWillBeSent"]

    def complaints(self):
        """Errors and warnings on the console, and scripts that failed."""
        self.run("0")
        found = []
        for event in self.events:
            method, parameters = event.get("method"), event.get("params", {})
            if method == "Runtime.exceptionThrown":
                found.append(parameters["exceptionDetails"].get("text", "an exception"))
            elif method == "Runtime.consoleAPICalled" and parameters["type"] in ["error", "warning", "assert"]:
                found.append(" ".join(str(part.get("value", part.get("description"))) for part in parameters["args"]))
            elif method == "Log.entryAdded" and parameters["entry"]["level"] in ["error", "warning"]:
                found.append(f"{parameters['entry']['text']} {parameters['entry'].get('url', '')}")
        return found

    def picture(self, path, most=200_000):
        """Writes what is seen as a JPEG of at most so many bytes."""
        for quality in range(85, 20, -8):
            data = base64.b64decode(self.ask("Page.captureScreenshot", format="jpeg", quality=quality)["data"])
            if len(data) <= most:
                break
        with open(path, "wb") as file:
            file.write(data)
        return len(data)
