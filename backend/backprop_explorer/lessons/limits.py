"""How large a lesson may be."""

MOST_CHAPTERS = 40
LONGEST_TEXT = 600
"""Of a title, a chapter's text, a question, a hint: characters."""
LONGEST_EXPRESSION = 200
MOST_NUMBERS = 12
"""So many placeholders a text may have, and so many elements one of them may fill in."""
MOST_NAMES = 12
"""So many tensors a chapter may light, or hide."""
MOST_OPTIONS = 6
LAST_ITERATION = 20
MOST_MINUTES = 60
