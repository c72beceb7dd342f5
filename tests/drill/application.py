"""The application under trial: tests/support/demo_app in /srv/shop, as Capistrano would lay it out, run by `deploy`."""
import os
import pathlib
import pwd
import shutil
import signal
import sqlite3
import subprocess
import threading
import time

SOURCE = pathlib.Path(__file__).resolve().parents[2]
HOME = pathlib.Path("/srv/shop")
CURRENT = HOME / "current"
SHARED = HOME / "shared"
PIDS = SHARED / "tmp/pids"
WORKERS = ("delayed_job.0", "delayed_job.1", "delayed_job.2")
ENVIRONMENT = {"PATH": "/usr/bin:/bin", "HOME": str(HOME), "USER": "deploy", "LOGNAME": "deploy", "RAILS_ENV": "production"}

# Each boot, and each worker that has begun to look for jobs, leaves a trace; so it is seen whatever its title may be.
BEFORE = """\
File.write("/srv/shop/shared/boots", "#{Process.pid}\\n", :mode => "a") unless ENV["DRILL_OWN"]
"""
AFTER = """\
class Seen < Delayed::Plugin
  callbacks do |lifecycle|
    lifecycle.before(:execute) do |worker|
      exit!(1) if File.exist?("/srv/shop/shared/crash")
      File.write("/srv/shop/shared/up/#{Process.pid}", "#{worker.name[/\\Adelayed_job\\S*/]} #{RELEASE}")
    end
  end
end
Delayed::Worker.plugins << Seen
"""
GROW = """\
# Holds 300 MB for 90 s.
class DemoJob::Grow < DemoJob
  def work
    ballast = Array.new(300) { "x" * 1024 * 1024 }
    sleep 90
    ballast.clear
  end
end
"""


def run(*words, check=True, timeout=900, user="deploy"):
    """Runs a command as the application's user, or another, and returns it with its output."""
    done = subprocess.run([str(word) for word in words], cwd="/" if user == "root" else CURRENT, user=user, group=user,
                          extra_groups=[], env={**ENVIRONMENT, "DRILL_OWN": "1"} if words[0] == "ruby" else ENVIRONMENT,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          timeout=timeout, start_new_session=True)
    if check and done.returncode:
        raise RuntimeError(f"{words} exits with {done.returncode}: {done.stdout}")
    return done


def wait_until(holds, seconds):
    """Seconds until it holds, or None."""
    began = time.monotonic()
    while not holds():
        if time.monotonic() - began > seconds:
            return None
        time.sleep(0.1)
    return time.monotonic() - began


def is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


# --- releases

def make_account():
    subprocess.run(["useradd", "--system", "--user-group", "--home-dir", HOME, "--shell", "/bin/sh", "deploy"], check=True)


def make():
    """The first release, with its tables."""
    for name in ("tmp/pids", "log", "db", "up"):
        (SHARED / name).mkdir(parents=True)
    deploy(1)
    own(HOME)
    run("ruby", "bin/setup")


def own(folder):
    account = pwd.getpwnam("deploy")
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)


def deploy(number, first_line=""):
    """A new release, and `current` points to it. What `first_line` does in its environment.rb comes first of all."""
    release = HOME / "releases" / str(number)
    shutil.copytree(SOURCE / "tests/support/demo_app", release)
    file = release / "config/environment.rb"
    file.write_text(f"RELEASE = {number}\n{BEFORE}{first_line}\n{file.read_text()}{AFTER}")
    (release / "app/jobs/demo_job").mkdir()
    (release / "app/jobs/demo_job/grow.rb").write_text(GROW)
    (release / "tmp").mkdir(exist_ok=True)
    for name in ("tmp/pids", "log", "db"):
        (release / name).symlink_to(SHARED / name)
    own(release)
    link = HOME / "next"
    link.symlink_to(release)
    os.rename(link, CURRENT)


def make_boots_slow(seconds):
    """Of the present release."""
    file = CURRENT / "config/environment.rb"
    file.write_text(f"sleep {seconds}\n{file.read_text()}")


# --- what is there

def serving():
    """[(name, pid, release)] of all workers that look for jobs."""
    found = []
    for file in (SHARED / "up").iterdir():
        pid = int(file.name)
        try:
            words = file.read_text().split()
            if len(words) == 2 and is_alive(pid) and b"delayed_job" in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes():
                found.append((words[0], pid, int(words[1])))
        except OSError:
            continue
    return sorted(found)


def pids_of(name):
    return [pid for each, pid, _ in serving() if each == name]


def all_up():
    return sorted(name for name, _, _ in serving()) == sorted(WORKERS)


def boots():
    file = SHARED / "boots"
    return len(file.read_text().split()) if file.exists() else 0


def rows(table):
    with sqlite3.connect(f"file:{SHARED}/db/production.sqlite3?mode=ro", uri=True, timeout=60) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute(f"SELECT * FROM {table} ORDER BY id")]


def enqueue(kind, seconds=0):
    if kind == "grow":
        run("ruby", "-r./config/environment", "-e", "Delayed::Job.enqueue(DemoJob::Grow.new('grow', 0))")
        return "grow"
    return run("ruby", "bin/enqueue", kind, 1, seconds).stdout.split()[-1]


def running_job(kind="wait", seconds=0):
    """Puts a job into the queue, waits for it to begin, and returns its name and the worker's name and pid."""
    name = enqueue(kind, seconds)
    began = lambda: [run for run in rows("runs") if run["name"] == name]
    if wait_until(began, 120) is None:
        raise RuntimeError(f"{name} does not begin")
    pid = began()[0]["pid"]
    return name, next(each for each, other, _ in serving() if other == pid), pid


def has_finished(job):
    return any(run["name"] == job and run["finished_at"] for run in rows("runs"))


def kill(pid, number=signal.SIGKILL):
    os.kill(pid, number)
    if number == signal.SIGKILL:
        wait_until(lambda: not is_alive(pid), 30)


def pid_file(name):
    return PIDS / f"{name}.pid"


def write_pid_file(name, text):
    file = pid_file(name)
    file.write_text(text)
    shutil.chown(file, "deploy", "deploy")


def keep_pid_files():
    """Whether the workers have pid files: those in the foreground have none."""
    return any(PIDS.glob("delayed_job.?.pid"))


class Stranger:
    """A process of the application's user that is no worker."""

    def __init__(self):
        self.process = subprocess.Popen(["sleep", "100000"], cwd="/", user="deploy", group="deploy", extra_groups=[])
        self.pid = self.process.pid

    def was_signalled(self):
        return self.process.poll() is not None

    def end(self):
        self.process.kill()
        self.process.wait()


class Watch:
    """Looks ten times a second how many copies there are of each worker, until it is ended."""

    def __init__(self, names=WORKERS):
        self.lost = dict.fromkeys(names, 0.0)
        self.most = dict.fromkeys(names, 0)
        self.least_up = len(names)
        self.ended = threading.Event()
        self.thread = threading.Thread(target=self.look, daemon=True)
        self.thread.start()

    def look(self):
        last = time.monotonic()
        while not self.ended.wait(0.1):
            up = [name for name, _, _ in serving()]
            now = time.monotonic()
            for name in self.lost:
                self.most[name] = max(self.most[name], up.count(name))
                self.lost[name] += 0 if name in up else now - last
            self.least_up = min(self.least_up, sum(name in up for name in self.lost))
            last = now

    def end(self):
        self.ended.set()
        self.thread.join()
        return self
