"""ask.py URL FOLDER: puts every query of FOLDER's rules and dashboard to the Prometheus at URL.

Each must be understood, and each of the dashboard have an answer.
"""
import json
import re
import sys
import time
import urllib.parse
import urllib.request

DEADLINE = 120  # s


def ask(url, query):
    with urllib.request.urlopen(f"{url}/api/v1/query?{urllib.parse.urlencode({'query': query})}", timeout=10) as answer:
        return json.load(answer)["data"]["result"]


def wait_for(url, query):
    end = time.monotonic() + DEADLINE
    while time.monotonic() < end:
        try:
            if ask(url, query):
                return
        except OSError:  # it does not listen yet
            pass
        time.sleep(0.2)
    sys.exit(f"no answer to {query} within {DEADLINE} s")


def main(url, folder):
    wait_for(url, "bootcheck_worker_up")
    with open(f"{folder}/bootcheck.rules.yml", encoding="utf-8") as file:
        rules = re.findall(r"^ +expr: (.+)$", file.read(), re.MULTILINE)
    with open(f"{folder}/dashboard.json", encoding="utf-8") as file:
        panels = json.load(file)["panels"]
    shown = [target["expr"] for panel in panels for target in panel["targets"]]
    for query in rules:
        print(f"{len(ask(url, query))} alerts: {query}")
    for query in (re.sub(r"\$(app|instance)", ".*", query) for query in shown):
        wait_for(url, query)  # an increase needs two scrapes
        print(f"{len(ask(url, query))} series: {query}")
    print(f"{len(rules)} rules and {len(shown)} queries of the dashboard are answered")


main(*sys.argv[1:])
