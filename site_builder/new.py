"""The beginning of a post.

In: a title. Out: a folder in posts/ with an index.md and a figures.py that build as they are and show what there is to
write: a model, an experiment, a figure, a value, a claim. It does not know what the post will be about.
"""

from __future__ import annotations

import datetime
import json
import re
from pathlib import Path

from .content.html import slugify
from .errors import ConfigError

INDEX = """\
---
title: {title}
summary: One sentence that says what the reader will know afterwards.
date: {date}
draft: true
---

Say first what this is about and why anyone should care.

## A model

It fits a line: from $x$ it predicts $y = ax + b$, and learns $a$ and $b$ by gradient descent.

:::{{figure}} line-loss
The mean squared error while the line is fitted.
:::

:::{{claim}} line.loss < 0.01
After {{value}}`line.steps` steps the mean squared error is {{value}}`line.loss:.1e`.
:::

:::{{code}} posts/{folder}/figures.py
:region: model
:caption: The model.
:::
"""

FIGURES = '''\
"""The experiments and figures of "{title}"."""

from __future__ import annotations

from typing import Any

from site_builder import graph as g
from site_builder import nn
from site_builder.figures import Lab, canvas, colour, experiment, figure
from site_builder.graph import Model

STEPS = 200


# region: model
def build() -> Model:
    """A line through noiseless points of y = 2x - 1."""
    model = Model("line")
    affine = model.add("affine", nn.Linear(1, 1))

    @model.program(counts=True)
    def step():
        x = g.uniform((64, 1), stream=1, low=-1.0, high=1.0)
        loss = g.mean((affine(x) - (2.0 * x - 1.0)) ** 2)
        nn.SGD(0.1).minimise(loss, model)
        model.record("loss", loss)

    return model


# endregion


@experiment
def line(lab: Lab) -> dict[str, Any]:
    """Fit the line once."""
    run = lab.run(build(), seed=1)
    run.run("step", times=STEPS)
    losses = run.read("loss.history")[:STEPS]
    return {{"steps": STEPS, "loss": float(losses[-1]), "losses": losses}}


@figure(line, alt="The error falls steeply, then ever more slowly, on a logarithmic axis.")
def line_loss(result: dict[str, Any]) -> Any:
    """The loss over the steps."""
    fig, ax = canvas(width="text", height=2.4)
    ax.plot(result["losses"], color=colour("cat-1"))
    ax.set_yscale("log")
    ax.set_xlabel("step")
    ax.set_ylabel("mean squared error")
    return fig
'''


def begin_post(project: Path, title: str) -> Path:
    """Write the folder of a new post, numbered after the last one, and return it."""
    title = " ".join(title.split())
    slug = slugify(title)
    if not slug:
        raise ConfigError("the title gives no folder name", hint="Use a title with letters or digits in it")
    posts = project / "posts"
    taken = {path.name for path in posts.glob("*/")}
    for name in sorted(taken):
        if re.sub(r"^\d+-", "", name) == slug:
            raise ConfigError("there is a post of this name already", f"posts/{name}", hint="Choose another title")
    numbers = [int(match[1]) for name in taken if (match := re.match(r"(\d+)-", name))]
    folder = posts / f"{max(numbers, default=-1) + 1:02}-{slug}"
    folder.mkdir(parents=True)
    quoted = json.dumps(title, ensure_ascii=False)  # a JSON string is a YAML string, whatever the title holds
    date = datetime.date.today().isoformat()
    (folder / "index.md").write_text(INDEX.format(title=quoted, date=date, folder=folder.name), encoding="utf-8")
    plain = title.replace("\\", "").replace('"', "")
    (folder / "figures.py").write_text(FIGURES.format(title=plain), encoding="utf-8")
    return folder
