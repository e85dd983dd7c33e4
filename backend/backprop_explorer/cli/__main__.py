"""`python -m backprop_explorer.cli`."""

from backprop_explorer.cli import main

main()
