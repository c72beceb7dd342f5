"""A unit for each worker, which systemd starts in the foreground."""
import pathlib

from peers import Base, Untried, in_background, put, root


class Peer(Base):
    title = "systemd simple"
    file = "systemd_simple.service"

    def set_up(self, limit_mb=None):
        controllers = pathlib.Path("/sys/fs/cgroup/cgroup.controllers").read_text().split()
        if limit_mb and "memory" not in controllers:
            raise Untried("this machine gives containers no memory controller")
        put(self.file, "/etc/systemd/system/delayed_job@.service", LIMIT=f"MemoryMax={limit_mb}M" if limit_mb else "")
        root("systemctl", "daemon-reload")

    def unit_of(self, number):
        return f"delayed_job@{number}.service"

    def start(self):
        units = [self.unit_of(number) for number in range(3)]
        root("systemctl", "enable", *units)
        root("systemctl", "start", *units)

    def boot(self):
        wanted = pathlib.Path("/etc/systemd/system/multi-user.target.wants").glob("delayed_job@*.service")
        root("systemctl", "start", "--no-block", *[each.name for each in wanted])

    def restart(self):
        return in_background("systemctl", "restart", "delayed_job@*.service")

    def fewer(self):
        root("systemctl", "disable", "--now", self.unit_of(2))

    def hold(self, number):
        root("systemctl", "disable", "--now", self.unit_of(number))

    def status(self, number):
        said = root("systemctl", "is-active", self.unit_of(number), check=False).stdout.strip()
        return said == "active", said

    def residents(self):
        return [1]

    def victims(self):
        raise Untried("it is process 1, which cannot be killed")
