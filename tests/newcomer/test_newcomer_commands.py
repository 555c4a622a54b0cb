"""Every command that a document shows is run by scripts/newcomer, or says why not."""

import doctest
import re
import subprocess

import pytest
import yaml
from newcomer_commands import DISASTERS, INSTEAD, NOT_RUN, PLACES
from newcomer_documents import ROOT, documents, program_of

DOCUMENTS = documents()
BLOCKS = [block for document in DOCUMENTS for block in document.blocks]
# Commands, sessions in scripts/shell, pictures, settings, and what is none of these.
LANGUAGES = {"sh", "pycon", "mermaid", "yaml", "text"}
SHOWN = {
    " ".join(words): block
    for block in BLOCKS
    if block.language == "sh"
    for words in block.commands
}
SCRIPT = re.compile(r"scripts/[a-z][\w-]*(?![\w.-]|/)")
CALL = re.compile(r"\bn\.rpc\.(\w+)\.(\w+)")
MODULE = re.compile(r"python -m (\w+)\.(\w+)")


def told(document):
    """Its text with the commands in it, not the prose."""
    return [*document.codes, *(block.text for block in document.blocks)]


def named(pattern):
    return sorted(
        {
            found
            for document in DOCUMENTS
            for text in told(document)
            for found in pattern.findall(text)
        }
    )


def test_each_block_says_what_it_is():
    """A shell block without the mark of one would not be run, and nobody would know."""
    strange = [b.place for b in BLOCKS if b.language not in LANGUAGES]
    assert not strange
    for block in BLOCKS:
        if block.language == "text":
            assert not SCRIPT.search(block.text), block.place
        if block.language == "yaml":
            assert yaml.safe_load(block.text), block.place


@pytest.mark.parametrize("shown", SHOWN)
def test_each_command_is_run_or_listed(shown):
    """What is run is a program of the project; what is not has a reason."""
    program = program_of(shown.split())
    if program not in NOT_RUN:
        assert "/" in program, f"who has {program}?"
        assert (ROOT / program).exists()


def test_nothing_is_listed_that_no_document_shows():
    programs = {program_of(shown.split()) for shown in SHOWN}
    assert programs >= NOT_RUN.keys()
    assert SHOWN.keys() >= INSTEAD.keys() | DISASTERS
    assert set(named(SCRIPT)) >= PLACES.keys()
    reasons = [*NOT_RUN.values(), *(reason for _, reason in INSTEAD.values())]
    assert all(reasons)


@pytest.mark.parametrize("script", named(SCRIPT))
def test_each_script_that_is_named_says_what_it_does(script):
    """And no more: asked for help, none of them installs or starts anything."""
    answer = subprocess.run(
        (ROOT / script, "--help"),
        capture_output=True,
        check=False,
        text=True,
        timeout=60,
    )
    assert "nstalling" not in answer.stdout
    assert answer.returncode == 0, answer.stderr
    assert script in answer.stdout or len(answer.stdout) > 60
    for document in DOCUMENTS:
        for option in options_of(script, document):
            assert option in answer.stdout, f"{document.name}: {script} {option}"


def options_of(script, document):
    """The options with which a document names a script; later ones may be another's."""
    for text in told(document):
        for given in re.findall(
            rf"^{script}((?: -\S+(?: [^-\s]\S*)?)*)", text, re.MULTILINE
        ):
            yield from re.findall(r"--[a-z][a-z-]+", given)


@pytest.mark.parametrize(("folder", "module"), named(MODULE))
def test_each_module_that_is_to_be_run_is_there(folder, module):
    assert (ROOT / folder / f"{module}.py").exists()


@pytest.mark.parametrize(("service", "method"), named(CALL))
def test_each_call_that_is_shown_is_there(service, method):
    """As a method of the service, or of all of them."""
    modules = [*(ROOT / service).rglob("*.py"), ROOT / "ticketing" / "service.py"]
    pattern = re.compile(rf"    @rpc\n    def {method}\(")
    assert any(pattern.search(path.read_text(encoding="utf-8")) for path in modules)


def test_pre_commit_runs_commands_of_the_project():
    """Nothing that it would have to fetch."""
    path = ROOT / ".pre-commit-config.yaml"
    (repository,) = yaml.safe_load(path.read_text(encoding="utf-8"))["repos"]
    assert repository["repo"] == "local"
    for hook in repository["hooks"]:
        assert hook["language"] == "system"
        assert (ROOT / program_of(hook["entry"].split())).exists()


def test_each_session_can_be_typed():
    sessions = [block for block in BLOCKS if block.language == "pycon"]
    assert sessions
    for block in sessions:
        examples = doctest.DocTestParser().get_examples(block.text)
        assert examples, block.place
        for example in examples:
            compile(example.source, block.place, "single")
