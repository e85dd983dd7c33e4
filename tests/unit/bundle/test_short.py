"""Modules as one short script: it does what they do, and TypeScript finds that every name means what it meant."""

import gzip
import json
import re
from pathlib import Path

import pytest

from backprop_explorer.bundle import bundled_script, page_folder, short_script, without_remarks
from backprop_explorer.bundle.declarations import Declarations
from backprop_explorer.bundle.linking import Word, linked
from backprop_explorer.bundle.modules import modules_from
from backprop_explorer.bundle.names import Role, roles_of
from backprop_explorer.bundle.tokens import Token, pairs_of, tokens_of, written
from tests import node
from tests.amount import some
from tests.house.test_page_types import TYPESCRIPT
from tests.unit.bundle.files import ENTRIES, FILES, run, wrote

MORE = {
    **FILES,
    "main.js": """\
import { add, twice as double } from "./lib/numbers.js";
import * as names from "./lib/names.js";
import * as reducers from "./state/reducer.js";
import { Counter, later } from "./state/counter.js";
import { said } from "./lib/scopes.js";
import "./effect.js";
const { get, of: list, ...rest } = { get: () => 1, of: [1, 2], more: 3 };
const counter = new Counter();
counter.count();
for (const of of list) counter.count(of);
for (let { at, more } = { at: 0 }; at < 2; { at, more } = { at: at + 1 }) counter.count(more);
for (let at = 0, most = 2; at < most; at += 1) counter.count();
let tries = 0;
for (;;) if ((tries += 1) > 3) break;
const called = Object.keys(reducers).map((key) => reducers[key](2));
const found = [add(1, 2), double(4), names.FIRST, names.other(), counter.value, await later(5), get(), rest, tries];
console.log(JSON.stringify([...found, called, globalThis.seen, said(3), "a" in rest]));
""",
    "state/reducer.js": """\
export const first = (state) => state + 1;
export function second(state) {
  return first(state) * 2;
}
""",
    "lib/unused.js": "export const never = () => globalThis.never;\n",
    "lib/scopes.js": r"""
import { never } from "./unused.js";
const one = 1;
const known = new Map([["one", one]]);
let last = null;
class Told {
  #own = one;
  static made = 0;
  async *all(value = one, { most = value, ...others } = {}) {
    yield* [this.#own, value, most, others];
  }
  get own() {
    return this.#own / 2;
  }
}
export const forgotten = () => never();
/** Each `one` but the first is another one. */
export function said(value) {
  const text = `${value}: ${((one) => `{${one}}`)(value + one)} }${'`'}`;
  const inside = { one, two: one ? { one: 2 } : [], "three four": /[/"'`{]\/one/g.test('/"/one'), async five() {} };
  function counted(more) {
    const one = more;
    return [one, ...[5, 6].map((one, at) => one * at)];
  }
  try {
    throw new Error(text);
  } catch (error) {
    last = error.message;
  }
  if (value) {
    const value = "hidden";
    last += value;
  } else last = "";
  const { own, one: other = 7 } = new Told();
  return [text, inside, counted(8), last, own, other, known.get("one"), value / one / 2, - -value, + +value];
}
""",
}


def test_it_does_what_the_modules_do(tmp_path: Path) -> None:
    folder = wrote(tmp_path, {**MORE, "package.json": '{"type": "module"}'})
    (folder / "all.js").write_text(short_script(folder, "main.js"), "utf-8")
    said = run(folder / "all.js")
    assert said == run(folder / "main.js")
    assert '"once"' in said


