"""The page's modules as one script, and its styles as one: what a browser asks for once instead of a hundred times.

No file is written: what is needed is made where it is needed.
"""

from backprop_explorer.bundle.joined import bundled_script, without_remarks
from backprop_explorer.bundle.modules import page_folder, with_imports
from backprop_explorer.bundle.short import short_script
from backprop_explorer.bundle.styles import bundled_styles, short_styles
from backprop_explorer.bundle.words import words_of

__all__ = [
    "bundled_script", "bundled_styles", "page_folder", "short_script", "short_styles", "with_imports",
    "without_remarks", "words_of",
]  # fmt: skip
