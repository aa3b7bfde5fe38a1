#!/usr/bin/env python3
"""Small files that are dropped, each durable in the queue, against what the file system and its syncs allow.

    drops_bench.py BUILD [--rounds 5] [--count 3000] [--bytes 1024] [--threads 8] [--group 32]

BUILD has dropload and tests/drop_floor, which says what the floor is. They take turns, each in a new directory of the
same file system. The files lie in the drop directory before the clock runs: from the resume of a daemon that was stopped
(SIGSTOP) once it watched, until the last row is committed. The route is paused: nothing is imported beside it.
"""
import argparse
import os
import pathlib
import signal
import statistics
import subprocess
import tempfile
import time

from drop_client import DropDaemon, csv_of
from new_directory import in_new_directory


def by_daemon(args, directory):
    source = make_files(directory / "source", args, ".csv")
    with DropDaemon(args.build / "dropload", directory) as daemon:
        daemon.pause()
        daemon.wait_until_watching()
        daemon.process.send_signal(signal.SIGSTOP)
        for path in source:
            path.rename(daemon.drop / path.name)
        cpu, began = daemon.cpu_seconds(), time.monotonic()
        daemon.process.send_signal(signal.SIGCONT)
        daemon.wait_until_accepted(args.count, 0.005)
        return time.monotonic() - began, daemon.cpu_seconds() - cpu


def by_floor(args, directory):
    make_files(directory / "drop", args)
    command = [args.build / "tests/drop_floor", directory, str(args.count), str(args.threads), str(args.group)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def make_files(directory, args, suffix=""):
    """The disk is idle afterwards, but the files are not synced: their own syncs have something to do in both."""
    os.sync()
    directory.mkdir()
    paths = [directory / f"{number}{suffix}" for number in range(1, args.count + 1)]
    for number, path in enumerate(paths):
        path.write_text(csv_of(number, args.bytes))
    return paths


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=3000)
    parser.add_argument("--bytes", type=int, default=1024)
    parser.add_argument("--threads", type=int, default=8)
    parser.add_argument("--group", type=int, default=32)
    args = parser.parse_args()
    ratios = []
    with tempfile.TemporaryDirectory(prefix="dropload-bench-") as work:
        for _ in range(args.rounds):
            floor = in_new_directory(work, lambda directory: by_floor(args, directory))
            took, cpu = in_new_directory(work, lambda directory: by_daemon(args, directory))
            ratios.append(took / floor)
            print(f"floor {args.count / floor:6.0f}/s   dropload {args.count / took:6.0f}/s, CPU {cpu / args.count * 1e6:4.0f} us each   "
                  f"{ratios[-1]:.2f} x", flush=True)
    print(f"median: dropload takes {statistics.median(ratios):.2f} x the time of the floor ({min(ratios):.2f} .. {max(ratios):.2f})")


if __name__ == "__main__":
    main()
