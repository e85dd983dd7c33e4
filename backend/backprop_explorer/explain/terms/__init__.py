"""What a number is computed from: its terms, their factors, and the elements that use it."""
