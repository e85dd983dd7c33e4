"""The routes translate, nothing more: decode, one call, encode."""
