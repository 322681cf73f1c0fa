"""python benchmarks/scale.py [sts|pods]: large clusters under a frozen clock.

sts: 100 ordered replicas of a StatefulSet come up in under 3 s of wall time.
pods: 10,000 pods of one Deployment on 100 nodes are created, scheduled and ready in under 60 s with less than 500 MB;
`get pods` of them takes under 1.5 s, a further `get pod NAME` under 0.3 s; jsonpath and go-template under 2 s each.
"""

from __future__ import annotations

import json
import sys

from common import ROOT, Home, peak_megabytes, verdict


def statefulset(count: int = 100) -> bool:
    with Home() as home:
        home.run("sim", "clock", "freeze", "2024-01-01T00:00:00Z")
        home.run("apply", "-f", str(ROOT / "fixtures" / "sts-mariadb.yml"))
        took = home.seconds("scale", "sts/sts-mariadb", f"--replicas={count}")
        took += home.seconds("sim", "clock", "advance", "10m")
        ready = home.run("get", "sts", "sts-mariadb", "-o", "jsonpath={.status.readyReplicas}").stdout
        return verdict(f"{ready} of {count} ordered replicas", took if ready == str(count) else float("inf"), 3, "s")


def pods(count: int = 10_000) -> bool:
    with Home() as home:
        home.run("sim", "reset", "--nodes", "100")
        home.run("sim", "clock", "freeze", "2024-01-01T00:00:00Z")
        took = home.seconds("create", "deployment", "web", "--image=nginx", f"--replicas={count}")
        took += home.seconds("sim", "clock", "advance", "1m")
        memory = peak_megabytes()
        ready = home.run("get", "deploy", "web", "-o", "jsonpath={.status.readyReplicas}").stdout
        print(f"{ready} pods ready")
        results = [verdict(f"{count} pods", took if ready == str(count) else float("inf"), 60, "s"),
                   verdict("peak memory", memory, 500, "MB"),
                   verdict("get pods", home.seconds("get", "pods"), 1.5, "s")]
        name = json.loads(home.run("get", "pods", "-o", "json").stdout)["items"][0]["metadata"]["name"]
        results.append(verdict("get pod NAME", home.seconds("get", "pod", name), 0.3, "s"))
        for output in ("jsonpath={range .items[*]}{.metadata.name}{\"\\n\"}{end}",
                       "go-template={{range .items}}{{.metadata.name}}{{\"\\n\"}}{{end}}"):
            results.append(verdict(output.split("=")[0], home.seconds("get", "pods", "-o", output), 2, "s"))
        return all(results)


if __name__ == "__main__":
    asked = sys.argv[1:] or ["sts", "pods"]
    good = [statefulset() if name == "sts" else pods() for name in asked]
    sys.exit(0 if all(good) else 1)
