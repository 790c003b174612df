"""Claims: what they may say, when they hold, and what a false one says."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from site_builder.content import claims
from site_builder.errors import ClaimError, ContentError

VALUES: dict[str, float | int | str | bool] = {
    "mlp.accuracy": 0.97,
    "mlp.loss": 0.1234567,
    "linear.accuracy": 0.9,
    "steps": 500,
    "gap": -0.25,
    "name": "digits",
    "solved": True,
}
TRUE = [
    ("mlp.accuracy > linear.accuracy", "0.97 > 0.9"),
    ("0.9 <= linear.accuracy < mlp.accuracy <= 1", "0.9 <= 0.9 < 0.97 <= 1"),
    ("mlp.accuracy - linear.accuracy > 0.05 and steps == 500", "0.97 - 0.9 > 0.05 and 500 == 500"),
    ("steps != 500 or 2 * (steps + 1) / 3 >= 334", "500 != 500 or 2 * (500 + 1) / 3 >= 334"),
    ("abs(gap) < max(linear.accuracy, 1e-3)", "abs(-0.25) < max(0.9, 0.001)"),
    ("min(mlp.loss, steps, 3) < 0.124", "min(0.123457, 500, 3) < 0.124"),
    ("-gap > 0", "--0.25 > 0"),
]


@pytest.mark.parametrize(("text", "filled"), TRUE)
def test_true_claims_fill_in_their_numbers(text: str, filled: str) -> None:
    assert claims.check(claims.parse(text, "p.md", 3), VALUES.__getitem__) == filled


FALSE = [
    ("mlp.loss < 0.1", "0.123457 < 0.1"),
    ("mlp.loss > 0.1234568", "0.1234567 > 0.1234568"),  # all digits, since 0.123457 would seem to be enough
    ("mlp.loss == 0.123457", "0.1234567 == 0.123457"),
]


@pytest.mark.parametrize(("text", "filled"), FALSE)
def test_false_claims_say_why(text: str, filled: str) -> None:
    with pytest.raises(ClaimError) as caught:
        claims.check(claims.parse(text, "p.md", 3), VALUES.__getitem__)
    hint = "Correct the sentence, or find out what changed in the run."
    assert str(caught.value) == f"p.md:3: the claim `{text}` is false: {filled}. {hint}"


def test_nothing_is_claimed_of_nan() -> None:
    for text in ("x > 0", "x <= 0", "x == x"):
        with pytest.raises(ClaimError, match=r"is false: nan"):
            claims.check(claims.parse(text, "p.md", 3), lambda path: math.nan)


REFUSED = [
    ("__import__('os').system('true') > 0", "`__import__('os').system('true')` is not allowed in a claim"),
    ("steps ** 9 > 0", "`steps ** 9` is not allowed in a claim"),
    ("[x for x in y] > 0", "`[x for x in y]` is not allowed in a claim"),
    ("steps > 'a'", "`'a'` is not allowed in a claim"),
    ("steps > True", "`True` is not allowed in a claim"),
    ("steps in mlp.loss", "`steps in mlp.loss` is not allowed in a claim"),
    ("abs(gap, 1) > 0", "`abs(gap, 1)` is not allowed in a claim"),
    ("max(gap) > 0", "`max(gap)` is not allowed in a claim"),
    ("not steps > 1", "`not steps > 1` in a claim is not a comparison"),
    ("1 < 2", "the claim `1 < 2` names no value"),
    ("steps > 1; steps", "the claim `steps > 1; steps` does not parse"),
]


@pytest.mark.parametrize(("text", "message"), REFUSED)
def test_what_a_claim_may_not_say(text: str, message: str) -> None:
    with pytest.raises(ContentError) as caught:
        claims.parse(text, "p.md", 3)
    assert caught.value.message == message


def test_an_unknown_function_is_named() -> None:
    with pytest.raises(ContentError) as caught:
        claims.parse("mean(gap) > 0", "p.md", 3)
    assert str(caught.value) == "p.md:3: a claim cannot call `mean`. Known: `abs`, `max`, `min`."


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("steps / (gap - gap) > 1", "the claim `steps / (gap - gap) > 1` divides by zero"),
        ("name > 1", "the value `name` in a claim is 'digits' and not a number"),
        ("solved > 0", "the value `solved` in a claim is True and not a number"),
    ],
)
def test_values_that_do_not_fit(text: str, message: str) -> None:
    with pytest.raises(ContentError) as caught:
        claims.check(claims.parse(text, "p.md", 3), VALUES.__getitem__)
    assert caught.value.message == message
    assert not isinstance(caught.value, ClaimError)


numbers = st.floats(-1e6, 1e6).map(lambda x: round(x, 3))


@given(numbers, numbers, st.sampled_from(["<", "<=", ">", ">=", "==", "!="]), st.sampled_from(["+", "-", "*"]))
def test_claims_agree_with_python(a: float, b: float, compare: str, combine: str) -> None:
    text = f"a {combine} 2 {compare} b + 1"
    expected = eval(text, {"a": a, "b": b})  # our own text
    claim = claims.parse(text, "p.md", 1)
    assert claim.paths == ("a", "b")
    try:
        claims.check(claim, {"a": a, "b": b}.__getitem__)
        held = True
    except ClaimError:
        held = False
    assert held == expected


@given(st.text(max_size=40))
def test_any_text_is_a_claim_or_one_sentence(text: str) -> None:
    try:
        outcome: claims.Claim | ContentError = claims.parse(text, "p.md", 1)
    except ContentError as error:
        outcome = error
    assert outcome.line == 1
