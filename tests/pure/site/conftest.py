"""A project of two posts, built, and the command line called in this process."""

from __future__ import annotations

import contextlib
import io
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from site_builder.bundle.node import NodePackages
from site_builder.cli import run

PROJECT = Path(__file__).parents[3]
SITE = """\
title = "A blog"
description = "About things."
url = "https://example.org"
author = "Somebody"
language = "en-GB"
"""
POST = """\
---
title: {title}
summary: What this is about.
date: 2026-01-31
---

A text with a number, {{value}}`count.total:d`, and a formula, $x^2$.

## A section

:::{{figure}} squares
Squares of numbers.
:::

:::{{claim}} count.total > 2
It is more than two.
:::

[Elsewhere](../{other}/index.md)
"""
FIGURES = '''\
"""Counting, without a model."""

import numpy as np

from site_builder.figures import canvas, experiment, figure


@experiment
def count(lab):
    return {"total": 3, "squares": np.arange(4.0) ** 2}


@figure(count, alt="A parabola.")
def squares(result):
    fig, ax = canvas(width="text", height=2.0)
    ax.plot(result["squares"])
    return fig
'''
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(PROJECT)}


def write(project: Path, path: str, text: str) -> None:
    (project / path).parent.mkdir(parents=True, exist_ok=True)
    (project / path).write_text(text, encoding="utf-8")


def make(project: Path) -> Path:
    """A project of two posts. It shares the JavaScript tools of the checkout, so that no test installs them."""
    write(project, "site.toml", SITE)
    write(project, "posts/01-one/index.md", POST.format(title="One", other="02-two"))
    write(project, "posts/02-two/index.md", POST.format(title="Two", other="01-one"))
    for post in ("01-one", "02-two"):
        write(project, f"posts/{post}/figures.py", FIGURES)
    NodePackages(PROJECT / ".cache").packages()
    (project / ".cache").mkdir()
    (project / ".cache" / "node").symlink_to(PROJECT / ".cache" / "node")
    return project


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


def build_site(project: Path, *arguments: str) -> Done:
    """The command line, in this process: a new one would spend its time on imports."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.chdir(project), contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(list(arguments))
    return Done(code, out.getvalue(), err.getvalue())


def content(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = make(tmp_path_factory.mktemp("built"))
    done = build_site(project)
    assert done.returncode == 0, done.stderr
    assert "Built 4 pages in" in done.stdout
    return project


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "project", symlinks=True)
    return tmp_path / "project"
