"""python benchmarks/short.py: the benchmarks in a few seconds each, for CI.

The figures are printed beside their limits and decide nothing: a shared machine is no place to measure. Run the long
forms on a quiet one.
"""

from __future__ import annotations

import scale
import startup
import writers


def main() -> None:
    startup.main()
    scale.statefulset()
    scale.pods(500)
    writers.together(10)
    writers.handed_over(16, 1)


if __name__ == "__main__":
    main()
