"""supervisor, run by Debian's unit."""
from peers import Base, Untried, in_background, main_pid, put, root

CONFIG = "/etc/supervisor/conf.d/delayed_job.conf"


class Peer(Base):
    title = "supervisor"
    unit = "supervisor.service"

    def set_up(self, limit_mb=None):
        if limit_mb:
            raise Untried("it has no memory limits (memmon is another package's)")
        put("supervisor.conf", CONFIG, COUNT=3)

    def restart(self):
        return in_background("supervisorctl", "restart", "delayed_job:*")

    def fewer(self):
        put("supervisor.conf", CONFIG, COUNT=2)
        root("supervisorctl", "update", check=False)

    def hold(self, number):
        root("supervisorctl", "stop", f"delayed_job:delayed_job_{number}")

    def status(self, number):
        said = root("supervisorctl", "status", f"delayed_job:delayed_job_{number}", check=False).stdout
        word = (said.split() + ["nothing", "nothing"])[1]
        return word == "RUNNING", word

    def residents(self):
        return main_pid(self.unit)
