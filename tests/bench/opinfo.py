"""PyTorch's own samples (OpInfo), each printed as a line of PyTorch, judged by PyTorch: how much of it is right here.

python tests/bench/opinfo.py                         # where PyTorch is installed; a table by operation
python tests/bench/opinfo.py --only softmax          # operations whose name holds that word; --exact for one
python tests/bench/opinfo.py --refused --different   # with reasons
python tests/bench/opinfo.py --write tests/unit/library/torch_golden
"""

from __future__ import annotations

import argparse
import json
import math
import random
import sys
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parents[2]), str(HERE.parents[2] / "backend")]

from golden import select, shrunk  # noqa: E402
from lines import LINES, given  # noqa: E402
from operations import FAMILIES, family  # noqa: E402
from spelled import Tensors, Unsayable, spellings  # noqa: E402

from tests.meaning import Case, Verdict, judge, weights  # noqa: E402

OUTCOMES = ("right", "different", "refused", "crashed")
SKIPPED = "skipped"
MOST_OUTPUTS = 4
Judged = tuple[Case, Verdict]


class Truth:
    """What PyTorch makes of a line: its tensors are copied, so that a sample's views are leaves, too."""

    def __init__(self, known: dict[str, torch.Tensor], digits: int | None = None) -> None:
        self.tensors = {name: _leaf(tensor, digits) for name, tensor in known.items()}

    def value(self, text: str, first: str | None = None) -> Any:
        """The value of an expression over the tensors."""
        space = {"torch": torch, "math": math, "F": torch.nn.functional, **self.tensors}
        if first is not None:
            exec(first, space)  # noqa: S102 - a line that this script has written
        return eval(text, space)  # noqa: S307

    def cases(self, operation: str, form: str, text: str) -> Iterator[Case]:
        """A case for each tensor of the result. Raises what PyTorch raises."""
        value = self.value(text)
        self._check_repeats(text, value)
        for ending, first in _outputs(value):
            case = self._case(operation, form, text if first else text + ending, first and first.format(text), ending)
            if case is not None:
                yield case

    def _check_repeats(self, text: str, value: Any) -> None:
        torch.manual_seed(1)
        again = self.value(text)
        both = zip(_flat(value), _flat(again), strict=True)
        if any(not torch.equal(torch.nan_to_num(one), torch.nan_to_num(other)) for one, other in both):
            raise Unsayable("random numbers")

    def _case(self, operation: str, form: str, text: str, first: str | None, ending: str) -> Case | None:
        expression = ending if first is not None else text
        out = self.value(expression, first)
        if out.is_complex() or not out.numel():
            raise Unsayable("a complex result" if out.is_complex() else "an empty result")
        leaves = {name: one for name, one in self.tensors.items() if one.requires_grad and out.requires_grad}
        loss = (out * torch.tensor(weights(tuple(out.shape)))).sum()
        found = torch.autograd.grad(loss, list(leaves.values()), allow_unused=True) if leaves else ()
        reads = form.startswith(("method", "operator", "index"))
        return Case(
            operation,
            form if first is None else f"{form}, unpacked",
            expression,
            {name: _listed(one) for name, one in self.tensors.items() if name not in leaves},
            {name: _listed(one) for name, one in leaves.items()},
            _listed(out.double()),
            {name: _listed(one) for name, one in zip(leaves, found, strict=True) if one is not None},
            first,
            "torch" if reads else None,
        )


def _leaf(tensor: torch.Tensor, digits: int | None) -> torch.Tensor:
    copy = tensor.detach().clone().contiguous()
    if copy.is_floating_point():
        copy = copy if digits is None else torch.tensor(np.round(copy.numpy(), digits))
        copy.requires_grad_(tensor.requires_grad)
    return copy


def _outputs(value: Any) -> Iterator[tuple[str, str | None]]:
    """How each tensor of a result is reached: an ending of the line, or a name and the line that takes it apart."""
    if isinstance(value, torch.Tensor):
        yield "", None
    elif isinstance(value, (tuple, list)):
        fields = getattr(type(value), "__match_args__", ())
        tensors = [k for k, one in enumerate(value) if isinstance(one, torch.Tensor)]
        chosen = tensors if len(tensors) <= MOST_OUTPUTS else [*tensors[: MOST_OUTPUTS - 1], tensors[-1]]
        for k in chosen:
            yield f"[{k}]", None
            if fields:
                yield f".{fields[k]}", None
        if len(value) == 2 == len(tensors):
            for name in ("one", "two"):
                yield name, "one, two = {}"
    else:
        raise Unsayable(f"a result that is a {type(value).__name__}")


def _flat(value: Any) -> list[torch.Tensor]:
    parts = value if isinstance(value, (tuple, list)) else [value]
    return [part.detach() for part in parts if isinstance(part, torch.Tensor)]


