from application import WORKERS, deploy, serving, wait_until
from faults import BAD, GOOD, PATIENCE, after

TITLE = "`current` moves, and nobody calls"
RULE = "good: all run the new code within 150 s; bad: somebody runs the old"


def measure(_peer):
    deploy(2)
    is_rolled = lambda: sorted(each for each, _, release in serving() if release == 2) == sorted(WORKERS)
    took = wait_until(is_rolled, PATIENCE)
    if took is None:
        return BAD, f"{sum(release == 1 for _, _, release in serving())} of 3 on old code"
    return GOOD, f"all on new code {after(took)}"
