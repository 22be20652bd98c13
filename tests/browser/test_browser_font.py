"""The shipped font draws every letter of the product: nothing falls back to whatever the reader's machine has."""

import unicodedata

import pytest

from tests.browser import driver

pytestmark = pytest.mark.browser
VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
SMALL = [unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES] + ["đ"]
LETTERS = [form for letter in SMALL if not letter.isascii() for form in (letter, letter.upper())]
# A letter drawn with the font in front of a fallback looks like the fallback alone exactly when the font lacks it.
LACKING = """async ([letters, weight]) => {
  const face = `${weight} 48px "IBM Plex Sans"`;
  await document.fonts.load(face, letters.join(""));
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = 96;
  const pen = canvas.getContext("2d", { willReadFrequently: true });
  const draw = (family, letter) => {
    pen.clearRect(0, 0, 96, 96);
    pen.font = `${weight} 48px ${family}`;
    pen.fillText(letter, 20, 66);
    const width = pen.measureText(letter).width;
    const points = pen.getImageData(0, 0, 96, 96).data;
    let hash = 0;
    for (let n = 3; n < points.length; n += 4) hash = (hash * 31 + points[n]) >>> 0;
    return `${width} ${hash}`;
  };
  return letters.filter((letter) => draw('"IBM Plex Sans", monospace', letter) === draw("monospace", letter));
}"""


def test_there_are_134_letters():
    assert len(set(LETTERS)) == 134


def test_shipped_font_has_every_letter_and_sign_of_the_texts(site, tab):
    driver.visit(tab, site.address("method"))
    loaded = tab.evaluate(
        "[...document.fonts].filter((f) => f.status === 'loaded').map((f) => f.family.replaceAll('\"', ''))"
    )
    assert "IBM Plex Sans" in loaded
    words = "".join(text for texts in site.texts.values() for text in texts.values()) + "→✓"
    signs = sorted(
        {letter for letter in words if not letter.isascii() and letter.isprintable() and not letter.isspace()}
    )
    assert len(signs) > 60
    for weight in (400, 500, 600):
        assert tab.evaluate(LACKING, [LETTERS, weight]) == [], weight
        assert tab.evaluate(LACKING, [signs, weight]) == [], weight
