"""How units are written by people, brought into the one form that is parsed."""

from __future__ import annotations

import re
import unicodedata

from meguru.errors import UnitError

MASS = r"(?:[kMGTmcµμu]?g|[kMGT]?t)"
SUPERSCRIPTS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
SIGNS = {
    "·": "*", "⋅": "*", "∙": "*", "×": "*", "・": "*", "^": "**", "%": " percent ", "‰": " permille ",
    "−": "-", "€": " EUR ", "£": " GBP ", "₩": " KRW ",
}  # fmt: skip
AMBIGUOUS = {
    "ton": "Write 't' (1000 kg), 'short_ton' or 'long_ton'.",
    "tons": "Write 't' (1000 kg), 'short_ton' or 'long_ton'.",
    "$": "Write the currency's code, as 'USD'.",
    "¥": "Write 'JPY' or 'CNY'.",
    "gallon": "Write litres, 'L'.",
    "count": "Write 'piece'.",
    "degC": "Temperatures are read in 'K'.",
    "°C": "Temperatures are read in 'K'.",
}
MULTIPLES = {
    "十万": "hundred_thousand", "百万": "million", "千万": "ten_million", "十億": "billion",
    "百億": "ten_billion", "千億": "hundred_billion", "千": "thousand", "万": "ten_thousand",
    "億": "hundred_million", "兆": "trillion",
}  # fmt: skip
_SUPERSCRIPT = re.compile("[⁺⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_CARBON = re.compile(rf"(?<![^\W\d_千万億兆])({MASS})[ _-]?CO2(?:[ _-]?eq?)?(?![^\W_])")
_EQUIVALENT = re.compile(rf"(?<![^\W\d_千万億兆])({MASS})[_-]?([A-Z0-9][A-Za-z0-9]*?)[_-]?eq?(?![^\W_])")
_OWN_EQUIVALENT = re.compile(r"(?<!\w)([A-Za-zµμ]+[23]?)_([A-Z][A-Za-z0-9]*?)[_-]?eq?(?!\w)")
_POWER = re.compile(r"(?<![^\W千万億兆])([kcdmµμun]?m|s|ft)([23])(?!\w)")
_JOINED = re.compile(r"[^\W\d]\w*(?:-[^\W\d]\w*)+")  # t-km is one thing: JPY/t-km is JPY/(t*km)
_POWERS = re.compile(r"\*\*\s*(?:-?\d(?:\.\d+)?|\(-?\d(?:\.\d+)?\))(?![\d.]|\s*\*\*)")
_STRANGE = re.compile(r"[^\w\s*/()]|\*\*|(?<!\w)(?!1\s*/)\d")  # but powers, which are taken out before
# Before a unit or what stands in brackets, with its power; multiples of yen are units of their own.
_MULTIPLE = re.compile(
    rf"(?<!\w)({'|'.join(MULTIPLES)})(?!円)"
    r"((?:[^\W\d]\w*|\([^()]*\))(?:\s*\*\*\s*(?:-?\d+|\(-?\d+\)))?)"
)
_BRACKETS = re.compile(r"\(([^()]*)\)")
_PRODUCT_BELOW = re.compile(r"/\s*\w+\s*(?:\*\s*|\s)\w")
EQUIVALENT_OF = "equivalent_of_"


def normal_spelling(unit: str) -> str:
    """The unit in the form ``(kg*equivalent_of_CO2e)/(t*km)`` that the parser reads.

    ``<unit>_<X>e`` is a unit times ``equivalent_of_Xe``, a dimension of its own: CO2e never
    adds to a material.

    Raises
    ------
    UnitError
        A word or division that reads in more than one way; anything that is no unit, such as a number.
    """
    text = _SUPERSCRIPT.sub(lambda found: f"**{found[0].translate(SUPERSCRIPTS)}", unit)
    text = unicodedata.normalize("NFKC", text)
    if any(sign in text for sign in "$¥°"):
        raise _ambiguous(unit, next(word for word in ("°C", "$", "¥", "°") if word in text))
    for sign, plain in SIGNS.items():
        text = text.replace(sign, plain)
    text = re.sub(r"\bper\b", "/", text)
    text = _CARBON.sub(rf"(\1*{EQUIVALENT_OF}CO2e)", text)
    text = _EQUIVALENT.sub(rf"(\1*{EQUIVALENT_OF}\2e)", text)
    text = _OWN_EQUIVALENT.sub(rf"(\1*{EQUIVALENT_OF}\2e)", text)
    text = _POWER.sub(r"\1**\2", text)
    text = _JOINED.sub(lambda found: f"({found[0].replace('-', '*')})", text).strip()
    text = _MULTIPLE.sub(lambda found: f"({MULTIPLES[found[1]]}*{found[2]})", text)
    for word in re.findall(r"\w+", text):
        if word in AMBIGUOUS:
            raise _ambiguous(unit, word)
    flat = _POWERS.sub("", text)
    if _STRANGE.search(flat):
        raise UnitError("unknown unit", found=unit, expected="a unit, as 'kg', 'JPY/piece' or '1/year'")
    _refuse_product_below(unit, flat)
    return text


def _ambiguous(unit: str, word: str) -> UnitError:
    return UnitError("ambiguous unit", found=unit, hint=AMBIGUOUS.get(word))


def _refuse_product_below(unit: str, flat: str) -> None:
    """Refuse ``JPY/t km`` and ``JPY/t*km``: people mean JPY/(t*km), the rules of arithmetic say km*JPY/t."""
    while True:
        for part in (found[1] for found in _BRACKETS.finditer(flat)):
            _refuse_flat(unit, part)
        shorter = _BRACKETS.sub("X", flat)
        if shorter == flat:
            break
        flat = shorter
    _refuse_flat(unit, flat)


def _refuse_flat(unit: str, flat: str) -> None:
    if _PRODUCT_BELOW.search(flat):
        hint = "Put what stands below the line in brackets, as 'JPY/(t*km)', or write one word, as 'JPY/tkm'."
        raise UnitError("a product after '/' can be read in two ways", found=unit, hint=hint)
