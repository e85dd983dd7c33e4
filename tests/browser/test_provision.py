"""The browser shows text, and the ways of finding one go in order."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright

from tests.browser import provision
from tests.browser.provision import Chromium, NoBrowser
from tests.browser.trouble import REPORT_CSP, Trouble


def test_glyphs_have_width(browser: Browser) -> None:
    page = browser.new_page()
    page.set_content("<p style='font: 20px sans-serif'><span>iiii</span> <span>WWWW</span></p>")
    narrow, wide = (span.bounding_box()["width"] for span in page.locator("span").all())
    page.close()
    assert 0 < narrow < wide


def test_the_browser_of_the_tests_has_no_flaw(playwright: Playwright, chromium: Chromium) -> None:
    assert provision.flaw(playwright, chromium) is None


def test_invisible_text_is_a_flaw(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    page = browser.new_page()
    assert provision._invisible(page, "serif") is None
    monkeypatch.setattr(
        provision, "SAMPLE", provision.SAMPLE.replace("color: black", "color: white; font: 1px {family}")
    )
    assert "dark pixels" in provision._invisible(page, "serif")
    monkeypatch.setattr(provision, "SAMPLE", provision.SAMPLE.replace("Backprop 0123 Wwi", "\u200b"))
    assert "px wide" in provision._invisible(page, "serif")
    page.close()


def test_a_broken_browser_is_passed_over(playwright: Playwright, chromium: Chromium, tmp_path: Path) -> None:
    broken = Chromium("broken", tmp_path / "no-such-file")
    assert provision.first_that_shows_text(playwright, (lambda: iter([broken]), lambda: iter([chromium]))) is chromium


def test_no_browser_is_one_sentence(playwright: Playwright, tmp_path: Path) -> None:
    def unreachable():
        raise OSError("no network\nand more")

    broken = Chromium("broken", tmp_path / "no-such-file")
    with pytest.raises(NoBrowser, match=r"set BACKPROP_BROWSER .*broken: .*unreachable: no network\)\.$") as caught:
        provision.first_that_shows_text(playwright, (lambda: iter([broken]), unreachable))
    assert "\n" not in str(caught.value)


def test_a_chosen_browser_is_the_only_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BACKPROP_BROWSER", "/opt/browser")
    assert [chromium.executable for place in provision.sources() for chromium in place()] == [Path("/opt/browser")]


def test_system_browsers_can_be_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BACKPROP_BROWSER", raising=False)
    monkeypatch.setenv("BACKPROP_IGNORE_SYSTEM_BROWSERS", "1")
    assert not {provision.on_the_machine, provision.from_apt} & set(provision.sources())
    monkeypatch.delenv("BACKPROP_IGNORE_SYSTEM_BROWSERS")
    assert provision.sources()[1:4] == (provision.on_the_machine, provision.from_apt, provision.from_npm)


def test_trouble_on_a_page_is_seen(browser: Browser) -> None:
    page = browser.new_page()
    page.route("**/*", lambda route: route.fulfill(body="<p>", headers={"Content-Security-Policy": "img-src 'none'"}))
    page.add_init_script(REPORT_CSP)
    trouble = Trouble(page, "http://home.test")
    page.goto("http://home.test/")
    with page.expect_event("pageerror"):
        page.evaluate("void setTimeout(() => { undefinedName })")
    with page.expect_console_message(lambda message: message.text.startswith("CSP")):
        page.evaluate("document.body.append(Object.assign(new Image(), {src: '/refused.png'}))")
    page.evaluate("fetch('http://elsewhere.test/').catch(() => {})")
    page.close()
    kinds = {text.split(":")[0] for text in trouble.unexpected}
    assert {"uncaught", "console error", "foreign"} <= kinds
    assert any("CSP: img-src" in text for text in trouble.unexpected)
    trouble.allow("")
    assert not trouble.unexpected
