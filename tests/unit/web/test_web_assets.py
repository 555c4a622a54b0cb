"""Files of our own and of npm's, which may not be there."""

import re
import shutil
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

from ticketing.errors import NotFoundError
from web import assets

WEB = Path(assets.__file__).parent
READER = {"decode.js": b"import './index.js';", "index.js": b"export {};"}


@pytest.fixture
def copy(tmp_path):
    """Loads the assets of a copy that npm has installed these files in."""
    for name in ("static", "styles"):
        shutil.copytree(WEB / name, tmp_path / name)
    shutil.copy(WEB / "assets.py", tmp_path)

    def load(files):
        package = tmp_path / "node_modules" / "qr"
        package.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (package / name).write_bytes(content)
        spec = spec_from_file_location("copied_assets", tmp_path / "assets.py")
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


def test_what_npm_installed_is_served_as_it_is(copy):
    copied = copy(READER)
    for name, content in READER.items():
        assert copied.has(name)
        answer = copied.serve(copied.VERSION, name)
        assert answer.get_data() == content
        assert answer.mimetype == "text/javascript"
        assert answer.headers["Cache-Control"].endswith("immutable")


def test_without_npms_files_all_others_are_there(copy):
    copied = copy({})
    assert copied.has("site.css")
    assert not copied.has("decode.js")
    with pytest.raises(NotFoundError):
        copied.serve(copied.VERSION, "decode.js")


def test_another_reader_has_another_address(copy):
    assert copy({}).VERSION != copy(READER).VERSION


installed = pytest.mark.skipif(
    not assets.has("decode.js"), reason="npm could not install it"
)


@installed
def test_the_reader_is_what_the_browsers_own_is():
    text = assets.serve("x", "decode.js").get_data(as_text=True)
    assert "export class BarcodeDetector" in text


@installed
@pytest.mark.parametrize("name", READER)
def test_the_reader_needs_no_file_that_is_not_served(name):
    text = assets.serve("x", name).get_data(as_text=True)
    paths = re.findall(r"""(?m)^(?:import|export)\b.*['"](.+)['"];$""", text)
    assert "import(" not in text
    assert set(paths) <= {f"./{known}" for known in READER}
