"""Pictures of steps, drawn without a browser: as SVG, also of a whole iteration in motion, and as PNG.

`scene` says what a step shows, `layout` where it stands, as a `Figure`; `svg` and `png` print that.
"""
