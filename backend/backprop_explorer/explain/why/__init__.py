"""Why a step is what it is: the rule in words, in index form, and what else would have run."""
