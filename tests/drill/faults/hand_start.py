from application import Watch, kill, pids_of, run, wait_until
from faults import BAD, GOOD, PATIENCE

TITLE = "somebody starts a worker by hand"
RULE = ("`bin/delayed_job --identifier=1 start`, once while it runs, and twice when it has died and the peer looks at the "
        "same moment. good: one copy each time; bad: two copies at any time, or none")


def measure(peer):
    copies = []
    for is_dead in (False, True, True):
        for pid in pids_of("delayed_job.1") if is_dead else []:
            kill(pid)
        watch = Watch(["delayed_job.1"])
        peer.look()
        run("bin/delayed_job", "--identifier=1", "start", check=False)
        wait_until(lambda: pids_of("delayed_job.1"), PATIENCE)
        wait_until(lambda: len(pids_of("delayed_job.1")) > 1, 15)
        copies.append(watch.end().most["delayed_job.1"])
    return (GOOD if copies == [1, 1, 1] else BAD), f"copies: {', '.join(map(str, copies))}"
