import time

from application import kill, pids_of, wait_until
from faults import BAD, GOOD, PARTIAL, PATIENCE, after

TITLE = "an idle worker is killed"
RULE = ("15 s after a minute began, when all that looks every minute has looked. good: it is back within 10 s; partial: "
        "within 150 s; bad: not by then")


def measure(_peer):
    time.sleep((75 - time.time()) % 60)
    return verdict_of(seconds_away())


def seconds_away():
    kill(pids_of("delayed_job.1")[0])
    return wait_until(lambda: pids_of("delayed_job.1"), 400)


def verdict_of(took):
    if took is None:
        return BAD, "not back in 400 s"
    return (GOOD if took <= 10 else PARTIAL if took <= PATIENCE else BAD), f"back {after(took)}"
