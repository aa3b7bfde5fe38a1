#!/usr/bin/env python3
"""From the end of writing a small file to its row in the queue, while nothing else is to be done.

    latency_bench.py DROPLOAD [--count 400] [--bytes 1024]

Each file is written and closed, and the clock runs from before the close until another process reads the committed row
(the queue is asked every 0.2 ms). The route is paused, so that nothing is imported beside it. In turn with each file the
floor is taken: write a file, sync it, rename it, sync the directory, and commit a row (SQLite, WAL, synchronous=FULL),
one after another.
"""
import argparse
import os
import pathlib
import random
import sqlite3
import tempfile
import time

from drop_client import DropDaemon, csv_of


class Floor:
    def __init__(self, directory):
        self.directory = directory
        directory.mkdir()
        self.database = sqlite3.connect(directory / "floor.db", isolation_level=None)
        self.database.execute("PRAGMA journal_mode=WAL")
        self.database.execute("PRAGMA synchronous=FULL")
        self.database.execute("CREATE TABLE row (id INTEGER PRIMARY KEY, text TEXT)")
        self.fd = os.open(directory, os.O_RDONLY)

    def take(self, number, text):
        with open(self.directory / "new", "w", encoding="ascii") as file:
            file.write(text)
            file.flush()
            began = time.monotonic()
            os.fsync(file.fileno())
        os.rename(self.directory / "new", self.directory / f"{number}.csv")
        os.fsync(self.fd)
        self.database.execute("INSERT INTO row VALUES (?, ?)", (number, "x" * 300))
        return time.monotonic() - began


def drop(daemon, number, text):
    file = open(daemon.drop / f"export_{number:06}.csv", "w", encoding="ascii")
    file.write(text)
    file.flush()
    began = time.monotonic()
    file.close()
    daemon.wait_until_accepted(number, 0.0002)
    return time.monotonic() - began


def line(name, seconds):
    seconds = sorted(seconds)
    at = {share: seconds[min(len(seconds) - 1, int(share * len(seconds)))] * 1000 for share in (0.5, 0.9, 0.99)}
    return f"{name:8} p50 {at[0.5]:6.2f} ms   p90 {at[0.9]:6.2f} ms   p99 {at[0.99]:6.2f} ms   most {seconds[-1] * 1000:6.2f} ms"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dropload")
    parser.add_argument("--count", type=int, default=400)
    parser.add_argument("--bytes", type=int, default=1024)
    args = parser.parse_args()
    took, floors = [], []
    with tempfile.TemporaryDirectory(prefix="dropload-bench-") as work:
        directory = pathlib.Path(work)
        floor = Floor(directory / "floor")
        with DropDaemon(args.dropload, directory) as daemon:
            daemon.pause()
            daemon.wait_until_watching()
            cpu = daemon.cpu_seconds()
            for number in range(1, args.count + 1):
                time.sleep(random.uniform(0.01, 0.05))
                took.append(drop(daemon, number, csv_of(number, args.bytes)))
                floors.append(floor.take(number, csv_of(number, args.bytes)))
            cpu = daemon.cpu_seconds() - cpu
    print(f"{args.count} files of {args.bytes} bytes, CPU {cpu / args.count * 1000:.2f} ms each")
    print(line("dropload", took))
    print(line("floor", floors))


if __name__ == "__main__":
    main()
