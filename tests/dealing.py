"""How tests are dealt out to the workers: as xdist does with groups, in fewer messages and without counting all that
is done again after each test, which took as long as a tenth of the short tests."""

from xdist.scheduler import LoadGroupScheduling
from xdist.workermanage import WorkerController

SHORT = "tests/unit/"
"""There the tests of one function, with all of its parameters, are dealt out together."""


class Dealing(LoadGroupScheduling):
    """The units of work that a worker has not done."""

    def _split_scope(self, nodeid: str) -> str:
        scope = super()._split_scope(nodeid)
        return scope.partition("[")[0] if scope == nodeid and nodeid.startswith(SHORT) else scope

    def mark_test_complete(self, node: WorkerController, item_index: int, duration: float = 0) -> None:
        """Forgets a unit that is done."""
        nodeid = self.registered_collections[node][item_index]
        scope = self._split_scope(nodeid)
        unit = self.assigned_work[node][scope]
        unit[nodeid] = True
        if all(unit.values()):
            del self.assigned_work[node][scope]
        self._reschedule(node)
