#!/usr/bin/env python3
"""How much memory the import service takes to load files that are hard to load, good ones and such as must be refused.

    memory_bench.py LOAD_ONCE

LOAD_ONCE is the program built from load_once.cpp. Fails when a load takes more than 64 MiB, or ends otherwise than it
should. "late" is a file in which many ordinary rows come first, so that SQLite's cache is full when the hard one comes.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile

MOST_MIB = 64
MIB = 1024 * 1024
HEADER = b"id,name,amount,day,note\n"


def plain_rows(out, count):
    for n in range(count):
        out.write(b"%d,name of %d,%d.25,2026-11-%02d,some text that is here in row %d\n" % (n, n, n % 1000, n % 28 + 1, n))


def quote_never_closed(out, rows_before):
    out.write(HEADER)
    plain_rows(out, rows_before)
    out.write(b'1,"' + b"x" * (60 * MIB))


def one_line(out):
    out.write(b"x" * (50 * MIB))


def three_hundred_columns(out):
    out.write(b",".join(b"c%d" % c for c in range(300)) + b"\n")
    for row in range(43_000):
        out.write(b",".join(b"%d" % (row * c) for c in range(300)) + b"\n")


def largest_records(out):
    out.write(HEADER)
    plain_rows(out, 1_000_000)
    for _ in range(4):
        out.write(b'1,"' + b"some more\n" * (16 * MIB // 10 - 10) + b'",1.25,2026-11-01,x\n')
        plain_rows(out, 10)


def json_text(out, size):
    out.write(b'[{"a": 1, "b": "x"},\n{"a": 2, "b": "' + b"x" * size + b'"}]')


def json_largest_texts(out):
    out.write(b"[")
    for n in range(600_000):
        out.write(b'{"id": %d, "name": "name of %d", "b": "some text that is here in row %d"},\n' % (n, n, n))
    for _ in range(4):
        out.write(b'{"id": 2, "b": "' + b"x" * (8 * MIB - 200) + b'"},\n')
    out.write(b'{"id": 3}]')


def json_many_values(out):
    row = b'{"a": [' + b", ".join(b'{"x": %d, "y": "ab"}' % n for n in range(249_000)) + b"]}"
    out.write(b"[" + b",\n".join([row] * 4) + b"]")


def json_bad_byte(out):
    out.write(b'[{"a": "x"},\n{"a": "' + b"x" * (8 * MIB - 1000) + b'\xff"}]')


# Name, what writes it, the code it is refused with.
FILES = [
    ("quote never closed, 60 MiB", "csv", lambda out: quote_never_closed(out, 10), 7248),
    ("the same, late", "csv", lambda out: quote_never_closed(out, 1_000_000), 7248),
    ("one line of 50 MiB", "csv", one_line, 7248),
    ("300 columns, 100 MB", "csv", three_hundred_columns, None),
    ("four records of 16 MiB, late", "csv", largest_records, None),
    ("JSON text of 40 MiB", "json", lambda out: json_text(out, 40 * MIB), 7248),
    ("JSON texts of 8 MiB, late", "json", json_largest_texts, None),
    ("JSON records of 500,000 values", "json", json_many_values, None),
    ("JSON text of 8 MiB, bad byte", "json", json_bad_byte, 7248),
]


def measure(load_once, kind, write):
    with tempfile.TemporaryDirectory(prefix="dropload-bench-") as work:
        file = pathlib.Path(work, f"data.{kind}")
        with open(file, "wb") as out:
            write(out)
        run = subprocess.run([load_once, file, work, "new"], capture_output=True, text=True)
        return file.stat().st_size, json.loads(run.stdout)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("load_once")
    arguments = parser.parse_args()
    wrong = 0
    for name, kind, write, refused_with in FILES:
        size, figures = measure(arguments.load_once, kind, write)
        is_right = figures["peak_mib"] <= MOST_MIB and figures.get("failed") == refused_with
        wrong += not is_right
        end = f"refused with {figures['failed']}" if "failed" in figures else f"{figures['rows']} rows"
        print(f"{name:31} {size / MIB:5.0f} MiB  peak {figures['peak_mib']:3} MiB  {end}{'' if is_right else '   WRONG'}", flush=True)
    if wrong:
        sys.exit(f"{wrong} took more than {MOST_MIB} MiB or ended otherwise than they should")


if __name__ == "__main__":
    main()
