from application import Stranger, Watch, WORKERS, all_up, pid_file, rows, running_job, wait_until
from faults import BAD, GOOD, PARTIAL, PATIENCE, Reboot, after

TITLE = "the power fails, and one pid is another's then"
RULE = ("the pid in the second worker's pid file is a stranger's after the boot. good: all are up within 150 s, once each, "
        "the stranger is unharmed, and the job that ran is handed back; partial: without the job; bad: otherwise")


def measure(_peer):
    job, _, _ = running_job()
    file = pid_file("delayed_job.1")
    raise Reboot({"job": job, "pid": int(file.read_text()) if file.exists() else None})


def after_boot(peer, note):
    stranger = stranger_with(note["pid"]) if note["pid"] else None
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
    seen += [] if stranger else ["has no pid files"]
    return (BAD if took is None or twice or harmed else GOOD if freed else PARTIAL), ", ".join(seen)


def stranger_with(pid):
    """A process that has this pid, as whatever starts early in a boot may have it."""
    for _ in range(200):
        with open("/proc/sys/kernel/ns_last_pid", "w", encoding="ascii") as last:
            last.write(str(pid - 1))
        stranger = Stranger()
        if stranger.pid == pid:
            return stranger
        stranger.process.kill()
        stranger.process.wait()
    raise RuntimeError(f"pid {pid} cannot be had")
