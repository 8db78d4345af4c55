"""The wheel carries all that an installation needs: migrations, lexicon and encoder."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(out)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    return next(out.glob("semantic_lexicon-*.whl"))


def test_it_holds_the_rooms_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.partition("/")[0] for name in names}
    assert {top for top in tops if not top.endswith(".dist-info")} == {
        "api",
        "cli",
        "indexer",
        "lexicon",
        "nli",
    }
    assert "lexicon/migrations/versions/0001_the_first_schema.py" in names
    assert "lexicon/data/water.tsv" in names
    assert "lexicon/data/frequency/zipf.tsv" in names
    for file in ("index.html", "js/app.js", "css/page.css", "i18n/kn/page.json"):
        assert f"api/web/assets/{file}" in names
    for file in ("model.safetensors", "tokenizer.json", "modules.json", "README.md"):
        assert f"indexer/encoders/embedded/model/{file}" in names
    for file in ("model.onnx", "tokenizer.json", "tokens.safetensors", "nli.json", "README.md"):
        assert f"nli/embedded/model/{file}" in names


def test_it_creates_and_searches_a_store_away_from_the_checkout(
    wheel: Path, tmp_path: Path
) -> None:
    site = tmp_path / "site"
    zipfile.ZipFile(wheel).extractall(site)
    code = (
        "import sys; sys.argv[0] = 'lexicon'; import lexicon, cli.main; "
        f"assert lexicon.__file__.startswith({str(site)!r}); cli.main.run()"
    )
    environment = {**os.environ, "LEXICON_HOME": str(tmp_path / "home"), "PYTHONPATH": str(site)}

    def run(*arguments: str) -> str:
        return subprocess.run(
            [sys.executable, "-c", code, *arguments],
            cwd=tmp_path,
            env=environment,
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    run("init")
    assert "ನೀರು" in run("search", "water", "--from", "en", "--to", "kn", "-k", "1")
