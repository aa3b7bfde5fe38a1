#!/usr/bin/env python3
"""How fast the import service loads a CSV file, beside what else is installed that can: sqlite3, duckdb, psql.

    load_bench.py LOAD_ONCE [--rows 800000] [--rounds 5] [--update]

LOAD_ONCE is the program built from load_once.cpp. The runs of one round follow one another, so that all see the same
machine; printed are medians over the rounds and their ratio to `sqlite3 .import` into a typed table. Each run begins
with an empty directory on the same disk and ends when the rows are durable: of ours that is when they are in the write-ahead
log, and "closed" is when they have been copied out of it as well and the file is closed. psql is used when PGHOST is set.
--update also measures updateadd of 100,000 rows into a table of a million, against appending them.
"""
import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import tempfile
import time

import make_csv

COLUMNS = ("order_id INTEGER, order_date DATE, entered_at {timestamp}, customer TEXT, email TEXT, product TEXT, "
           "quantity INTEGER, unit_price {real}, paid {boolean}, note TEXT")


def seconds(command, **kwargs):
    began = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **kwargs)
    return time.monotonic() - began


def load_once(program, csv, directory, mode, key=None):
    out = subprocess.run([program, csv, directory, mode] + ([key] if key else []), check=True, capture_output=True, text=True)
    return json.loads(out.stdout)


def sqlite_import(csv, directory):
    script = f"CREATE TABLE t ({COLUMNS.format(timestamp='DATETIME', real='REAL', boolean='BOOLEAN')});\n.import --csv --skip 1 {csv} t\n"
    return seconds(["sqlite3", f"{directory}/peer.db"], input=script, text=True)


def duckdb_import(csv, directory):
    return seconds(["duckdb", f"{directory}/peer.duckdb", "-c", f"SET threads=1; CREATE TABLE t AS SELECT * FROM read_csv('{csv}')"])


def psql_import(csv, _directory):
    columns = COLUMNS.format(timestamp="TIMESTAMP", real="DOUBLE PRECISION", boolean="BOOLEAN")
    script = f"DROP TABLE IF EXISTS dropload_bench;\nCREATE TABLE dropload_bench ({columns});\n\\copy dropload_bench FROM '{csv}' CSV HEADER\n"
    return seconds(["psql", "-q", "-v", "ON_ERROR_STOP=1"], input=script, text=True)


class Bench:
    def __init__(self, program, work):
        self.program = program
        self.work = work
        self.figures = {}
        self.peak_mib = 0

    def fresh(self):
        directory = self.work / "run"
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir()
        return str(directory)

    def note(self, name, value):
        self.figures.setdefault(name, []).append(value)

    def ours(self, name, csv, directory, mode, key=None):
        result = load_once(self.program, csv, directory, mode, key)
        self.peak_mib = max(self.peak_mib, result["peak_mib"])
        self.note(name, result["seconds"])
        self.note(f"{name}, closed", result["closed_seconds"])

    def round_of_loads(self, csv, first_rows):
        self.note("sqlite3 .import", sqlite_import(csv, self.fresh()))
        self.ours("new table", csv, self.fresh(), "new")
        directory = self.fresh()
        load_once(self.program, first_rows, directory, "new")
        self.ours("existing table", csv, directory, "append")
        if shutil.which("duckdb"):
            self.note("duckdb, one thread", duckdb_import(csv, self.fresh()))
        if os.environ.get("PGHOST") and shutil.which("psql"):
            self.note("psql \\copy", psql_import(csv, self.fresh()))

    def report(self, floor):
        base = statistics.median(self.figures[floor])
        for name, values in self.figures.items():
            median = statistics.median(values)
            print(f"{name:24} {median:7.3f} s  {median / base:6.2f} x {floor}   ({min(values):.3f} .. {max(values):.3f})")
        self.figures.clear()


def numbered_csv(path, first, rows):
    with open(path, "w", encoding="ascii") as out:
        out.write("id,name,amount,day\n")
        for n in range(first, first + rows):
            out.write(f"{n},name of {n},{n % 1000}.25,2026-11-{n % 28 + 1:02}\n")


def measure_update(bench, work, rounds):
    numbered_csv(work / "million.csv", 0, 1_000_000)
    numbered_csv(work / "half_new.csv", 950_000, 100_000)
    for _ in range(rounds):
        for name, mode in (("append", "append"), ("updateadd", "updateadd")):
            directory = bench.fresh()
            load_once(bench.program, str(work / "million.csv"), directory, "new")
            # The first updateadd makes the index; what is measured is the daily one.
            load_once(bench.program, str(work / "half_new.csv"), directory, "updateadd", "id")
            bench.ours(name, str(work / "half_new.csv"), directory, mode, "id" if mode == "updateadd" else None)
    print("\n100,000 rows into a table of a million with an index:")
    bench.report("append")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("load_once")
    parser.add_argument("--rows", type=int, default=800_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--update", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="dropload-bench-") as name:
        work = pathlib.Path(name)
        csv, first_rows = str(work / "big.csv"), str(work / "first.csv")
        make_csv.main(args.rows, csv)
        make_csv.main(100, first_rows)
        bench = Bench(args.load_once, work)
        for _ in range(args.rounds):
            bench.round_of_loads(csv, first_rows)
        print(f"{args.rows} rows, {os.path.getsize(csv) / 1e6:.0f} MB, medians of {args.rounds} rounds:")
        bench.report("sqlite3 .import")
        print(f"most memory of a load: {bench.peak_mib} MiB")
        if args.update:
            measure_update(bench, work, args.rounds)


if __name__ == "__main__":
    main()
