from application import Watch, kill, pids_of, run, wait_until
from faults import BAD, GOOD, PATIENCE

TITLE = "somebody starts a dead worker by hand meanwhile"
RULE = ("`bin/delayed_job --identifier=1 start` at the moment at which the peer looks, three times. good: one copy each "
        "time; bad: two copies at any time, or none")


def measure(peer):
    copies = []
    for _ in range(3):
        for pid in pids_of("delayed_job.1"):
            kill(pid)
        watch = Watch(["delayed_job.1"])
        peer.look()
        run("bin/delayed_job", "--identifier=1", "start", check=False)
        wait_until(lambda: pids_of("delayed_job.1"), PATIENCE)
        wait_until(lambda: len(pids_of("delayed_job.1")) > 1, 15)
        copies.append(watch.end().most["delayed_job.1"])
    return (GOOD if copies == [1, 1, 1] else BAD), f"copies: {', '.join(map(str, copies))}"
