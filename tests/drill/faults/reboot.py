from application import Stranger, Watch, WORKERS, all_up, keep_pid_files, pid_file, rows, running_job, wait_until
from faults import BAD, GOOD, PARTIAL, PATIENCE, Reboot, after

TITLE = "the power fails, and one pid is another's then"
RULE = ("the pid in one of the pid files is a stranger's after the boot. good: all are up within 150 s, once each, "
        "the stranger is unharmed, and the job that ran is handed back; partial: without the job; bad: otherwise")


def measure(_peer):
    job, _, _ = running_job()
    raise Reboot({"job": job, "pids": [int(pid_file(name).read_text()) for name in WORKERS] if keep_pid_files() else []})


def after_boot(peer, note):
    stranger = stranger_with(note["pids"]) if note["pids"] else None
    peer.boot()
    watch = Watch()
    took = wait_until(all_up, PATIENCE)
    is_free = lambda: not next(row for row in rows("delayed_jobs") if note["job"] in row["handler"])["locked_by"] or len(
        [run for run in rows("runs") if run["name"] == note["job"]]) > 1
    freed = took is not None and wait_until(is_free, 20) is not None
    twice = max(watch.end().most.values()) > 1
    harmed = stranger is not None and stranger.was_signalled()
    up = len(WORKERS) if took is not None else sum(1 for each in watch.most if watch.most[each])
    seen = [f"all up {after(took)}" if took is not None else f"{up} of 3 up", "job handed back" if freed else "job locked"]
    seen += ["two copies"] if twice else []
    seen += ["kills the stranger"] if harmed else []
    seen += [] if stranger else ["there are no pid files"]
    return (BAD if took is None or twice or harmed else GOOD if freed else PARTIAL), ", ".join(seen)


def stranger_with(pids):
    """A process that has one of these pids, as whatever starts early in a boot may have it."""
    while True:
        stranger = Stranger()
        if stranger.pid in pids:
            return stranger
        stranger.end()
        if stranger.pid > max(pids):
            raise RuntimeError(f"none of the pids {pids} can be had")
