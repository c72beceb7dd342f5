from application import kill, pids_of, wait_until
from faults import BAD, GOOD, PARTIAL, PATIENCE, after

TITLE = "an idle worker is killed"
RULE = "good: it is back within 10 s; partial: within 150 s; bad: not by then"


def measure(_peer):
    kill(pids_of("delayed_job.1")[0])
    took = wait_until(lambda: pids_of("delayed_job.1"), PATIENCE)
    if took is None:
        return BAD, "not back"
    return (GOOD if took <= 10 else PARTIAL), f"back {after(took)}"
