"""Hostile texts in every field, link and paste: they are shown as text or refused, and nothing of them runs."""

import base64
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Dialog, Locator, Page, expect

from tests.amount import LONG, count, every, some
from tests.browser.explorer import Explorer
from tests.browser.traffic import Traffic
from tests.browser.trouble import Trouble
from tests.browser.window import EMPTY

TEXTS = (
    "<script>hacked=1</script>",
    "<img src=x onerror=hacked=1>",
    "<svg onload=hacked=1>",
    "<svg><script>hacked=1</script></svg>",
    "<svg><animate onbegin=hacked=1 attributeName=x dur=1s>",
    "<svg><use href='data:image/svg+xml,<svg id=a onload=hacked=1/>#a'/></svg>",
    "<math><mtext><table><mglyph><style><img src=x onerror=hacked=1>",
    "<math><maction actiontype='statusline#http://elsewhere.test' xlink:href='javascript:hacked=1'>click",
    "</math><img src=x onerror=hacked=1>",
    "</mi></math><script>hacked=1</script>",
    "<iframe src=javascript:hacked=1></iframe>",
    "<iframe srcdoc='<script>parent.hacked=1</script>'></iframe>",
    "<object data=javascript:hacked=1></object>",
    "<a href=javascript:hacked=1>a link</a>",
    "javascript:hacked=1",
    "\"><script>hacked=1</script>",
    "' onfocus=hacked=1 autofocus tabindex=0 '",
    "</textarea><script>hacked=1</script>",
    "</option></select><img src=x onerror=hacked=1>",
    "</title></style></script><img src=x onerror=hacked=1>",
    "<!--><img src=x onerror=hacked=1>",
    "<style>@import 'http://elsewhere.test/'; * { display: none }</style>",
    "<link rel=stylesheet href=http://elsewhere.test/x.css>",
    "<base href=http://elsewhere.test/>",
    "<meta http-equiv=refresh content='0; url=http://elsewhere.test/'>",
    "<form action=http://elsewhere.test/><input autofocus onfocus=hacked=1>",
    "<details open ontoggle=hacked=1>",
    "<video><source onerror=hacked=1></video>",
    "{{constructor.constructor('hacked=1')()}} ${hacked=1} <%= hacked=1 %>",
    "%{customdata:<img src=x onerror=hacked=1>}<extra><b>x</b></extra>",
    "$\\href{javascript:hacked=1}{x}$",
    "\u2028hacked=1\u2029//",
    "\u202e<tpircs>1=dekcah\u2066",
    "\ufeff\u200b\u0301\u0301\u0301\u0301",
    "__proto__",
    "constructor",
    "W" * 3000,
    "\U0001f600" * 500,
)  # fmt: skip
UNREADABLE = ("half a \ud800 character", "\x00\x01\x1b[31m")

FOREIGN = (
    "img, iframe, object, embed, video, audio, base, link[href*=elsewhere], svg script, svg use, "
    "body style, form[action], a[href^='javascript'], [onerror], [onload], [onfocus], [ontoggle], [onbegin], "
    "script:not([src]), meta[http-equiv]:not(head > [http-equiv=Content-Security-Policy])"
)


@pytest.fixture(autouse=True)
def dialogs(page: Page) -> Iterator[list[str]]:
    """What `alert` and its like would show."""
    seen: list[str] = []

    def dismiss(dialog: Dialog) -> None:
        seen.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismiss)
    yield seen
    page.remove_listener("dialog", dismiss)


def assert_harmless(explorer: Explorer, dialogs: list[str], text: str) -> None:
    """Nothing ran, nothing was made of it but text, and the page still stands where it stood and works."""
    page = explorer.page
    assert dialogs == []
    assert page.evaluate("typeof hacked") == "undefined", text
    assert page.locator(FOREIGN).evaluate_all("elements => elements.map(element => element.outerHTML)") == [], text
    assert page.title() == "Backprop Explorer"
    assert page.evaluate("document.scrollingElement.scrollWidth <= innerWidth"), f"{text[:80]} widens the page"


BATCH = count(19, 1)
"""So many texts stand in one program."""
BATCHES = [TEXTS[at : at + BATCH] for at in range(0, len(TEXTS), BATCH)]


def document(**changes: Any) -> dict[str, Any]:
    sound = {"program": "loss = (x * w).sum()", "inputs": {"x": [1.0, 2.0]}, "parameters": {"w": [0.5, 0.25]}}
    return {**sound, **changes}


