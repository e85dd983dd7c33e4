"""The REST API and the page, over FastAPI."""
