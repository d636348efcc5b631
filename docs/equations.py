"""Equations become MathML while the pages are built, so that no page loads a script from elsewhere."""

from __future__ import annotations

import html
import re
from typing import Any

from latex2mathml.converter import convert
from mkdocs.exceptions import PluginError

_EQUATION = re.compile(r'<(span|div) class="arithmatex">\s*\\([(\[])(.*?)\\[)\]]\s*</\1>', re.DOTALL)


def on_page_content(content: str, *, page: Any, **_: Any) -> str:
    """Replace what ``pymdownx.arithmatex`` marked; an unknown command stops the build."""

    def to_mathml(found: re.Match[str]) -> str:
        latex = html.unescape(found[3])
        mathml = convert(latex, display="inline" if found[2] == "(" else "block")
        if unknown := re.search(r"\\\w+", html.unescape(mathml)):
            raise PluginError(f"{page.file.src_path}: {unknown[0]} is not understood in the equation {latex}")
        return mathml

    return _EQUATION.sub(to_mathml, content)
