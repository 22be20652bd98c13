"""Colours: current settings, readable contrast, and meaning that survives colour blindness."""

import itertools
import json
import re

import pytest

from views import theme as look

# Machado, Oliveira, Fernandes: A physiologically-based model for simulation of color vision deficiency, IEEE TVCG
# 2009;15:1291-1298, severity 1.0, applied to linear RGB.
SIGHT = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
# No colour at all is not in that model: the luminance of WCAG 2.2 (ITU-R BT.709) in all three channels.
GREY = {"achromatopsia": ((0.2126, 0.7152, 0.0722),) * 3}
GROUNDS = ("paper", "panel", "raised")


def linear(colour: str) -> list[float]:
    """``#RRGGBB`` as linear RGB, 0..1."""
    parts = (int(colour[n : n + 2], 16) / 255 for n in (1, 3, 5))
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def contrast(one: str, other: str) -> float:
    """WCAG 2.2 contrast ratio."""
    light, dark = sorted(
        (
            sum(w * part for w, part in zip((0.2126, 0.7152, 0.0722), linear(c), strict=True))
            for c in (one, other)
        ),
        reverse=True,
    )
    return (light + 0.05) / (dark + 0.05)


def lab(rgb: list[float]) -> tuple[float, float, float]:
    """Linear RGB to CIELAB under D65."""
    r, g, b = rgb
    xyz = (
        (0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047,
        0.2126729 * r + 0.7151522 * g + 0.0721750 * b,
        (0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883,
    )
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def difference(one: str, other: str, sight: str = "full") -> float:
    """Colour difference (CIE 1976) as seen with this sight."""
    seen = [
        lab(
            [
                min(1.0, max(0.0, sum(m * part for m, part in zip(row, linear(colour), strict=True))))
                for row in (SIGHT | GREY)[sight]
            ]
        )
        for colour in (one, other)
    ]
    return sum((a - b) ** 2 for a, b in zip(*seen, strict=True)) ** 0.5


def test_the_settings_file_is_current():
    assert look.CONFIG_FILE.read_text(encoding="utf-8") == look.streamlit_config()


def test_the_settings_keep_the_network_and_the_reader_alone():
    text = look.streamlit_config()
    for line in (
        "gatherUsageStats = false",
        "enableXsrfProtection = true",
        'showErrorDetails = "none"',
        "enableStaticServing = true",
    ):
        assert line in text
    assert "http" not in text


def test_the_faces_ship_with_the_product():
    faces = re.findall(r'url = "app/(static/fonts/[^"]+)"', look.streamlit_config())
    assert len(faces) >= 2
    for face in faces:
        assert (look.ROOT / face).read_bytes()[:4] == b"wOF2"


def test_both_palettes_have_the_same_roles():
    light, dark = look.theme("light"), look.theme("dark")
    assert set(light.colours) == set(dark.colours)
    assert look.theme("anything else").mode == "light"
    for palette in (light, dark):
        for role, colour in palette.colours.items():
            for one in (
                colour.values()
                if isinstance(colour, dict)
                else colour
                if isinstance(colour, list)
                else [colour]
            ):
                assert re.fullmatch(r"#[0-9A-F]{6}", one), role


def test_every_role_used_in_a_style_exists(palette):
    from views import panel

    given = look.css_variables(palette) + "--face:"
    for name in set(re.findall(r"var\((--[\w-]+)\)", panel.CSS)):
        assert f"{name}:" in given, name


@pytest.mark.parametrize("role", ["ink", "muted", "now", "met", "unmet"])
def test_text_is_readable_on_every_ground(palette, role):
    for ground in GROUNDS:
        assert contrast(palette[role], palette[ground]) >= 4.5, ground


def test_the_quiet_texts_are_readable(palette):
    assert contrast(palette["ribbon_ink"], palette["ribbon"]) >= 4.5
    for ground in GROUNDS:
        assert contrast(palette["unknown"], palette[ground]) >= 4.5
    # White or dark figures inside the bars.
    assert contrast(palette["paper"], palette["met"]) >= 4.5


def test_marks_are_visible(palette):
    for ground in GROUNDS:
        assert contrast(palette["before"], palette[ground]) >= 3
        assert contrast(palette["now"], palette[ground]) >= 3
    for colour in palette["pillar"].values():
        assert contrast(colour, palette["raised"]) >= 3


@pytest.mark.parametrize("sight", SIGHT)
def test_neighbouring_classes_can_be_told_apart(palette, sight):
    for scale in ("sequential", "diverging"):
        assert len(palette[scale]) == 5
        for one, other in itertools.pairwise(palette[scale]):
            assert difference(one, other, sight) >= 10, (scale, one, other)


def test_a_scale_runs_one_way(palette):
    steps = [lab(linear(colour))[0] for colour in palette["sequential"]]
    assert steps in (sorted(steps), sorted(steps, reverse=True))


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize(
    ("one", "other"), [("met", "unmet"), ("met", "unknown"), ("unmet", "unknown"), ("now", "before")]
)
def test_states_stay_apart_for_the_colour_blind(palette, sight, one, other):
    assert difference(palette[one], palette[other], sight) >= 15


@pytest.mark.parametrize("sight", SIGHT | GREY)
def test_more_is_told_from_less_by_lightness_alone(palette, sight):
    """Classes of a map, and before from after."""
    steps = [lab(linear(colour))[0] for colour in palette["sequential"]]
    assert min(abs(one - other) for one, other in itertools.pairwise(steps)) >= 10
    for scale in ("sequential", "diverging"):
        for one, other in itertools.pairwise(palette[scale]):
            assert difference(one, other, sight) >= 10, (scale, one, other)
    assert difference(palette["now"], palette["before"], sight) >= 10


@pytest.mark.parametrize("sight", SIGHT | GREY)
def test_states_that_look_alike_have_signs_that_do_not(palette, sight, small):
    """Without colours met, unmet and unknown are one grey: each has a drawn sign and a word of its own."""
    from views import tables

    states = {"met": "met", "not_met": "unmet", "unknown": "unknown"}
    alike = [
        (one, other)
        for one, other in itertools.combinations(states, 2)
        if difference(palette[states[one]], palette[states[other]], sight) < 15
    ]
    assert len(alike) == (3 if sight in GREY else 0)
    for one, other in alike:
        assert tables.MARKS[one] != tables.MARKS[other]
        shown = [re.sub(r"<[^>]+>", "", tables.state(small, state)) for state in (one, other)]
        assert all(shown) and shown[0] != shown[1]
        assert all(tables.MARKS[state] in tables.state(small, state) for state in (one, other))
    # Rise and fall: the two ends of the change map are one grey too, and arrows and signs stand for them.
    ends = difference(palette["diverging"][0], palette["diverging"][-1], sight)
    assert ends >= 15 or (sight in GREY and tables.MARKS["up"] != tables.MARKS["down"])


def test_the_framework_gets_texts_that_are_dark_enough(palette, known_languages):
    """Its own captions and the words on its main buttons are too faint; see ``views.legible``."""
    from views import legible

    for language in known_languages.values():
        style = legible.style(palette.mode, language)
        assert re.search(rf"stCaptionContainer[^}}]*color: {palette['muted']}; opacity: 1", style)
        assert re.search(rf"primary[^}}]*color: {palette['paper']}", style)
        words = json.loads(re.search(r"--board-words: (.*) }", style).group(1))
        assert words["Skip to main content"] == language.text("framework.skip") and len(words) == len(
            legible.NAMES
        )
    assert contrast(palette["paper"], palette["now"]) >= 4.5


def test_every_text_colour_of_the_panels_is_measured(palette):
    """Colours that the style sheet gives to text are those whose contrast is measured above."""
    from views import panel

    given = set(re.findall(r"(?<![-\w])(?:color|fill): var\(--([\w-]+)\)", panel.CSS))
    assert given == {"ink", "muted", "now", "met", "unmet", "unknown", "ribbon-ink"}
