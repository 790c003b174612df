"""An experiment whose parameters are no numbers any more is refused when it returns, whatever it returns."""

from __future__ import annotations

import pytest

from site_builder.errors import GraphError

from .conftest import Project

RUNAWAY = """
def runaway():
    model = Model("runaway")
    net = model.add("net", nn.Linear(2, 2))

    @model.program
    def step():
        model.assign(net.weight, 9.0 * net.weight)

    return model


@experiment
def plain(lab):
    lab.run(runaway()).run("step", 200)
"""


def test_an_experiment_that_diverges_unasked_is_refused(project: Project) -> None:
    project.change(project.file, "from site_builder import graph as g", "from site_builder import graph as g, nn")
    project.change(project.file, "\n@experiment\ndef plain(lab):\n", RUNAWAY)
    with pytest.raises(
        GraphError, match=r"net\.weight of model runaway became an infinity in run 4\d of program"
    ) as error:
        project.compute()
    lines = project.file.read_text(encoding="utf-8").splitlines()
    place = lines.index("        model.assign(net.weight, 9.0 * net.weight)") + 1
    assert (error.value.file, error.value.line) == ("posts/01-first/figures.py", place)
    project.change(project.file, "lab.run(runaway())", "lab.run(runaway(), diverges=True)")
    project.compute()
