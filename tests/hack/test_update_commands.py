"""commands.json is what hack/update_commands.py makes of real kubectls.

KUBECTLS names the folder with the programs (the script's head tells which); without it the file's making is not tried.
"""

import json
import os

import datafile
import pytest
import update_commands

HELP = """\
Create a deployment.

Aliases:
deployment, deploy, dep

Examples:
  # One
  kubectl create deployment one --image=nginx

Available Commands:
  first         Does one thing
  second-best   Does another

Options:
    --all=false:
\tSelect all.

    -f, --filename=[]:
\tFiles, as in --filename=a:

    --cache-dir='/nonexistent/.kube/cache':
\tA folder.

Usage:
  kubectl create deployment NAME [options]

Use "kubectl options" for a list of global command-line options (applies to all commands).
"""


def test_the_kubectls_give_the_committed_file():
    kubectls = os.environ.get("KUBECTLS")
    if not kubectls:
        pytest.skip("KUBECTLS names no folder with kubectl-1.28 and so on")
    assert update_commands.main(["--kubectls", kubectls, "--check"]) == 0


def test_the_file_has_one_flag_a_line():
    text = datafile.COMMANDS.read_text(encoding="utf-8")
    assert update_commands.dumps(json.loads(text)) == text


def test_what_help_tells():
    assert update_commands.read_help(HELP) == {
        "usage": "kubectl create deployment NAME [options]", "aliases": ["deploy", "dep"],
        "groups": [["Available Commands", ["first", "second-best"]]],
        "flags": {"all": {"default": "false", "short": ""}, "filename": {"default": "[]", "short": "f"},
                  "cache-dir": {"default": "'$HOME/.kube/cache'", "short": ""}}}


@pytest.mark.parametrize(("facts", "entry"), [
    ({28: {"default": ""}, 29: {"default": ""}, 30: {"default": ""}}, {"default": ""}),
    ({29: {"short": "i"}, 30: {"short": "i"}}, {"short": "i", "since": 29}),
    ({28: {"short": "i"}, 29: {"short": "i"}}, {"short": "i", "until": 30}),
    ({28: {"short": "", "required": True}, 29: {"short": "o"}, 30: {"short": "o"}},
     {"short": "o", "before": {"29": {"short": "", "required": True}}}),
    ({28: {"default": "a"}, 29: {"default": "b"}, 30: {"default": "c"}},
     {"default": "c", "before": {"30": {"default": "b"}, "29": {"default": "a"}}}),
])
def test_releases_are_compared(facts, entry):
    assert update_commands.compare(facts, oldest=28, newest=30) == entry


def test_a_gap_between_releases_is_refused():
    with pytest.raises(ValueError, match="went and came again"):
        update_commands.compare({28: {}, 30: {}}, oldest=28, newest=30)


def test_older_commands_keep_their_place_in_the_groups():
    older, newer = [["Other", ["alpha", "config"]]], [["Other", ["api", "config", "kuberc"]]]
    assert update_commands.merge_groups([older, newer]) == [["Other", ["alpha", "api", "config", "kuberc"]]]
