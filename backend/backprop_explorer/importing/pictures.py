"""Pictures, PNG and JPEG, one or a zip file of many: as pixels, grey or red, green and blue. Pillow decodes them."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import TYPE_CHECKING
from zlib import error as ZlibError

import numpy as np

from backprop_explorer.export.record import Format
from backprop_explorer.importing import archive
from backprop_explorer.importing.record import Content, Importer, Picture, Rules, bad_file
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem, shortened
from backprop_explorer.wording import counted, listed

if TYPE_CHECKING:
    from PIL.Image import Image

PNG, JPEG = b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff"
ENDINGS = (".png", ".jpg", ".jpeg")
MOST_PICTURES = 10_000
MOST_ENTRIES = 2 * MOST_PICTURES
"""Some archivers put one more file beside each picture."""
WHAT = "zip file"
SIDE = 512
"""A larger picture is made smaller when it is read: inputs have fewer pixels, and phones' photographs many more."""
OPAQUE = 255
_UNSEEN = re.compile(r"(^|/)(__MACOSX/|\.)")
"""What archivers put beside the files."""
_BROKEN = (
    *(OSError, SyntaxError, ValueError, EOFError, KeyError, IndexError, TypeError, AttributeError),
    *(ZeroDivisionError, OverflowError, RuntimeError, struct.error, ZlibError),
)
"""What Pillow raises for broken pictures."""


def holds_pictures(content: bytes) -> bool:
    """Whether the bytes are a zip file with a picture in it."""
    return any(_is_picture(name) for name in archive.names(content, MOST_ENTRIES))


def _is_picture(name: str) -> bool:
    return name.lower().endswith(ENDINGS) and not _UNSEEN.search(name)


def read(content: bytes, rules: Rules) -> Content:
    """The pictures, in the order of their names. Raises a `Problem` for one that is not sound, or too large."""
    files = _files(content, rules) if archive.looks(content) else [("", content)]
    notes: dict[str, list[str]] = {}
    pictures = []
    left = rules.unpacked_bytes
    for name, file in files:
        pixels, told = _decoded(file, name, left)
        left -= pixels.nbytes
        for note in told:
            notes.setdefault(note, []).append(name)
        *folders, own = name.split("/")
        pictures.append(Picture(own, pixels, folders[-1] if folders else ""))
    if not pictures:
        raise bad_file(WHAT, "it has no picture in it")
    warnings = [note if not names[0] else f"{note} ({listed(names, 3)})" for note, names in notes.items()]
    return Content(warnings=warnings, arrangement="pictures", pictures=tuple(pictures))


def _files(content: bytes, rules: Rules) -> Iterator[tuple[str, bytes]]:
    with archive.opened(content, WHAT, MOST_ENTRIES) as file:
        entries = archive.entries(file, rules.unpacked_bytes, WHAT)
        names = sorted((name for name in entries if _is_picture(name)), key=_by_numbers)
        if len(names) > MOST_PICTURES:
            raise bad_file(WHAT, f"it has more than {MOST_PICTURES:,} pictures")
        for name in names:
            yield name, file.read(entries[name])


def _by_numbers(name: str) -> tuple[str, list[tuple[int, str]]]:
    """For an order in which 2.png comes before 10.png, folder by folder."""
    folder, _, own = name.rpartition("/")
    return folder, [(len(part.lstrip("0")), part) if part.isdigit() else (0, part) for part in re.split(r"(\d+)", own)]


def _decoded(file: bytes, name: str, most_bytes: int) -> tuple[Array, list[str]]:
    """The pixels, (height, width, 1 or 3), and what was done to have them so."""
    try:
        from PIL import Image, ImageOps
    except ImportError:
        raise _no_decoder() from None
    what = f"picture {shortened(name)}" if name else "picture"
    told: list[str] = []
    try:
        with Image.open(BytesIO(file), formats=("PNG", "JPEG")) as opened:
            width, height = opened.size
            bytes_needed = width * height * max(len(opened.getbands()), 4)
            if bytes_needed > most_bytes:
                raise _too_large(what, opened.size, bytes_needed, most_bytes)
            if getattr(opened, "n_frames", 1) > 1:
                told.append("Of a picture that moves the first frame is used")
            image = ImageOps.exif_transpose(opened)
            if image.size != opened.size or image.getexif() != opened.getexif():
                told.append("Turned as the camera says (EXIF)")
            return _pixels(_smaller(_plain(image, told), told)), told
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Problem("unpacks_too_large", f"The {what} has far too many pixels", status=413) from None
    except _BROKEN as error:
        raise bad_file(what, str(error)[:120] or type(error).__name__, "save it again as PNG or JPEG") from None


