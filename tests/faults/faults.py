#!/usr/bin/python3
"""Makes each system call of bootcheck fail, and kills it at each, one at a time.

A case is a verb in a situation, and one system call that strace(1) makes fail or kills the program at. Afterwards
passes without faults have to lead to one copy of each worker, nothing torn, nothing forgotten and nobody else signalled.
"""
import argparse
import concurrent.futures
import json
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

DEADLINE = 60  # seconds; more than anything but a hang takes
PASSES = 12  # a back-off and a drain are over by then

# What each system call may plausibly fail with. Not close(2): strace would leave open what the kernel always closes.
READING = ["EIO", "EACCES", "ENOMEM"]
OPENING = ["EACCES", "EIO", "EMFILE", "ENFILE", "ENOMEM", "ENOSPC", "EROFS", "EINTR"]
CHANGING = ["EACCES", "EIO", "ENOSPC", "EROFS"]
ERRORS = {
    "open": OPENING, "openat": OPENING, "openat2": OPENING,
    "read": ["EIO", "EINTR"], "pread64": ["EIO", "EINTR"], "readv": ["EIO", "EINTR"],
    "write": ["ENOSPC", "EIO", "EINTR", "EDQUOT"], "pwrite64": ["ENOSPC", "EIO"], "writev": ["ENOSPC", "EIO"],
    "fsync": ["EIO", "ENOSPC"], "fdatasync": ["EIO", "ENOSPC"],
    "rename": CHANGING, "renameat": CHANGING, "renameat2": CHANGING, "unlink": CHANGING, "unlinkat": CHANGING,
    "mkdir": CHANGING, "mkdirat": CHANGING, "rmdir": CHANGING, "ftruncate": CHANGING, "linkat": CHANGING,
    "chmod": CHANGING, "fchmod": CHANGING, "utimensat": CHANGING, "link": CHANGING,
    "stat": READING, "lstat": READING, "fstat": ["EIO"], "newfstatat": READING, "statx": READING,
    "access": READING, "faccessat": READING, "faccessat2": READING, "readlink": READING, "readlinkat": READING,
    "getdents64": ["EIO", "ENOMEM"], "chdir": READING, "fchdir": READING, "getcwd": ["ENOMEM", "EACCES"],
    "clone": ["EAGAIN", "ENOMEM"], "clone3": ["EAGAIN", "ENOMEM"], "fork": ["EAGAIN", "ENOMEM"],
    "vfork": ["EAGAIN", "ENOMEM"], "wait4": ["EINTR"], "waitid": ["EINTR"],
    "pidfd_open": ["EMFILE", "ENFILE", "ENOMEM"], "pidfd_send_signal": ["EPERM"],
    "socket": ["EMFILE", "ENFILE", "ENOMEM"], "socketpair": ["EMFILE", "ENFILE"], "connect": ["EACCES"],
    "pipe": ["EMFILE", "ENFILE"], "pipe2": ["EMFILE", "ENFILE"], "memfd_create": ["EMFILE", "ENOMEM"],
    "epoll_create1": ["EMFILE", "ENOMEM"], "epoll_ctl": ["ENOMEM", "ENOSPC"], "eventfd2": ["EMFILE"],
    "timerfd_create": ["EMFILE"], "inotify_init1": ["EMFILE", "ENOMEM"], "inotify_add_watch": ["ENOSPC", "ENOMEM"],
    "epoll_wait": ["EINTR"], "epoll_pwait": ["EINTR"], "poll": ["EINTR", "ENOMEM"], "ppoll": ["EINTR", "ENOMEM"],
    "clock_nanosleep": ["EINTR"], "flock": ["EINTR", "ENOLCK"], "fcntl": ["EMFILE"], "dup": ["EMFILE"],
    "mmap": ["ENOMEM"], "brk": ["ENOMEM"], "prlimit64": ["EPERM"], "fadvise64": ["EINVAL"],
}
# A request that could not be remembered may be made again: the files that say so could not be written.
MAY_FORGET = {"open", "openat", "openat2", "write", "fsync", "rename", "renameat", "renameat2", "read", "unlink",
              "unlinkat", "close", "fchmod", "ftruncate", "fstat", "newfstatat", "statx", "pread64", "mmap", "brk",
              "flock", "mkdir", "mkdirat", "getdents64", "fcntl"}

