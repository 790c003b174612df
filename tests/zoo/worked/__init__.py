"""Whole experiments as a blog would show them, each beside the same in PyTorch: model, loss, training, what follows.

An entry of the zoo is a network that an optimiser trains. What is more than that stands here: two optimisers, samplers,
losses of gradients, optimisers of the author's own. An example is a module `tests/zoo/worked/NAME.py`, found by its
name, of which the docstring's first line becomes its row of the table. It has

    ours(make)  name -> array, with `make` giving a runner of a model: `made(make, build())` is begun with seed 1
    twins()     the same names and numbers from PyTorch in double precision, `begun` with the parameters of our seed 1,
                and with the random numbers of our streams, `drawn`
    OURS        the functions and classes that a reader of the blog would see: model, loss, training
    TWIN        the same in PyTorch, with its loop of training

`apart` says how far the arrays are from each other: in NumPy at most 1e-6, on wgpu 1e-3. Code lines of OURS are
at most 1.2 times those of TWIN; `python -m tests.zoo.worked` writes the table that shows both. It does not know what an
example does.
"""

from __future__ import annotations

import ast
import inspect
import io
import pkgutil
import textwrap
import tokenize
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import torch

from site_builder.graph import Model, Tensor
from site_builder.run import Runner, numpy_runner
from tests.zoo import alignment, experts, generative, graphs, local, of_gradients, parts, selective, self_taught
from tests.zoo.arrangement import arranged, values_of
from tests.zoo.entry import difference

STEPS = 20
README = Path(__file__).with_name("README.md")
NO_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}

Make = Callable[[Model], Runner]
Found = dict[str, Any]

# Models of the zoo that are compared by their length too: ours and the twin's, with the parts that only they use.
OF_THE_ZOO = {
    "alibi": ((local.Alibi,), (local.TwinAlibi,)),
    "ctc": ((alignment.Listener, alignment.ctc_loss), (alignment.TwinListener, alignment.twins_ctc_loss)),
    "graph-attention": ((graphs.GraphAttention,), (graphs.TwinGraphAttention,)),
    "mamba": ((selective.Mamba, selective.LanguageModel), (selective.TwinMamba, selective.TwinLanguageModel)),
    "maml": ((of_gradients.FastLearner,), (of_gradients.TwinFastLearner,)),
    "mistral": (
        (local.Mistral,),
        (local.TwinMistral, local.TwinBlock, local.TwinFeedForward, local.turned, local.TwinAttention),
    ),
    "mixture-of-experts": ((experts.MixtureOfExperts,), (experts.TwinMixtureOfExperts, parts.TwinFeedForward)),
    "siren": ((of_gradients.hidden, of_gradients.Siren), (of_gradients.TwinSiren,)),
    "triplet": ((self_taught.hardest,), (self_taught.twins_hardest,)),
    "unet": ((generative.UNet,), (generative.TwinUNet,)),
    "wgan-gp": ((of_gradients.Critic,), (of_gradients.TwinCritic,)),
}


def names() -> list[str]:
    """Of all examples."""
    return [found.name for found in pkgutil.iter_modules(__path__) if not found.name.startswith("_")]


def example(name: str) -> Any:
    """The module of one."""
    return import_module(f"{__name__}.{name}")


def made(make: Make, model: Model, numbers: Mapping[str, Any] | None = None) -> Runner:
    """A runner of the model to which the numbers were written, begun with seed 1."""
    runner = make(model)
    for name, value in {**(numbers or {}), "seed": 1}.items():
        runner.write(name, np.asarray(value))
    runner.run("init")
    return runner


def losses(runner: Runner, name: str = "loss", steps: int = STEPS) -> Any:
    """What was recorded in the first steps."""
    return runner.read(f"{name}.history")[:steps]


def begun(twin: torch.nn.Module, model: Model, name: str) -> torch.nn.Module:
    """The twin in double precision, with the parameters that seed 1 draws for `model.add(name, …)`."""
    runner = made(numpy_runner, model)
    slots = arranged(twin.double(), values_of)
    ours = [known.removeprefix(f"{name}.") for known in model.parameters if known.startswith(f"{name}.")]
    assert slots.keys() == {*ours}, f"only one has {sorted(slots.keys() ^ {*ours})}"
    for path, slot in slots.items():
        slot.copy_(torch.tensor(runner.read(f"{name}.{path}")))
    return twin


def drawn(word: Callable[[], Tensor], steps: int = STEPS) -> torch.Tensor:
    """[steps, …]: what `word` draws in each step of a program that counts, with seed 1."""
    model = Model("drawn")
    model.program(counts=True)(lambda: {"numbers": word()})
    runner = made(numpy_runner, model)
    found = []
    for _ in range(steps):
        runner.run("<lambda>")
        found.append(torch.tensor(runner.read("numbers").astype(np.float64)))
    return torch.stack(found)


def apart(name: str, make: Make) -> dict[str, float]:
    """How far what we find in an example is from what PyTorch finds, relative to the largest number of each."""
    ours, twins = ({key: np.asarray(found, np.float64) for key, found in each.items()} for each in _both(name, make))
    assert ours.keys() == twins.keys()
    return {key: difference(ours[key], twins[key]) for key in twins}


def _both(name: str, make: Make) -> tuple[Found, Found]:
    return example(name).ours(make), example(name).twins()


def code_lines(*objects: Any) -> int:
    """Lines of their sources that hold code: none that are empty, or hold comments or docstrings alone."""
    return sum(len(_code(textwrap.dedent(inspect.getsource(each)))) for each in objects)


def _code(source: str) -> set[int]:
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    lines = {n for token in tokens if token.type not in NO_CODE for n in range(token.start[0], token.end[0] + 1)}
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node) is not None:
            lines -= {*range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1)}
    return lines


def lengths() -> dict[str, tuple[int, int]]:
    """Name -> code lines here and in PyTorch, of examples and of models of the zoo."""
    parts = {name: (example(name).OURS, example(name).TWIN) for name in names()} | OF_THE_ZOO
    return {name: (code_lines(*ours), code_lines(*twin)) for name, (ours, twin) in sorted(parts.items())}


def table() -> str:
    """What README.md shows of them."""
    rows = ["| example | what it is | lines here | in PyTorch |", "|---|---|--:|--:|"]
    for name, (ours, twin) in lengths().items():
        what = "of [the zoo](../README.md)" if name in OF_THE_ZOO else example(name).__doc__.splitlines()[0].rstrip(".")
        rows.append(f"| `{name}` | {what} | {ours} | {twin} |")
    return "\n".join(rows) + "\n"
