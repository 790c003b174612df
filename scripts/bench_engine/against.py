"""What share of the roof products and whole steps reach, in rounds that have everything in turns.

`scripts/bench engine --roof`: machines slow down and speed up within minutes, so that rates of different minutes make
no ratio. In: workloads. Out: a table; a share is the median of those of the rounds, each of what one round measured.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from statistics import median

from site_builder.plan import Plan, lower

from . import contenders, native
from .browser import opened, timed
from .contenders import Contender
from .models import build
from .twins import expected
from .workloads import WORKLOADS, Workload

PRODUCTS, STEPS = ("matmul-nn", "matmul-nt", "matmul-tn"), ("gpt-2", "gpt-4")
BUDGET, SAMPLES = 600.0, 2
Rates = dict[str, float]  # multiply-adds a millisecond


def table(names: list[str], rounds: int) -> Iterator[str]:
    """Rows in Markdown, of those names that are products of matrices or steps of a GPT."""
    yield "| share of the best bare kernel's rate, median of rounds (least–most) | SwiftShader | wgpu |"
    yield "|---|---|---|"
    asked = [name for name in (*PRODUCTS, *STEPS) if name in names]
    wanted = dict.fromkeys((PRODUCTS[0] if name in STEPS else name) for name in asked) | dict.fromkeys(asked)
    plans = {name: lower(build(WORKLOADS[name])) for name in wanted}
    found = [
        _shares(asked, [measure() for _ in range(rounds)]) for measure in (_in_browser(plans), _through_wgpu(plans))
    ]
    for name in asked:
        cells = (f"{median(each[name]):.0%} ({min(each[name]):.0%}–{max(each[name]):.0%})" for each in found)
        yield f"| {WORKLOADS[name].title} | {' | '.join(cells)} |"


def _shares(names: list[str], seen: list[Rates]) -> dict[str, list[float]]:
    """Of each product: the rate beside the best bare kernel of its form; of a step: beside that of NN."""
    beside = {name: f"{name if name in PRODUCTS else PRODUCTS[0]}, bare" for name in names}
    return {name: [rates[name] / rates[bare] for rates in seen] for name, bare in beside.items()}


def _best(workload: Workload, times: Mapping[str, list[float]], rates: Rates) -> None:
    for name, seen in times.items():
        key = workload.name if name.startswith("ours") else f"{workload.name}, bare"
        rates[key] = max(rates.get(key, 0.0), workload.multiplications / median(seen))


def _ours_and_bare(workload: Workload, table: str) -> list[Contender]:
    """On Chromium's adapter, or on wgpu's."""
    place = "Chromium" if table == "webgpu" else "Python"
    found = (each for each in contenders.of(workload) if (each.table, each.place) == (table, place))
    return [each for each in found if each.name.startswith(("ours", "bare"))]


def _in_browser(plans: Mapping[str, Plan]) -> Callable[[], Rates]:
    def once() -> Rates:
        rates: Rates = {}
        for name, plan in plans.items():
            workload = WORKLOADS[name]
            right, times = expected(workload), {}
            for each in _ours_and_bare(workload, "webgpu"):
                files, settings = contenders.files(each, workload, plan, right), contenders.settings(each, workload)
                with opened(each.page, workload, right, files, settings) as (tab, run):
                    times[each.name] = timed(tab, run, BUDGET, SAMPLES).times
            _best(workload, times, rates)
        return rates

    return once


def _through_wgpu(plans: Mapping[str, Plan]) -> Callable[[], Rates]:
    workloads = {name: WORKLOADS[name] for name in plans}
    jobs = {
        name: {
            each.name: contenders.job(each, workload, plans[name], expected(workload))
            for each in _ours_and_bare(workload, "wgpu")
        }
        for name, workload in workloads.items()
    }

    def once() -> Rates:
        rates: Rates = {}
        for name, each in jobs.items():
            times = {job: [ms for ms, _ in native.timed(run, BUDGET, SAMPLES)] for job, run in each.items()}
            _best(WORKLOADS[name], times, rates)
        return rates

    return once
