"""Sphinx's settings. The reference is written anew from the program before each build."""

from __future__ import annotations

import importlib.metadata
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from docs import generate

generate.write_all(Path(__file__).parent / "_generated")

project = "crmkit"
author = "crmkit contributors"
copyright = "2026, crmkit contributors"
release = importlib.metadata.version("crmkit")
version = release

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "_generated"]
nitpicky = True

myst_enable_extensions = ["deflist", "fieldlist", "colon_fence"]
myst_heading_anchors = 3

html_theme = "furo"
html_title = f"crmkit {release}"
html_copy_source = False