def _no_decoder() -> Problem:
    """The `Problem` of pictures where there is no Pillow: in a page without a server."""
    detail = "Reading pictures needs the package pillow, which is not installed here"
    return Problem("extra_missing", detail, hint="pip install backprop-explorer, start it, and open the file there")


def _plain(image: Image, told: list[str]) -> Image:
    """The picture in grey, 8 or 16 bits, or in red, green and blue."""
    from PIL import Image

    if image.mode.startswith(("I", "F")):
        return image
    if "A" in image.getbands() or "transparency" in image.info:
        told.append("What is transparent is laid over white")
        coloured = image.convert("RGBA")
        white = Image.new("RGBA", coloured.size, (OPAQUE,) * 4)
        flat = Image.alpha_composite(white, coloured).convert("RGB")
        return flat.convert("L") if image.mode in ("LA", "La", "L", "1") else flat
    if image.mode in ("L", "1"):
        return image.convert("L")
    if image.mode == "CMYK":
        told.append("CMYK, as printers use it, became red, green and blue")
    return image.convert("RGB")


def _smaller(image: Image, told: list[str]) -> Image:
    if max(image.size) <= SIDE or image.mode.startswith("I;16B"):
        return image
    factor = SIDE / max(image.size)
    size = (max(1, round(image.size[0] * factor)), max(1, round(image.size[1] * factor)))
    told.append(f"Made smaller, to {SIDE} pixels at most along each side")
    return (image.convert("F") if image.mode.startswith("I") else image).resize(size)


def _pixels(image: Image) -> Array:
    """The numbers from 0 to 255; of 16 bits with a fraction."""
    array = np.asarray(image)
    if image.mode.startswith(("I", "F")):
        array = (array.astype(np.float32) / 257).clip(0, 255)
    return array if array.ndim == 3 else array[:, :, None]


def resized(pixels: Array, height: int, width: int) -> Array:
    """The picture in that size, (height, width, channels)."""
    from PIL import Image

    if pixels.shape[:2] == (height, width):
        return pixels.astype(np.float64)
    channels = (pixels[:, :, at].astype(np.float32) for at in range(pixels.shape[2]))
    resample = Image.Resampling.BILINEAR
    planes = [np.asarray(Image.fromarray(one).resize((width, height), resample)) for one in channels]
    return np.stack(planes, 2).astype(np.float64)


def _too_large(what: str, size: tuple[int, int], needed: int, allowed: int) -> Problem:
    return Problem(
        "unpacks_too_large",
        f"The {what} of {size[0]:,} × {size[1]:,} pixels would unpack to {needed:,} bytes; of the limit unpacked_bytes "
        f"{max(allowed, 0):,} are left",
        status=413,
        hint="make it smaller, or raise the setting BACKPROP_UNPACKED_BYTES",
    )


def sizes_of(pictures: Iterable[Picture]) -> str:
    """`3 pictures of 28 × 28 pixels, grey`."""
    given = list(pictures)
    shapes = {one.pixels.shape for one in given}
    count = counted(len(given), "picture")
    if len(shapes) > 1:
        return f"{count} of {len(shapes)} sizes"
    height, width, channels = next(iter(shapes))
    return f"{count} of {width} × {height} pixels, {'grey' if channels == 1 else 'in colour'}"


def _importer(name: str, title: str, ending: str, media_type: str, looks: Callable[[bytes], bool]) -> Importer:
    format = Format(name, title, "Pixels, from 0 to 1, of which one file or many make an input.", ending, media_type)
    return Importer(format, looks, read, data=True)


ARCHIVE = _importer("pictures", "Zip file of pictures", "zip", "application/zip", holds_pictures)
IMPORTERS = (
    _importer("png", "Picture (PNG)", "png", "image/png", lambda content: content.startswith(PNG)),
    _importer("jpeg", "Picture (JPEG)", "jpg", "image/jpeg", lambda content: content.startswith(JPEG)),
    ARCHIVE,
)
