#!/usr/bin/env python3
"""Small bodies over REST, each durable when it is answered, beside `beanstalkd -b DIR -f0` on as many connections.

    puts_bench.py BUILD [--rounds 5] [--count 4000] [--bytes 1024] [--connections 32]

BUILD has dropload and tests/puts. They take turns, each time with an empty queue on the same file system. The route is
paused: nothing is imported beside it, as nobody takes what is put into beanstalkd. Without beanstalkd (apt-get install
beanstalkd) dropload is measured alone.
"""
import argparse
import pathlib
import shutil
import socket
import statistics
import subprocess
import tempfile
import time

from daemon_client import Daemon
from new_directory import in_new_directory


def puts(args, kind, port):
    command = [args.build / "tests/puts", kind, str(port), str(args.connections), str(args.count), str(args.bytes)]
    return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def to_daemon(args, directory):
    with Daemon(args.build / "dropload", directory) as daemon:
        daemon.pause()
        cpu = daemon.cpu_seconds()
        took = puts(args, "rest", daemon.port)
        return took, daemon.cpu_seconds() - cpu, daemon.peak_mib()


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def to_beanstalkd(args, directory):
    port = free_port()
    process = subprocess.Popen([args.beanstalkd, "-l", "127.0.0.1", "-p", str(port), "-b", directory, "-f0"])
    try:
        for _ in range(500):
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except ConnectionRefusedError:
                time.sleep(0.01)
        return puts(args, "beanstalk", port)
    finally:
        process.kill()
        process.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--count", type=int, default=4000)
    parser.add_argument("--bytes", type=int, default=1024)
    parser.add_argument("--connections", type=int, default=32)
    args = parser.parse_args()
    args.beanstalkd = shutil.which("beanstalkd")
    if not args.beanstalkd:
        print("beanstalkd is not installed (apt-get install beanstalkd): dropload is measured alone")
    ratios = []
    with tempfile.TemporaryDirectory(prefix="dropload-bench-") as work:
        for _ in range(args.rounds):
            took, cpu, peak = in_new_directory(work, lambda directory: to_daemon(args, directory))
            line = f"dropload {args.count / took:6.0f}/s, CPU {cpu / args.count * 1e6:3.0f} us each, peak {peak} MiB"
            if args.beanstalkd:
                peer = in_new_directory(work, lambda directory: to_beanstalkd(args, directory))
                ratios.append(peer / took)
                line += f"   beanstalkd {args.count / peer:6.0f}/s   {ratios[-1]:.2f} x"
            print(line, flush=True)
    if ratios:
        print(f"median: dropload takes {statistics.median(ratios):.2f} x the rate of beanstalkd ({min(ratios):.2f} .. {max(ratios):.2f})")


if __name__ == "__main__":
    main()
