#!/usr/bin/env python3
"""The simulator's workloads, scaled down, by the real daemon against the real import service with its limits on.

    service_workloads.py DROPLOAD [--short]

Each runs with an empty state and an empty service. All files are accepted while the organizations are paused; the clock
runs from the resume until the last one is done. Printed are the makespan, the bound and their ratio, the calls below /bulk, the jobs
and the most of them at once. Fails when the service ever gave a limit answer (6045, 8134), when a file is not done, and
when a row is not in its table just once. --short: fewer of them and smaller ones, for the test suite.

The bound is the larger of two. Slots: every job, and every batch of one, takes a second (slow_jobs; 0.3 with --short),
five at a time, those of one table one after another. Calls: two for each job and one for each further batch, 40 in a
minute. An outage that begins before that adds its length, less one job. The fewest jobs: one for each table, and for each
file that cannot be merged.
"""
import argparse
import math
import pathlib
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time

CALLS_A_MINUTE = 40
SLOTS = 5
BATCH = 1024 * 1024
GIVE_UP_AFTER = 150


class Workload:
    def __init__(self, name, files, merge=True, organizations=1, outage=None, job=1.0):
        self.name, self.files, self.merge, self.organizations, self.outage, self.job = name, files, merge, organizations, outage, job

    def submissions(self):
        return len(self.files) * self.organizations

    def bound(self):
        """Of one organization: all have the same files."""
        jobs, loads = {}, {}
        for table, rows in self.files:
            pieces = math.ceil(len(csv_of(table, 0, rows)) / BATCH)
            if pieces > 1 or not self.merge or table not in jobs:
                jobs[table] = jobs.get(table, 0) + 1
                loads[table] = loads.get(table, 0) + pieces
        slots = max(max(loads.values()), math.ceil(sum(loads.values()) / SLOTS)) * self.job
        calls = (sum(jobs.values()) + sum(loads.values()) - 1) // CALLS_A_MINUTE * 60
        bound = max(slots, calls)
        if self.outage and self.outage[0] < bound:
            bound += self.outage[1] - min(self.job, self.outage[1])
        return bound


def csv_of(table, number, rows):
    """Every row of a workload has another text."""
    return "id,name\n" + "".join(f"{i},{table} file {number} row {i} {'x' * 60 if rows > 1000 else ''}\n" for i in range(rows))


def small(files, tables):
    return [(f"t{n % tables}", 5) for n in range(files)]


def large(files, rows):
    return [(f"large{n}", rows) for n in range(files)]


def workloads(short):
    if short:
        return [Workload("200 small files to one table", small(200, 1), job=0.3),
                Workload("40 small files to 8 tables", small(40, 8), job=0.3),
                Workload("small ones, and one of 2.5 MB in batches", small(20, 4) + large(1, 30_000), job=0.3),
                Workload("two organizations, 20 small files to 4 tables each, an outage of 1 s", small(20, 4), organizations=2,
                         outage=(0.2, 1), job=0.3)]
    return [Workload("1,000 small files to one table", small(1_000, 1)),
            Workload("300 small files to 25 tables", small(300, 25)),
            Workload("10 x 0.9 MB to 10 tables", large(10, 10_000)),
            Workload("small and large ones, and one of 10 MB in batches", small(50, 5) + large(3, 10_000) + [("huge", 110_000)]),
            Workload("two organizations, 100 small files to 10 tables each", small(100, 10), organizations=2),
            Workload("10 x 0.9 MB to 10 tables, an outage of 10 s", large(10, 10_000), outage=(0.5, 10)),
            Workload("15 small files to 5 tables, not mergeable", small(15, 5), merge=False)]


