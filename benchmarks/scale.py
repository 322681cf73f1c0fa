"""python benchmarks/scale.py [growth|pods|apply|sts|cron|loops]...: how the cost of commands grows, and large clusters.

All of it under a frozen clock. The time of a command is the CPU time of its process (user and system), beside which its
wall time is told: other programs of the machine do not spoil it. Exit code 1 where a figure misses its limit.

growth: `get NAME`, `create`, `scale` and `delete` of one object cost less than twice as much among 100,000 objects
        (ConfigMaps in ten namespaces) as among 100.
pods:   10,000 pods of a Deployment on 100 nodes: created to ready in 60 s, listed in 0.8 s, one of them got in 0.3 s,
        jsonpath and go-template over all in 2 s, and every command stays below 250 MB.
apply:  1,000 documents are applied in 3 s.
sts:    a StatefulSet of 1,000 ordered replicas comes up, is rolled to a new image, and deleted, in 15 s.
cron:   a year of an hourly CronJob with history limits takes 20 s, a day of one each minute 8 s, on nodes without
        processes.
loops:  the last lines of a container that tells the time each second come in 2 s after a day, in 10 s after a week,
        both when it is played again from its start and when somebody has been in it.
log:    after any of the above the log on disk is at most three times as large as the objects that live.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import sys

from common import ROOT, Home, Spent, verdict

SIZES = (100, 1_000, 10_000, 100_000)
RUNS = 9
START = "2024-01-01T00:00:00Z"


def frozen(home: Home, *reset: str) -> Home:
    """Give a home a fresh cluster, with nothing but what is measured, whose clock stands still."""
    home.run("sim", "reset", "--bare", *reset)
    home.run("sim", "clock", "freeze", START)
    return home


def within(home: Home, name: str, limit: float, *commands: tuple[str, ...], good: bool = True) -> bool:
    """Run some commands and tell what they took together beside their limit."""
    return told(name, [home.spent(*command) for command in commands], limit, good)


def told(name: str, spent: list[Spent], limit: float, good: bool = True) -> bool:
    """Tell what some commands took together beside their limit, which they miss where their work is not `good`."""
    cpu, wall = sum(each.cpu for each in spent), sum(each.wall for each in spent)
    return verdict(f"{name} ({wall:.2f} s of wall time)", cpu if good else float("inf"), limit, "s")


def log_size(home: Home, what: str) -> bool:
    """Tell how much larger the log is than the newest lines of what is in it.

    A megabyte of what is outdated is left alone (store.GARBAGE): with less than half of one alive it means nothing.
    """
    live: dict[str, int] = {}
    size = 0
    with open(os.path.join(home.cluster, "objects.jsonl"), "rb") as log:
        for row in log:
            size += len(row)
            record = json.loads(row)
            if "rv" in record:
                live[f"{record['resource']} {record['key']}"] = len(row) if record["type"] != "DELETED" else 0
    return verdict(f"log / live objects after {what}", size / max(sum(live.values()), 1 << 19), 3, "times")


# One object among many

def fill(home: Home, count: int) -> None:
    """Make a cluster of so many ConfigMaps, and a Deployment."""
    frozen(home)
    home.run("create", "deployment", "web", "--image=nginx")
    for i in range(1, 10):
        home.run("create", "namespace", f"n{i}")
    other = multiprocessing.Process(target=put, args=(home.cluster, count))  # a child's memory begins as its parent's
    other.start()
    other.join()


def put(folder: str, count: int) -> None:
    """Put ConfigMaps straight into a store, which takes seconds where requests would take minutes."""
    from kubesim_cli.store.store import Store

    store = Store(folder)
    store.begin()
    for i in range(count):
        namespace = f"n{i % 10}" if i % 10 else "default"
        name = f"load-{i:06}"
        store.put("ADDED", "configmaps", f"{namespace}/{name}", {
            "apiVersion": "v1", "kind": "ConfigMap", "data": {"text": "some words of no meaning, " * 4},
            "metadata": {"name": name, "namespace": namespace, "labels": {"app": "load"}, "creationTimestamp": START,
                         "uid": f"00000000-0000-4000-8000-{i:012}"}})
    store.commit()
    store.close()


def growth(sizes: tuple[int, ...] = SIZES, runs: int = RUNS) -> bool:
    """Print the table, and whether no column grows twofold from the smallest to the largest cluster."""
    commands = {"get NAME": ("get", "configmap", "load-000050"), "create": ("create", "configmap", "new"),
                "scale": ("scale", "deployment/web", "--replicas={}"), "delete": ("delete", "configmap", "new")}
    homes = [Home() for _ in sizes]
    spent: dict[tuple[str, int], list[Spent]] = {}
    try:
        for home, size in zip(homes, sizes):
            fill(home, size)
        for i in range(runs + 1):
            for name, command in commands.items():
                for home, size in zip(homes, sizes):
                    took = home.spent(*(word.format(2 + i % 2) for word in command))
                    if i:  # the first time warms up
                        spent.setdefault((name, size), []).append(took)
    finally:
        for home in homes:
            home.close()

    def median(name: str, size: int, of: str) -> float:
        return 1000 * sorted(getattr(each, of) for each in spent[name, size])[runs // 2]

    print(f"{'objects':>8}" + "".join(f"{name:>20}" for name in commands) + "   CPU (wall), ms")
    for size in sizes:
        cells = (f"{median(name, size, 'cpu'):.0f} ({median(name, size, 'wall'):.0f})" for name in commands)
        print(f"{size:>8}" + "".join(f"{cell:>20}" for cell in cells))
    return all(verdict(f"{name}, {sizes[-1]} / {sizes[0]} objects",
                        median(name, sizes[-1], "cpu") / median(name, sizes[0], "cpu"), 2, "times")
                for name in commands)


# Many pods

def pods(count: int = 10_000) -> bool:
    """A Deployment of so many replicas, and every kind of command on them."""
    with frozen(Home(), "--nodes", "100") as home:
        up = [home.spent("create", "deployment", "web", "--image=nginx", f"--replicas={count}"),
              home.spent("sim", "clock", "advance", "1m")]
        ready = home.run("get", "deploy", "web", "-o", "jsonpath={.status.readyReplicas}").stdout
        results = [told(f"{count} pods ready", up, 60, ready == str(count)), log_size(home, f"{count} pods")]
        name = home.run("get", "pods", "-o", "name").stdout.partition("\n")[0]
        peaks = {"create": up[0].megabytes, "becoming ready": up[1].megabytes}
        timed = {"get pods": 0.8, f"get {name}": 0.3,
                 'get pods -o jsonpath={range .items[*]}{.metadata.name}{"\\n"}{end}': 2,
                 'get pods -o go-template={{range .items}}{{.metadata.name}}{{"\\n"}}{{end}}': 2}
        for command in (*timed, "get pods -o wide", "get pods -o name", "get pods -o json", "get pods -o yaml",
                        "get pods -o custom-columns=NAME:.metadata.name", "get pods --sort-by=.metadata.uid",
                        "get events", "get all -A", "describe deployment web", "describe node minikube",
                        "label pods --all tier=web", "rollout restart deployment web",
                        "scale deployment web --replicas=100", "delete deployment web", "sim clock advance 1m"):
            words = command.split(" ", 3) if "=" in command else command.split()
            spent = home.spent(*words)
            peaks[command] = spent.megabytes
            if command in timed:
                results.append(told(command.partition("=")[0], [spent], timed[command]))
        return all([*results, log_size(home, "all that"),
                    *(verdict(f"memory of {command.partition('={')[0]}", peak, 250, "MB")
                      for command, peak in peaks.items())])


def apply(count: int = 1_000) -> bool:
    """Many documents in one file."""
    text = "\n---\n".join(f"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c{i}\n  labels: {{app: many}}\n"
                          f"data:\n  key: value-{i}\n  text: |\n    line one\n    line two" for i in range(count))
    with frozen(Home()) as home:
        path = os.path.join(home.path, "many.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        return all([within(home, f"{count} documents applied", 3, ("apply", "-f", path)), log_size(home, "apply")])


def statefulset(count: int = 1_000) -> bool:
    """Ordered replicas, each of which waits for the one before it: up, rolled, deleted."""
    manifest = f"""
