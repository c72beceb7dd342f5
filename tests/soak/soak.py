#!/usr/bin/python3
"""Real passes over real delayed_job, while workers, passes and those that start workers are killed at random.

Never may two processes bear one worker's title. In the end all workers run, each job has run, and after a stop no
process, no temporary file and no descriptor is left over.
"""
import argparse
import json
import os
import pathlib
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time

DEADLINE = 300  # seconds; a slow machine boots the application several times in it
WORKERS = ["delayed_job.0", "delayed_job.1", "delayed_job.2"]
CONFIG = """\
workers: [{preset: delayed_job, count: 3}]
launcher: direct
backoff: {first: 1s, max: 2s}
restart: {settle: 1s}
"""


class Broken(Exception):
    pass


def wait_for(holds, what):
    until = time.monotonic() + DEADLINE
    while not holds():
        if time.monotonic() > until:
            raise Broken(f"waited in vain for {what}")
        time.sleep(0.05)


class Soak:
    def __init__(self, folder, arguments):
        self.folder = folder
        self.bootcheck = arguments.bootcheck
        self.model = pathlib.Path(__file__).resolve().parent.parent / "support" / "demo_app"
        self.dice = random.Random(arguments.seed)
        self.root = folder / "app" / "current"
        self.shared = folder / "app" / "shared"
        self.releases = 0
        self.jobs = []
        self.counts = {}
        self.most_descriptors = 0
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8"}
        for name in ("tmp/pids", "log", "db"):
            (self.shared / name).mkdir(parents=True)
        self.deploy()
        subprocess.run(["ruby", "bin/setup"], cwd=self.root, env=self.environment, check=True)

    # --- what is there

    def processes(self):
        """pid -> command line, of all that work in the application."""
        found = {}
        for entry in os.listdir("/proc"):
            try:
                if entry.isdigit() and os.readlink(f"/proc/{entry}/cwd").startswith(str(self.folder)):
                    line = pathlib.Path(f"/proc/{entry}/cmdline").read_bytes().rstrip(b"\0")
                    found[int(entry)] = line.decode(errors="replace").replace("\0", " ")
            except OSError:
                continue
        return {pid: line for pid, line in found.items() if line}

    def workers(self):
        return {pid: line for pid, line in self.processes().items() if line in WORKERS}

    def runs_twice(self):
        titles = list(self.workers().values())
        return len(titles) != len(set(titles))

    def check(self):
        if self.runs_twice():
            time.sleep(0.5)  # a fork that is about to become another program bears the title for a moment
            if self.runs_twice():
                raise Broken(f"two of one worker: {self.workers()}")
        for pid in self.workers():
            try:
                links = [os.readlink(f"/proc/{pid}/fd/{number}") for number in os.listdir(f"/proc/{pid}/fd")]
            except OSError:
                continue
            if any("/bootcheck." in link and not link.endswith(".log") for link in links):
                raise Broken(f"pid {pid} has inherited a descriptor: {links}")
            self.most_descriptors = max(self.most_descriptors, len(links))

    def rows(self):
        told = subprocess.run(["ruby", "bin/jobs_report"], cwd=self.root, env=self.environment, check=True,
                              stdout=subprocess.PIPE, text=True).stdout
        return [json.loads(line) for line in told.splitlines()]

    # --- bootcheck

    def start(self, *words):
        return subprocess.Popen([self.bootcheck, "-C", str(self.root), *words], cwd="/", env=self.environment,
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def run(self, *words):
        process = self.start(*words)
        said, _ = process.communicate(timeout=DEADLINE)
        if process.returncode not in (0, 1, 75):
            raise Broken(f"bootcheck {' '.join(words)} exits with {process.returncode}: {said}")
        return process.returncode

    # --- what happens

    def deploy(self):
        self.releases += 1
        releases = self.folder / "app" / "releases"
        release = releases / str(self.releases)
        shutil.copytree(self.model, release)
        (release / "config" / "bootcheck.yml").write_text(CONFIG)
        (release / "tmp").mkdir(exist_ok=True)
        for name in ("tmp/pids", "log", "db"):
            (release / name).symlink_to(self.shared / name)
        link = self.folder / "app" / "next"
        link.symlink_to(release)
        os.rename(link, self.root)
        shutil.rmtree(releases / str(self.releases - 4), ignore_errors=True)

    def kill(self, pids, number=signal.SIGKILL):
        for pid in pids:
            try:
                os.kill(pid, number)
            except ProcessLookupError:
                pass

    def pick(self, things):
        things = sorted(things)
        return [self.dice.choice(things)] if things else []

    def nothing(self):
        pass

    def kill_worker(self):
        self.kill(self.pick(self.workers()))

    def kill_all(self):
        self.kill(self.workers())

    def ask_worker_by_hand(self):
        self.kill(self.pick(self.workers()), signal.SIGTERM)

    def kill_pass(self):
        self.kill(self.pick(self.workers()))
        process = self.start("run")
        time.sleep(self.dice.choice([0.0, 0.01, 0.05, 0.2, 0.5, 1, 2, 4]))
        process.kill()
        process.communicate(timeout=DEADLINE)

    def kill_starter(self):
        self.kill(self.pick(self.workers()))
        process = self.start("run")
        time.sleep(self.dice.choice([0.2, 0.5, 1, 2]))
        self.kill(self.pick(pid for pid, line in self.processes().items() if line not in WORKERS))
        process.communicate(timeout=DEADLINE)

    def two_passes(self):
        other = self.start("run")
        self.run("run")
        other.communicate(timeout=DEADLINE)

    def lose_pid_file(self):
        for path in self.pick(self.shared.glob("tmp/pids/delayed_job.*.pid")):
            path.unlink(missing_ok=True)

    def stale_pid_file(self):
        for path in self.pick(self.shared.glob("tmp/pids/delayed_job.*.pid")):
            path.write_text(f"{os.getpid()}\n")

    def restart(self):
        self.run("restart")

    def touch(self):
        (self.root / "tmp" / "restart.txt").touch()

    def hold(self):
        self.run("stop", self.dice.choice(WORKERS))

    def release(self):
        self.run("start")

    def enqueue(self):
        done = subprocess.run(["ruby", "bin/enqueue", "sleep", "4", self.dice.choice(["0", "1", "5"])], cwd=self.root,
                              env={**self.environment, "MAX_ATTEMPTS": "25", "RETRY_AFTER": "1"}, check=True,
                              stdout=subprocess.PIPE, text=True)
        self.jobs += done.stdout.split()

    def step(self):
        acts = [(self.nothing, 4), (self.kill_worker, 4), (self.kill_all, 1), (self.ask_worker_by_hand, 2),
                (self.kill_pass, 3), (self.kill_starter, 2), (self.two_passes, 2), (self.lose_pid_file, 1),
                (self.stale_pid_file, 1), (self.deploy, 2), (self.restart, 2), (self.touch, 1), (self.hold, 1),
                (self.release, 2), (self.enqueue, 2)]
        act = self.dice.choices([each for each, _ in acts], [weight for _, weight in acts])[0]
        self.counts[act.__name__] = self.counts.get(act.__name__, 0) + 1
        act()
        self.run("run")
        self.check()

    # --- the end

    def are_jobs_done(self):
        self.run("run")
        return not any(row["table"] == "delayed_jobs" for row in self.rows())

    def end(self):
        self.run("start")
        wait_for(lambda: self.run("run") == 0 and sorted(self.workers().values()) == WORKERS, "all workers")
        wait_for(self.are_jobs_done, "all jobs")
        finished = [row["name"] for row in self.rows() if row["table"] == "runs" and row["finished_at"]]
        if set(self.jobs) - set(finished):
            raise Broken(f"jobs that never ran: {sorted(set(self.jobs) - set(finished))}")
        size = (self.shared / "tmp/pids/bootcheck.state").stat().st_size
        if size > 4000 + 4000 * len(WORKERS):
            raise Broken(f"the state has grown to {size} bytes")
        self.run("stop", "--wait")
        wait_for(lambda: not self.processes(), "the end of all processes")
        for path in self.shared.glob("tmp/pids/.*"):
            os.utime(path, (1, 1))  # what a killed pass has left goes with the next that writes, once it is old
        self.run("stop", "--reason", "so that something is written")
        self.run("run")
        left = [path.name for path in self.shared.glob("tmp/pids/*") if not path.name.startswith("bootcheck.")]
        left += [path.name for path in self.shared.glob("tmp/pids/.*")]
        if left:
            raise Broken(f"left over: {left}")
        return len(finished), size


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bootcheck", required=True)
    parser.add_argument("--passes", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    scratch = pathlib.Path(tempfile.mkdtemp(prefix="bootcheck-soak.")).resolve()
    soak = None
    began = time.monotonic()
    try:
        soak = Soak(scratch, arguments)
        for count in range(1, arguments.passes + 1):
            soak.step()
            if count % 50 == 0:
                print(f"{count} passes in {time.monotonic() - began:.0f} s", flush=True)
        runs, size = soak.end()
    except Broken as broken:
        print(f"BROKEN with seed {arguments.seed}: {broken}\n{soak.counts}")
        log = soak.shared / "log" / "bootcheck.log"
        print(log.read_text()[-6000:] if log.exists() else "")
        return 1
    finally:
        if soak:
            soak.kill(soak.processes())
        shutil.rmtree(scratch, ignore_errors=True)
    print(f"{arguments.passes} passes in {time.monotonic() - began:.0f} s, {runs} runs of {len(soak.jobs)} jobs, at most "
          f"{soak.most_descriptors} descriptors in a worker, {size} bytes of state; nothing is left over")
    print(", ".join(f"{name} {count}" for name, count in sorted(soak.counts.items())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