CONFIG = """\
app: shop
launcher: direct
backoff: {first: 100ms, max: 200ms}
start_timeout: 20s
restart: {settle: 1s}
workers:
  - {name: feed, start: [bin/cheap, foreground, feed], foreground: true}
  - name: mail
    start: [bin/cheap, daemon, mail, tmp/pids/mail.pid, mail-title]
    process_title: mail-title
  - name: noisy
    start: [bin/cheap, daemon, noisy, tmp/pids/noisy.pid, "noisy: master process"]
"""
REAL_CONFIG = """\
workers: [{preset: delayed_job, count: 2}]
launcher: direct
backoff: {first: 100ms, max: 200ms}
restart: {settle: 1s}
"""
DEMO_APP = pathlib.Path(__file__).resolve().parent.parent / "support" / "demo_app"


class Broken(Exception):
    pass


class Site:
    """An application of three workers, and another one of the same titles beside it."""

    NAMES = {"feed", "mail", "noisy"}

    def __init__(self, folder, bootcheck, cheap):
        self.folder = folder
        self.bootcheck = bootcheck
        self.cheap = cheap
        self.root = folder / "app" / "current"
        self.shared = folder / "app" / "shared"
        self.pids = self.shared / "tmp" / "pids"
        self.other = folder / "other"
        self.environment = {"PATH": "/usr/bin:/bin", "HOME": str(folder), "LC_ALL": "C.UTF-8",
                            "ASAN_OPTIONS": "detect_leaks=0"}
        self.strangers = self.add_stranger()

    def add_stranger(self):
        (self.other / "bin").mkdir(parents=True)
        os.link(self.cheap, self.other / "bin" / "cheap")
        for name, title in (("mail", "mail-title"), ("noisy", "noisy: master process")):
            subprocess.run([self.other / "bin/cheap", "daemon", name, f"{name}.pid", title], cwd=self.other, check=True)
        return self.living(self.other)

    # --- processes

    def living(self, below):
        """pid -> name, of the cheap programs that work there."""
        found = {}
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            try:
                if not os.readlink(f"/proc/{entry}/exe").endswith("/bin/cheap"):
                    continue
                if not os.readlink(f"/proc/{entry}/cwd").startswith(str(below)):
                    continue
                found[int(entry)] = pathlib.Path(f"/proc/{entry}/comm").read_text().strip()
            except OSError:
                continue
        return found

    def workers(self):
        return self.living(self.folder / "app")

    def kill_all(self, below):
        for pid in self.living(below):
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
        wait_for(lambda: not self.living(below), "the workers' end")

    def terms(self):
        """How often each was asked to stop."""
        counts = {}
        for file in (self.folder / "app").glob("releases/*/terms"):
            for line in file.read_text().split():
                counts[line] = counts.get(line, 0) + 1
        return counts

    # --- files

    def fill_release(self, release):
        (release / "bin").mkdir(parents=True)
        (release / "config").mkdir()
        os.link(self.cheap, release / "bin" / "cheap")
        (release / "tmp").symlink_to(self.shared / "tmp")
        (release / "log").symlink_to(self.shared / "log")
        (release / "config" / "bootcheck.yml").write_text(CONFIG)

    def add_release(self, number):
        release = self.folder / "app" / "releases" / str(number)
        self.fill_release(release)
        link = self.root.parent / "next"
        link.symlink_to(release)
        os.rename(link, self.root)

    def rebuild(self):
        self.kill_all(self.folder / "app")
        shutil.rmtree(self.folder / "app", ignore_errors=True)
        self.pids.mkdir(parents=True)
        (self.shared / "log").mkdir()
        self.add_release(1)

    # --- bootcheck

    def command(self, *words):
        return [self.bootcheck, "-C", str(self.root), *words]

    def run(self, *words, prefix=()):
        return subprocess.run([*prefix, *self.command(*words)], env=self.environment, cwd=self.folder,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              timeout=DEADLINE, text=True, errors="replace")

    def status(self):
        done = self.run("status", "--json")
        try:
            return {each["name"]: each for each in json.loads(done.stdout)["workers"]}
        except (ValueError, KeyError) as error:
            raise Broken(f"status --json says {done.stdout!r} and {done.stderr!r}") from error

    def close(self):
        self.kill_all(self.folder)


def wait_for(holds, what):
    until = time.monotonic() + DEADLINE
    while not holds():
        if time.monotonic() > until:
            raise Broken(f"waited in vain for {what}")
        time.sleep(0.005)


