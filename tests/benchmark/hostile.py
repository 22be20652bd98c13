"""Texts that try to be something else: markup, script, Markdown, formulas, SQL, paths, directions, nothing at all.

Each that would become an element becomes ``x-fuzz`` or carries ``data-fuzz``; each that would run sets
``window.fuzzed``; each that would be fetched is at ``OUTSIDE``.
"""

import random

OUTSIDE = "http://outside.invalid"
MARKER = "fuzz"  # in the name of every element and attribute that must never come to be
TEXTS = (
    "<x-fuzz data-fuzz=1>x</x-fuzz>",
    "<script data-fuzz=1>window.fuzzed=1</script>",
    "<img data-fuzz=1 src=x onerror=window.fuzzed=1>",
    "<svg data-fuzz=1 onload=window.fuzzed=1></svg>",
    "<svg><animate data-fuzz=1 onbegin=window.fuzzed=1 attributeName=x dur=1s>",
    f"<iframe data-fuzz=1 src={OUTSIDE}/a></iframe>",
    f"<link data-fuzz=1 rel=stylesheet href={OUTSIDE}/a.css>",
    "<math><mtext data-fuzz=1><x-fuzz>",
    '" data-fuzz="1" onmouseover="window.fuzzed=1',
    "' data-fuzz='1' onfocus='window.fuzzed=1' autofocus='",
    '"><x-fuzz data-fuzz=1>',
    "'><x-fuzz data-fuzz=1>",
    "--><x-fuzz data-fuzz=1>",
    "</section></div></table><x-fuzz data-fuzz=1>",
    f"</style><style data-fuzz=1>@import '{OUTSIDE}/b.css';</style>",
    "</script><x-fuzz data-fuzz=1>",
    "</title></text></svg><x-fuzz data-fuzz=1>",
    "]]><x-fuzz data-fuzz=1>",
    "&lt;x-fuzz data-fuzz=1&gt;",
    "&#60;x-fuzz data-fuzz=1&#62; &amp;amp; &nbsp;",
    "＜x-fuzz data-fuzz=1＞",
    "<a data-fuzz=1 href=javascript:window.fuzzed=1>x</a>",
    '<b style="background:url(//outside.invalid/c)" data-fuzz=1>x</b>',
    "<br data-fuzz=1>%{customdata}<extra></extra>",
    "[x](javascript:window.fuzzed=1)",
    f"![x]({OUTSIDE}/d.png)",
    f"[![x]({OUTSIDE}/e.png)]({OUTSIDE}/)",
    f"<{OUTSIDE}/f> www.outside.invalid {OUTSIDE}/g a@outside.invalid",
    f"[x]: {OUTSIDE}/h\n[x]",
    "**a** _b_ ~~c~~ `d` # e > f - g 1. h | i | j",
    "```\ncode\n```",
    "$\\frac{1}{0}$ $$\\href{javascript:window.fuzzed=1}{x}$$",
    "\\href{javascript:window.fuzzed=1}{x} \\input{/etc/passwd}",
    ":red[a] :red-background[b] :material/delete: :smile: :streamlit: <- -> <-> -- >=",
    '=HYPERLINK("http://outside.invalid","x")',
    "=cmd|' /C calc'!A0",
    "+1+1",
    "-2+3",
    "@SUM(1)",
    "\t=1+1",
    "'; DROP TABLE observations; --",
    "' OR 1=1 UNION SELECT * FROM read_text('/etc/passwd') --",
    "../../../../etc/passwd",
    "..\\..\\windows\\win.ini",
    "C:\\x:y|z?*",
    "{0.__class__} {value} {} }{ %s %n ${7*7} {{7*7}}",
    '#read("/etc/passwd") #eval("1") $x$ *a* _b_ @x <x> `y` //',
    '] #panic("x") [',
    "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]>&y;",
    "\u202egnp.exe\u202c \u2066x\u2069",
    "a\u200b\u200c\u200d\u2060\ufeffb",
    "a\u0301\u0301\u0301\u0301\u0301\u0301\u0301\u0301",
    "\x00\x01\x0b\x1f\x7f",
    "a\u0085b\u2028c\u2029d",
    "\ufffe\uffff\U0010ffff",
    "🏴‍☠️👩‍👩‍👧‍👦",
    "a" * 3000,
    "dài " * 700,
    "|",
    "\n",
    "   ",
    "a\r\nb\r\n",
    "None nan NaT null undefined",
    "-",
    "0",
    "1e309",
)


def text(chance: random.Random) -> str:
    """One of them, or some run together, or one with a piece missing."""
    found = chance.choice(TEXTS)
    act = chance.randrange(4)
    if act == 1:
        found += chance.choice(TEXTS)[:200]
    elif act == 2:
        found = "Xã " + found
    elif act == 3 and len(found) > 2:
        place = chance.randrange(1, len(found))
        found = found[:place] + found[place + chance.randint(0, 3) :]
    return found
