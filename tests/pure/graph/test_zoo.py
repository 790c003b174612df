"""Every model of the zoo in NumPy, in double precision, computes what PyTorch computes."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from site_builder.graph import Model
from site_builder.plan import lower
from site_builder.plan.kernels import HALF, load
from site_builder.run import numpy_runner
from tests.zoo import EVERY_KERNEL, ZOO
from tests.zoo.entry import Entry, read, start, walk, walk_twin
from tests.zoo.relative import bucket_table

ROOT = Path(__file__).resolve().parents[3]
TOLERANCE = 1e-6


@pytest.mark.parametrize("entry", ZOO, ids=str)
def test_it_is_its_twin_in_double_precision(entry: Entry) -> None:
    apart = walk(entry, numpy_runner(entry.build(watched=True))).apart(walk_twin(entry))
    assert max(apart.values()) <= TOLERANCE, apart


def test_bert_does_not_see_the_words_that_it_is_to_guess() -> None:
    bert = next(entry for entry in ZOO if entry.name == "bert")
    runner = start(bert, numpy_runner(bert.build(watched=True)))
    words, hidden = (bert.numbers()[name] for name in ("words", "hidden"))
    guesses = []
    for changed in (0, hidden, 1 - hidden):
        runner.write("words", (words + changed) % bert.inputs["words"].below)
        runner.run("init")
        runner.run("step")
        guesses.append(read(runner, "output"))
    assert 0 < hidden.sum() < hidden.size
    assert np.array_equal(guesses[0], guesses[1])
    assert not np.allclose(guesses[0], guesses[2])


# What Raffel et al. (2020) trained with: 32 buckets, and 128 as the distance behind which there is no other. The first
# distances of those that hold several are 8 · 16^(n/8) and 16 · 8^(n/16), rounded up.
BOTH_WAYS = [1, 2, 3, 4, 5, 6, 7, 8, 12, 16, 23, 32, 46, 64, 91]
BACKWARDS = [*range(1, 17), 19, 21, 24, 27, 31, 35, 40, 46, 52, 59, 67, 77, 87, 99, 113]


@pytest.mark.parametrize(("causal", "firsts"), [(False, BOTH_WAYS), (True, BACKWARDS)])
def test_t5_tells_distances_by_buckets_that_grow(causal: bool, firsts: list[int]) -> None:
    model = Model("buckets")
    model.program(lambda: {"table": bucket_table(300, 300, 32, 128, causal)})
    runner = numpy_runner(model)
    runner.run("<lambda>")
    apart = np.arange(300) - np.arange(300)[:, None]
    behind, ahead = (np.searchsorted(firsts, side * apart, "right") for side in (-1, 1))
    expected = behind if causal else np.where(apart > 0, 16 + ahead, behind)
    assert np.array_equal(read(runner, "table"), expected)


def test_ten_run_every_kernel() -> None:
    plans = [lower(entry.build(watched=True)) for entry in ZOO if entry.name in EVERY_KERNEL]
    used = {source.file for plan in plans for source in plan.sources.values()}
    kernels = {str(file.relative_to(ROOT)) for file in (ROOT / "shaders").rglob("*.wgsl")}
    others = tuple(f"shaders/{folder}/" for folder in ("device", "lib", "plots", "processor"))
    fragments = {name for name in kernels if name.startswith(others)}
    asked_for = {name for name in kernels - fragments if load(name).requires == HALF}  # tests/browser/test_half.py
    wide = {name for name in kernels if name.endswith("_wide.wgsl")}  # tests/browser/test_wide.py
    long = {"shaders/reduce/rank_part.wgsl"}  # of rows longer than any here: tests/gpu/test_kernels.py, in Chromium too
    assert used == kernels - fragments - asked_for - wide - long


def test_readme_lists_the_zoo() -> None:
    rows = re.findall(r"^\| `(\S+)`( ●)? \| .", (ROOT / "tests" / "zoo" / "README.md").read_text("utf-8"), re.MULTILINE)
    assert rows == [(entry.name, " ●" if entry.name in EVERY_KERNEL else "") for entry in ZOO]