def paste(explorer: Explorer, text: str) -> Locator:
    """Opens a document through the dialog."""
    dialog = explorer.page.get_by_role("dialog", name="Open a document", exact=True)
    if not dialog.count():
        explorer.more("Open")
    if not dialog.get_by_role("textbox", name="Document", exact=True).is_visible():
        dialog.get_by_text("Paste a document", exact=True).click()
    dialog.get_by_role("textbox", name="Document", exact=True).fill(text)
    dialog.get_by_role("button", name="Open", exact=True).click()
    return dialog


def link(content: str) -> str:
    return "/#doc=" + base64.urlsafe_b64encode(content.encode()).decode().rstrip("=")


def test_titles_descriptions_and_comments_are_text(kept: None, explorer: Explorer, dialogs: list[str]) -> None:
    explorer.begin()
    for texts in BATCHES:
        before = explorer.page.url
        comments = "\n".join(f"# {text}" for text in texts)
        program = f"{comments}\nloss = (x * w).sum()"
        dialog = paste(explorer, json.dumps(document(title=texts[0], description=texts[-1], program=program)))
        expect(explorer.page).not_to_have_url(before)
        expect(dialog).to_have_count(0)
        assert explorer.state()["document"]["title"] == texts[0]
        lines = explorer.region("Program").locator("code")
        for at, text in enumerate(texts):
            expect(lines.nth(at)).to_have_text(f"# {text}")
        assert_harmless(explorer, dialogs, texts[0])
    explorer.more("Open")
    expect(dialog.get_by_role("link").first).to_have_text(BATCHES[-1][0])
    assert_harmless(explorer, dialogs, "the titles of recent runs")


PLACES = {
    "a key of the document": lambda text: document(**{text: 1}),
    "an input's name": lambda text: document(inputs={"x": [1.0, 2.0], text: [1.0]}),
    "a parameter's name": lambda text: document(parameters={"w": [0.5, 0.25], text: [1.0]}),
    "a number": lambda text: document(inputs={"x": [1.0, text]}),
    "an initialisation": lambda text: document(parameters={"w": {"shape": [2], "init": text}}),
    "an option of an initialisation": lambda text: document(parameters={"w": {"shape": [2], "init": "ones", text: 1}}),
    "a data set": lambda text: document(inputs={"x": {"dataset": text, "field": "x", "count": 2}}),
    "a data set's field": lambda text: document(inputs={"x": {"dataset": "digits", "field": text, "count": 2}}),
    "the optimizer": lambda text: document(optimizer={"name": text}),
    "an option of the optimizer": lambda text: document(optimizer={"name": "sgd", "lr": 0.5, text: 1}),
    "the loss": lambda text: document(loss=text),
    "the type of numbers": lambda text: document(dtype=text),
    "the program": lambda text: document(program=text + " = x ="),
    "a string in the program": lambda text: document(program=f"loss = einsum({text!r}, x, w)"),
    "an option in the program": lambda text: document(program=f"loss = (x * w).sum()\nz = conv({text!r})"),
}


@pytest.mark.parametrize("part", every(3, range(3)))
def test_what_is_refused_is_quoted_as_text(explorer: Explorer, trouble: Trouble, dialogs: list[str], part: int) -> None:
    """A text in each of these places; under --long each text in some place, and each place with some texts."""
    trouble.allow("status of 422")
    explorer.open()
    run = explorer.run
    apart, unreadable = count(len(TEXTS), 5), count(1, 2)
    for at, (place, document_with) in list(enumerate(PLACES.items()))[part::3]:
        for text in [*TEXTS[7 * at % apart :: apart], *(UNREADABLE[-unreadable:] if LONG or at == 0 else ())]:
            dialog = paste(explorer, json.dumps(document_with(text)))
            expect(dialog.locator(".trouble"), place).to_be_visible()
            assert_harmless(explorer, dialogs, text)
            explorer.page.keyboard.press("Escape")
            expect(dialog).to_have_count(0)
    assert explorer.run == run
    explorer.button("Next step").click()
    expect(explorer.page.locator("#step")).to_have_attribute("data-index", "1")


def test_programs_are_kept_as_they_were_typed(
    kept: None, explorer: Explorer, trouble: Trouble, traffic: Traffic, dialogs: list[str]
) -> None:
    trouble.allow("status of 422")
    explorer.begin()
    before = explorer.state()
    for texts in BATCHES:
        typed = "\n".join(["l1 = x @ w1", *(f"{text} = (" for text in texts)])
        traffic.settled()
        explorer.write_program(typed)
        assert "PATCH" in [one.method for one in traffic.settled()]
        expect(explorer.region("Program").get_by_role("alert")).to_contain_text(re.compile(r"Line [2-9]"))
        expect(explorer.program_text).to_have_value(typed)
        assert_harmless(explorer, dialogs, texts[0])
    explorer.program_text.press("Escape")
    expect(explorer.program_text).to_have_count(0)
    traffic.settled()  # what was typed is read after a pause, and refused once more
    assert explorer.state() == before


