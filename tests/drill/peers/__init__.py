"""What keeps the workers running: one file for each. `Peer` is what the faults ask of them."""
import importlib
import pathlib
import shutil
import subprocess

from application import CURRENT, ENVIRONMENT, is_alive, run

HERE = pathlib.Path(__file__).resolve().parent
NAMES = ("bootcheck", "monit", "supervisor", "systemd_simple", "systemd_forking", "delayed_job_m", "flock_script")


def find(name):
    return importlib.import_module(f"peers.{name}").Peer()


class Untried(Exception):
    """This peer has no such thing, or it cannot be tried here; says why."""


class Base:
    unit = None  # what init starts at boot
    title = None

    def set_up(self, limit_mb=None):
        """Writes its configuration for three workers."""
        raise NotImplementedError

    def start(self):
        """Installed: it runs now, and after each boot."""
        root("systemctl", "enable", self.unit, check=False)
        root("systemctl", "start", self.unit)

    def boot(self):
        """What init does at boot."""
        root("systemctl", "start", self.unit)

    def look(self):
        """Makes it look at the workers at once, where it looks from time to time only. Does not wait."""

    def restart(self):
        """What its deploy script calls. Returns the process."""
        raise NotImplementedError

    def fewer(self):
        """The third worker is no longer wanted."""
        raise NotImplementedError

    def names_leftover(self):
        """Whether it tells that the third worker runs although nobody wants it."""
        return False

    def hold(self, number):
        """This worker has to stay down."""
        raise NotImplementedError

    def status(self, number):
        """(whether it says that the worker runs, what it says)"""
        raise NotImplementedError

    def residents(self):
        """Pids of what stays beside the workers."""
        return []

    def one_look(self):
        """The command that cron runs every minute, as words, or None."""
        return None

    def victims(self):
        """Pids of what supervises, to be killed."""
        return self.residents()


class ByDelayedJob(Base):
    """Its workers are held and asked after by delayed_job's own commands."""

    def hold(self, number):
        run("bin/delayed_job", f"--identifier={number}", "stop", check=False)

    def status(self, number):
        done = run("bin/delayed_job", f"--identifier={number}", "status", check=False)
        return done.returncode == 0, done.stdout.strip().splitlines()[-1]


def root(*words, check=True):
    return run(*words, check=check, user="root")


def in_background(*words, user="root"):
    return subprocess.Popen([str(word) for word in words], cwd=CURRENT, user=user, group=user, extra_groups=[],
                            env=ENVIRONMENT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, text=True, start_new_session=True)


def put(name, target, **replaced):
    """Copies a file of this folder."""
    text = (HERE / name).read_text()
    for key, value in replaced.items():
        text = text.replace(f"@{key}@", str(value))
    pathlib.Path(target).write_text(text)


def main_pid(unit):
    pid = int(root("systemctl", "show", "--property=MainPID", "--value", unit).stdout)
    return [pid] if pid and is_alive(pid) else []


def crontab(text):
    """The crontab of the application's user, and none but this."""
    file = pathlib.Path("/var/spool/cron/crontabs/deploy")
    file.write_text(text)
    shutil.chown(file, "deploy", "crontab")
    file.chmod(0o600)


def titled(title):
    """Pids of all processes whose command line ends so."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if path.read_bytes().rstrip(b"\0").decode(errors="replace").endswith(title):
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found
