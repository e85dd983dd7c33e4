"""Styles: in their order as they are; and short, without the rules for what a page never has."""

from pathlib import Path

from backprop_explorer.bundle import bundled_styles, page_folder, short_styles, words_of
from tests.together import each
from tests.unit.bundle.files import wrote

KNOWN = {"main", "li", "button", "lit", "bar"}


def test_styles_keep_their_order(tmp_path: Path) -> None:
    wrote(tmp_path, {"b.css": "b {}", "a.css": "a {}"})
    assert bundled_styles(tmp_path, ["b.css", "a.css"]) == "b {}\na {}"


@each(
    ("styles", "short"),
    [
        ("@layer reset, base;", "@layer reset,base"),
        ("/* no } */ main > li ~ .lit { margin: 0 1px ; color : red; }", "main>li~.lit{margin:0 1px;color :red}"),
        ("main :is(.lit, .dim) { a: b }", "main :is(.lit,.dim){a:b}"),
        ("main :is(.dim, #dim, ul) { a: b }", ""),
        ("main:has(> .dim) { a: b }", ""),
        (
            "main:has(> .lit:not(.dim)):nth-child(n + 3)::before { a: b }",
            "main:has(>.lit:not(.dim)):nth-child(n + 3)::before{a:b}",
        ),
        (
            "main, .dim, #bar[data-dim='x'] { a: calc(1px - var(--b, 2px)) }",
            "main,#bar[data-dim='x']{a:calc(1px - var(--b,2px))}",
        ),
        ('li::after { content: "; } , /" ; }', 'li::after{content:"; } , /"}'),
        ("@media (width < 700px) { .dim { a: b } }", ""),
        (
            "@layer base { @media (width < 700px) { .dim { a: b } .lit { a: b } } }",
            "@layer base{@media (width < 700px){.lit{a:b}}}",
        ),
        ("* { margin: 0 }", "*{margin:0}"),
    ],
)
def test_short_styles_say_the_same(styles: str, short: str) -> None:
    assert short_styles(styles, KNOWN.__contains__) == short


def test_the_page_s_styles_lose_nothing_but_what_is_not_known() -> None:
    names = [f"styles/{path.name}" for path in (page_folder() / "styles").glob("*.css")]
    whole = bundled_styles(page_folder(), names)
    short = short_styles(whole, lambda _: True)
    assert short.count("{") == whole.count("{")
    assert short_styles(short, lambda _: True) == short
    assert len(short) < 0.9 * len(whole)


def test_words_are_those_of_texts() -> None:
    knows = words_of("const bar = `a lit-${'side'} ${bar}`; f('#main > li', \"b-c\"); // button", ["ul"])
    assert [word for word in ("a", "side", "main", "li", "b-c", "ul", "lit-top") if not knows(word)] == []
    assert [word for word in ("bar", "button", "const", "unlit-top", "b") if knows(word)] == []
