"""What runs in that process: a line of JSON in, one out. It is given the folders that may be imported from."""

import asyncio
import base64
import json
import sys

ABSENT = ("_multiprocessing", "_posixshmem", "_sqlite3", "_ssl", "fcntl", "pwd", "resource", "termios")
"""What Python has elsewhere and not in a browser."""


def imported() -> list[str]:
    """What is loaded that neither Python has nor NumPy, nor is ours."""
    ours = {"backprop_explorer", "numpy", "__main__"}
    known = ours | sys.stdlib_module_names
    return sorted({name.partition(".")[0] for name in sys.modules if "backprop_explorer" not in origin(name)} - known)


def origin(name: str) -> str:
    return getattr(sys.modules[name], "__file__", None) or ""


async def asked(engine, number: int, method: str, address: str, headers, body: str, leave_after=None) -> dict:
    told = {"status": None, "headers": [], "pieces": []}

    def hear(message) -> None:
        if message["type"] == "http.response.start":
            told["status"] = message["status"]
            told["headers"] = [[name.decode(), value.decode()] for name, value in message["headers"]]
        else:
            told["pieces"].append(base64.b64encode(message["body"]).decode())
            if leave_after is not None and len(told["pieces"]) >= leave_after:
                engine.leave(number)

    await engine.answer(number, method, address, headers, base64.b64decode(body), hear)
    return told


class Session:
    """An engine, and what was kept of its runs."""

    def __init__(self) -> None:
        from backprop_explorer.site import standins

        standins.install()
        from backprop_explorer.site.engine import Engine

        self.make = Engine
        self.engine = Engine()
        self.kept: dict[str, dict[str, bytes | None]] = {}
        self.number = 0

    async def told(self, line: str) -> str:
        """The line that answers."""
        words = json.loads(line)
        found = None
        self.number += 1
        if "ask" in words:
            found = await asked(self.engine, self.number, **words["ask"])
            for run, name, content in self.engine.take():
                self.kept.setdefault(run, {})[name] = content
        elif "imported" in words:
            found = imported()
        elif "renew" in words:  # another worker, which has what was kept
            self.engine = self.make()
            for run, rows in self.kept.items():
                present = {name: memoryview(content) for name, content in rows.items() if content is not None}
                self.engine.load(run, present)
        return json.dumps(found)


def main() -> None:
    sys.path.extend(sys.argv[1:])
    sys.modules.update(dict.fromkeys(ABSENT))
    loop = asyncio.new_event_loop()
    session = Session()
    for line in sys.stdin:
        sys.stdout.write(loop.run_until_complete(session.told(line)) + "\n")
        sys.stdout.flush()
    loop.close()


if __name__ == "__main__":
    main()
