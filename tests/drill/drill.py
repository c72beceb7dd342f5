#!/usr/bin/python3
"""All peers under all faults, several at a time, as a table."""
import argparse
import concurrent.futures
import datetime
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import faults
import peers

HERE = pathlib.Path(__file__).resolve().parent
SOURCE = HERE.parents[1]
RESULTS = HERE / "RESULTS.md"
LIMIT = 25 * 60  # seconds for one cell; the longest, a crash loop that nobody mends, has 10 minutes of waiting in it
PACKAGES = ("monit", "supervisor", "systemd", "ruby-delayed-job", "ruby-daemons", "ruby-railties", "ruby", "cron")


class Cell:
    def __init__(self, peer, fault, scratch):
        self.peer, self.fault = peer, fault
        unique = scratch.name.rpartition(".")[2].replace("_", "-")
        self.folder = scratch / f"drill-{unique}-{faults.NAMES.index(fault)}-{peers.NAMES.index(peer)}"
        self.process = None
        self.result = {"verdict": "failed", "seen": "not run"}

    def run(self):
        (self.folder / "disk").mkdir(parents=True)
        began = time.monotonic()
        with open(self.folder / "console", "w", encoding="utf-8") as console:
            boot = [SOURCE / "tests/e2e/systemd/boot", self.folder, SOURCE]
            self.process = subprocess.Popen(
                [*boot, "/usr/bin/python3", HERE / "cell.py", self.peer, self.fault],
                stdin=subprocess.DEVNULL, stdout=console, stderr=console)
        try:
            self.process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self.end()
        self.result = self.read()
        took = f"{time.monotonic() - began:5.0f} s"
        print(took, self.fault, self.peer, self.result["verdict"], self.result["seen"], file=sys.stderr, flush=True)
        return self

    def read(self):
        try:
            return json.loads((self.folder / "result.json").read_text())
        except (OSError, ValueError):
            out = self.folder / "out"
            return {"verdict": "failed", "seen": out.read_text()[-4000:] if out.exists() else "it has not booted"}

    def end(self):
        """Takes the container along: it is the namespace's first process's child."""
        if self.process and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def load():
    """So that whoever edits them meanwhile does not change what is said of them."""
    return [peers.find(name) for name in peers.NAMES] + [faults.find(name) for name in faults.NAMES]


def version(package):
    return subprocess.run(["dpkg-query", "--show", "--showformat=${Version}", package], stdout=subprocess.PIPE,
                          text=True, check=True).stdout


def row(parts):
    return f"| {' | '.join(parts)} |\n"


def verdicts(results):
    """A row for each fault, a column for each peer."""
    names = [name for name in peers.NAMES if any(peer == name for peer, _ in results)]
    text = row(["", *[peers.find(name).title for name in names]]) + "|---" * (len(names) + 1) + "|\n"
    for fault in faults.NAMES:
        if any(each == fault for _, each in results):
            found = [results.get((name, fault), {"verdict": ""})["verdict"] for name in names]
            text += row([faults.find(fault).TITLE, *found])
    return text


def details(results):
    """What was seen, under each fault's rule."""
    text = ""
    for fault in faults.NAMES:
        seen = [(peer, results[peer, fault]) for peer in peers.NAMES if (peer, fault) in results]
        if seen:
            text += f"\n### {faults.find(fault).TITLE}\n\n{faults.find(fault).RULE}.\n\n| | | |\n|---|---|---|\n"
            text += "".join(row([peers.find(peer).title, each["verdict"], each["seen"]]) for peer, each in seen)
    return text


def published():
    """What publish() has written, by peer and fault."""
    titles = {faults.find(name).TITLE: name for name in faults.NAMES}
    columns = {peers.find(name).title: name for name in peers.NAMES}
    results, fault = {}, None
    for line in RESULTS.read_text().splitlines() if RESULTS.exists() else []:
        if line.startswith("### "):
            fault = titles.get(line[4:])
        parts = line.strip("| ").split(" | ")
        if fault and len(parts) == 3 and parts[0] in columns:
            results[columns[parts[0]], fault] = {"verdict": parts[1], "seen": parts[2]}
    return results


def publish(results, at_a_time):
    made = datetime.date.today().isoformat()
    versions = ", ".join(f"{package} {version(package)}" for package in PACKAGES)
    binary = subprocess.run([os.environ["BOOTCHECK_BINARY"], "--version"], stdout=subprocess.PIPE, text=True,
                            check=True).stdout
    head = (HERE / "RESULTS.head.md").read_text()
    head = head.replace("@DATE@", made).replace("@VERSIONS@", f"{binary.strip()}, {versions}")
    head = head.replace("@AT_A_TIME@", str(at_a_time))
    RESULTS.write_text(head + "\n" + verdicts(results) + "\n## What was seen\n" + details(results))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--publish", action="store_true")
    parser.add_argument("--peer", choices=peers.NAMES, action="append")
    parser.add_argument("--fault", choices=faults.NAMES, action="append")
    parser.add_argument("--at-a-time", type=int, default=6)
    arguments = parser.parse_args()
    load()
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="bootcheck-drill.")).resolve()
    cells = [Cell(peer, fault, scratch)
             for fault in arguments.fault or faults.NAMES for peer in arguments.peer or peers.NAMES]
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    pool = concurrent.futures.ThreadPoolExecutor(arguments.at_a_time)
    try:
        for _ in pool.map(Cell.run, cells):
            pass
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for cell in cells:
            cell.end()
        shutil.rmtree(scratch, ignore_errors=True)
    results = {(cell.peer, cell.fault): cell.result for cell in cells}
    failed = [cell for cell in cells if cell.result["verdict"] == "failed"]
    print(verdicts(results) + details(results))
    if arguments.publish and failed:
        print("not published: some have failed", file=sys.stderr)
    elif arguments.publish:
        publish({**published(), **results}, arguments.at_a_time)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
