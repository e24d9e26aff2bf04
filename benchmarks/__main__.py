"""`python -m benchmarks [W4 …]`: run the named workloads, or all; exit 1 when one misses what it is to reach."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping

from benchmarks.measuring import Result
from benchmarks.sections import opening_and_saving
from benchmarks.sweeping import sweeping
from benchmarks.typesetting import typesetting
from benchmarks.verifying import verifying

WORKLOADS: Mapping[str, Callable[[], Iterator[Result]]] = {
    "W4": opening_and_saving,
    "W6": opening_and_saving,
    "W7": typesetting,
    "W8": sweeping,
    "V1": verifying,
}


def main(names: list[str]) -> int:
    unknown = [name for name in names if name not in WORKLOADS]
    if unknown:
        print(f"There is no workload {', '.join(unknown)}; there are {', '.join(WORKLOADS)}.", file=sys.stderr)
        return 2
    chosen = dict.fromkeys(WORKLOADS[name] for name in names or WORKLOADS)
    results = []
    for workload in chosen:
        for result in workload():
            print(result, flush=True)
            results.append(result)
    return 0 if all(result.is_reached for result in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
