"""How names of units are compared: kind words apart, tone placement settled, accents kept as long as that decides."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from etl.spelling import folded, plain
from store.definitions import Area

# Words in front of a name -> kinds of the list of areas that they fit.
KIND_WORDS = {
    "thi tran": {"township"},
    "tt": {"township"},
    "phuong": {"ward"},
    "p": {"ward"},
    "xa": {"commune"},
    "x": {"commune"},
    "dac khu": {"special_zone", "special"},
    "thanh pho": {"city", "province"},
    "tp": {"city", "province"},
    "thi xa": {"town", "city"},
    "tx": {"town", "city"},
    "quan": {"urban_district", "district"},
    "q": {"urban_district", "district"},
    "huyen": {"district"},
    "h": {"district"},
    "tinh": {"province"},
    "t": {"province"},
}
_TONES = "\u0300\u0301\u0303\u0309\u0323"
_MOST_KIND_WORDS = 2


@lru_cache(maxsize=100_000)
def exact(text: str) -> str:
    """Name with its accents, tones behind their syllable: Hoà and Hòa are one.

    >>> exact("Trung Hoà") == exact("trung hòa"), exact("Hòa") == exact("Hoa")
    (True, False)
    """
    words = []
    for word in "".join(char if char.isalnum() else " " for char in folded(text)).split():
        letters = unicodedata.normalize("NFD", word)
        tones = "".join(sorted(char for char in letters if char in _TONES))
        words.append("".join(char for char in letters if char not in _TONES) + tones)
    return " ".join(words)


def loose(text: str) -> str:
    """Name without accents and blanks, as in old databases: ``HoangTri``."""
    return plain(text).replace(" ", "")


@lru_cache(maxsize=100_000)
def split(text: str) -> tuple[str, str]:
    """(kind words without accents, or empty; the name as it stands behind them).

    >>> split("Thị trấn Chợ Rã"), split("P.Sông Cầu"), split("Đức Vân")
    (('thi tran', 'Chợ Rã'), ('p', 'Sông Cầu'), ('', 'Đức Vân'))
    """
    words = "".join(char if char.isalnum() else " " for char in unicodedata.normalize("NFC", text)).split()
    for count in range(_MOST_KIND_WORDS, 0, -1):
        kind = plain(" ".join(words[:count]))
        if len(words) > count and kind in KIND_WORDS:
            return kind, " ".join(words[count:])
    return "", " ".join(words)


class Names:
    """Areas by name, with and without accents; built once per file."""

    def __init__(self, areas: Iterable[Area]) -> None:
        self._exact: dict[str, list[Area]] = defaultdict(list)
        self._loose: dict[str, list[Area]] = defaultdict(list)
        for area in areas:
            own = {area.name.to("vi"), *area.aliases}
            for key in {exact(name) for name in own} | {exact(split(name)[1]) for name in area.aliases}:
                self._exact[key].append(area)
            for key in {loose(name) for name in own}:
                self._loose[key].append(area)

    def find(self, text: str, kind: str = "") -> tuple[list[Area], bool]:
        """(areas of that name, whether accents decided); ``kind``: the unit's kind where another column says it."""
        for table, key in ((self._exact, exact), (self._loose, loose)):
            whole = table.get(key(text), [])
            word, name = split(text)
            found = whole or [area for area in table.get(key(name), []) if _fits(area, word)]
            found = [area for area in found if _fits(area, plain(kind))]
            if found:
                return found, table is self._exact
        return [], False


def same(area: Area, text: str) -> bool:
    """Whether a text may be this area's name: with or without kind words and accents, or an alias. An empty text says
    nothing against it."""
    if not text.strip():
        return True
    word, name = split(text)
    own = {loose(item) for item in (*area.name.values(), *area.aliases)}
    own |= {loose(split(item)[1]) for item in area.aliases}
    return loose(text) in own or (loose(name) in own and _fits(area, word))


def _fits(area: Area, word: str) -> bool:
    """Whether kind words may stand before this area's name; words that are none say nothing."""
    kinds = KIND_WORDS.get(word)
    known = {kind for fitting in KIND_WORDS.values() for kind in fitting}
    return not kinds or area.kind in kinds or area.kind not in known
