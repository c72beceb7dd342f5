import os
import pathlib
import resource
import time

from application import run
from faults import BAD, GOOD, PARTIAL

TITLE = "what it costs while all is well"
RULE = ("CPU time a minute, over two minutes or ten looks, and resident memory beside the workers. good: at most 50 ms and "
        "10 MB; partial: at most 1 s and 100 MB; bad: more")


def cpu_ms(pid):
    """Of the process and of the children that it has waited for."""
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) * 1000 / os.sysconf("SC_CLK_TCK")


def memory_mb(pid):
    lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024


def children_ms():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return (usage.ru_utime + usage.ru_stime) * 1000


def measure(peer):
    time.sleep(30)  # what was begun at the start has settled
    if peer.one_look():
        before = children_ms()
        for _ in range(10):
            run(*peer.one_look(), check=False)
        cpu, memory = (children_ms() - before) / 10, 0
    else:
        pids = peer.residents()
        before = sum(map(cpu_ms, pids))
        time.sleep(120)
        cpu, memory = (sum(map(cpu_ms, pids)) - before) / 2, sum(map(memory_mb, pids))
    if peer.residents() == [1]:
        memory = 0  # it is there in any case
    verdict = GOOD if cpu <= 50 and memory <= 10 else PARTIAL if cpu <= 1000 and memory <= 100 else BAD
    return verdict, f"{cpu:.0f} ms a minute, {memory:.0f} MB"
