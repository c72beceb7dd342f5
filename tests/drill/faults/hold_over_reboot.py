from application import pids_of, wait_until
from faults import BAD, GOOD, PARTIAL, PATIENCE, Reboot, after

TITLE = "a worker is to stay down, and the power fails"
RULE = ("by the command that stops it for good. good: it stays down for 100 s, and for 150 s after a boot; partial: down "
        "until the boot; bad: it comes back by itself before that")


def measure(peer):
    peer.hold(1)
    if wait_until(lambda: not pids_of("delayed_job.1"), 60) is None:
        return BAD, "does not stop"
    took = wait_until(lambda: pids_of("delayed_job.1"), 100)
    if took is not None:
        return BAD, f"back {after(took)}"
    raise Reboot({})


def after_boot(peer, _note):
    peer.boot()
    if wait_until(lambda: pids_of("delayed_job.0"), PATIENCE) is None:
        return BAD, "none is up after the boot"
    took = wait_until(lambda: pids_of("delayed_job.1"), PATIENCE)
    return (GOOD, "stays down") if took is None else (PARTIAL, "back at the boot")
