"""The page in a browser: it loads nothing, fits, can be read in both colour schemes, and be used from the keyboard."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from bep.main import main
from tests.report.folders import whole

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
AA = 4.5
"""Contrast of text and what is behind it (WCAG 2.2, 1.4.3)."""

FAINT = """
() => {
  const context = Object.assign(document.createElement("canvas"), {width: 1, height: 1}).getContext("2d",
    {willReadFrequently: true});
  const rgba = colour => {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data].map(value => value / 255);
  };
  const over = (top, below) => below.map((value, index) => top[index] * top[3] + value * (1 - top[3]));
  const behind = element => {
    const below = element.parentElement ? behind(element.parentElement) : [1, 1, 1];
    return over(rgba(getComputedStyle(element).backgroundColor), below);
  };
  const light = colour => {
    const [r, g, b] = colour.map(v => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const found = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  let seen = 0;
  while (texts.nextNode()) {
    const text = texts.currentNode, element = text.parentElement;
    if (!text.textContent.trim() || !element.getClientRects().length) continue;
    const style = getComputedStyle(element), below = behind(element);
    const colour = over(rgba(element instanceof SVGElement ? style.fill : style.color), below);
    const [dark, bright] = [light(colour), light(below)].sort((a, b) => a - b);
    const contrast = (bright + 0.05) / (dark + 0.05);
    seen++;
    if (contrast < AA) found.push(`${text.textContent.trim()}: ${contrast.toFixed(2)}`);
  }
  return [seen, found];
}
""".replace("AA", str(AA))
"""How many texts are shown, and those that are too faint."""


def executable() -> str | None:
    """A Chromium of the system."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


@pytest.fixture(scope="module")
def browser():
    if not (path := executable()):
        pytest.skip(f"no browser: none of {', '.join(BROWSERS)} is installed")
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox"] if os.getuid() == 0 else []
        yield playwright.chromium.launch(executable_path=path, args=arguments)


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    folder = whole(tmp_path_factory.mktemp("whole"))
    assert main(["report", str(folder)]) == 0
    return (folder / "report.html").as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390], ids=["desk", "phone"])
def test_it_shows_everything_in_both_schemes(browser, address, scheme, width):
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    asked, said = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto(address)
    assert [url for url in asked if not url.startswith("data:image/png")] == [address]
    assert said == []
    for details in page.locator("details summary").all():
        details.click()
    seen, faint = page.evaluate(FAINT)
    assert seen > 400
    assert faint == []
    assert page.evaluate("document.documentElement.scrollWidth") == width, "nothing sticks out"
    assert page.evaluate("[...document.images].every(image => image.complete && image.naturalWidth > 30)")
    sizes = page.evaluate("[...document.querySelectorAll('svg')].map(svg => svg.getBoundingClientRect().width)")
    assert min(sizes) > 200
    background = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert (background == "rgb(20, 23, 26)") == (scheme == "dark")
    page.close()


def test_the_keyboard_reaches_sections_and_what_scrolls(browser, address):
    page = browser.new_page(viewport={"width": 390, "height": 900})
    page.goto(address)
    page.keyboard.press("Tab")
    focused = "document.activeElement"
    assert page.evaluate(f"{focused}.textContent") == "Skip to the sections"
    assert page.evaluate(f"{focused}.getBoundingClientRect().left") == 0, "it shows when it has the focus"
    page.keyboard.press("Enter")
    assert page.evaluate(f"{focused}.id") == "main"
    reached = set()
    while (label := page.evaluate(f"{focused}.getAttribute('aria-label') || {focused}.tagName")) != "BODY":
        page.keyboard.press("Tab")
        reached.add(label)
    assert {"SUMMARY", "What the trainer takes of the chip", "Cells of each part"} <= reached
    page.close()


def test_a_screen_reader_hears_pictures_and_regions(browser, address):
    page = browser.new_page()
    page.goto(address)
    heard = page.locator("body").aria_snapshot()
    for line in ('img "Accuracy by epoch"', 'heading "Floorplan" [level=2]', 'navigation "Sections"', "main:"):
        assert line in heard
    page.close()
