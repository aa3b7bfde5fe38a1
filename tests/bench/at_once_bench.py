#!/usr/bin/env python3
"""Five loads at once against the same five one after another, by a running import service.

    at_once_bench.py DROPLOAD [--rows 780000] [--rounds 5] [--loader-threads N] [--json]

At once: into five tables; one after another: into one table, which has one job at a time. The bytes are on the service's
disk before the clock starts, as a fault holds the jobs until all are uploaded. Measured is the time until the last job is
at 1004, and how many cores the service kept busy meanwhile; each round begins with an empty directory. Also printed: the
most memory that the service had. --json: JSON files of 95 MB.
"""
import argparse
import pathlib
import statistics
import tempfile
import time

import json_bench
import make_csv
from service_client import Service

JOBS = 5


def run(service, path, views):
    """Wall and CPU seconds until the last job has ended."""
    service.hold_jobs()
    jobs = [service.upload(path, view=view) for view in views]
    cpu, began = service.cpu_seconds(), time.monotonic()
    service.let_jobs_go()
    service.wait_for(jobs)
    return time.monotonic() - began, service.cpu_seconds() - cpu


def measure(dropload, path, first_rows, loader_threads):
    with tempfile.TemporaryDirectory(prefix="dropload-bench-") as name:
        with Service(dropload, pathlib.Path(name), loader_threads) as service:
            views = [service.wait_for([service.upload(first_rows, f"t{n}")])["jobInfo"]["viewId"] for n in range(JOBS + 1)]
            return run(service, path, views[:1] * JOBS), run(service, path, views[1:]), service.peak_mib()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dropload")
    parser.add_argument("--rows", type=int, default=780_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--loader-threads", type=int)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    ratios, cores = [], []
    with tempfile.TemporaryDirectory(prefix="dropload-bench-") as work:
        path = f"{work}/data.{'json' if args.json else 'csv'}"
        first_rows = f"{work}/first.{path.rsplit('.', 1)[1]}"
        if args.json:
            json_bench.write(first_rows, "lines", 10_000)
            json_bench.write(path, "lines", 95_000_000)
        else:
            make_csv.main(100, first_rows)
            make_csv.main(args.rows, path)
        for _ in range(args.rounds):
            one_by_one, together, peak = measure(args.dropload, path, first_rows, args.loader_threads)
            ratios.append(together[0] / one_by_one[0])
            cores.append(together[1] / together[0])
            print(f"one by one {one_by_one[0]:6.2f} s, {one_by_one[1] / one_by_one[0]:.2f} cores   "
                  f"at once {together[0]:6.2f} s, {cores[-1]:.2f} cores, CPU {together[1]:.2f} s   ratio {ratios[-1]:.2f}   peak {peak} MiB", flush=True)
    print(f"medians: at once {statistics.median(ratios):.2f} x one by one, {statistics.median(cores):.2f} cores")


if __name__ == "__main__":
    main()
