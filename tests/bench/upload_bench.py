#!/usr/bin/env python3
"""The intake of a 100 MB upload, by the import service and by the daemon, against writing the same file.

    upload_bench.py DROPLOAD [--rounds 9]

Measured is a whole call over loopback, until its answer: the bytes are on the disk then, and the job or the submission is.
The floor is one thread that reads the file, from memory, and writes and syncs another (fdatasync). They take turns. The
daemon also makes a SHA-256 of the bytes and counts the records of the file before it answers.
"""
import argparse
import os
import pathlib
import statistics
import tempfile
import time

from daemon_client import Daemon
from new_directory import in_new_directory
from service_client import Service

BYTES = 100_000_000
PIECE = 256 * 1024


def write_and_sync(source, directory):
    began = time.monotonic()
    with open(source, "rb", buffering=0) as reading, open(directory / "floor", "wb", buffering=0) as writing:
        while piece := reading.read(PIECE):
            writing.write(piece)
        os.fdatasync(writing.fileno())
    return time.monotonic() - began


def measure(process, upload):
    """Wall and CPU seconds, and the most memory that the process has had."""
    cpu, began = process.cpu_seconds(), time.monotonic()
    upload()
    return time.monotonic() - began, process.cpu_seconds() - cpu, process.peak_mib()


def to_service(dropload, directory, source):
    with Service(dropload, directory) as service:
        service.hold_jobs()
        return measure(service, lambda: service.upload(source, "t"))


def to_daemon(dropload, directory, source):
    with Daemon(dropload, directory) as daemon:
        return measure(daemon, lambda: daemon.upload(source))


def make_file(path):
    line = b"".join(b"%d,some text that a column holds,%d.25\r\n" % (n, n % 1000) for n in range(10_000))
    path.write_bytes((b"id,text,amount\r\n" + line * (BYTES // len(line) + 1))[:BYTES])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dropload")
    parser.add_argument("--rounds", type=int, default=9)
    args = parser.parse_args()
    ratios = {"service": [], "daemon": []}
    with tempfile.TemporaryDirectory(prefix="dropload-bench-") as work:
        source = pathlib.Path(work, "source.csv")
        make_file(source)
        for _ in range(args.rounds):
            for name, upload in (("service", to_service), ("daemon", to_daemon)):
                floor = in_new_directory(work, lambda directory: write_and_sync(source, directory))
                took, cpu, peak = in_new_directory(work, lambda directory: upload(args.dropload, directory, str(source)))
                ratios[name].append(took / floor)
                print(f"{name:7}  written {BYTES / floor / 1e6:5.0f} MB/s   uploaded {BYTES / took / 1e6:5.0f} MB/s, CPU {cpu:.3f} s   "
                      f"{took / floor:.2f} x   peak {peak} MiB", flush=True)
    for name, each in ratios.items():
        print(f"median: an upload to the {name} takes {statistics.median(each):.2f} x the time of writing ({min(each):.2f} .. {max(each):.2f})")


if __name__ == "__main__":
    main()
