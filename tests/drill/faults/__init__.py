"""What goes wrong: one file for each. TITLE names it, RULE says in words when it ends well, measure(peer) does it and
returns (verdict, what was seen). LIMIT_MB is the memory limit that it needs; after_boot(peer, note) goes on after a
reboot that measure asks for with Reboot(note). A pid file is only touched where the peer's workers have one."""
import importlib

NAMES = ("killed_idle", "killed_again", "killed_in_job", "strangers_pid", "empty_pid_files", "pid_file_deleted", "deploy",
         "current_moved", "crash_loop", "hand_start", "supervisor_killed", "slow_boot", "broken_release", "reboot", "fewer_workers",
         "hold_over_reboot", "stopped_worker", "memory_limit", "truth_of_status", "idle_cost")
GOOD, PARTIAL, BAD = "good", "partial", "bad"

# Seconds: two looks of what looks every minute, and a boot.
PATIENCE = 150


class Reboot(Exception):
    """The power fails."""

    def __init__(self, note):
        super().__init__()
        self.note = note


def find(name):
    return importlib.import_module(f"faults.{name}")


def counted(number, one, many):
    return f"{number} {one if number == 1 else many}"


def after(seconds):
    return f"after {seconds:.0f} s" if seconds >= 1 else f"after {seconds:.1f} s"
