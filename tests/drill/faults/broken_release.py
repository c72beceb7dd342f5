import time

from application import Watch, deploy, serving
from faults import BAD, GOOD, PARTIAL

TITLE = "deploy of a release that does not boot"
RULE = "good: all three work on with the old code in the 100 s after it; partial: some do; bad: none"


def measure(peer):
    deploy(2, 'raise "no such gem"')
    watch = Watch()
    peer.restart()
    time.sleep(100)
    watch.end()
    up = len({name for name, _, _ in serving()})
    return (GOOD if up == 3 and watch.least_up == 3 else PARTIAL if up else BAD), f"{up} of 3 work on"
