"""monit by its pid files; run by the unit that its package has as an example."""
import pathlib

from peers import HERE, Base, in_background, main_pid, root

CONFIG = pathlib.Path("/etc/monit/monitrc")


class Peer(Base):
    title = "monit"
    unit = "monit.service"

    def set_up(self, limit_mb=None):
        example = pathlib.Path("/usr/share/doc/monit/examples/monit.service").read_text()
        pathlib.Path("/etc/systemd/system/monit.service").write_text(example)
        pathlib.Path("/var/lib/monit").mkdir(exist_ok=True)
        self.limit = f"  if total memory > {limit_mb} MB then restart\n" if limit_mb else ""
        self.write(range(3))
        root("systemctl", "daemon-reload")

    def write(self, numbers):
        worker = (HERE / "monit_worker.conf").read_text()
        text = (HERE / "monit.conf").read_text()
        CONFIG.write_text(text + "".join(worker.replace("@ID@", str(number)) + self.limit for number in numbers))
        CONFIG.chmod(0o600)

    def look(self):
        in_background("monit")  # wakes the daemon

    def restart(self):
        return in_background("monit", "-g", "delayed_job", "restart")

    def fewer(self):
        self.write(range(2))
        root("monit", "reload")

    def hold(self, number):
        root("monit", "stop", f"delayed_job_{number}")

    def status(self, number):
        said = root("monit", "status", f"delayed_job_{number}", check=False).stdout
        lines = [line.strip() for line in said.splitlines()]
        word = next((line.split(None, 1)[1] for line in lines if line.startswith("status ")), said)
        return word in ("OK", "Running"), word

    def residents(self):
        return main_pid(self.unit)
