"""Pictures of steps: the numbers of the step, legible, inside of their paper, bounded and sound XML."""

from __future__ import annotations

import json
import re
import sys
from io import BytesIO
from math import inf, nan
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image

import backprop_explorer as bx
from backprop_explorer.bundle import page_folder
from backprop_explorer.drawing import png
from backprop_explorer.drawing.figure import Rect, Text, text_width
from backprop_explorer.drawing.matrices import MOST_CELLS
from backprop_explorer.drawing.palette import PALETTES, channels, tint
from backprop_explorer.drawing.pictures import ANIMATED_CELLS, MOST_STEPS, picture, step_figure
from backprop_explorer.drawing.png import SCALE, png_of
from backprop_explorer.drawing.printing import DIGITS, column_of, printed
from backprop_explorer.engine import Plan
from backprop_explorer.examples import examples
from tests import node
from tests.amount import some
from tests.together import each

SVG = "{http://www.w3.org/2000/svg}"
STRUCTURE = 60
"""Paper and outlines of the tensors, beside the cells."""


def ran(document: object) -> Plan:
    plan = bx.compile(document)
    plan.run()
    return plan


def texts(svg: str) -> list[str]:
    return [element.text or "" for element in ElementTree.fromstring(svg).iter(f"{SVG}text")]


def rounded(number: float) -> str:
    """To three decimals, or all that it has."""
    return "0" if number == 0 else min(f"{number:.3f}", f"{number:g}", key=len).replace("-", "−")


def cells(plan: Plan, step: str) -> list[Rect]:
    """The rectangles of a picture that are as small as cells."""
    return [mark for mark in step_figure(plan, step, "light").marks if isinstance(mark, Rect)]


def test_a_product_shows_its_operands_and_its_result() -> None:
    plan = ran(examples["lesson13"])
    svg = plan.picture("w1.g")
    found = texts(svg)
    assert "".join(found[:6]).startswith("w1.g = x.T @ l1.g")
    for name, shape in (("x.T", "(10, 6)"), ("l1.g", "(6, 2)"), ("w1.g", "(10, 2)")):
        assert (found.count(name), found.count(shape)) >= (1, 1)
    numbers = [text for text in found if re.fullmatch(r"[−\d.]+", text)]
    expected = [rounded(x) for x in [*plan["l1.g"].ravel(), *plan["w1.g"].ravel()]]
    whole = [f"{x:.0f}" for x in plan["x"].T.ravel()]
    assert sorted(numbers) == sorted([*expected, *whole])
    assert {*"ijk"} <= {*found}
    root = ElementTree.fromstring(svg)
    assert root.find(f"{SVG}title").text == "w1.g = x.T @ l1.g"
    assert root.find(f"{SVG}desc").text == "Step 16 of 21 · backward: w1.g (10, 2) from x.T (10, 6), l1.g (6, 2)."
    assert root.get("aria-labelledby") == "title description"


def test_the_numbers_of_an_update_are_those_after_it() -> None:
    plan = ran(examples["lesson13"])
    shown = texts(plan.picture("b1.next"))
    after = plan["b1"] - 0.5 * plan["b1.g"]
    numbers = [text for text in shown if re.fullmatch(r"[−\d.]+", text)]
    assert [rounded(x) for x in after] == numbers[-2:]
    assert any("after the update" in text for text in shown)


@pytest.mark.parametrize("name", some(examples, "lesson13", "attention_head"))
def test_every_step_of_every_example_stays_inside_of_its_paper(name: str) -> None:
    plan = ran(examples[name])
    for index in range(len(plan.program.lines)):
        figure = step_figure(plan, str(index), "light", 0)
        ElementTree.fromstring(picture(plan, str(index), "dark", 0))
        assert max(figure.width, figure.height) <= 1300, index
        assert sum(isinstance(mark, Rect) for mark in figure.marks) <= MOST_CELLS + STRUCTURE, index
        for mark in figure.marks:
            if isinstance(mark, Rect):
                left, right, top, bottom = mark.x, mark.x + mark.width, mark.y, mark.y + mark.height
            else:
                left, right = edges(mark)
                top, bottom = mark.y - mark.size / 2, mark.y + mark.size / 2
            assert min(left, top) >= -0.01, (index, mark)
            assert right <= figure.width + 0.51, (index, mark)
            assert bottom <= figure.height + 0.51, (index, mark)


