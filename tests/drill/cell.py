#!/usr/bin/python3
"""One peer, one fault. Runs as a unit in a booted container (../e2e/systemd/boot), again after each reboot, and writes
/results/result.json."""
import argparse
import json
import os
import pathlib
import subprocess
import sys
import time
import traceback

import application
import faults
import peers

NOTE = pathlib.Path("/var/lib/drill.json")
RESULT = pathlib.Path("/results/result.json")


def make_ready(peer, fault):
    for file in [*pathlib.Path("/etc/cron.d").iterdir(), *pathlib.Path("/var/spool/cron/crontabs").iterdir()]:
        file.unlink()  # those of the machine whose files are seen here
    application.make_account()
    application.make()
    peer.set_up(getattr(fault, "LIMIT_MB", None))
    peer.start()
    if application.wait_until(application.all_up, 300) is None:
        raise RuntimeError(f"not all workers come up: {application.serving()}")
    time.sleep(8)  # what counts as up to it


def measure(peer, fault):
    if not NOTE.exists():
        make_ready(peer, fault)
        return fault.measure(peer)
    for file in (application.SHARED / "up").iterdir():
        file.unlink()
    return fault.after_boot(peer, json.loads(NOTE.read_text()))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("peer", choices=peers.NAMES)
    parser.add_argument("fault", choices=faults.NAMES)
    arguments = parser.parse_args()
    if not pathlib.Path("/run/systemd/container").exists() or not RESULT.parent.exists():
        sys.exit("this changes the machine: it runs in a container only")
    os.umask(0o022)
    try:
        verdict, seen = measure(peers.find(arguments.peer), faults.find(arguments.fault))
    except faults.Reboot as reboot:
        NOTE.write_text(json.dumps(reboot.note))
        os.sync()
        subprocess.run(["systemctl", "reboot", "--force", "--force"], check=True)
        return
    except peers.Untried as reason:
        verdict, seen = "-", str(reason)
    except Exception:  # pylint: disable=broad-except
        verdict, seen = "failed", traceback.format_exc()
    RESULT.write_text(json.dumps({"verdict": verdict, "seen": seen}))


main()