def _listed(tensor: torch.Tensor) -> Any:
    """Nested lists; numbers that are not finite are words, as in a document."""
    detached = tensor.detach()
    return _worded(detached.tolist()) if detached.is_floating_point() else detached.tolist()


def _worded(value: Any) -> Any:
    if isinstance(value, list):
        return [_worded(item) for item in value]
    return value if np.isfinite(value) else "NaN" if np.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def cases_of(op: Any, options: argparse.Namespace, skipped: Counter[str]) -> Iterator[Case]:
    """Every spelling of every sample of an operation, each once for the same shapes."""
    label = op.name + (f"|{op.variant_test_name}" if op.variant_test_name else "")
    random.seed(0)
    np.random.seed(0)
    torch.manual_seed(0)
    if torch.float64 not in op.dtypes:
        skipped["no float64"] += 1
        return
    known: set[Any] = set()
    for count, sample in enumerate(op.sample_inputs("cpu", torch.float64, requires_grad=op.supports_autograd)):
        if options.samples is not None and count >= options.samples:
            return
        tensors = Tensors(options.elements)
        try:
            lines = list(spellings(op, sample, tensors, first=count < 3))
        except Unsayable as reason:
            skipped[str(reason)] += 1
            continue
        smaller = [*shrunk(tensors.known), tensors.known] if options.write else [tensors.known]
        yield from _of_lines(label, lines, smaller, known, skipped, options.digits)


def _of_lines(
    label: str,
    lines: list[tuple[str, str]],
    choices: list[dict[str, torch.Tensor]],
    known: set[Any],
    skipped: Counter[str],
    digits: int | None,
) -> Iterator[Case]:
    """The cases of lines over the first of the choices of tensors that PyTorch takes."""
    shapes = tuple((one.shape, one.dtype, one.requires_grad) for one in choices[-1].values())
    for form, text in lines:
        if (text, shapes) in known:
            continue
        known.add((text, shapes))
        try:
            yield from _first_that_works(label, form, text, choices, digits)
        except Unsayable as reason:
            skipped[str(reason)] += 1
        except Exception as error:  # whatever PyTorch raises: this is no way to write it there
            if form == "function":
                skipped[f"not a call of that name: {type(error).__name__}"] += 1


def _first_that_works(
    label: str, form: str, text: str, choices: list[dict[str, torch.Tensor]], digits: int | None
) -> list[Case]:
    for tensors in choices[:-1]:
        try:
            return list(Truth(tensors, digits).cases(label, form, text))
        except Exception:  # the lengths belong together in a way that was lost; the last choice has them
            continue
    return list(Truth(choices[-1], digits).cases(label, form, text))


def written_cases(options: argparse.Namespace, skipped: Counter[str]) -> Iterator[tuple[str, list[Case]]]:
    """The lines of our own, for what has no OpInfo and for what people write that its samples have not."""
    for operation, texts in LINES.items():
        if _wanted(operation, options):
            lines = []
            for text in texts:
                form = "operator" if not text.startswith(("torch.", "F.")) else "function"
                lines += _of_lines(operation, [(form, text)], [given(text)], set(), skipped, None)
            yield operation, lines


def collected(options: argparse.Namespace, skipped: dict[str, Counter[str]]) -> Iterator[tuple[str, list[Case], bool]]:
    """Operation by operation the cases, and whether the time was enough for all of them."""
    from torch.testing._internal.common_methods_invocations import op_db

    for op in op_db:
        label = op.name + (f"|{op.variant_test_name}" if op.variant_test_name else "")
        if (family(op.name, op.variant_test_name) or options.all) and _wanted(label, options):
            counter = skipped.setdefault(label, Counter())
            start, found, whole = time.perf_counter(), [], True
            for case in cases_of(op, options, counter):
                found.append(case)
                if time.perf_counter() - start > options.seconds:
                    whole = False
                    break
            yield label, found, whole
    own = Counter[str]()
    for operation, found in written_cases(options, own):
        yield operation, found, True
    skipped["lines of our own"] = own


def _wanted(label: str, options: argparse.Namespace) -> bool:
    if options.only is None:
        return True
    return label.partition("|")[0] == options.only if options.exact else options.only in label


