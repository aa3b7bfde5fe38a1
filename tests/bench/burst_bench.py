#!/usr/bin/env python3
"""A hundred thousand files at once in one drop directory: until all are safe in the queue, and how they become rows.

    burst_bench.py DROPLOAD [--count 100000] [--bytes 1024] [--import-for 60]

The files are made beside the drop directory of a running daemon and then renamed into it, one after another without a
pause: far faster than they are taken, so that the kernel loses events. Meanwhile the route is paused, as otherwise two
things would be measured at once; then it is resumed, and files that are done are counted for so many seconds. Its
service has the limits of the API off: jobs carry up to 1,000 of the files (merge, merge_files).
"""
import argparse
import pathlib
import tempfile
import time

from drop_client import DropDaemon, csv_of

AT_MOST = 3600


def drop_all(daemon, directory, count, size):
    """Seconds it takes the producer."""
    source = directory / "source"
    source.mkdir()
    paths = [source / f"export_of_the_night_{number:07}.csv" for number in range(count)]
    for number, path in enumerate(paths):
        path.write_text(csv_of(number, size))
    began = time.monotonic()
    for path in paths:
        path.rename(daemon.drop / path.name)
    return time.monotonic() - began


def watch_it_being_accepted(daemon, count):
    """Seconds until all have their row; prints a line for each tenth, by which is seen whether anything grows."""
    began, said = time.monotonic(), 0
    while (accepted := daemon.accepted()) < count:
        if time.monotonic() - began > AT_MOST:
            raise SystemExit(f"{accepted} of {count} are accepted after {AT_MOST} s")
        if accepted * 10 // count > said:
            said = accepted * 10 // count
            print(f"  {accepted:7} accepted after {time.monotonic() - began:6.1f} s, {daemon.rss_mib()} MiB", flush=True)
        time.sleep(0.05)
    took = time.monotonic() - began
    if daemon.count() != count:
        raise SystemExit(f"{daemon.count()} submissions instead of {count}")
    return took


def watch_it_becoming_rows(daemon, seconds, count):
    began = time.monotonic()
    done = 0
    while done < count and time.monotonic() - began < seconds:
        time.sleep(0.5)
        done = daemon.count("state = 'done'")
    return done, time.monotonic() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dropload")
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--bytes", type=int, default=1024)
    parser.add_argument("--import-for", type=float, default=60)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dropload-bench-") as work:
        directory = pathlib.Path(work)
        with DropDaemon(args.dropload, directory) as daemon:
            daemon.pause()
            daemon.wait_until_watching()
            rss = daemon.rss_mib()
            dropped_in = drop_all(daemon, directory, args.count, args.bytes)
            took, cpu = watch_it_being_accepted(daemon, args.count), daemon.cpu_seconds()
            print(f"dropped {args.count} files in {dropped_in:.1f} s; all are accepted {took:.1f} s later, {args.count / (dropped_in + took):.0f}/s, "
                  f"CPU {cpu / args.count * 1e6:.0f} us each")
            print(f"memory: {rss} MiB before, {daemon.peak_mib()} MiB at most, {daemon.rss_mib()} MiB afterwards", flush=True)
            if args.import_for > 0:
                daemon.resume()
                done, seconds = watch_it_becoming_rows(daemon, args.import_for, args.count)
                print(f"imported: {done} files in {seconds:.0f} s, {done / seconds:.0f}/s; {daemon.peak_mib()} MiB at most")


if __name__ == "__main__":
    main()
