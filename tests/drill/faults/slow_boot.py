from application import Watch, all_up, boots, kill, make_boots_slow, serving, wait_until
from faults import BAD, GOOD, PARTIAL, after, counted

TITLE = "all are killed, and the application boots for 45 s"
RULE = ("good: all are up within 3 minutes, by one boot for each at most; partial: up within 5 minutes, or by more boots; "
        "bad: not up, or twice")


def measure(_peer):
    make_boots_slow(45)
    before = boots()
    for _, pid, _ in serving():
        kill(pid)
    watch = Watch()
    took = wait_until(all_up, 300)
    twice = max(watch.end().most.values()) > 1
    burnt = boots() - before
    boots_told = counted(burnt, "boot", "boots")
    if took is None or twice:
        return BAD, f"{boots_told}, " + ("not up" if took is None else "two copies")
    return (GOOD if took <= 180 and burnt <= 3 else PARTIAL), f"all up {after(took)}, {boots_told}"
