#!/usr/bin/env python3
"""How fast the import service loads a JSON file and how much memory that takes, in each shape that a file may have.

    json_bench.py LOAD_ONCE [--mib 100]

LOAD_ONCE is the program built from load_once.cpp. Fails when a load takes more than 64 MiB of memory.
Measured on two busy cores: 2.7 to 2.9 s for 100 MiB (562,000 rows) in every shape, 20 MiB at the peak.
"""
import argparse
import json
import pathlib
import random
import subprocess
import sys
import tempfile

MOST_MIB = 64


def records(size):
    rng = random.Random(20261124)
    written = 0
    number = 0
    while written < size:
        number += 1
        text = json.dumps({
            "order_id": 100000 + number, "entered_at": f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02} 10:20:30",
            "customer": {"name": f"Jürgen \"{rng.randint(1, 999)}\"", "address": {"town": "Ulm", "zip": "00501"}},
            "unit_price": rng.randint(100, 99999) / 100, "paid": rng.random() < 0.5, "note": None,
            "items": [{"no": n, "what": "Desk lamp, brass"} for n in range(rng.randint(0, 2))]})
        written += len(text) + 2
        yield text


def write(path, shape, size):
    begin, between, end = {"array": ("[", ",\n", "]\n"), "lines": ("", "\n", "\n"),
                           "wrapped": ('{"total": 1, "orders": [', ",\n", '], "more": false}\n')}[shape]
    with open(path, "w", encoding="utf-8") as out:
        out.write(begin)
        for n, text in enumerate(records(size)):
            out.write((between if n else "") + text)
        out.write(end)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("load_once")
    parser.add_argument("--mib", type=int, default=100)
    arguments = parser.parse_args()
    worst = 0
    for shape in ("array", "lines", "wrapped"):
        with tempfile.TemporaryDirectory() as work:
            file = pathlib.Path(work, "data.json")
            write(file, shape, arguments.mib * 1024 * 1024)
            out = subprocess.run([arguments.load_once, file, work, "new"], check=True, capture_output=True, text=True)
            figures = json.loads(out.stdout)
            worst = max(worst, figures["peak_mib"])
            print(f"{shape:8} {file.stat().st_size / 2**20:5.0f} MiB  {figures['rows']:8} rows  {figures['seconds']:6.2f} s  "
                  f"peak {figures['peak_mib']} MiB", flush=True)
    if worst > MOST_MIB:
        sys.exit(f"more than {MOST_MIB} MiB")


if __name__ == "__main__":
    main()
