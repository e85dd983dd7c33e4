"""The part of the plots' library that the page is served with."""

import re
from pathlib import Path

import plotly
import pytest

from backprop_explorer.api.subset import KINDS, UnknownForm, subset
from backprop_explorer.bundle import page_folder
from tests import node
from tests.together import each

WHOLE = (Path(plotly.__file__).parent / "package_data" / "plotly.min.js").read_text("utf-8")
# A library of our own in the same form: what a module contains must not be taken for its end.
SCRIPT = r"""var Library=(()=>{
function W(e,t){return()=>(t||e((t={exports:{}}).exports,t),t.exports)}function E(e){return()=>{e&&e();e=0}}
var aa=W((e,t)=>{"use strict";t.exports=")}"+'(\'('+`(${[1,2].map(i=>`}${i})`)+"{"}`
+/[/)]\/\(/.source;/* ( */}); // (
function kept(){return 7}var zz,bb=E(()=>{zz=kept()});var cc=W((e,t)=>{bb();t.exports=zz/(1)/7});
var line=W((e,t)=>{t.exports={moduleType:"trace",name:"line",text:aa()}});
var lineEntry=W((e,t)=>{"use strict";t.exports=line()});
function unused(){return ")"}var dd,ee=E(()=>{dd=unused()});
var map=W((e,t)=>{ee();t.exports={moduleType:"trace",name:"map",text:dd}});
var mapEntry=W((e,t)=>{"use strict";t.exports=map()});
var core=W((e,t)=>{t.exports={kinds:["core"+cc()],register(a){for(const b of a)this.kinds.push(b)}}});
var all=W((e,t)=>{var r=core();r.register([lineEntry(),mapEntry()]);t.exports=r});return all()})();"""


def kinds(script: str) -> str:
    return node.run("-e", f"{script}\nconsole.log(JSON.stringify(Library.kinds))").strip()


def test_what_is_left_works_as_before() -> None:
    whole = kinds(SCRIPT)
    assert '"name":"map"' in whole
    cut = subset(SCRIPT, {"line"})
    assert kinds(cut) == whole.replace(',{"moduleType":"trace","name":"map","text":")"}', "")
    for gone in ('name:"map"', "mapEntry", "unused", "ee="):
        assert gone not in cut
    assert "kept" in cut


def test_all_kinds_leave_the_script_as_it_is() -> None:
    assert subset(SCRIPT, {"line", "map"}) == SCRIPT


@each(
    "script",
    [
        "",
        "window.Plotly = {}",
        SCRIPT.replace("register([", "add(["),
        SCRIPT.replace("t.exports=r}", "r.register([aa()]);t.exports=r}"),
        SCRIPT.replace("var dd,ee=E", "var bb=W((e,t)=>{});var dd,ee=E"),
        SCRIPT.replace('text:aa()}})', 'text:aa()}]')[:-200] + SCRIPT[-200:],
        SCRIPT.replace("t.exports=zz", "t.exports=(zz"),
        SCRIPT[: SCRIPT.index("return all")].removesuffix("});"),
        SCRIPT.replace("[lineEntry(),", "["),
    ],
)  # fmt: skip
def test_a_script_of_another_form_is_refused(script: str) -> None:
    with pytest.raises(UnknownForm):
        subset(script, {"line"})


def test_of_the_installed_library_a_third_is_served_at_most() -> None:
    cut = subset(WHOLE)
    assert len(cut) < len(WHOLE) / 3
    registered = set(re.findall(r'moduleType:"trace",name:"(\w+)"', cut))
    assert registered >= KINDS
    assert not {"scattermap", "mesh3d", "pie"} & registered
    assert WHOLE[WHOLE.rindex("Bundled license information") :] in cut


def test_the_installed_library_is_still_a_script(tmp_path: Path) -> None:
    (tmp_path / "plotly.js").write_text(subset(WHOLE), "utf-8")
    assert node.run("--check", str(tmp_path / "plotly.js")) == ""


def test_the_page_draws_no_other_kinds_of_plots() -> None:
    known = set(re.findall(r'moduleType:"trace",name:"(\w+)"', WHOLE))
    sources = [path.read_text("utf-8") for path in page_folder().rglob("*.js")]
    drawn = {kind for text in sources for kind in re.findall(r'\btype: "(\w+)"', text)} & known
    assert drawn == KINDS
