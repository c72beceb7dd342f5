import time

from application import kill, pids_of, wait_until
from faults import BAD, GOOD, PARTIAL, PATIENCE, after

TITLE = "an idle worker is killed"
RULE = ("three times, 20 s after it was last seen to come back, and the slowest counts. good: it is back within 10 s; "
        "partial: within 150 s; bad: not by then")


def measure(_peer):
    slowest = 0
    for _ in range(3):
        time.sleep(20)
        kill(pids_of("delayed_job.1")[0])
        took = wait_until(lambda: pids_of("delayed_job.1"), PATIENCE)
        if took is None:
            return BAD, "not back"
        slowest = max(slowest, took)
    return (GOOD if slowest <= 10 else PARTIAL), f"back {after(slowest)} at most"
