"""delayed_job's own monitor (`delayed_job --help`: -m), started by cron at boot; the README's commands otherwise."""
from application import WORKERS, run
from peers import ByDelayedJob, Untried, crontab, in_background, titled

START = ["bin/delayed_job", "-n", "3", "-m"]


class Peer(ByDelayedJob):
    title = "delayed_job -m"
    unit = "cron.service"

    def set_up(self, limit_mb=None):
        if limit_mb:
            raise Untried("it has no memory limits")
        crontab(f"@reboot cd /srv/shop/current && RAILS_ENV=production {' '.join(START)} start\n")

    def start(self):
        run(*START, "start")

    def restart(self):
        return in_background(*START, "restart", user="deploy")

    def fewer(self):
        crontab("@reboot cd /srv/shop/current && RAILS_ENV=production bin/delayed_job -n 2 -m start\n")
        run("bin/delayed_job", "-n", "2", "-m", "restart", check=False)

    def residents(self):
        return [pid for name in WORKERS for pid in titled(f"{name}_monitor")]