class RealSite(Site):
    """Two workers of real delayed_job."""

    NAMES = {"delayed_job.0", "delayed_job.1"}

    def add_stranger(self):
        return {}

    def below(self, folder):
        """pid -> command line."""
        found = {}
        for entry in os.listdir("/proc"):
            try:
                if entry.isdigit() and os.readlink(f"/proc/{entry}/cwd").startswith(str(folder)):
                    line = pathlib.Path(f"/proc/{entry}/cmdline").read_bytes().rstrip(b"\0")
                    found[int(entry)] = line.decode(errors="replace")
            except OSError:
                continue
        return {pid: line for pid, line in found.items() if line}

    def living(self, below):
        return {pid: line for pid, line in self.below(below).items() if line in self.NAMES}

    def kill_all(self, below):
        def all_are_gone():
            for pid in self.below(below):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            return not self.below(below)
        wait_for(all_are_gone, "the workers' end")

    def fill_release(self, release):
        shutil.copytree(DEMO_APP, release)
        (release / "tmp").mkdir(exist_ok=True)
        (self.shared / "db").mkdir(exist_ok=True)
        for name in ("tmp/pids", "log", "db"):
            (release / name).symlink_to(self.shared / name)
        (release / "config" / "bootcheck.yml").write_text(REAL_CONFIG)
        subprocess.run(["ruby", "bin/setup"], cwd=release, env=self.environment, check=True)


# --- situations: what is there before the verb

def all_up(site):
    site.rebuild()
    done = site.run("run")
    if done.returncode != 0 or sorted(site.workers().values()) != sorted(site.NAMES):
        raise Broken(f"the workers do not come up: {done.stderr}")


def crashed(site):
    all_up(site)
    site.kill_all(site.folder / "app")


def deployed(site):
    all_up(site)
    site.add_release(2)


def held(site):
    all_up(site)
    site.run("stop")
    wait_for(lambda: not site.workers(), "the end of those that were stopped")


def stale(site):
    crashed(site)
    for name, pid in zip(sorted(site.NAMES), sorted(site.strangers)):
        (site.pids / f"{name}.pid").write_text(f"{pid}\n")


def empty(site):
    site.rebuild()


class Verb:
    def __init__(self, name, situation, words, changes=True):
        self.name, self.situation, self.words, self.changes = name, situation, words, changes


VERBS = [
    Verb("run: nothing runs", empty, ["run"]),
    Verb("run: all crashed", crashed, ["run"]),
    Verb("run: strangers in the pid files", stale, ["run"]),
    Verb("run: all is well", all_up, ["run"]),
    Verb("run: a deploy", deployed, ["run"]),
    Verb("restart", all_up, ["restart"]),
    Verb("restart --wait", all_up, ["restart", "--wait"]),
    Verb("restart --surge", all_up, ["restart", "--surge"]),
    Verb("stop", all_up, ["stop"]),
    Verb("stop --for", all_up, ["stop", "--for", "1h", "mail"]),
    Verb("start", held, ["start"]),
    Verb("status", all_up, ["status"], False),
    Verb("why", all_up, ["why", "feed"], False),
    Verb("run --dry-run", crashed, ["--dry-run"], False),
    Verb("config", all_up, ["config"], False),
    Verb("logs", all_up, ["logs", "feed"], False),
    Verb("crontab", all_up, ["crontab"], False),
]
# One boot and one restart are enough: a case takes many seconds.
REAL_VERBS = [
    Verb("run: delayed_job crashed", crashed, ["run"]),
    Verb("restart of delayed_job", all_up, ["restart"]),
]


# --- what has to hold

def check_files(site):
    for path in site.pids.iterdir():
        try:
            text = path.read_text()
        except FileNotFoundError:
            continue  # of a worker that ends just now
        if path.suffix in (".state", ".holds"):
            try:
                json.loads(text)
            except ValueError:
                raise Broken(f"{path.name} is torn: {text!r}") from None
        if path.suffix == ".pid" and not re.fullmatch(r"\d+\n", text):
            raise Broken(f"{path.name} is torn: {text!r}")


def check_strangers(site):
    if site.living(site.other) != site.strangers or (site.other / "terms").exists():
        raise Broken("somebody else was signalled")


