import time

from application import SHARED, all_up, boots, kill, serving, wait_until
from faults import BAD, GOOD, PARTIAL, after

TITLE = "three minutes in which each worker dies at once"
RULE = ("as when the database is away. good: all are back within 2 minutes of the end, and there were at most 12 boots "
        "meanwhile; partial: back within 7 minutes, or with more boots; bad: not back")


def measure(_peer):
    (SHARED / "crash").touch()
    before = boots()
    for _, pid, _ in serving():
        kill(pid)
    time.sleep(180)
    burnt = boots() - before
    (SHARED / "crash").unlink()
    took = wait_until(all_up, 420)
    if took is None:
        return BAD, f"{burnt} boots, gives up"
    return (GOOD if took <= 120 and burnt <= 12 else PARTIAL), f"{burnt} boots, back {after(took)}"
