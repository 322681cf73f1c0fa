"""python benchmarks/short.py: the benchmarks in a few seconds each, for CI.

The figures are printed beside their limits and decide nothing: a shared machine is no place to measure. Run the long
forms on a quiet one.
"""

from __future__ import annotations

import scale
import startup
import testing
import writers


def main() -> None:
    startup.main()
    scale.growth((100, 1_000, 10_000), 3)
    scale.apply(100)
    scale.statefulset(50)
    scale.cronjobs(24, 60)
    scale.loops(("1h", 1))
    scale.pods(500)
    testing.measured(20, 50)
    writers.together(10)
    writers.handed_over(16, 1)


if __name__ == "__main__":
    main()