def is_settled(site, status):
    workers = site.workers()
    if sorted(workers.values()) != sorted(set(workers.values())):
        return False
    return all(each["state"] in ("running", "held") and (each["state"] == "held") == (name not in workers.values())
               for name, each in status.items())


def converge(site):
    """Passes as cron makes them, until all is well. The first may still drain what was asked to stop."""
    said = ""
    was_settled = False
    for _ in range(PASSES):
        done = site.run("run")
        said = done.stderr
        status = site.status()
        settled = done.returncode == 0 and is_settled(site, status)
        if settled and was_settled:  # the last pass has seen it as well
            return status
        was_settled = settled
        if not settled:
            time.sleep(0.1)
    raise Broken(f"nothing settles: {site.workers()}, {said!r}, "
                 f"{ {name: each['state'] for name, each in status.items()} }")


def check_temporary_files(site):
    """What a killed pass leaves goes with the next one that writes, once it is old."""
    left = list(site.pids.glob(".*"))
    if not left:
        return
    for path in left:
        os.utime(path, (1, 1))
    site.run("start")
    for path in site.pids.glob("*.pid"):
        path.unlink()
    site.run("run")
    left = list(site.pids.glob(".*"))
    if left:
        raise Broken(f"{left[0].name} is left over")


def check_end(site, verb, before, done, case):
    is_good = done is not None and done.returncode == 0
    if "--wait" in verb.words and is_good and set(before) & set(site.workers()):
        raise Broken(f"{' '.join(verb.words)} exits 0 before {set(before)} are replaced")
    if case[0] == "pidfd_open" and done is not None and done.returncode == 4:
        raise Broken(f"a descriptor that could not be had ends the whole pass: {done.stderr}")
    status = converge(site)
    now = site.workers()
    check_files(site)
    check_strangers(site)
    requests = site.pids / "bootcheck.requests"
    if requests.exists() and requests.read_text():
        raise Broken("what was asked for was not taken up")
    if list(site.pids.glob("*.draining.*")):
        raise Broken("a pid file is still set aside")
    state = json.loads((site.pids / "bootcheck.state").read_text())
    for name, record in state["workers"].items():
        if record.get("stops"):
            raise Broken(f"a drain of {name} is not over: {record}")
    words = verb.words
    is_held = {name for name, each in status.items() if each["state"] == "held"}
    if words[0] == "stop":
        asked = set(words[3:]) or site.NAMES
        if is_good and is_held != asked:
            raise Broken(f"stop exits 0, and {is_held} are held")
        if not is_held <= asked:
            raise Broken(f"{is_held} are held")
    elif words[0] == "start":
        if is_good and is_held:
            raise Broken(f"start exits 0, and {is_held} are held")
    elif is_held:
        raise Broken(f"{is_held} are held")
    if words[0] == "restart" and is_good and set(before) & set(now):
        raise Broken(f"restart exits 0, and {set(before) & set(now)} were not replaced")
    if not verb.changes and verb.situation is all_up and set(before) != set(now):
        raise Broken("others run than before")
    if verb.situation is deployed:
        for pid in now:
            if not os.readlink(f"/proc/{pid}/cwd").endswith("/releases/2"):
                raise Broken(f"pid {pid} runs the old code")
    may_be_twice = case is None or case[1] == "KILL" or case[0] in MAY_FORGET
    for pid, count in site.terms().items():
        if count > 1 and not may_be_twice:
            raise Broken(f"pid {pid} was asked to stop {count} times")
    check_temporary_files(site)


# --- the cases

def record(site, verb):
    """The system calls that the verb makes, as (name, how many)."""
    verb.situation(site)
    log = site.folder / "calls"
    site.run(*verb.words, prefix=["strace", "-o", str(log)])
    counts = {}
    for line in log.read_text(errors="replace").splitlines():
        name = line.split("(", 1)[0]
        if re.fullmatch(r"[a-z_0-9]+", name):
            counts[name] = counts.get(name, 0) + 1
    return counts


def cases_of(counts):
    for name, count in sorted(counts.items()):
        if name in ("execve", "exit_group"):
            continue
        for at in range(1, count + 1):
            yield name, "KILL", at
            for error in ERRORS.get(name, []):
                yield name, error, at


