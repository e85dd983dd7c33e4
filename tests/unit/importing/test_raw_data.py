"""Pictures and text as files: pixels and tokens in the shapes that a document has."""

import io
import zipfile
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

import backprop_explorer as bx
from backprop_explorer.engine import Budget, Plan
from backprop_explorer.importing import Choices, Content, Rules, read, replacement
from backprop_explorer.problem import Problem
from tests.amount import count
from tests.unit.importing.changed import changed
from tests.unit.importing.test_files import decoded

RULES = Rules(decoded, 4_000_000, Budget())
RAMP = np.arange(48, dtype=np.uint8).reshape(6, 8) * 5
COLOURS = np.stack([RAMP, 255 - RAMP, np.full_like(RAMP, 7)], 2)


def saved(array: Any, format: str = "PNG", mode: str | None = None, **options: Any) -> bytes:
    file = io.BytesIO()
    image = Image.fromarray(array)
    (image.convert(mode) if mode else image).save(file, format, **options)
    return file.getvalue()


def zipped(**files: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/") + ".png", content)
    return file.getvalue()


def pixels(file: bytes) -> Any:
    (picture,) = read(file, RULES)[1].pictures
    return picture.pixels


def put(document: Any, file: bytes, **choices: Any) -> tuple[Plan, list[str]]:
    plan = bx.compile(document)
    content = read(file, RULES)[1]
    found = replacement(plan, content, Budget(), Choices(**choices))
    return bx.compile({**plan.document.to_json_dict(), **found.changes}), [*content.warnings, *found.warnings]


def holding(*shape: int) -> dict[str, Any]:
    return {
        "program": "loss = mean(x * w)",
        "inputs": {"x": np.zeros(shape).tolist()},
        "parameters": {"w": 2.0},
    }


def test_grey_and_colour_are_read_to_the_last_bit() -> None:
    assert np.array_equal(pixels(saved(RAMP))[:, :, 0], RAMP)
    assert np.array_equal(pixels(saved(COLOURS)), COLOURS)
    assert read(saved(COLOURS, "JPEG"), RULES)[0] == "jpeg"
    assert np.abs(pixels(saved(RAMP, "JPEG", quality=100))[:, :, 0].astype(int) - RAMP).max() <= 2


def test_sixteen_bits_palettes_transparency_and_four_colours() -> None:
    deep = RAMP.astype(np.uint16) * 257
    assert np.allclose(pixels(saved(deep))[:, :, 0], RAMP)
    assert np.array_equal(pixels(saved(COLOURS // 128 * 128, mode="P")).shape, (6, 8, 3))
    clear = np.dstack([COLOURS, np.where(RAMP > 100, 255, 0).astype(np.uint8)])
    content = read(saved(clear), RULES)[1]
    assert content.warnings == ["What is transparent is laid over white"]
    assert (content.pictures[0].pixels[0, 0] == 255).all()
    assert np.array_equal(content.pictures[0].pixels[5, 7], COLOURS[5, 7])
    printed = io.BytesIO()
    Image.fromarray(COLOURS).convert("CMYK").save(printed, "JPEG")
    assert "CMYK" in read(printed.getvalue(), RULES)[1].warnings[0]


def test_a_picture_is_turned_as_the_camera_says() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    content = read(saved(RAMP, exif=exif), RULES)[1]
    assert content.warnings == ["Turned as the camera says (EXIF)"]
    assert np.array_equal(content.pictures[0].pixels[:, :, 0], np.rot90(RAMP, -1))


def test_a_large_picture_is_made_smaller_and_said() -> None:
    content = read(saved(np.zeros((600, 300), np.uint8)), RULES)[1]
    assert content.pictures[0].pixels.shape == (512, 256, 1)
    assert "512 pixels" in content.warnings[0]


@pytest.mark.parametrize("file", [saved(RAMP)[:-28], saved(RAMP)[:40], b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"])
def test_a_picture_that_ends_too_early_is_refused(file: bytes) -> None:
    with pytest.raises(Problem) as raised:
        read(file, RULES)
    assert raised.value.code == "bad_file"


def test_a_picture_that_would_unpack_to_too_much_is_refused_before_it_does() -> None:
    bomb = saved(np.zeros((3000, 3000), np.uint8))
    assert len(bomb) < 20_000
    with pytest.raises(Problem, match="3,000 × 3,000 pixels would unpack to 36,000,000 bytes") as raised:
        read(bomb, RULES)
    assert raised.value.status == 413


@pytest.mark.parametrize(
    ("shape", "back"),
    [
        ((1, 1, 6, 8), lambda x: x[:, 0]),
        ((1, 6, 8, 1), lambda x: x[..., 0]),
        ((1, 6, 8), lambda x: x),
        ((1, 3, 6, 8), lambda x: x[:, 1]),
    ],
)
def test_several_pictures_are_a_batch_in_the_shape_of_the_input(shape: tuple[int, ...], back: Any) -> None:
    plan, told = put(holding(*shape), zipped(a10=saved(RAMP.T.copy().T), a9=saved(255 - RAMP)))
    assert plan["x"].shape == (2, *shape[1:])
    assert np.allclose(back(plan["x"]), np.stack([255 - RAMP, RAMP]) / 255)
    assert told[0] == "The pixels of x are numbers from 0 to 1"


def test_colour_becomes_grey_and_another_size_is_said() -> None:
    plan, told = put(holding(1, 16), saved(np.full((9, 9, 3), [255, 0, 0], np.uint8)))
    assert np.allclose(plan["x"], np.full((1, 16), 0.299))
    assert "Resized to the 4 × 4 pixels of x: 1 picture of 9 × 9 pixels, in colour" in told
    assert "Made grey, as x is" in told


def test_folders_are_classes_and_a_class_may_be_named() -> None:
    document = {
        "program": "loss = cross_entropy(x @ w, y)",
        "inputs": {"x": np.zeros((2, 16)).tolist(), "y": [0, 1]},
        "parameters": {"w": {"shape": [16, 3], "init": "normal"}},
    }
    flat = RAMP[:4, :4]
    plan, told = put(document, zipped(dogs__1=saved(flat), cats__1=saved(flat), cats__2=saved(flat)))
    assert plan["y"].tolist() == [0, 0, 1]
    assert plan.document.vocabulary == {"y": ("cats", "dogs")}
    assert "The classes are numbered: cats is 0 and dogs is 1" in told
    assert put(document, saved(flat), label="2")[0]["y"].tolist() == [2]
    with pytest.raises(Problem, match="y must have as many"):
        put(document, saved(flat))


TEXT = "to be or not to be that is the question\n"
MODEL = {
    "program": "loss = cross_entropy(embedding(x, table).reshape(-1, 20), y.reshape(-1))",
    "inputs": {"x": [[0, 1, 2, 3]], "y": [[1, 2, 3, 4]]},
    "parameters": {"table": {"shape": [20, 20], "init": "normal"}},
}


def test_text_becomes_tokens_and_those_that_follow() -> None:
    plan, told = put(MODEL, TEXT.encode())
    words = plan.document.vocabulary["x"]
    assert words == tuple(sorted(set(TEXT)))
    said = ["".join(words[at] for at in row) for row in plan["x"]]
    assert said == [TEXT[at : at + 4] for at in range(0, len(TEXT) - 4, 4)]
    follows = ["".join(words[at] for at in row) for row in plan["y"]]
    assert follows == [TEXT[at + 1 : at + 5] for at in range(0, len(TEXT) - 4, 4)]
    assert told == [
        "The text's 40 characters fill x in rows of 4",
        "The character that follows each one is in y",
    ]


def test_words_with_a_stride_and_one_token_that_follows() -> None:
    document = {
        "program": "loss = cross_entropy(embedding(x, table).sum(1), y)",
        "inputs": {"x": [[0, 1]], "y": [1]},
        "parameters": {"table": {"shape": [9, 9], "init": "normal"}},
    }
    plan, _ = put(document, TEXT.encode(), tokens="words", stride=1)
    words = plan.document.vocabulary["y"]
    assert [words[at] for at in plan["y"]] == TEXT.split()[2:]
    assert [words[at] for at in plan["x"][3]] == ["not", "to"]


def test_words_that_a_vocabulary_lacks_are_named_with_their_place() -> None:
    kept = {**MODEL, "vocabulary": {"x": list(" abehinoqrstu\n"), "y": list(" abehinoqrstu\n")}}
    assert put(kept, TEXT.encode())[0].document.vocabulary["x"] == tuple(" abehinoqrstu\n")
    with pytest.raises(Problem) as raised:
        put(kept, (TEXT + "to be zen\n").encode())
    assert (raised.value.code, raised.value.line, raised.value.column) == ("unknown_word", 2, 7)
    assert "lacks 1 character of the text: z" in raised.value.detail
    unknown = {**MODEL, "vocabulary": {"x": ["<unk>", "to", "be"]}}
    assert put(unknown, TEXT.encode(), tokens="words")[0]["x"].tolist()[0] == [1, 2, 0, 0]


@pytest.mark.parametrize(
    ("text", "choices", "code"),
    [
        ("four words of text here, and no more than these", {"tokens": "words", "length": 40}, "text_too_short"),
        ("abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNOP", {}, "too_many_classes"),
        (TEXT, {"length": 5}, "wrong_shape"),
    ],
)
def test_text_that_does_not_fit_is_refused(text: str, choices: dict[str, Any], code: str) -> None:
    with pytest.raises(Problem) as raised:
        put(MODEL, text.encode(), **choices)
    assert raised.value.code == code


def test_what_is_no_utf_8_is_refused_with_its_line() -> None:
    with pytest.raises(Problem, match="line 2 is no UTF-8"):
        read(b"a line of plain text\nand \xff another", RULES, "text")


VALID = {
    "png": saved(RAMP),
    "jpeg": saved(COLOURS, "JPEG"),
    "zip": zipped(a__1=saved(RAMP), b__2=saved(COLOURS)),
    "text": TEXT.encode(),
}


@settings(max_examples=count(60, 600), deadline=None)
@given(st.sampled_from(sorted(VALID)), st.data())
def test_bytes_that_were_changed_are_read_or_refused(name: str, data: st.DataObject) -> None:
    file = data.draw(changed(VALID[name], 5))
    try:
        _, content = read(file, Rules(decoded, 100_000, Budget(tensor_elements=1000)))
        assert isinstance(content, Content)
        replacement(bx.compile(holding(1, 6, 8)), content, Budget())
    except Problem:
        pass
