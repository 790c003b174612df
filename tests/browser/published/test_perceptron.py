"""What the perceptron's panel says of points of the reader's own."""

from __future__ import annotations

import pytest

from tests.browser.published.conftest import Visit
from tests.browser.published.pages import Handle
from tests.browser.published.site import demos

# Points of the perceptron, x, y and class: how many steps it takes, and what is then said of them.
SAID = {
    "none": ([], 1, "There are no points. Click the plane, or press N, to place one."),
    "one": ([[0.62, 0.41, 1]], 1, "The point is right, and the rule has stopped"),
    "one, far": ([[0.81, -0.83, -1]], 1, "at most 1 mistake."),
    "corners": ([[0.75, 0.75, -1], [-0.75, -0.75, -1], [0.75, -0.75, 1], [-0.75, 0.75, 1]], 9, "No line separates"),
    "one place": ([[0.2, 0.1, 1], [0.2, 0.1, -1]], 4, "not right. No line separates"),
}


@pytest.mark.parametrize(("rows", "steps", "said"), SAID.values(), ids=SAID)
def test_what_the_perceptron_says_is_true(visit: Visit, rows: list[list[float]], steps: int, said: str) -> None:
    (slug,) = (slug for slug, name in demos() if name == "perceptron")
    demo = Handle(visit(f"/{slug}/", on="processor"), "perceptron").find()
    values = {
        "count": [len(rows)],
        "labels": [row[2] for row in rows] + [0] * (64 - len(rows)),
        "points": [each for row in rows for each in row[:2]] + [0] * (128 - 2 * len(rows)),
    }
    demo.steps(2)
    demo.ask(f"Object.entries({values}).forEach(([name, each]) => demo.edit(name, each))")
    assert demo.ask("demo.step") == 0
    demo.until("demo.element.querySelector('.demo-words').textContent.startsWith('Other points')")
    demo.steps(steps)
    demo.until(f"demo.element.querySelector('.demo-words').textContent.includes({said!r})")
    assert "at most 0" not in demo.words()
