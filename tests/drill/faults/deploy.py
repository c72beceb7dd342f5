from application import WORKERS, Watch, deploy, has_finished, is_alive, running_job, serving, wait_until
from faults import BAD, GOOD, PARTIAL

TITLE = "deploy during a job of 40 s"
RULE = ("good: the job is done, all run the new code, and no worker was away for more than 10 s; partial: one was; bad: "
        "the job was cut off, or somebody runs old code 4 minutes later")


def measure(peer):
    job, name, pid = running_job("sleep", 40)
    deploy(2)
    watch = Watch()
    peer.restart()
    is_rolled = lambda: sorted(each for each, _, release in serving() if release == 2) == sorted(WORKERS) == sorted(
        each for each, _, _ in serving())
    wait_until(lambda: has_finished(job) or not is_alive(pid), 60)
    done = has_finished(job)
    rolled = wait_until(is_rolled, 180) is not None
    lost = watch.end().lost
    idle = [lost[each] for each in WORKERS if each != name]
    seen = f"job {'done' if done else 'cut off'}, idle workers away {max(idle):.0f} s, its own {lost[name]:.0f} s"
    if max(idle) < 10:
        seen = f"job {'done' if done else 'cut off'}, idle workers away {max(idle):.1f} s, its own {lost[name]:.1f} s"
    if not rolled:
        seen += f", old code: {sum(release == 1 for _, _, release in serving())}"
    return (BAD if not done or not rolled else GOOD if max(lost.values()) <= 10 else PARTIAL), seen
