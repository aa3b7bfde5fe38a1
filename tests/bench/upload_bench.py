#!/usr/bin/env python3
"""The intake of a 100 MB upload by a running import service against writing the same file.

    upload_bench.py DROPLOAD [--rounds 9]

Measured is a whole create call over loopback, until its answer: the file is on the disk then, and the job is. The floor is
one thread that reads the file, from memory, and writes and syncs another. The two take turns.
"""
import argparse
import os
import pathlib
import statistics
import tempfile
import time

from service_client import Service

BYTES = 100_000_000
PIECE = 256 * 1024


def write_and_sync(source, path):
    began = time.monotonic()
    with open(source, "rb", buffering=0) as reading, open(path, "wb", buffering=0) as writing:
        while piece := reading.read(PIECE):
            writing.write(piece)
        os.fsync(writing.fileno())
    took = time.monotonic() - began
    os.unlink(path)
    return took


def upload(service, source, table):
    cpu, began = service.cpu_seconds(), time.monotonic()
    service.upload(source, table)
    return time.monotonic() - began, service.cpu_seconds() - cpu


def make_file(path):
    line = b"".join(b"%d,some text that a column holds,%d.25\r\n" % (n, n % 1000) for n in range(10_000))
    path.write_bytes((b"id,text,amount\r\n" + line * (BYTES // len(line) + 1))[:BYTES])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dropload")
    parser.add_argument("--rounds", type=int, default=9)
    args = parser.parse_args()
    ratios = []
    with tempfile.TemporaryDirectory(prefix="dropload-bench-") as name:
        source = pathlib.Path(name, "source.csv")
        make_file(source)
        for n in range(args.rounds):
            # Held jobs keep their slots and files: a new service for each round.
            directory = pathlib.Path(name, f"round{n}")
            directory.mkdir()
            floor = write_and_sync(source, directory / "floor")
            with Service(args.dropload, directory) as service:
                service.hold_jobs()
                took, cpu = upload(service, str(source), "t")
                ratios.append(took / floor)
                print(f"written {BYTES / floor / 1e6:5.0f} MB/s   uploaded {BYTES / took / 1e6:5.0f} MB/s, CPU {cpu:.3f} s   "
                      f"{ratios[-1]:.2f} x   peak {service.peak_mib()} MiB", flush=True)
    print(f"median: an upload takes {statistics.median(ratios):.2f} x the time of writing ({min(ratios):.2f} .. {max(ratios):.2f})")


if __name__ == "__main__":
    main()
