"""Check and run every scenario of every example; print one line for each."""

from __future__ import annotations

import time

import meguru
from meguru.examples import example_names


def main() -> None:
    names = example_names()
    if not names:
        raise SystemExit("no example was found")
    for name in names:
        model = meguru.example(name)
        meguru.check(model)
        scenarios: list[str | None] = [*model.scenarios]
        for scenario in scenarios or [None]:
            start = time.perf_counter()
            result = meguru.run(model, scenario=scenario)
            residual = float(result.balance.max())
            seconds = time.perf_counter() - start
            print(f"{name:20} {scenario or '-':16} residual {residual:.1e} {seconds:6.2f} s", flush=True)


if __name__ == "__main__":
    main()