def main() -> None:
    """Judges and prints."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", metavar="NAME", help="operations whose name holds NAME")
    parser.add_argument("--exact", action="store_true", help="NAME is the whole name")
    parser.add_argument("--all", action="store_true", help="every OpInfo, not only the operations of operations.py")
    parser.add_argument("--samples", type=int, help="at most so many samples of an operation")
    parser.add_argument("--elements", type=int, default=20_000, help="of a tensor at most; larger samples are skipped")
    parser.add_argument("--seconds", type=float, default=30, help="for the samples of one operation")
    parser.add_argument("--digits", type=int, help="round the samples' numbers to so many decimals")
    parser.add_argument("--refused", action="store_true", help="list what is refused, and why")
    parser.add_argument("--different", action="store_true", help="list what is different or crashed")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every case and its verdict")
    parser.add_argument("--write", type=Path, metavar="FOLDER", help="write a small selection with PyTorch's numbers")
    options = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore")
    if options.write:
        _write(options)
        return
    skipped: dict[str, Counter[str]] = {}
    judged: list[Judged] = []
    print(f"{'operation':44}" + "".join(f"{word:>11}" for word in (*OUTCOMES, SKIPPED)))
    for label, cases, whole in collected(options, skipped):
        verdicts = [(case, judge(case)) for case in cases]
        judged += verdicts
        _row(label, [verdict for _, verdict in verdicts], sum(skipped.get(label, Counter()).values()), whole)
        _list(verdicts, options)
    _totals(judged, skipped)
    if options.json:
        told = [{**case.to_json(), **vars(verdict)} for case, verdict in judged]
        options.json.write_text(json.dumps(told, separators=(",", ":")))


def _row(label: str, verdicts: list[Verdict], skipped: int, whole: bool = True) -> None:
    counts = Counter(verdict.outcome for verdict in verdicts)
    figures = "".join(f"{counts[outcome] or '·':>11}" for outcome in OUTCOMES) + f"{skipped or '·':>11}"
    print(f"{label:44}{figures}" + ("" if whole else "  (out of time)"), flush=True)


def _list(verdicts: list[Judged], options: argparse.Namespace) -> None:
    reasons = Counter((verdict.code, verdict.why.partition(" (line")[0]) for _, verdict in verdicts if verdict.code)
    if options.refused:
        for (code, why), count in reasons.most_common():
            [text, *_] = [one.text for one, verdict in verdicts if verdict.code and verdict.why.startswith(why)]
            print(f"    {count:5} {code}: {why}\n            {text}")
    if options.different:
        for case, verdict in verdicts:
            if verdict.outcome in ("different", "crashed"):
                print(f"    {verdict.outcome}: {_shown(case)}\n        {verdict.why.strip().splitlines()[-1]}")


def _shown(case: Case) -> str:
    shapes = {name: np.shape(value) for name, value in {**case.inputs, **case.parameters}.items()}
    return f"{case.first + '; ' if case.first else ''}{case.text}   {shapes}"


def _totals(judged: list[Judged], skipped: dict[str, Counter[str]]) -> None:
    print()
    for kind, names in (
        ("form", sorted({case.form.split(", ")[0] for case, _ in judged})),
        ("family", [*FAMILIES, None]),
    ):
        for name in names:
            own = [v for c, v in judged if name == (c.form.split(", ")[0] if kind == "form" else _family(c))]
            if own:
                _row(f"{kind} {name or 'lines of our own'}", own, 0)
    _row("all lines", [verdict for _, verdict in judged], sum(sum(one.values()) for one in skipped.values()))
    right = sum(verdict.outcome == "right" for _, verdict in judged)
    operations: dict[str, list[bool]] = {}
    for case, verdict in judged:
        operations.setdefault(case.operation, []).append(verdict.outcome == "right")
    mean = np.mean([np.mean(own) for own in operations.values()]) if operations else 0
    print(
        f"{100 * right / max(1, len(judged)):.1f} % of the lines are right, {100 * mean:.1f} % of an operation's",
        end="",
    )
    print(f" on average; of {len(operations)} operations {sum(map(all, operations.values()))} wholly.\nskipped:")
    for reason, count in sum(skipped.values(), Counter[str]()).most_common():
        print(f"    {count:5} {reason}")


def _family(case: Case) -> str | None:
    name, _, variant = case.operation.partition("|")
    return family(name, variant)


def _write(options: argparse.Namespace) -> None:
    options.digits = options.digits or 3
    cases = [case for label, found, _ in collected(options, {}) for case in select(found, every=label in LINES)]
    told = [replace(case, out=_rounded(case.out), gradients=_rounded(case.gradients)).to_json() for case in cases]
    for part in dict.fromkeys(_part(case.operation) for case in cases):
        own = [one for one in told if _part(one["operation"]) == part]
        text = "[\n" + ",\n".join(json.dumps(one, separators=(",", ":")) for one in own) + "\n]\n"
        (options.write / f"{part}.json").write_text(text)
        print(f"{part}: {len(own)} cases of {len({one['operation'] for one in own})} operations, {len(text):,} bytes")


def _part(operation: str) -> str:
    """The file that the cases of an operation are in."""
    if operation.startswith("nn."):
        return "layers"
    return "a_to_l" if operation.lstrip("_").lower() < "m" else "m_to_z"


def _rounded(value: Any) -> Any:
    """Twelve digits of each number are enough to judge by, and half as long."""
    if isinstance(value, dict):
        return {key: _rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_rounded(item) for item in value]
    return float(f"{value:.12g}") if isinstance(value, float) else value


if __name__ == "__main__":
    main()