def test_what_nothing_uses_is_left_out(tmp_path: Path) -> None:
    text = short_script(wrote(tmp_path, MORE), "main.js")
    assert "never" not in text
    assert text.count("globalThis.seen=") == 1
    assert not re.search(r"\b(forgotten|counter|said|reducers)\b", text)


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("const a = (b) => f(b);", False),
        ("const a = async (b) => { await f(b); };", False),
        ("const a = { b: [1, /(/], c() { f(); }, d: function () { f(); } };", False),
        ("const a = new WeakMap();", False),
        ("const a = `b${1}c${2}`;", False),
        ("function a() { f(); }", False),
        ("class A extends Error { b() { f(); } }", False),
        ("const a = f();", True),
        ("const a = new Map(f());", True),
        ("const a = new Other();", True),
        ("const a = [(() => 1)()];", True),
        ("const a = f`b`;", True),
        ("const a = await b;", True),
        ("f();", True),
        ("if (a) { f(); } else { g(); }", True),
    ],
)
def test_what_acts_is_kept(tmp_path: Path, text: str, acts: bool) -> None:
    script = short_script(wrote(tmp_path, {"main.js": 'import "./a.js";\n', "a.js": text}), "main.js")
    assert bool(script) == acts


@pytest.mark.parametrize(
    ("module", "says"),
    [
        ('import { c } from "./b.js";\nf(c);', "b.js exports no c"),
        ('import * as b from "./b.js";\nf(b.c);', "b.js exports no c"),
        ('import * as b from "./b.js";\nf((b) => b.a);', "a.js: b is an import of all names, and a variable"),
        ("switch (a) { case 1: {} }", "a script cannot be shortened that has a switch"),
        ("const a = 1 # 2;", "line 1: no token begins with '# 2;'"),
        ("f(]);", "']' closes what was not opened"),
        ("f(1;", "'(' is never closed"),
        ("}", "a brace is closed that was not opened"),
        ("export let count = 0;", "a.js: a bundle cannot have 'export let count = 0;'"),
    ],
)
def test_what_it_cannot_shorten_is_refused(tmp_path: Path, module: str, says: str) -> None:
    files = {"main.js": 'import "./a.js";\n', "a.js": module, "b.js": "export const a = 1;\n"}
    with pytest.raises(ValueError, match=re.escape(says)):
        short_script(wrote(tmp_path, files), "main.js")


# Each identifier of a script with its role and whether it is declared there.
READ = """
const ts = require(process.argv[1] + "/lib/typescript.js");
const declaring = ["VariableDeclaration", "Parameter", "BindingElement", "FunctionDeclaration", "FunctionExpression",
  "ClassDeclaration", "ClassExpression"].map((kind) => ts.SyntaxKind[kind]);
const owning = ["PropertyAccessExpression", "PropertyAssignment", "MethodDeclaration", "PropertyDeclaration",
  "GetAccessor", "SetAccessor", "MetaProperty"].map((kind) => ts.SyntaxKind[kind]);
const roleOf = (node) => {
  const { parent } = node;
  if (ts.isPrivateIdentifier(node) || parent.propertyName === node) return "key";
  if (owning.includes(parent.kind) && parent.name === node) return "key";
  const alone = ts.isBindingElement(parent) && ts.isObjectBindingPattern(parent.parent) && parent.name === node;
  const short = alone && !parent.propertyName && !parent.dotDotDotToken;
  return short || ts.isShorthandPropertyAssignment(parent) && parent.name === node ? "shorthand" : "variable";
};
const isDeclared = ({ parent }, node) => declaring.includes(parent.kind) && parent.name === node;
const namesIn = (name) => {
  const found = [];
  const visit = (node) => {
    if (ts.isIdentifier(node) || ts.isPrivateIdentifier(node))
      found.push([node.getStart(), node.text, roleOf(node), isDeclared(node, node)]);
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(name, require("fs").readFileSync(name, "utf8"), ts.ScriptTarget.ESNext, true));
  return found.sort((a, b) => a[0] - b[0]).map(([, ...name]) => name);
};
console.log(JSON.stringify(process.argv.slice(2).map(namesIn)));
"""


