#!/usr/bin/env python3
"""A drop directory with 10,000 directories below it: the start, the memory, and a file in the last one.

    tree_bench.py DROPLOAD [--directories 10000] [--files 20]

Measured are the seconds from the start of the process until its first scan is over and each directory has its watch, the
same with one directory only, and from the close of a file in the directory that was made last until its row in the queue
is committed, and until it is in its table. The watches count: fs.inotify.max_user_watches must allow so many.
"""
import argparse
import pathlib
import statistics
import tempfile
import time

from drop_client import DropDaemon, csv_of, wait_for


def make_tree(directory, count):
    for number in range(count):
        last = directory / f"{number // 100:03}" / f"{number % 100:02}"
        last.mkdir(parents=True, exist_ok=True)
    return last


def start(args, count, measure):
    with tempfile.TemporaryDirectory(prefix="dropload-bench-") as work:
        directory = pathlib.Path(work)
        last = make_tree(directory / "drop", count)
        with DropDaemon(args.dropload, directory, recursive=True, first_poll="100ms") as daemon:
            took = daemon.wait_until_watching()
            drop = daemon.call("GET", "/v1/routes")["routes"][0]["drop"]
            print(f"{drop['directories']:6} directories, {drop['unwatched']} without a watch: watched {took:.2f} s after the start, CPU "
                  f"{daemon.cpu_seconds():.2f} s, {daemon.peak_mib()} MiB at most", flush=True)
            if measure:
                measure(args, daemon, last)


def drop_files(args, daemon, last):
    accepted, done = [], []
    for number in range(1, args.files + 1):
        with open(last / f"export_{number}.csv", "w", encoding="ascii") as file:
            file.write(csv_of(number))
        began = time.monotonic()
        daemon.wait_until_accepted(number)
        accepted.append(time.monotonic() - began)
        wait_for(lambda: daemon.count("state = 'done'") == number, 0.005)
        done.append(time.monotonic() - began)
    print(f"a file in the last of them: accepted after {statistics.median(accepted) * 1000:.1f} ms, in its table after "
          f"{statistics.median(done) * 1000:.0f} ms (medians of {args.files}; the service is asked first after 100 ms)")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dropload")
    parser.add_argument("--directories", type=int, default=10_000)
    parser.add_argument("--files", type=int, default=20)
    args = parser.parse_args()
    start(args, 1, None)
    start(args, args.directories, drop_files)


if __name__ == "__main__":
    main()