def edges(text: Text) -> tuple[float, float]:
    wide = text_width(text.text, text.size)
    left = text.x - {"start": 0, "middle": wide / 2, "end": wide}[text.anchor]
    return left, left + wide


SHAPES = [(), (1,), (400,), (12, 16), (16, 12), (4, 5, 12), (8, 4, 12), (8, 16, 1), (2, 2, 3, 4), (5, 2, 3),
          (1, 9000), (9000, 1), (90, 3, 3), (3, 3, 700, 2)]  # fmt: skip


@each("shape", SHAPES, ids=str)
@each("scale", [1.0, -1e-200])
def test_no_shape_is_too_large_for_its_paper(shape: tuple[int, ...], scale: float) -> None:
    numbers = np.random.default_rng(0).standard_normal(shape) * scale
    figure = step_figure(ran({"program": "h = w * 2\nloss = sum(h)", "parameters": {"w": numbers}}), "h", "light")
    assert figure.width <= 1300
    assert figure.height <= 1700
    assert sum(isinstance(mark, Rect) for mark in figure.marks) <= MOST_CELLS + STRUCTURE


def test_names_and_numbers_do_not_lie_on_each_other() -> None:
    for name in ("lesson13", "convnet", "attention_head"):
        plan = ran(examples[name])
        for index in range(len(plan.program.lines)):
            found = [mark for mark in step_figure(plan, str(index), "light").marks if isinstance(mark, Text)]
            for at, one in enumerate(found):
                for other in found[at + 1 :]:
                    if abs(one.y - other.y) < min(one.size, other.size) * 0.8:
                        (a, b), (c, d) = edges(one), edges(other)
                        assert b <= c + 0.5 or d <= a + 0.5, (name, index, one, other)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_png_is_drawn_from_the_same_figure(theme: str) -> None:
    plan = ran(examples["lesson13"])
    figure = step_figure(plan, "l1", theme)
    image = Image.open(BytesIO(png_of(figure)))
    assert image.size == (figure.width * SCALE, figure.height * SCALE)
    assert image.getpixel((0, 0)) == channels(PALETTES[theme].panel)
    rects = [mark for mark in figure.marks if isinstance(mark, Rect)]
    for rect in rects[1:6]:  # a corner of a cell, where no digit is
        covered = [other for other in rects if other.x <= rect.x + 1 < other.x + other.width]
        on_top = [other for other in covered if other.y <= rect.y + 1 < other.y + other.height][-1]
        pixel = image.getpixel((round((rect.x + 1) * SCALE), round((rect.y + 1) * SCALE)))
        assert pixel == channels(on_top.fill)


def test_large_tensors_are_few_cells_and_hide_no_bad_number() -> None:
    weights = np.zeros((3000, 700))
    weights[2345, 678] = nan
    weights[0, 0] = -5.0
    plan = ran({"program": "h = w * 2\nloss = sum(h)", "parameters": {"w": weights}})
    rects = cells(plan, "h")
    assert len(rects) <= MOST_CELLS + STRUCTURE
    fills = [rect.fill for rect in rects]
    assert fills.count(PALETTES["light"].trouble_paper) == 2
    assert fills.count(PALETTES["light"].neg) == 1  # of h, where -10 is the largest
    figure = step_figure(plan, "h", "light")
    assert figure.width <= 900
    assert len(picture(plan, "h")) < 100_000
    assert len(png_of(figure)) < 100_000


def test_a_step_of_many_operands_says_how_many_more_it_has() -> None:
    names = [f"p{k}" for k in range(40)]
    document = {
        "program": f"h = concatenate([{', '.join(names)}])\nloss = sum(h)",
        "parameters": {name: [1.0] for name in names},
    }
    found = texts(ran(document).picture("h"))
    assert "p7" in found
    assert any("and 32 more" in text for text in found)


