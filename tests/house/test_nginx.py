"""nginx's configuration, read by nginx itself: the file that is deployed, and the pieces that a document shows."""

from pathlib import Path

import pytest

from backprop_explorer.settings import Settings
from tests.documents import DEPLOYMENT, blocks
from tests.nginx import SITE, UPSTREAM, complaint, site_text

SERVER = "upstream explorer {{ server 127.0.0.1:8000; }}\n{}"
PIECES = [block for block in blocks(DEPLOYMENT.read_text("utf-8")) if block.language == "nginx"]


def test_the_site_is_right(tmp_path: Path) -> None:
    assert complaint(tmp_path, SERVER.format(site_text(tmp_path, 8080))) is None


@pytest.mark.parametrize("flaw", ["proxy_bufering off;", "limit_req zone=no_such;", "location / { }"])
def test_a_planted_flaw_is_seen(tmp_path: Path, flaw: str) -> None:
    site = site_text(tmp_path, 8080).replace("    server_tokens off;", f"    server_tokens off;\n{flaw}")
    assert complaint(tmp_path, SERVER.format(site))


@pytest.mark.parametrize("block", PIECES, ids=lambda block: f"line {block.line}")
def test_the_pieces_of_the_document_are_right(tmp_path: Path, block) -> None:
    piece = block.code.replace("listen 443 ssl;", "listen 8443;")  # there is no certificate here
    if piece.startswith("location"):
        piece = f"server {{ listen 8080;\n{piece}}}"
    extra = "" if "upstream explorer" in piece else "upstream explorer { server 127.0.0.1:8000; }\n"
    assert complaint(tmp_path, extra + piece) is None


def test_its_limits_are_those_of_the_settings() -> None:
    default = {name: field.default for name, field in Settings.model_fields.items()}
    text = SITE.read_text("utf-8")
    assert f"client_max_body_size {default['body_bytes'] / 1e6:.0f}m;" in text
    assert f"large_client_header_buffers 4 {default['header_bytes'] // 1024}k;" in text
    assert f"client_header_timeout {default['header_seconds']:.0f}s;" in text
    assert f"client_body_timeout {default['body_seconds']:.0f}s;" in text
    assert f"send_timeout {default['unread_seconds']:.0f}s;" in text
    assert f"keepalive_timeout {default['idle_seconds']}s;" in text
    assert f"proxy_read_timeout {default['training_seconds'] + 30:.0f}s;" in text
    assert "keepalive_timeout 10s;" in UPSTREAM.read_text("utf-8")
    assert default["idle_seconds"] > 10
