"""bootcheck as the README installs it: one line in the crontab of the application's user."""
import os
import re
import shutil

from application import CURRENT, own, run
from peers import Base, crontab, in_background, put, titled

CALL = ["/usr/bin/bootcheck", "-C", str(CURRENT)]


class Peer(Base):
    title = "bootcheck"
    unit = "cron.service"

    def set_up(self, limit_mb=None):
        shutil.copy(os.environ["BOOTCHECK_BINARY"], "/usr/bin/bootcheck")
        self.words = ["-n", "3"]
        if limit_mb:
            put("bootcheck.yml", CURRENT / "config/bootcheck.yml", MEMORY=f"{limit_mb}M")
            own(CURRENT / "config/bootcheck.yml")
            self.words = []
        self.write()

    def write(self):
        crontab(f"* * * * * {' '.join(CALL + self.words)}\n")

    def start(self):
        super().start()
        run(*CALL, *self.words, check=False)

    def look(self):
        in_background(*CALL, *self.words, user="deploy")

    def restart(self):
        return in_background(*CALL, *self.words, "restart", "--wait", user="deploy")

    def fewer(self):
        self.words = ["-n", "2"]
        self.write()

    def names_leftover(self):
        said = run(*CALL, *self.words, "status", check=False).stdout
        return any("delayed_job.2" in line and "does not name it" in line for line in said.splitlines())

    def hold(self, number):
        run(*CALL, *self.words, "stop", "--wait", f"delayed_job.{number}")

    def status(self, number):
        done = run(*CALL, *self.words, "status", f"delayed_job.{number}", check=False)
        line = next((line for line in done.stdout.splitlines() if line.startswith("delayed_job.")), done.stdout)
        _, state, *others = re.split(" {2,}", line)  # pid, up, memory, note
        return state == "running", "; ".join([state, *others[3:]])

    def one_look(self):
        return CALL + self.words

    def victims(self):
        return titled("\0".join(CALL + self.words)) + titled("bootcheck preloader")