def test_names_are_read_as_typescript_reads_them(tmp_path: Path) -> None:
    modules = {name: module for entry in ENTRIES for name, module in modules_from(page_folder(), entry).items()}
    modules |= modules_from(wrote(tmp_path / "more", MORE), "main.js")
    paths = []
    for place, module in enumerate(modules.values()):
        paths.append(tmp_path / f"{place}.mjs")
        paths[-1].write_text(module.text, "utf-8")
    told = json.loads(node.run("-e", READ, str(node.package(*TYPESCRIPT)), *map(str, paths)))
    for (name, module), names in zip(modules.items(), told, strict=True):
        tokens = tokens_of(module.text)
        roles = roles_of(tokens)
        declared = {*Declarations(tokens, roles, pairs_of(tokens)).places()}
        found = [
            [token.text, role.value, at in declared]
            for at, (token, role) in enumerate(zip(tokens, roles, strict=True))
            if role not in (None, Role.KEYWORD) and token.text != "constructor"  # which it takes for a keyword
        ]
        assert found == names, name
        assert tokens_of(written(tokens)) == tokens, name


# What each name of a script means: the place of the name that declares it; a key, or a name that is declared nowhere,
# itself.
MEANINGS = """
const ts = require(process.argv[1] + "/lib/typescript.js");
const names = process.argv.slice(2);
const options = { allowJs: true, noLib: true, target: 99, module: 99, moduleDetection: 3 };
const program = ts.createProgram(names, options);
const checker = program.getTypeChecker();
const declares = (node) => ts.isVariableDeclaration(node) || ts.isParameter(node) || ts.isBindingElement(node)
  || ts.isFunctionDeclaration(node) || ts.isFunctionExpression(node) || ts.isClassLike(node);
const isShort = ({ parent }, node) => ts.isShorthandPropertyAssignment(parent) && parent.name === node
  || ts.isBindingElement(parent) && ts.isObjectBindingPattern(parent.parent) && parent.name === node
    && !parent.propertyName && !parent.dotDotDotToken;
const meanings = (file) => {
  const nodes = [];
  const visit = (node) => {
    if (ts.isIdentifier(node)) nodes.push(node);
    ts.forEachChild(node, visit);
  };
  visit(file);
  nodes.sort((a, b) => a.getStart() - b.getStart());
  const both = nodes.flatMap((node) => isShort(node, node) ? [null, node] : [node]);
  const places = new Map(both.map((node, place) => [node, place]));
  return both.map((node, place) => {
    if (node === null) return both[place + 1].text;
    const { parent } = node;
    const isKey = ts.isPropertyAccessExpression(parent) && parent.name === node || parent.propertyName === node;
    const symbol = isKey ? undefined : ts.isShorthandPropertyAssignment(parent)
      ? checker.getShorthandAssignmentValueSymbol(parent) : checker.getSymbolAtLocation(node);
    const declaration = symbol?.declarations?.find(declares);
    return places.get(declaration?.name) ?? node.text;
  });
};
console.log(JSON.stringify(names.map((name) => meanings(program.getSourceFile(name)))));
"""


def long(word: Word) -> Token:
    """The same with names that say where they are from, and so are no others."""
    return Token("name", re.sub(r"\W", "_", "$$".join(word.shared))) if word.shared else word.token


@pytest.mark.parametrize("entry", some(["main.js", "slidingsnapshot.js", ""], ""))
def test_names_mean_what_they_meant(tmp_path: Path, entry: str) -> None:
    folder, name = (page_folder(), entry) if entry else (wrote(tmp_path, MORE), "main.js")
    words = [word for one in linked(modules_from(folder, name)) for word in one.words]
    tokens = [
        token
        for word in words
        for token in ([word.token, Token("mark", ":")] if word.role is Role.SHORTHAND else []) + [long(word)]
    ]
    (tmp_path / "long.mjs").write_text(written(tokens), "utf-8")
    (tmp_path / "short.mjs").write_text(short_script(folder, name), "utf-8")
    paths = [str(tmp_path / "long.mjs"), str(tmp_path / "short.mjs")]
    before, after = json.loads(node.run("-e", MEANINGS, str(node.package(*TYPESCRIPT)), *paths))
    assert sum(isinstance(meaning, int) for meaning in before) > 0.3 * len(before)
    assert after == before


def test_it_is_much_shorter() -> None:
    entry = "snapshot.js"
    short = gzip.compress(short_script(page_folder(), entry).encode())
    assert len(short) < 0.75 * len(gzip.compress(without_remarks(bundled_script(page_folder(), entry)).encode()))
