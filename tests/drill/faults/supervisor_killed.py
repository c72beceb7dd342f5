import os
import time

from application import Watch, kill, pids_of, wait_until
from faults import BAD, GOOD, PARTIAL, PATIENCE, after, counted
from peers import Untried

TITLE = "the supervisor is killed"
RULE = ("what looks from time to time is killed while it starts a worker. good: never two copies in 80 s, and a worker "
        "that dies then is back within 150 s; partial: nobody brings that one back; bad: two copies")


def measure(peer):
    watch = Watch()
    if not peer.victims():
        kill(pids_of("delayed_job.1")[0])
        peer.look()
        if wait_until(peer.victims, 20) is None:
            raise Untried("nothing of it was seen")
        time.sleep(0.3)
    for pid in peer.victims():
        try:
            os.kill(pid, 9)
        except ProcessLookupError:
            pass
    time.sleep(80)
    copies = max(watch.most.values())
    for pid in pids_of("delayed_job.2"):
        kill(pid)
    took = wait_until(lambda: pids_of("delayed_job.2"), PATIENCE)
    copies = max(copies, *watch.end().most.values())
    seen = counted(copies, "copy", "copies")
    seen += ", the next death unseen" if took is None else f", the next death mended {after(took)}"
    return (BAD if copies > 1 else PARTIAL if took is None else GOOD), seen
