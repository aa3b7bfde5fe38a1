"""A running daemon and a headless Chromium that looks at its page: what the tests of this directory share."""
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

PATIENCE = 60  # seconds; sanitizers and busy machines take their time

CONFIG = """[daemon]
state_directory = "state"
listen = "127.0.0.1:{port}"
[service]
listen = "127.0.0.1:0"
[schedule]
first_poll = "100ms"
poll_every = "200ms"
[[organization]]
name = "acme"
embedded = true
[[route]]
name = "sales"
workspace = "Main"
table = "sales"
create = true
duplicates = "hold"
[route.drop]
directory = "drop"
stable_for = "100ms"
[[route]]
name = "orders"
workspace = "Main"
table_pattern = '(?<table>[a-z]+).*'
create = true
duplicates = "import"
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


class Daemon:
    """The real binary over a directory of its own. Its port stays the same over a restart."""

    def __init__(self, binary):
        self.binary = binary
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="dropload-browser-"))
        self.port = free_port()
        (self.directory / "drop").mkdir()
        (self.directory / "dropload.toml").write_text(CONFIG.format(port=self.port))
        self.start()

    def start(self):
        log = open(self.directory / "log", "ab")
        self.process = subprocess.Popen([self.binary, "serve", "--config", self.directory / "dropload.toml"], stdout=log, stderr=log)
        log.close()
        until = time.monotonic() + PATIENCE
        while not re.search(r"is ready", self.log()):
            if self.process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"the daemon did not start: {self.log()}")
            time.sleep(0.05)

    def log(self):
        return (self.directory / "log").read_text(errors="replace")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=PATIENCE)
        (self.directory / "log").write_text("")

    def remove(self):
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        shutil.rmtree(self.directory)

    def url(self):
        return f"http://127.0.0.1:{self.port}/"

    def drop(self, name, text):
        """Complete at once: written beside the drop directory, then renamed into it."""
        written = self.directory / "written"
        written.write_text(text)
        written.rename(self.directory / "drop" / name)


def open_browser(width=1280, height=1000):
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--lang=en-GB", f"--window-size={width},{height}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)


class Page:
    """The page in a browser, by what a person sees of it."""

    def __init__(self, browser, daemon):
        self.browser = browser
        self.daemon = daemon

    def open(self, address=""):
        self.browser.get(self.daemon.url() + address)
        self.until("the page is live", lambda: self.text("#live") == "live" and self.text("#version"))
        return self

    def run(self, script, *arguments):
        return self.browser.execute_script(script, *arguments)

    def text(self, selector):
        return self.run("return document.querySelector(arguments[0])?.innerText ?? ''", selector)

    def count(self, selector):
        return self.run("return document.querySelectorAll(arguments[0]).length", selector)

    def click(self, selector):
        self.until(f"{selector} is there", lambda: self.count(selector) > 0)
        self.run("document.querySelector(arguments[0]).click()", selector)

    def until(self, what, true):
        WebDriverWait(self.browser, PATIENCE, poll_frequency=0.1).until(lambda _: true(), f"it never came true that {what}: {self.text('body')}")

    def until_listed(self, name, state):
        """Until the newest submission of that file name is in that state."""
        def listed():
            return self.run("""
                const row = [...document.querySelectorAll('#list tr')].find((r) => r.querySelector('.bytes').innerText === arguments[0]);
                return row?.querySelector('.state').innerText ?? '';""", name) == state
        self.until(f"{name} is {state}", listed)

    def drag_onto(self, route, name, text):
        """What the browser does when a person lets go of a file over a route."""
        self.run("""
            const files = new DataTransfer();
            files.items.add(new File([arguments[2]], arguments[1]));
            const card = document.querySelector(`[data-route="${arguments[0]}"]`);
            card.dispatchEvent(new DragEvent('drop', {dataTransfer: files, bubbles: true, cancelable: true}));""", route, name, text)

    def complaints(self):
        return [entry["message"] for entry in self.browser.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]
