#!/usr/bin/env python3
"""A real browser looks at the status page: headless Chromium, by WebDriver.

  browser.py URL CONTEXT TERMINATION FOLDER

Prints what it finds wrong and ends with 1.  chromedriver and chromium are
Debian's; both end with this program.  FOLDER takes the profile and, in the end,
a picture of the page of the context.
"""
import base64
import json
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request

PATIENCE_S = 60     # for whatever the browser does
CHROMIUM = ["--headless=new", "--no-sandbox", "--disable-gpu",
            "--disable-dev-shm-usage", "--disable-extensions",
            "--disable-background-networking", "--no-first-run",
            "--window-size=1200,1000"]


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Browser:
    """One window, over the WebDriver protocol (W3C)."""

    def __init__(self, folder):
        self.port = free_port()
        self.driver = subprocess.Popen(
            ["chromedriver", f"--port={self.port}"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.base = f"http://127.0.0.1:{self.port}"
        self.wait(lambda: self.call("GET", "/status")["ready"], "the driver")
        options = {"binary": "/usr/bin/chromium",
                   "args": CHROMIUM + [f"--user-data-dir={folder}/profile"]}
        session = self.call("POST", "/session", {"capabilities": {
            "alwaysMatch": {"browserName": "chrome",
                            "goog:chromeOptions": options,
                            "goog:loggingPrefs": {"browser": "ALL"}}}})
        self.base += f"/session/{session['sessionId']}"

    def call(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(
            self.base + path, data, {"Content-Type": "application/json"},
            method=method)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE_S) as r:
                return json.load(r)["value"]
        except urllib.error.HTTPError as e:
            raise RuntimeError(e.read().decode()[:500]) from e

    def wait(self, what, name):
        """Until what() is true; it may fail meanwhile."""
        end = time.monotonic() + PATIENCE_S
        while True:
            try:
                got = what()
                if got:
                    return got
            except (OSError, RuntimeError, KeyError):
                pass
            if time.monotonic() > end:
                sys.exit(f"FAIL: {name} did not come")
            time.sleep(0.2)

    def go(self, url):
        self.call("POST", "/url", {"url": url})

    def run(self, script):
        return self.call("POST", "/execute/sync",
                         {"script": script, "args": []})

    def text(self):
        return self.run("return document.body.innerText")

    def close(self):
        try:
            self.call("DELETE", "")
        except (OSError, RuntimeError):
            pass
        self.driver.terminate()
        self.driver.wait()


def need(condition, what):
    if not condition:
        sys.exit(f"FAIL: {what}")


def status(b, url, term):
    """Gateways, ports, rates and the context are on the page."""
    b.go(url)
    b.wait(lambda: term in b.text(), f"{term} on the status page")
    need(b.run("return document.title") == "bgfd", "the title")
    heads = b.run("return [...document.querySelectorAll('h2')]"
                  ".map(h => h.innerText)")
    for head in ("Gateways", "Realms and media ports", "Packets",
                 "Newest contexts"):
        need(any(h.startswith(head) for h in heads), f"{head} among {heads}")
    names = b.run("return [...document.querySelectorAll('th')]"
                  ".map(h => h.innerText)")
    for name in ("association", "used", "free", "packets/s in"):
        need(name in names, f"the column {name} among {names}")
    # What its style says is what is seen: the policy lets it.
    need(b.run("return getComputedStyle(document.querySelector('.good'))"
               ".color") == "rgb(0, 102, 0)", "the colour of an association")


def ladder(b, context, term):
    """The link leads to the context, whose ladder is drawn."""
    b.run(f"document.querySelector('a[href$=\"id={context}\"]').click()")
    b.wait(lambda: b.run("return !!document.querySelector('svg')"),
           "the ladder")
    texts = b.run("return [...document.querySelectorAll('svg text')]"
                  ".map(t => t.textContent)")
    for part in ("Add A, Add B", "SYN, port", "after the first SYN", term):
        need(any(part in t for t in texts), f"{part} in the ladder: {texts}")
    box = b.run("const r = document.querySelector('svg')"
                ".getBoundingClientRect(); return [r.width, r.height]")
    need(box[0] == 960 and box[1] > 200, f"a drawing of {box}")
    # Each arrow is a line that can be seen, with its tip at the right end.
    need(b.run("return getComputedStyle(document.querySelector("
               "'line.message')).stroke") == "rgb(0, 51, 102)",
         "the colour of a message")
    need(b.run("return document.querySelectorAll('polygon').length") ==
         b.run("return document.querySelectorAll('line:not(.lane)').length"),
         "a tip for each arrow")
    need(b.run("return document.querySelectorAll('svg script, svg image,"
               " svg a').length") == 0, "nothing but shapes and text")


def complaints(b):
    """What the browser itself has to say; it asks for an icon on its own."""
    log = b.call("POST", "/se/log", {"type": "browser"})
    return [e["message"] for e in log if "favicon" not in e["message"]]


def main():
    url, context, term, folder = sys.argv[1:]
    b = Browser(folder)
    try:
        status(b, url, term)
        ladder(b, context, term)
        need(not complaints(b), "the browser complains")
        with open(f"{folder}/page.png", "wb") as f:
            f.write(base64.b64decode(b.call("GET", "/screenshot")))
    finally:
        b.close()


main()
