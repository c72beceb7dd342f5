from application import Stranger, keep_pid_files, kill, pids_of, wait_until, write_pid_file
from faults import BAD, GOOD, PATIENCE, after

TITLE = "a stranger has the pid that is in the pid file"
RULE = ("good: the worker is up again within 150 s, and the stranger (a process of the same user) is unharmed, also after "
        "a restart as at a deploy; bad: otherwise")


def measure(peer):
    stranger = Stranger()
    has_files = keep_pid_files()
    if has_files:
        write_pid_file("delayed_job.1", f"{stranger.pid}\n")
    kill(pids_of("delayed_job.1")[0])
    took = wait_until(lambda: pids_of("delayed_job.1"), PATIENCE)
    seen = "never up" if took is None else f"up {after(took)}"
    harmed = stranger.was_signalled()
    if not harmed:
        peer.restart()
        harmed = wait_until(stranger.was_signalled, 60) is not None
        if harmed:
            seen += ", a restart"
    seen += ", kills the stranger" if harmed else ", stranger unharmed" if has_files else "; there are no pid files"
    return (BAD if took is None or harmed else GOOD), seen.replace("restart, kills", "restart kills")
