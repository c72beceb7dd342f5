from application import kill, rows, running_job, wait_until
from faults import BAD, GOOD, PARTIAL, PATIENCE, after

TITLE = "a worker is killed in mid-job"
RULE = ("good: within 150 s its job is handed back as a failed attempt with the reason; partial: handed back without a "
        "reason; bad: its row stays locked, which it then does for 4 hours (max_run_time)")


def measure(_peer):
    job, _, pid = running_job()
    kill(pid)

    def is_free():
        row = next(row for row in rows("delayed_jobs") if job in row["handler"])
        return not row["locked_by"] or not row["locked_by"].endswith(f"pid:{pid}")

    took = wait_until(is_free, PATIENCE)
    if took is None:
        return BAD, "its row is still locked"
    row = next(row for row in rows("delayed_jobs") if job in row["handler"])
    return (GOOD if row["last_error"] else PARTIAL), f"handed back {after(took)}"
