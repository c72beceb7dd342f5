from application import Watch, has_finished, is_alive, pids_of, running_job, wait_until
from faults import BAD, GOOD, PARTIAL

TITLE = "two workers instead of three, the third in a job"
RULE = ("its own way to be told, with a job of 30 s in each of the three. good: the third is gone within 150 s and its job "
        "is done; partial: gone and its job cut off, or left running and named as such; bad: it runs on, and nobody says so")


def measure(peer):
    jobs = [running_job("sleep", 30) for _ in range(3)]
    job, _, pid = next(each for each in jobs if each[1] == "delayed_job.2")
    peer.fewer()
    watch = Watch(["delayed_job.2"])
    gone = wait_until(lambda: not is_alive(pid) and not pids_of("delayed_job.2"), 150) is not None
    watch.end()
    done = has_finished(job)
    if gone:
        return (GOOD if done else PARTIAL), f"gone, its job {'done' if done else 'cut off'}"
    told = peer.names_leftover()
    return (PARTIAL if told else BAD), "runs on" + (", and is named" if told else ", and nobody says so")
