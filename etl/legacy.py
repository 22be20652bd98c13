"""Vietnamese font encodings from before Unicode, TCVN3 (ABC) and VNI: recognised, and converted where certain.

Both put Vietnamese letters on the places of Western ones, so the bytes look like valid Windows-1252 text. Tables: TCVN
5712:1993 (VN3) as the ABC fonts use it, and the VNI-Win table, as the converters of the Vietnamese Wikipedia
("TCVN 5712", "VNI") and the UniKey manual print them. Capitals of the ABC fonts are small letters of a second font.
"""

import re
import unicodedata
from collections.abc import Mapping

from etl.spelling import plain

_VOWELS = ["a", "ă", "â", "e", "ê", "i", "o", "ô", "ơ", "u", "ư", "y"]
_ABC_TONED = dict(
    zip(
        _VOWELS,
        (
            "µ¶·¸¹", "»¼½¾Æ", "ÇÈÉÊË", "ÌÎÏÐÑ", "ÒÓÔÕÖ", "×ØÜÝÞ",
            "ßáâãä", "åæçèé", "êëìíî", "ïñòóô", "õö÷øù", "úûüýþ",
        ),
        strict=True,
    )
)  # fmt: skip
_ABC_PLAIN = {"¨": "ă", "©": "â", "ª": "ê", "«": "ô", "¬": "ơ", "\u00ad": "ư", "®": "đ"} | {
    "¡": "Ă", "¢": "Â", "£": "Ê", "¤": "Ô", "¥": "Ơ", "¦": "Ư", "§": "Đ",
}  # fmt: skip
_MARKS = ("\u0300", "\u0309", "\u0303", "\u0301", "\u0323")


def _toned(letter: str, tone: str) -> str:
    return unicodedata.normalize("NFC", letter + tone)


TCVN3: Mapping[str, str] = _ABC_PLAIN | {
    own: _toned(vowel, tone)
    for vowel, row in _ABC_TONED.items()
    for own, tone in zip(row, _MARKS, strict=True)
}
_VNI_TONES = dict(zip("øûõùï", _MARKS, strict=True))
_VNI_HAT = dict(zip("àåãáä", _MARKS, strict=True))
_VNI_BREVE = dict(zip("èúüéë", _MARKS, strict=True))


def _vni() -> dict[str, str]:
    table = {"ô": "ơ", "ö": "ư", "ñ": "đ", "î": "ỵ", "ì": "ì", "í": "í", "æ": "ỉ", "ó": "ĩ", "ò": "ị"}
    table |= {"aâ": "â", "aê": "ă", "eâ": "ê", "oâ": "ô"}
    for base, letter in (("a", "a"), ("e", "e"), ("o", "o"), ("ô", "ơ"), ("u", "u"), ("ö", "ư"), ("y", "y")):
        table |= {base + mark: _toned(letter, tone) for mark, tone in _VNI_TONES.items()}
    for base, letter in (("a", "â"), ("e", "ê"), ("o", "ô")):
        table |= {base + mark: _toned(letter, tone) for mark, tone in _VNI_HAT.items()}
    table |= {"a" + mark: _toned("ă", tone) for mark, tone in _VNI_BREVE.items()}
    del table["yï"]
    return table | {own.upper(): letter.upper() for own, letter in table.items()}


VNI: Mapping[str, str] = _vni()
_VNI_FORMS = {*VNI, *(own[0] + own[1:].upper() for own in VNI)}
_VNI_MARKED = re.compile("|".join(sorted(map(re.escape, _VNI_FORMS), key=len, reverse=True)))
# Vietnamese syllables: onset, vowels, coda; what no syllable can be, the wrong table would give.
_SYLLABLE = re.compile(
    r"(?:ngh|ch|gh|gi|kh|ng|nh|ph|qu|th|tr|[bcdđghklmnpqrstvx])?"
    r"(?:[aăâeêioôơuưy]{1,3})(?:ch|ng|nh|[cmnptiouy])?"
)
_WORD = re.compile(r"[^\W\d_]+")
_KNOWN = frozenset(
    plain(word)
    for word in (
        *(
            "xã",
            "phường",
            "chỉ",
            "tiêu",
            "kỳ",
            "tử",
            "số",
            "mẫu",
            "giá",
            "trị",
            "ghi",
            "chú",
            "quý",
            "năm",
            "tháng",
        ),
        *(
            "tỷ",
            "lệ",
            "đơn",
            "vị",
            "hồ",
            "sơ",
            "báo",
            "cáo",
            "kết",
            "quả",
            "tổng",
            "cộng",
            "ủy",
            "tỉnh",
            "huyện",
        ),
        *("liệu", "trực", "tuyến", "tiếp", "nhận", "nguồn", "nhân", "dân"),
    )
)
_PROOF = 3  # so many different words of our forms, each with a Vietnamese letter, leave no doubt


def from_tcvn3(text: str) -> str:
    """Unicode of a text typed in an ABC font."""
    return "".join(TCVN3.get(char, char) for char in text)


def from_vni(text: str) -> str:
    """Unicode of a text typed in a VNI font."""

    def letter(match: re.Match[str]) -> str:
        own = match[0]
        return VNI.get(own) or VNI[own.lower()].upper() if own in VNI or own.lower() in VNI else own

    return _VNI_MARKED.sub(letter, text)


_TABLES = {"tcvn3": from_tcvn3, "vni": from_vni}


def is_vietnamese(char: str) -> bool:
    """Whether a letter is one that only Unicode has: no byte of an old font comes out as it."""
    return "\u0100" <= char <= "\u1eff" and char not in "œŒŠšŽžƒŸ"


def recognise(text: str) -> tuple[str, str]:
    """(name of the table, text in Unicode) where the conversion is certain; two empty texts otherwise.

    Certain: some letter changes, none of them is Unicode Vietnamese already, the converted words are Vietnamese
    syllables, and words of our forms come out.
    """
    if text.isascii() or any(map(is_vietnamese, text)):
        return "", ""
    for name, convert in _TABLES.items():
        converted = unicodedata.normalize("NFC", convert(text))
        if converted != text and _certain(converted):
            return name, converted
    return "", ""


def _certain(text: str) -> bool:
    words = {word.lower() for word in _WORD.findall(text[:200_000]) if not word.isascii()}
    wrong = [word for word in words if not _is_syllable(word)]
    known = {word for word in words if plain(word) in _KNOWN}
    return len(known) >= _PROOF and not wrong


def _is_syllable(word: str) -> bool:
    """One syllable with at most one tone."""
    tones = [mark for mark in unicodedata.normalize("NFD", word) if mark in _MARKS]
    bare = "".join(char for char in unicodedata.normalize("NFD", word) if char not in _MARKS)
    return len(tones) < 2 and _SYLLABLE.fullmatch(unicodedata.normalize("NFC", bare)) is not None