def test_numbers_that_are_none(kept: None, explorer: Explorer, dialogs: list[str]) -> None:
    explorer.begin()
    before = explorer.state()
    cell = explorer.cell("w1[0, 1] value")
    apart = count(12, 1)
    for text, typed in zip(TEXTS[::apart], TEXTS[apart // 2 :: apart], strict=False):
        cell.focus()
        explorer.page.evaluate("text => navigator.clipboard.writeText(text)", text)
        explorer.page.keyboard.press("Control+v")
        expect(explorer.alert).to_contain_text("not a block of numbers")
        assert_harmless(explorer, dialogs, text)
        explorer.button("Dismiss").click()
        cell.press("Enter")
        editor = explorer.page.get_by_role("textbox", name="New number for w1[0, 1]", exact=True)
        editor.fill(typed)
        editor.press("Enter")
        expect(explorer.alert).to_contain_text("is not a number")
        assert_harmless(explorer, dialogs, typed)
        editor.press("Escape")
    assert explorer.state() == before


@pytest.mark.parametrize("at", every(5, range(0, len(TEXTS), 8)))
def test_links(explorer: Explorer, trouble: Trouble, dialogs: list[str], at: int) -> None:
    trouble.allow("status of (404|422)")
    text = TEXTS[at]
    explorer.page.goto(f"/?run={quote(text)}#step={quote(text)}")
    expect(explorer.alert).to_be_visible()
    assert_harmless(explorer, dialogs, text)
    contents = (text, json.dumps([text]), json.dumps({"program": text}))
    for content in contents if LONG else [contents[at // 16]]:
        explorer.page.goto(EMPTY)
        explorer.page.goto(link(content))
        expect(explorer.alert).to_be_visible()
        assert_harmless(explorer, dialogs, text)
    explorer.page.goto(EMPTY)
    explorer.open(link(json.dumps(document(title=text, program=f"loss = (x * w).sum()  # {text}"))))
    expect(explorer.region("Program").locator("code").first).to_have_text(f"loss = (x * w).sum()  # {text}")
    assert_harmless(explorer, dialogs, text)


DAMAGED = ["#doc=", "#doc=%00", "#doc=@@@", "#doc=bnVsbA", "#doc=WzFd", "#doc=" + "A" * 20_000]


@pytest.mark.parametrize("content", some(DAMAGED, "#doc=%00"))
def test_damaged_links(explorer: Explorer, trouble: Trouble, dialogs: list[str], content: str) -> None:
    trouble.allow("status of 422")
    explorer.page.goto("/" + content)
    expect(explorer.alert.or_(explorer.status.filter(has_text="Opened")).first).to_be_visible()
    assert_harmless(explorer, dialogs, content)


NAMES = ("constructor", "toString", "valueOf", "hasOwnProperty", "привет", "重み", "وزن", "name", "length", "w" * 60)


TOGETHER = count(5, 1)
"""So many names stand in one program."""


@pytest.mark.parametrize("at", every(2, range(0, len(NAMES), TOGETHER)))
def test_names_that_a_careless_page_would_stumble_over(explorer: Explorer, dialogs: list[str], at: int) -> None:
    names = NAMES[at : at + TOGETHER]
    losses = " + ".join(f"mse({name}, y)" for name in names)
    sound = {
        "program": "\n".join([*(f"{name} = x @ w" for name in names), f"loss = {losses}"]),
        "inputs": {"x": [[1.0, 2.0], [3.0, 4.0]], "y": [1.0, 0.0]},
        "parameters": {"w": [0.5, 0.25]},
        "optimizer": {"name": "sgd", "lr": 0.5},
    }
    explorer.open(link(json.dumps(sound)))
    assert set(names) <= set(explorer.trace()["tensors"])
    explorer.assert_agreement(names[0])
    for step in explorer.trace()["steps"]:
        explorer.expect_step(step)
        assert_harmless(explorer, dialogs, step["output"])
        if step["index"] == 2 and not LONG:
            explorer.button("Finish iteration").click()
            break
        explorer.button("Next step").click()
    explorer.expect_iteration(1)
    explorer.assert_agreement(names[-1])
