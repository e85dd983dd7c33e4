"""The one shape of every error."""

from httpx2 import Response

KEYS = {"type", "title", "status", "detail", "code", "where", "hint", "request_id"}
PLACES = {"line": int, "column": int, "tensor": str, "index": list, "layer": int}


def assert_problem(answer: Response, status: int, code: str | None = None) -> dict:
    """The problem of an answer, which has the status and the one shape."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem.keys() == KEYS
    assert problem["status"] == status
    assert problem["type"].endswith(f":{problem['code']}")
    assert code is None or problem["code"] == code
    assert isinstance(problem["detail"], str)
    assert problem["detail"]
    assert problem["request_id"]
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert "Traceback" not in answer.text
    assert problem["hint"] is None or isinstance(problem["hint"], str)
    assert all(isinstance(value, PLACES[place]) for place, value in problem["where"].items())
    return problem
