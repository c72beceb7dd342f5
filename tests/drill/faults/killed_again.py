import time

from faults.killed_idle import seconds_away, verdict_of

TITLE = "it is killed three times in a few minutes"
RULE = ("20 s after it was last seen to come back, and the slowest return counts. good: within 10 s; partial: within "
        "150 s; bad: not by then")


def measure(_peer):
    took = []
    for _ in range(3):
        time.sleep(20)
        took.append(seconds_away())
        if took[-1] is None:
            return verdict_of(None)
    return verdict_of(max(took))
