"""A step of a run as a picture, over HTTP."""

from io import BytesIO
from xml.etree import ElementTree

import pytest
from PIL import Image

from tests.api.conftest import RunClient
from tests.api.problem_shape import assert_problem

TITLE = "{http://www.w3.org/2000/svg}title"
DESCRIPTION = "{http://www.w3.org/2000/svg}desc"


@pytest.mark.parametrize("step", ["w1.g", "15"])
def test_a_step_is_svg_by_its_name_or_its_index(run: RunClient, step: str) -> None:
    run("POST", "/iterations", {"count": 3})
    answer = run("GET", f"/picture?step={step}&iteration=2")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/svg+xml"
    assert answer.headers["etag"] == '"2"'
    root = ElementTree.fromstring(answer.content)
    assert root.find(TITLE).text == "w1.g = x.T @ l1.g"
    assert "iteration 2" in root.find(DESCRIPTION).text
    assert answer.text != run("GET", f"/picture?step={step}&iteration=3").text
    assert run.get()["version"] == 2


def test_the_same_as_png_in_both_themes(run: RunClient) -> None:
    sizes, corners = set(), set()
    for theme in ("light", "dark"):
        answer = run("GET", f"/picture?step=l1&format=png&theme={theme}")
        assert answer.headers["content-type"] == "image/png"
        image = Image.open(BytesIO(answer.content))
        sizes.add(image.size)
        corners.add(image.getpixel((0, 0)))
    assert len(sizes) == 1
    assert corners == {(255, 255, 255), (27, 30, 34)}


def test_the_whole_iteration_moves_by_a_style_that_its_policy_allows(run: RunClient) -> None:
    answer = run("GET", "/picture?step=all")
    assert answer.content.count(b'class="step"') == len(run("GET", "/trace?values=none").json()["steps"])
    assert "style-src 'unsafe-inline'" in answer.headers["content-security-policy"]
    assert "script-src" not in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")


def test_inside_of_composites(run: RunClient) -> None:
    shut, wide = (run("GET", f"/picture?step=loss{rest}").text for rest in ("", "&open=true"))
    assert "mse(" in shut
    assert "mse(" not in wide


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("step=w9.g", 404, "unknown_step"),
        ("step=99", 404, "unknown_step"),
        ("step=all&format=png", 422, "bad_query"),
        ("step=l1&format=gif", 422, None),
        ("step=l1&theme=blue", 422, None),
        ("", 422, None),
        ("step=l1&iteration=7", 404, "unknown_iteration"),
    ],
)
def test_what_cannot_be_drawn_is_said(run: RunClient, query: str, status: int, code: str | None) -> None:
    answer = run("GET", f"/picture?{query}")
    assert_problem(answer, status, code)