def test_whatever_a_document_says_is_text() -> None:
    title = '</title><script>alert("1")</script>\x00\uffff'
    plan = ran({"program": "loss = where(w < 3, w, w * 2) * (w > 1)", "parameters": {"w": 2.0}, "title": title})
    for step in ("0", "all"):
        svg = plan.picture(step)
        tags = {element.tag.removeprefix(SVG) for element in ElementTree.fromstring(svg).iter()}
        assert tags <= {"svg", "title", "desc", "rect", "text", "g", "style"}
        svg.encode()


def test_an_iteration_in_motion_shows_each_step_for_a_second() -> None:
    plan = ran(examples["lesson13"])
    svg = plan.picture("all", "dark")
    root = ElementTree.fromstring(svg)
    steps = [group for group in root.iter(f"{SVG}g") if group.get("class") == "step"]
    count = len(plan.program.lines)
    assert len(steps) == count == 21
    assert [group.get("visibility") for group in steps] == ["visible", *["hidden"] * (count - 1)]
    assert [group.get("style") for group in steps] == [f"animation-delay:{at}s" for at in range(count)]
    [style] = root.iter(f"{SVG}style")
    assert f"animation:shown {count}s step-end infinite" in style.text
    assert "prefers-reduced-motion:reduce" in style.text
    assert "w1.g = x.T @ l1.g" in "".join(text.text for text in steps[15].iter(f"{SVG}text"))


def test_an_animation_has_an_end() -> None:
    document = {
        "program": "h = w\nfor k in range(COUNT):\n    h = h * 0.5\nloss = sum(h)",
        "parameters": {"w": np.ones((90, 90))},
    }
    few = ran({**document, "program": document["program"].replace("COUNT", "60")})
    svg = few.picture("all")
    assert svg.count("<rect") <= ANIMATED_CELLS + 6 * len(few.program.lines)
    many = ran({**document, "program": document["program"].replace("COUNT", "300")})
    with pytest.raises(bx.Problem, match=str(MOST_STEPS)) as caught:
        many.picture("all")
    assert (caught.value.code, caught.value.status) == ("too_many_steps", 413)


@each(
    ("step", "says"),
    [
        ("w1.gg", 'did you mean "w1.g"'),
        ("out.matmull", 'did you mean "out.matmul"'),
        ("21", "the last one is 20"),
        ("9" * 5000, "the last one is 20"),
        ("-1", "name a step by what it computes"),
        ("x", "no step computes 'x'"),
        ("", "no step computes ''"),
        ("²", "no step computes"),
    ],
)
def test_a_step_that_is_not_there_is_refused(step: str, says: str) -> None:
    plan = bx.compile(examples["lesson13"])
    with pytest.raises(bx.Problem, match=re.escape(says)) as caught:
        plan.picture(step)
    assert (caught.value.code, caught.value.status) == ("unknown_step", 404)
    assert len(str(caught.value)) < 400


def test_a_theme_is_light_or_dark() -> None:
    plan = bx.compile(examples["scalar"])
    with pytest.raises(bx.Problem, match="light or dark"):
        plan.picture("0", "sepia")
    assert plan.picture(0) == plan.picture("0", "light")


def test_the_colours_are_those_of_the_page() -> None:
    tokens = (page_folder() / "styles" / "tokens.css").read_text("utf-8")
    for name in PALETTES["light"].__dataclass_fields__:
        pair = re.search(rf"--{name.replace('_', '-')}: light-dark\((#\w+|rgb\([^)]*\)), (#\w+|rgb\([^)]*\))\)", tokens)
        assert pair, name
        for theme, written in zip(PALETTES, pair.groups(), strict=True):
            numbers = tuple(map(int, re.findall(r"\d+", written))) if written.startswith("rgb") else channels(written)
            assert channels(getattr(PALETTES[theme], name)) == numbers, name