apiVersion: apps/v1
kind: StatefulSet
metadata: {{name: web}}
spec:
  serviceName: web
  replicas: {count}
  selector: {{matchLabels: {{app: web}}}}
  template:
    metadata: {{labels: {{app: web}}}}
    spec: {{containers: [{{name: web, image: "nginx:1.25"}}]}}
"""
    with frozen(Home(), "--nodes", "10") as home:
        path = os.path.join(home.path, "sts.yaml")
        with open(path, "w", encoding="utf-8") as file:
            file.write(manifest)
        field = "jsonpath={.status.readyReplicas} {.status.updatedReplicas}"
        spent, good = [], []
        for command in (("apply", "-f", path), ("set", "image", "sts/web", "web=nginx:1.26")):
            spent += [home.spent(*command), home.spent("sim", "clock", "advance", "15h")]
            good.append(home.run("get", "sts", "web", "-o", field).stdout == f"{count} {count}")
        spent += [home.spent("delete", "sts", "web"), home.spent("sim", "clock", "advance", "1h")]
        good.append(not home.run("get", "pods", "-o", "name").stdout)
        return all([told(f"{count} ordered replicas up, rolled and deleted", spent, 15, all(good)),
                    log_size(home, "that")])


def cronjobs(hours: int = 8_760, minutes: int = 1_440) -> bool:
    """Jobs that run to their end, one after another, of which the last few are kept."""
    results = []
    for name, schedule, span, limit in ((f"{hours} hours of an hourly CronJob", "0 * * * *", f"{hours}h", 20),
                                        (f"{minutes} minutes of one each minute", "* * * * *", f"{minutes}m", 8)):
        with frozen(Home(), "--kubelet", "stub") as home:
            home.run("create", "cronjob", "tick", "--image=busybox", f"--schedule={schedule}", "--", "true")
            results += [within(home, name, limit, ("sim", "clock", "advance", span)), log_size(home, "that")]
    return all(results)


def loops(*spans: tuple[str, float]) -> bool:
    """A container that does something each second, looked at after a long time; `spans`: (how long, seconds)."""
    results = []
    for span, limit in spans or (("24h", 2), ("168h", 10)):
        with frozen(Home()) as home:
            home.run("run", "a", "--image=busybox", "--command", "--", "sh", "-c", "while true; do date; sleep 1; done")
            home.run("sim", "clock", "advance", span)
            log = ("logs", "a", "--tail=10")
            results.append(within(home, f"{span} of a loop", limit, log))
            home.run("exec", "a", "--", "true")
            home.run("sim", "clock", "advance", span)
            results.append(within(home, f"{span} of a loop after an exec", limit, log))
    return all(results)


TABLES = {"growth": growth, "apply": apply, "sts": statefulset, "cron": cronjobs, "loops": loops, "pods": pods}

if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    asked = sys.argv[1:] or list(TABLES)
    sys.exit(0 if all(TABLES[name]() for name in asked) else 1)
