"""Builds pia_engine/static/dist from the sources beside this file. The same sources always give the same bytes.

Run `npm ci --ignore-scripts` in this folder first; nothing here is needed to run the program.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path

from logical import logical

HERE = Path(__file__).resolve().parent
DIST = HERE.parent / "pia_engine" / "static" / "dist"
TOOLS = HERE / "node_modules" / ".bin"
FORBIDDEN = ("GDS Transport", "crest", "crown", "logotype")


def main() -> int:
    if not TOOLS.is_dir():
        print("frontend/node_modules is missing. Run: cd frontend && npm ci --ignore-scripts", file=sys.stderr)
        return 2
    files = built()
    found = [word for word in FORBIDDEN if word.lower() in files["app.css"].decode().lower()]
    if found:
        print(f"The style sheet names what no city may use: {', '.join(found)}.", file=sys.stderr)
        return 1
    write(files)
    return 0


def built() -> dict[str, bytes]:
    """Every file by the name templates use."""
    return {"app.css": built_css(), "app.js": built_js(), "icon.svg": (HERE / "icons/icon.svg").read_bytes()}


def built_css() -> bytes:
    return logical(
        run(
            "sass",
            "--style=compressed",
            "--no-source-map",
            "--load-path=node_modules/govuk-frontend/dist",
            "--quiet-deps",
            "scss/app.scss",
        )
    ).encode()


def built_js() -> bytes:
    return run(
        "esbuild",
        "js/app.js",
        "--bundle",
        "--minify",
        "--format=esm",
        "--target=es2020",
        "--legal-comments=none",
        "--log-level=warning",
    ).encode()


def run(tool: str, *arguments: str) -> str:
    command = [str(TOOLS / tool), *arguments]
    return subprocess.run(command, cwd=HERE, check=True, stdout=subprocess.PIPE, text=True, encoding="utf-8").stdout


def write(files: dict[str, bytes]) -> None:
    DIST.mkdir(parents=True, exist_ok=True)
    for old in DIST.iterdir():
        old.unlink()
    manifest = {}
    for name, content in files.items():
        stem, ending = name.rsplit(".", 1)
        manifest[name] = f"{stem}.{hashlib.sha256(content).hexdigest()[:12]}.{ending}"
        (DIST / manifest[name]).write_bytes(content)
        print(f"{manifest[name]:<28} {len(content):>8} bytes")
    (DIST / "manifest.json").write_text(json.dumps(manifest, indent=2, sort_keys=True) + "\n", encoding="utf-8")
    (DIST / "THIRD_PARTY_LICENSES.txt").write_text(third_party_licences(), encoding="utf-8")


def third_party_licences() -> str:
    package = json.loads((HERE / "node_modules/govuk-frontend/package.json").read_text(encoding="utf-8"))
    licence = (HERE / "licenses/govuk-frontend.txt").read_text(encoding="utf-8")
    return f"The files in this folder contain parts of {package['name']} {package['version']}:\n\n{licence}"


if __name__ == "__main__":
    sys.exit(main())