NUMBERS = [0.0, 1.0, -3.0, 0.5, -1e-5, 123456.789, 1e7, -2.5e-9, 0.0004, 1e300, 5e-324, inf, -inf, nan, 2 / 3, 999999.0]


def test_numbers_and_tints_are_those_of_the_page() -> None:
    """Compared with the page's own modules, run by Node."""
    lib = (page_folder() / "lib").as_uri()
    sets = [[one] for one in NUMBERS] + [[one, 1.5] for one in NUMBERS] + [[one, 1e9] for one in NUMBERS]
    wired = [[str(one).replace("inf", "Infinity").replace("nan", "NaN") for one in numbers] for numbers in sets]
    script = (
        f'import {{ styleFor }} from "{lib}/numbers.js"; import {{ tintOf }} from "{lib}/tint.js";'
        f'import {{ aligned, cellText, printing }} from "{lib}/printing.js";'
        f"const sets = {json.dumps(wired)}.map((numbers) => numbers.map(Number));"
        f"const texts = sets.map((numbers) => numbers.map((one) => cellText(one, styleFor(numbers, {DIGITS}))));"
        f"const columns = sets.map((numbers) => printing([{{ data: numbers }}], {DIGITS}));"
        "const short = texts.map((own, at) => own.map((text) => aligned(text, columns[at].places)));"
        "const tints = sets.map((numbers) => tintOf(numbers[0], 1000).strength);"
        "console.log(JSON.stringify({ texts, tints, columns, short }));"
    )
    found = json.loads(node.run("--input-type=module", "--eval", script))
    for numbers, written, strength, page, short in zip(sets, *found.values(), strict=True):
        column = column_of(numbers)
        assert [printed(one, column.style) for one in numbers] == written
        assert (column.places, column.letters) == (page["places"], page["width"])
        assert [column.short(text) for text in written] == [int(one.get("--short", "0ch")[:-2]) for one in short]
        ink = tint(numbers[0], 1000, PALETTES["light"], printed=False)
        if np.isfinite(numbers[0]) and numbers[0] > 0:
            assert channels(ink)[0] == pytest.approx(255 + (27 - 255) * strength / 100, abs=2)


def test_without_a_type_on_the_machine_pillow_has_one(monkeypatch: pytest.MonkeyPatch) -> None:
    figure = step_figure(ran(examples["lesson13"]), "l1", "light")
    usual = png_of(figure)
    monkeypatch.setattr(png, "_TYPES", {False: (), True: ()})
    monkeypatch.setattr(png, "_type", png._type.__wrapped__)
    found = np.asarray(Image.open(BytesIO(png_of(figure))).convert("L"))
    assert found.shape == np.asarray(Image.open(BytesIO(usual))).shape[:2]
    for text in (mark for mark in figure.marks if isinstance(mark, Text) and mark.text.strip()):
        left, right = (round(edge * SCALE) for edge in edges(text))
        top, bottom = (round((text.y + half * text.size) * SCALE) for half in (-0.5, 0.5))
        assert np.ptp(found[top:bottom, max(0, left) : right]) > 60, text  # something is written there


def test_where_there_is_no_pillow_svg_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "PIL", None)
    with pytest.raises(bx.Problem, match="format=svg") as caught:
        png_of(step_figure(ran(examples["scalar"]), "0", "light"))
    assert caught.value.code == "extra_missing"


def test_numbers_that_are_not_finite_are_marked() -> None:
    plan = ran({"program": "h = w * 1\nloss = sum(h)", "parameters": {"w": [nan, inf, -inf, 0.0]}})
    marks = step_figure(plan, "h", "dark").marks
    inks = {mark.text: mark.fill for mark in marks if isinstance(mark, Text)}
    assert inks["NaN"] == PALETTES["dark"].trouble
    assert {"∞", "−∞"} <= {*inks}
    assert PALETTES["dark"].trouble_paper in {mark.fill for mark in marks if isinstance(mark, Rect)}