class Service:
    def __init__(self, dropload, directory, workload):
        self.dropload, self.directory, self.port = dropload, directory, 0
        config = f"[service]\nlimits = true\nslow_jobs = \"{int(workload.job * 1000)}ms\"\n"
        for n in range(workload.organizations):
            config += f"[[organization]]\nname = \"org{n}\"\norg_id = \"70000000{n}\"\nworkspaces = [\"Main{n}\"]\n"
            config += credentials(n)
        (directory / "service.toml").write_text(config)
        (directory / "service.toml").chmod(0o600)
        self.start()

    def start(self):
        self.process = subprocess.Popen([self.dropload, "service", "--config", self.directory / "service.toml", "--listen",
                                         f"127.0.0.1:{self.port}", "--data", self.directory / "service"],
                                        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.process.stdout:
            if found := re.search(r"http://127.0.0.1:(\d+)", line):
                self.port = int(found[1])
            if "To try it" in line:
                return
        raise SystemExit("the service did not start")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait()


def credentials(n):
    """Each organization is of its own account."""
    return f"client_id = \"c{n}\"\nclient_secret = \"s{n}\"\nrefresh_token = \"r{n}\"\n"


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return listener.getsockname()[1]


def write_daemon_config(directory, rest_port, port, workload):
    text = (f"[daemon]\nstate_directory = \"state\"\nlisten = \"127.0.0.1:{rest_port}\"\nlog_level = \"warn\"\n"
            f"[schedule]\nbatch_size = \"{BATCH}B\"\nfirst_poll = \"{int(workload.job * 1000)}ms\"\npoll_every = \"{'2s' if workload.job >= 1 else '500ms'}\"\n")
    for n in range(workload.organizations):
        text += (f"[[organization]]\nname = \"org{n}\"\napi_url = \"http://127.0.0.1:{port}\"\n"
                 f"token_url = \"http://127.0.0.1:{port}/oauth/v2/token\"\norg_id = \"70000000{n}\"\n" + credentials(n))
    for n in range(workload.organizations):
        text += (f"[[route]]\nname = \"route{n}\"\norganization = \"org{n}\"\nworkspace = \"Main{n}\"\n"
                 f"table_pattern = '(?<table>[a-z0-9]+)_.*'\ncreate = true\nmerge = {str(workload.merge).lower()}\n"
                 f"[route.drop]\ndirectory = \"{directory}/drop{n}\"\nstable_for = \"100ms\"\n")
    config = directory / "dropload.toml"
    config.write_text(text)
    config.chmod(0o600)
    return config


def accept_all(dropload, directory, rest_port, workload):
    """While the organizations are paused. Afterwards all wait, and the clock may start."""
    say = [dropload, "pause", "organization", "--url", f"http://127.0.0.1:{rest_port}"]
    for n in range(workload.organizations):
        wait_for(lambda: subprocess.run(say + [f"org{n}", "--reason", "a benchmark"], capture_output=True).returncode == 0)
        for number, (table, rows) in enumerate(workload.files):
            path = directory / f"drop{n}" / f"{table}_{number:04}.csv"
            path.with_suffix(".tmp").write_text(csv_of(table, number, rows))
            path.with_suffix(".tmp").rename(path)
    wait_for(lambda: ask(directory / "state" / "queue.db", "SELECT count(*) FROM submission") == (workload.submissions(),))
    began = time.monotonic()
    say[1] = "resume"
    for n in range(workload.organizations):
        subprocess.run(say + [f"org{n}"], check=True, stdout=subprocess.DEVNULL)
    return began


def wait_for(condition):
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > GIVE_UP_AFTER:
            raise SystemExit("the files are not accepted")
        time.sleep(0.05)


def ask(path, question):
    """One row; nothing while the database is not there yet."""
    try:
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=5) as database:
            return database.execute(question).fetchone()
    except sqlite3.OperationalError:
        return None