def run_case(site, verb, case):
    """Whether the fault was met."""
    name, fault, at = case
    verb.situation(site)
    before = site.workers()
    log = site.folder / "faults"
    what = "signal=KILL" if fault == "KILL" else f"error={fault}"
    done = site.run(*verb.words, prefix=["strace", "-o", str(log), "-e", f"trace={name}",
                                         "-e", f"inject={name}:{what}:when={at}"])
    told = log.read_text(errors="replace")
    check_files(site)
    check_end(site, verb, before, None if fault == "KILL" else done, case)
    return "(INJECTED" in told or "killed by SIGKILL" in told


class Worker:
    """Cases one after another on a site of their own."""

    def __init__(self, folder, arguments):
        kind = RealSite if arguments.delayed_job else Site
        self.site = kind(folder, arguments.bootcheck, arguments.cheap)

    def work(self, job):
        verb, case = job
        try:
            return job, run_case(self.site, verb, case), None
        except Broken as broken:
            return job, True, str(broken)
        except subprocess.TimeoutExpired as late:
            return job, True, f"does not end: {late.cmd}"


def counted(jobs, share):
    """So many of them, always the same: of each verb as many, and as many kills as errors."""
    shuffled = list(jobs)
    random.Random(1).shuffle(shuffled)
    groups = {}
    for verb, case in shuffled:
        groups.setdefault((verb.name, case[1] == "KILL"), []).append((verb, case))
    ranked = [(rank, job) for group in groups.values() for rank, job in enumerate(group)]
    ranked.sort(key=lambda each: each[0])
    return [job for _, job in ranked][:share]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bootcheck", required=True)
    parser.add_argument("--cheap", required=True)
    parser.add_argument("--cases", type=int, help="so many of them, of each verb as many; all without it")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--delayed-job", action="store_true", help="on real delayed_job, which takes long")
    parser.add_argument("--verb", help="only this one, as the table names it")
    parser.add_argument("--case", help="only CALL:FAULT:AT of --verb")
    arguments = parser.parse_args()
    known = REAL_VERBS if arguments.delayed_job else VERBS
    verbs = [verb for verb in known if arguments.verb in (None, verb.name)]
    with tempfile.TemporaryDirectory(prefix="bootcheck-faults.") as scratch:
        return run_all(pathlib.Path(scratch).resolve(), arguments, verbs)


def run_all(scratch, arguments, verbs):
    shutil.copy(arguments.cheap, scratch / "cheap")  # a link from there to each site
    arguments.cheap = scratch / "cheap"
    workers = []
    try:
        for number in range(arguments.jobs):
            folder = scratch / str(number)
            folder.mkdir()
            workers.append(Worker(folder, arguments))
        jobs = []
        for verb in verbs:
            for case in cases_of(record(workers[0].site, verb)):
                jobs.append((verb, case))
        if arguments.case:
            name, fault, at = arguments.case.split(":")
            jobs = [(verbs[0], (name, fault, int(at)))]
        return run_jobs(workers, counted(jobs, arguments.cases), verbs, len(jobs))
    finally:
        for worker in workers:
            worker.site.close()


def run_jobs(workers, jobs, verbs, in_all):
    began = time.monotonic()
    totals = {verb.name: [0, 0, 0, 0] for verb in verbs}
    shares = [jobs[at::len(workers)] for at in range(len(workers))]
    with concurrent.futures.ThreadPoolExecutor(len(workers)) as pool:
        def do(worker, share):
            for job in share:
                verb, case = job
                _, was_met, broken = worker.work(job)
                total = totals[verb.name]
                total[1 if case[1] == "KILL" else 0] += 1
                total[2] += not was_met
                if broken:
                    total[3] += 1
                    print(f"BROKEN: {verb.name}, {case[0]} {case[1]} at {case[2]}: {broken}\n  again: tests/faults/run "
                          f"--verb '{verb.name}' --case {case[0]}:{case[1]}:{case[2]}", flush=True)
        for each in [pool.submit(do, *pair) for pair in zip(workers, shares)]:
            each.result()
    print(f"{'VERB':34} {'ERRORS':>7} {'KILLS':>7} {'NOT MET':>8} {'BROKEN':>7}")
    for name, counts in totals.items():
        print(f"{name:34} {counts[0]:7} {counts[1]:7} {counts[2]:8} {counts[3]:7}")
    print(f"{len(jobs)} of {in_all} cases in {time.monotonic() - began:.0f} s, "
          f"{sum(counts[3] for counts in totals.values())} broken")
    return 1 if any(counts[3] for counts in totals.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
