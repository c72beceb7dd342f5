import time

from application import Stranger, keep_pid_files, kill, pids_of, write_pid_file
from faults import BAD, GOOD, PARTIAL

TITLE = "truth of status: a worker is dead, its pid another's"
RULE = ("asked eight times in 100 s whether it runs. good: each answer was true; partial: some were not, but the last is; "
        "bad: the last is not")


def measure(peer):
    kill_and_reuse()
    answers = []
    for _ in range(8):
        before = bool(pids_of("delayed_job.1"))
        says, said = peer.status(1)
        after = bool(pids_of("delayed_job.1"))
        answers.append((before != after or says == before, said))
        time.sleep(12)
    wrong = sum(not is_true for is_true, _ in answers)
    verdict = GOOD if not wrong else PARTIAL if answers[-1][0] else BAD
    example = next((f', e.g. "{said}"' for is_true, said in answers if not is_true), "")
    return verdict, f"{wrong} of 8 answers wrong{example}"


def kill_and_reuse():
    stranger = Stranger()
    if keep_pid_files():
        write_pid_file("delayed_job.1", f"{stranger.pid}\n")
    kill(pids_of("delayed_job.1")[0])
