"""The script that cron runs under flock every minute."""
import os

from application import run
from peers import ByDelayedJob, Untried, crontab, in_background, put, titled

SCRIPT = "/srv/shop/keep"
LOOK = ["flock", "-n", "/srv/shop/shared/keep.lock", SCRIPT]


class Peer(ByDelayedJob):
    title = "flock script"
    unit = "cron.service"

    def set_up(self, limit_mb=None):
        if limit_mb:
            raise Untried("it has no memory limits")
        self.write("0 1 2")
        crontab(f"* * * * * {' '.join(LOOK)}\n")

    def write(self, numbers):
        put("flock_script.sh", SCRIPT, IDS=numbers)
        os.chmod(SCRIPT, 0o755)

    def start(self):
        super().start()
        run(*LOOK, check=False)

    def look(self):
        in_background(*LOOK, user="deploy")

    def restart(self):
        return in_background("bin/delayed_job", "-n", "3", "restart", user="deploy")

    def fewer(self):
        self.write("0 1")

    def one_look(self):
        return LOOK

    def victims(self):
        return titled(f"/bin/sh {SCRIPT}".replace(" ", "\0"))
