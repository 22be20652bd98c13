"""What must not be in a sentence that somebody reads out: faults of filling in, of grammar, of length."""

import re

from views.narrative import LONGEST

MOST_WORDS = 45  # Vietnamese writes every syllable apart
UNFILLED = re.compile(r"[{}]|\b(nan|NaN|None|NaT|True|False)\b|<NA>|\b[a-z]+_[a-z_]+\b")
# Files and names are written as they are.
NAMED = re.compile(r"\b[a-z_0-9]+\.toml|data/reference/indicators|Chợ 4\.0")
CODE = re.compile(r"\d{5}-20\d\d|\b20\d\d-(Q\d|before)\b")
PUNCTUATION = re.compile(r"  |\s[,.;:?]|[,.;:?]{2,}|\(\)|\( | \)|^\s|\s$|\(;|: ;")
# One of a kind takes no -s, several take one; "0" takes several. "7/8 communes" counts the 8.
ONE = re.compile(
    r"(?<![\d.,/−+])1 (?:more |other |further )?"
    r"(communes|cases|dossiers|indicators|points|others|quarters|people|households|judgements|remarks|criteria|places)\b"
)
MANY = re.compile(
    r"(?<![\d.,])(?:0|[2-9]|[1-9]\d+)(?:/\d+)? (?:more |other |further )?"
    r"(commune|case|dossier|indicator|point|other(?! \w+s\b)|quarter|person|household|judgement|remark|criterion)\b(?! with)"
)
VERBS = re.compile(
    r"\b1 of \d+ communes have\b|(?<!\d)(?:0|[2-9]|\d\d) of \d+ communes has\b"
    r"|\b1 communes?\b[^,;:.]* (?:were|are|have)\b|(?<![\d])(?<! of )[2-9] communes [^,;:.]*\b(?:was|is|has)\b"
)
ENGLISH = re.compile(
    r"\b(the|and|of|is|are|rise|fall|rose|fell|clear|clearly|commune|ward|case|cases|no|figures|counts|points|target|"
    r"from|period|earlier|later|unknown|missing|suppressed|reported)\b",
    re.I,
)
VIETNAMESE = re.compile(
    r"\b(xã|phường|không|của|điểm|quý|năm|số liệu|chưa|tăng|giảm|hồ sơ|trường hợp)\b", re.I
)
POINT_DECIMAL = re.compile(r"\d\.\d{1,2}(?!\d)")  # 10.7 in Vietnamese; 1.112 is a thousand
COMMA_DECIMAL = re.compile(r"\d,\d{1,2}(?!\d)")
VERDICTS = {
    "vi": re.compile(r"(?<!không )(tăng|giảm) rõ|(tăng|giảm) (nhanh|chậm|ít|nhiều) hơn"),
    "en": re.compile(
        r"\b(rose|fell) (clearly|faster|more|less)|\bclear (rise|fall)|\brising faster|\bfalling (more|less)"
    ),
}


def apart(text: str) -> list[str]:
    """A text's sentences."""
    return re.split(r"(?<=[.?]) (?=[A-ZĐÀ-Ỹ0-9])", text)


def faults(text: str, language: str) -> list[str]:
    """Everything that is wrong with a sentence; empty for one that can be said."""
    bare = NAMED.sub("X", text)
    found = [
        name
        for name, wrong in (
            ("unfilled", UNFILLED.search(bare)),
            ("code", CODE.search(bare)),
            ("punctuation", PUNCTUATION.search(bare)),
            ("no full stop", not text.endswith(".")),
            ("no capital", not (text[:1].isupper() or text[:1].isdigit())),
            ("too long", any(len(one) > LONGEST or len(one.split()) > MOST_WORDS for one in apart(text))),
            ("brackets", text.count("(") != text.count(")")),
        )
        if wrong
    ]
    if language == "vi":
        checks = {"English": ENGLISH, "decimal point": POINT_DECIMAL}
    else:
        checks = {
            "one": ONE,
            "many": MANY,
            "verb": VERBS,
            "Vietnamese": VIETNAMESE,
            "decimal comma": COMMA_DECIMAL,
        }
    return found + [name for name, pattern in checks.items() if pattern.search(bare)]