def wait_until_done(queue, count, began, service, outage):
    """Seconds until the last file is done, and the most jobs at once that were seen."""
    most, is_away = 0, False
    while time.monotonic() - began < GIVE_UP_AFTER:
        now = time.monotonic() - began
        if outage and not is_away and now >= outage[0]:
            service.stop()
            is_away = True
        if outage and is_away and now >= sum(outage):
            service.start()
            outage = None
        row = ask(queue, "SELECT (SELECT count(*) FROM submission WHERE state = 'done'), (SELECT max(n) FROM (SELECT count(*) "
                         "AS n FROM job WHERE holds_slot = 1 GROUP BY organization)), (SELECT count(*) FROM submission WHERE "
                         "state NOT IN ('queued', 'importing', 'done'))")
        if row:
            most = max(most, row[1] or 0)
            if row[0] == count:
                return time.monotonic() - began, most
            if row[2]:
                raise SystemExit(f"a file is not imported: {ask(queue, 'SELECT file_name, state, reason FROM submission WHERE length(reason) > 0')}")
        time.sleep(0.02)
    raise SystemExit(f"it is not done after {GIVE_UP_AFTER} s")


def look_for_limit_answers(queue):
    """6045 leaves the account's pace behind, 8134 what is known of strangers; either is the code of a job that it ended."""
    slowed, strangers, refused = ask(queue, "SELECT (SELECT count(*) FROM account_pace), (SELECT count(*) FROM strangers), (SELECT "
                                            "count(*) FROM job WHERE remote_code IN (6045, 8134))")
    if slowed or strangers or refused:
        raise SystemExit(f"the service gave limit answers: {slowed} accounts were slowed down, {refused} jobs refused")


def look_at_rows(warehouse, workload):
    expected = {}
    for table, rows in workload.files:
        expected[table] = expected.get(table, 0) + rows
    with sqlite3.connect(f"file:{warehouse}?mode=ro", uri=True) as database:
        views = database.execute("SELECT name, table_name FROM dropload_view").fetchall()
        if sorted(name for name, _ in views) != sorted(list(expected) * workload.organizations):
            raise SystemExit(f"the tables are {views}")
        for name, table in views:
            count, different = database.execute(f'SELECT count(*), count(DISTINCT name) FROM "{table}"').fetchone()
            if (count, different) != (expected[name], expected[name]):
                raise SystemExit(f"{table}: {count} rows, {different} of them different, instead of {expected[name]}")


def run(dropload, workload):
    with tempfile.TemporaryDirectory(prefix="dropload-bench-") as name:
        directory = pathlib.Path(name)
        for n in range(workload.organizations):
            (directory / f"drop{n}").mkdir()
        service = Service(dropload, directory, workload)
        rest_port = free_port()
        config = write_daemon_config(directory, rest_port, service.port, workload)
        log = open(directory / "log", "w", encoding="utf-8")
        daemon = subprocess.Popen([dropload, "serve", "--config", config], stdout=subprocess.DEVNULL, stderr=log)
        try:
            began = accept_all(dropload, directory, rest_port, workload)
            return measure(directory, service, workload, began)
        except BaseException:
            print((directory / "log").read_text(), file=sys.stderr)
            raise
        finally:
            for process in (daemon, service.process):
                process.terminate()
                process.wait()
            log.close()


def measure(directory, service, workload, began):
    queue = directory / "state" / "queue.db"
    took, most = wait_until_done(queue, workload.submissions(), began, service, workload.outage)
    look_for_limit_answers(queue)
    calls, jobs = ask(queue, "SELECT sum(1 + polls + max(batches - 1, 0)), count(*) FROM job")
    look_at_rows(directory / "service" / "warehouse.db", workload)
    return took, calls, jobs, most


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dropload")
    parser.add_argument("--short", action="store_true")
    args = parser.parse_args()
    print(f"{'seconds':<72} {'takes':>7} {'bound':>7} {'ratio':>6} {'calls':>6} {'jobs':>5} {'slots':>5}")
    for workload in workloads(args.short):
        took, calls, jobs, most = run(args.dropload, workload)
        bound = workload.bound()
        print(f"{workload.name:<72} {took:>7.1f} {bound:>7.1f} {took / bound:>6.2f} {calls:>6} {jobs:>5} {most:>5}", flush=True)
        if most > SLOTS:
            raise SystemExit("more jobs than slots")


if __name__ == "__main__":
    main()
