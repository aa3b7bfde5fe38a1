"""A running `dropload serve` with a drop directory, and what its queue says of the files that are dropped there."""
import re
import sqlite3
import time

from daemon_client import Daemon

DROP_CONFIG = """merge = true
[route.drop]
directory = "{drop}"
recursive = {recursive}
[schedule]
first_poll = "{first_poll}"
"""


class DropDaemon(Daemon):
    """Its drop directory is `drop` in `directory`, its state beside it on the same file system, or below `state`."""

    def __init__(self, dropload, directory, recursive=False, first_poll="2s"):
        self.drop = directory / "drop"
        self.drop.mkdir(exist_ok=True)
        self.queue = directory / "state" / "queue.db"
        super().__init__(dropload, directory, DROP_CONFIG.format(drop=self.drop, recursive=str(recursive).lower(), first_poll=first_poll))
        self.database = sqlite3.connect(f"file:{self.queue}?mode=ro", uri=True, timeout=10, isolation_level=None)

    def __exit__(self, *exception):
        self.database.close()
        super().__exit__(*exception)

    def resume(self):
        self.call("POST", "/v1/routes/bench/resume")

    def is_watching(self):
        drop = self.call("GET", "/v1/routes")["routes"][0]["drop"]
        return drop["state"] == "watched"

    def wait_until_watching(self):
        """Seconds from the start of the process until its first scan is over and the kernel tells of every change."""
        wait_for(self.is_watching, 0.005)
        return time.monotonic() - self.began

    def count(self, where="1"):
        return self.database.execute(f"SELECT count(*) FROM submission WHERE {where}").fetchone()[0]

    def accepted(self):
        """How many have their row: ids are given in its order, and no file fails here. Costs next to nothing."""
        return self.database.execute("SELECT max(id) FROM submission").fetchone()[0] or 0

    def wait_until_accepted(self, count, pause=0.0005):
        wait_for(lambda: self.accepted() >= count, pause, 3600)
        if self.count() != count:
            raise SystemExit(f"{self.count()} submissions instead of {count}")

    def rss_mib(self):
        return int(re.search(r"VmRSS:\s+(\d+)", open(f"/proc/{self.process.pid}/status", encoding="ascii").read())[1]) // 1024


def wait_for(condition, pause, give_up_after=600):
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > give_up_after:
            raise SystemExit(f"it has not come to that within {give_up_after} s")
        time.sleep(pause)


def csv_of(number, size=1024):
    """Every file has other rows."""
    text = f"id,name,amount\n{number},file {number},1.5\n"
    row = 0
    while len(text) < size - 60:
        row += 1
        text += f"{number}{row:03},row {row} of file {number},{row}.25\n"
    return text
