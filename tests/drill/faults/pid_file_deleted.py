import time

from application import Watch, keep_pid_files, pid_file, pids_of, wait_until
from faults import BAD, GOOD, PARTIAL, counted

TITLE = "a pid file is deleted"
RULE = ("good: there is never a second copy in 130 s, and a restart as at a deploy still replaces the worker; partial: "
        "no second copy, but the restart does not reach the old one in 60 s; bad: two copies")


def measure(peer):
    old = pids_of("delayed_job.1")[0]
    watch = Watch()
    has_files = keep_pid_files()
    pid_file("delayed_job.1").unlink(missing_ok=True)
    time.sleep(130)
    restart = peer.restart()
    replaced = wait_until(lambda: old not in pids_of("delayed_job.1") and pids_of("delayed_job.1"), 60) is not None
    wait_until(lambda: restart.poll() is not None, 60)
    copies = watch.end().most["delayed_job.1"]
    seen = counted(copies, "copy", "copies")
    seen += ", replaced at a restart" if replaced else ", a restart misses the old one"
    seen += "" if has_files else "; there are no pid files"
    return (BAD if copies > 1 else GOOD if replaced else PARTIAL), seen
