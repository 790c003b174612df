"""Shapes that several chapters draw: where they are, in which colours, and for which screen."""

from __future__ import annotations

import re

import numpy as np
import pytest

from site_builder.figures import shapes, theme

PAGE, PHONE = ("ab;cc", 4.0, (1, 2)), ("a;b;c", 9.0, (1, 1, 1))


@pytest.mark.parametrize(("phone", "size"), [(False, (828, 400)), (True, (350, 900))])
def test_a_mosaic_is_arranged_for_the_screen(phone: bool, size: tuple[int, int]) -> None:
    with theme.styled(phone):
        fig, panels = shapes.mosaic("page", PAGE, PHONE)
        fig.draw_without_rendering()
        assert shapes.on_phone() is phone
    assert (round(fig.get_figwidth() * 72), round(fig.get_figheight() * 72)) == size
    a, b, c = (panels[name].get_position() for name in "abc")
    assert c.y1 <= min(a.y0, b.y0)
    assert (b.x0 > a.x1) is not phone
    assert c.width > 1.5 * a.width or phone


def test_points_have_the_colours_of_their_classes_and_may_be_thinned() -> None:
    labels = np.array([-1, 1] * 6)
    with theme.styled():
        _, ax = theme.canvas()
        shapes.class_points(ax, np.arange(24.0).reshape(12, 2), labels, 10, every=2)
        found = {tuple(each.get_facecolor()[0]): len(each.get_offsets()) for each in ax.collections}
    assert list(found.values()) == [3, 3]


def test_a_network_has_every_weight_once() -> None:
    weights = [np.array([[1.0, -2.0, 0.5], [0.1, 0.2, -0.3]]), np.array([[1.0], [0.5], [-0.5]])]
    with theme.styled():
        fig, ax = theme.canvas()
        shapes.network(ax, weights)
        lines = [(line.get_linewidth(), line.get_color()) for line in ax.get_lines()]
        text = theme.render(fig, "net", "a network").svg
    assert len(lines) == 9
    assert max(width for width, _ in lines) == lines[1][0] == pytest.approx(4.4)
    negative = theme.colour("negative")
    assert [colour == negative for _, colour in lines] == [False, True, False, False, False, True, False, False, True]
    assert len(re.findall(r"m[-\d. ]+h0|M[-\d. ]+h0", text)) == 6 or text.count("<use") == 6
