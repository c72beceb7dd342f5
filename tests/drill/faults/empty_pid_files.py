from application import Watch, all_up, keep_pid_files, kill, serving, wait_until, write_pid_file
from faults import BAD, GOOD, PATIENCE, after

TITLE = "all are killed, and their pid files are empty"
RULE = "as a full disk or a power cut leaves them. good: all are up within 150 s, once each; bad: otherwise"


def measure(_peer):
    has_files = keep_pid_files()
    for name, pid, _ in serving():
        if has_files:
            write_pid_file(name, "")
        kill(pid)
    watch = Watch()
    took = wait_until(all_up, PATIENCE)
    twice = max(watch.end().most.values()) > 1
    if took is None:
        return BAD, f"{len({name for name, _, _ in serving()})} of 3 up"
    return (BAD if twice else GOOD), f"all up {after(took)}" + (", twice" if twice else "") + (
        "" if has_files else "; there are no pid files")
