"""The same 20 steps of every model from NumPy in float64, wgpu, the processor, PyTorch and two browsers: one curve."""

from __future__ import annotations

from pathlib import Path

import pytest

from site_builder.project.cache import Cache
from tests.browser.firefox import Firefox
from tests.browser.published.conftest import Visit
from tests.browser.published.pages import Handle
from tests.browser.published.site import Published, demos
from tests.curves import TOLERANCE, Job, apart, jobs

MANY = ("gallery-plots", "gallery-race")  # several models in one, whose losses have other names
MODELS = [(slug, job) for slug, name in demos() if name not in MANY for job in jobs(name)]
TAUGHT = [(slug, job) for slug, job in MODELS if slug not in (".", "gallery")]  # chapters show each as PyTorch, too
every_model = pytest.mark.parametrize(("slug", "job"), MODELS, ids=[str(job) for _, job in MODELS])
every_twin = pytest.mark.parametrize(("slug", "job"), TAUGHT, ids=[str(job) for _, job in TAUGHT])


@every_model
def test_wgpu_agrees(slug: str, job: Job) -> None:
    assert apart(job.wgpu(), job.numpy()) <= TOLERANCE


@every_model
def test_the_processor_agrees(tmp_path: Path, slug: str, job: Job) -> None:
    assert apart(job.processor(Cache(tmp_path)), job.numpy()) <= TOLERANCE


@every_model
def test_the_processor_of_chromium_agrees_to_the_last_bit(visit: Visit, tmp_path: Path, slug: str, job: Job) -> None:
    demo = Handle(visit(f"/{slug}/", on="processor"), job.demo).find()
    assert apart(demo.page.evaluate(job.script()), job.processor(Cache(tmp_path))) == 0


@every_twin
def test_pytorch_agrees(slug: str, job: Job) -> None:
    assert apart(job.torch(), job.numpy()) <= TOLERANCE


@every_model
def test_chromium_agrees(visit: Visit, slug: str, job: Job) -> None:
    demo = Handle(visit(f"/{slug}/"), job.demo).find()
    assert apart(demo.page.evaluate(job.script()), job.numpy()) <= TOLERANCE


@every_model
def test_firefox_agrees(published: Published, browser: Firefox, slug: str, job: Job) -> None:
    element = f"document.getElementById('demo-{job.demo}')"
    browser.open(f"{published.url}/{slug}/")
    browser.until(f"{element}?.scrollIntoView() ?? {element}?.querySelector('.demo-bar:not([disabled])')", 60)
    assert apart(browser.evaluate(job.script()), job.numpy()) <= TOLERANCE
