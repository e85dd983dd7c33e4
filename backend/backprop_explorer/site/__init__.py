"""The page without a server: a folder of static files whose engine runs in the visitor's browser.

`folder` writes it; `engine` and what it imports is what runs there.
"""
