import os
import pathlib
import signal

from application import is_alive, pids_of, wait_until
from faults import BAD, GOOD, PARTIAL, PATIENCE

TITLE = "a worker is stopped (SIGSTOP)"
RULE = ("good: it goes on or is replaced within 150 s; partial: it does not, but the status says that it does not run, or "
        "that it is stopped; bad: nobody says so")


def measure(peer):
    old = pids_of("delayed_job.1")[0]
    os.kill(old, signal.SIGSTOP)
    is_stopped = lambda: pathlib.Path(f"/proc/{old}/stat").read_text().rpartition(")")[2].split()[0] == "T"
    wait_until(is_stopped, 10)
    if wait_until(lambda: not is_alive(old) or not is_stopped(), PATIENCE) is not None:
        return GOOD, "goes on"
    running, said = peer.status(1)
    return (PARTIAL if not running or "stopped" in said else BAD), f'stays; status: "{said}"'
