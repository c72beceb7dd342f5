from application import has_finished, is_alive, pids_of, running_job, wait_until
from faults import BAD, GOOD, PARTIAL, PATIENCE

TITLE = "a worker outgrows a limit of 200 MB in a job"
RULE = ("a job that takes 300 MB for 90 s. good: it is done, and the worker is another within 150 s; partial: done, but the "
        "worker is the same; bad: the job is cut off")
LIMIT_MB = 200


def measure(_peer):
    job, name, pid = running_job("grow")
    wait_until(lambda: not is_alive(pid), 90 + PATIENCE)
    done = has_finished(job)
    if not done:
        return BAD, "job cut off"
    if is_alive(pid):
        return PARTIAL, "job done, worker as large as it was"
    replaced = wait_until(lambda: pids_of(name), PATIENCE) is not None
    return (GOOD if replaced else PARTIAL), "job done, worker " + ("replaced" if replaced else "gone")
