"""`kubesim sim env` and `sim shell`: the programs they put on the PATH, and the words they say to a shell."""

from __future__ import annotations

import io
import os
import random
import shlex
import shutil
import subprocess
import sys
import zipfile

import click
import pytest

from kubesim_cli.sim import shell as sim_shell
from kubesim_cli.sim.launchers import programs, shim
from kubesim_cli.sim.stage import quoted, script, settings

unix = pytest.mark.skipif(os.name == "nt", reason="the shim is a program of sh")
ODD = ["'", '"', "\\", "\\'", "'; touch PWNED; #", "$(touch PWNED)", "`touch PWNED`", "a b", "\n", "*", "~", "{a,b}",
       "$HOME", "!x", "%PATH%", "\u2018\u2019\u201a\u201b", "=ls", "(touch PWNED)", "a'b\\", "\t", "#", "&",
       ";", "é", "-x", "[a]", "^", "<>"]


def call(folder, home, *words: str) -> subprocess.CompletedProcess:
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("KUBE", "PYTHON"))}
    return subprocess.run([os.path.join(shim(str(home)), "kubectl"), *words], cwd=folder, text=True, check=False,
                          env={**keep, "KUBESIM_HOME": str(home)}, capture_output=True, stdin=subprocess.DEVNULL)


@unix
@pytest.mark.parametrize("names", [
    ["click.py"], ["json.py"], ["shlex.py"], ["ruamel/__init__.py", "ruamel/yaml/__init__.py"], ["sitecustomize.py"],
    ["kubesim_cli/__init__.py", "kubesim_cli/__main__.py", "kubesim_cli/start.py"]], ids=lambda names: names[0])
@pytest.mark.parametrize("words", [["sim", "clock", "show"], ["create", "-f", "a.yaml"]], ids=" ".join)
def test_the_shim_runs_no_code_of_the_working_folder(tmp_path, names, words):
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("raise SystemExit('code of the working folder ran')\n")
    done = call(folder, tmp_path / "home", *words)
    assert (done.returncode, done.stderr) == (0, "")


@unix
def test_the_folders_of_the_shim_are_for_their_owner_under_any_umask(tmp_path):
    before = os.umask(0)
    try:
        folder = shim(str(tmp_path / "home"))
    finally:
        os.umask(before)
    modes = {os.stat(path).st_mode & 0o777 for path in (tmp_path / "home", folder, os.path.join(folder, "kubectl"))}
    assert modes == {0o700}


@unix
@pytest.mark.parametrize("link", [False, True])
def test_another_program_called_kubectl_is_not_replaced(tmp_path, link):
    """KUBESIM_HOME=/usr is a mistake that would cost the real kubectl."""
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "real").write_text("real")
    (folder / "kubectl").symlink_to("real") if link else (folder / "kubectl").write_text("real")
    with pytest.raises(click.ClickException, match="is another program"):
        shim(str(tmp_path))
    assert (folder / "kubectl").read_text() == "real"
    (folder / "kubectl").unlink()
    shim(str(tmp_path))
    assert shim(str(tmp_path)) == str(folder)  # its own is renewed


def test_programs_of_windows_are_executables_that_call_this_python():
    """A .cmd would be found by shells alone, and not by programs that start one called kubectl."""
    made = programs(r"C:\100% Python\python.exe", windows=True)
    assert set(made) == {f"{name}.exe" for name in programs("python", windows=False)}
    content = made["kubectl.exe"]
    assert content[:2] == b"MZ" and b'#!"C:\\100% Python\\python.exe"\n' in content
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        text = archive.read("__main__.py").decode()
    assert compile(text, "__main__.py", "exec") and "sys.argv[:1] = ['kubectl']" in text
    assert programs(r"C:\100% Python\python.exe", windows=True) == made


def homes() -> list[str]:
    """Return folders below / with each odd text, and mixtures of them from a fixed seed."""
    dice = random.Random(8)
    return ["/h" + text for text in ODD] + ["/h" + "".join(dice.choices(ODD, k=4)) for _ in range(100)]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_what_a_shell_is_told_means_the_folder_to_the_letter(tmp_path, shell):
    """All homes in one run of the shell: each sets the variable, and the shell's own `env` shows it, ended by a NUL."""
    program = shutil.which(shell)
    if not program:
        pytest.skip(f"there is no {shell} on this machine")
    show = [sys.executable, "-c", "import os; print(end=os.environ['KUBESIM_HOME'] + '\\0')"]
    words = " ".join(quoted(word, shell) for word in show)
    told = "".join(script(shell, {"KUBESIM_HOME": home}, home) + words + "\n" for home in homes())
    (tmp_path / "told").write_text(told, encoding="utf-8")
    done = subprocess.run([program, str(tmp_path / "told")], cwd=tmp_path, capture_output=True, text=True, check=False,
                          encoding="utf-8", env={**os.environ, "HOME": str(tmp_path)})
    assert done.stdout.split("\0")[:-1] == homes()
    assert not (tmp_path / "PWNED").exists()


@pytest.mark.parametrize(("text", "word"), [
    ("/a'b", "'/a''b'"), ("/a\u2019; calc; #", "'/a\u2019\u2019; calc; #'"), ("$(calc)`n", "'$(calc)`n'")])
def test_a_word_of_powershell(text, word):
    assert quoted(text, "powershell") == word


@pytest.fixture
def user(tmp_path):
    """A user whose startup files want another KUBECONFIG and PATH: `user(shell, lines)` returns what a shell prints."""
    home = tmp_path / "user"
    (home / ".config" / "fish").mkdir(parents=True)
    posix = 'export KUBECONFIG=/prod PATH="/usr/bin:/bin:$PATH"; alias k=kubectl; PS1="me: "\n'
    (home / ".bashrc").write_text(posix)
    (home / ".zshrc").write_text(posix)
    (home / ".config" / "fish" / "config.fish").write_text(
        "if status is-interactive\nset -gx KUBECONFIG /prod\nset -gx PATH /usr/bin $PATH\nend\n")
    (tmp_path / "kubesim").write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m kubesim_cli "$@"\n')
    (tmp_path / "kubesim").chmod(0o755)

    def run(shell: str, lines: str, *words: str, **environ: str) -> subprocess.CompletedProcess:
        program = shutil.which(shell)
        if not program:
            pytest.skip(f"there is no {shell} on this machine")
        keep = {name: value for name, value in os.environ.items()
                if not name.startswith(("KUBE", "ZDOTDIR", "ENV", "XDG"))}
        return subprocess.run([program, *words], input=lines.replace("KS", str(tmp_path / "kubesim")), cwd=home,
                              env={**keep, "HOME": str(home), "SHELL": "/bin/another", **environ}, text=True,
                              capture_output=True, check=False)

    run.bin, run.home = f"{home}/.kubesim/bin", home
    return run


EVALUATE = {"fish": "KS sim env {} | source", "bash": 'eval "$(KS sim env {})"'}


@unix
@pytest.mark.parametrize("shell", ["bash", "zsh", "dash", "fish"])
def test_env_makes_the_shell_that_calls_a_stage_and_off_ends_it(user, shell):
    """The shell is not $SHELL's. Setting the stage twice is as setting it once."""
    evaluate = EVALUATE.get(shell, EVALUATE["bash"])
    show = "echo $KUBECONFIG; env | grep ^PATH="
    done = user(shell, "\n".join([show, evaluate.format(""), show, "command -v kubectl", evaluate.format(""),
                                  "kubectl config current-context", show, evaluate.format("--off"), show,
                                  "env | grep KUBESIM"]), KUBECONFIG="/prod")
    assert done.stderr == ""
    before, path, own, staged, program, context, *rest = done.stdout.splitlines()
    assert (before, own, context) == ("/prod", f"{user.home}/.kubesim/config", "minikube")
    assert program == f"{user.bin}/kubectl"
    assert staged == path.replace("PATH=", f"PATH={user.bin}:")
    assert rest == [own, staged, before, path]


@unix
@pytest.mark.parametrize("shell", ["bash", "zsh", "dash", "fish"])
def test_env_without_a_stage_before_it_leaves_no_kubeconfig(user, shell):
    evaluate = EVALUATE.get(shell, EVALUATE["bash"])
    done = user(shell, "\n".join([evaluate.format(""), evaluate.format("--off"), "env | grep KUBE",
                                  evaluate.format("--off")]), KUBECONFIG="")
    assert (done.stdout.replace("KUBECONFIG=\n", ""), done.stderr) == ("", "kubesim: this shell is no stage\n")


@unix
def test_the_prompt_says_whose_shell_it_is(user):
    on, off, show = 'eval "$(KS sim env)"\n', 'eval "$(KS sim env --off)"\n', 'echo "$PS1"\n'
    lines = f'PS1="me: "\n{on}{on}{show}{off}{show}'
    assert user("bash", lines).stdout == "(kubesim) me: \nme: \n"


@unix
@pytest.mark.parametrize(("shell", "anew", "each"), [
    ("bash", "PROMPT_COMMAND='PS1=\"me: \"'", 'eval "$PROMPT_COMMAND"'),
    ("zsh", 'anew() { PS1="me: "; }; precmd_functions=(anew)', "for f in $precmd_functions; do $f; done")])
def test_a_prompt_that_is_made_anew_each_time_says_so_too(user, shell, anew, each):
    on, off, show = 'eval "$(KS sim env)"\n', 'eval "$(KS sim env --off)"\n', f'{each}; echo "$PS1"\n'
    done = user(shell, f"set -u\n{anew}\n{on}{on}{show}{show}{off}{show}")
    assert (done.stdout, done.stderr) == ("(kubesim) me: \n(kubesim) me: \nme: \n", "")


@unix
@pytest.mark.parametrize("shell", ["bash", "zsh", "dash", "fish"])
def test_a_shell_within_a_stage_can_end_it(user, shell):
    """It has the variables, and none of the functions."""
    strict = "" if shell == "fish" else "set -u\n"
    evaluate = EVALUATE.get(shell, EVALUATE["bash"])
    staged = {**settings({"PATH": os.environ["PATH"], "KUBECONFIG": "/prod"}, str(user.home / ".kubesim"), user.bin)}
    done = user(shell, f"{strict}{evaluate.format('--off')}\necho $KUBECONFIG\n", **staged)
    assert (done.stdout, done.stderr) == ("/prod\n", "")


@unix
def test_an_alias_that_hides_the_kubectl_is_told(user):
    done = user("bash", 'shopt -s expand_aliases\nalias kubectl=kubecolor\neval "$(KS sim env)"\n')
    assert done.stderr == "kubesim: kubectl is something else here: alias kubectl='kubecolor'\n"


@unix
def test_a_stage_plays_whatever_kubeconfig_is_exported_in_it(user):
    done = user("bash", 'eval "$(KS sim env)"\nexport KUBECONFIG=$PWD/lab\n'
                        "kubectl config set-cluster c --server=https://c:6443\n"
                        "kubectl config set-context c --cluster=c; kubectl config use-context c\n"
                        "kubectl get configmaps -o name\n")
    assert done.stdout.endswith("configmap/kube-root-ca.crt\n") and done.stderr == ""
    assert os.listdir(user.home / ".kubesim" / "clusters") == ["c"]


@unix
@pytest.mark.parametrize(("shell", "words"), [("bash", ["-i"]), ("zsh", ["-i"]), ("dash", ["-i"]), ("fish", ["-i"])])
def test_the_opened_shell_is_a_stage_after_its_users_own_files(user, tmp_path, shell, words):
    """As on a terminal: what the user's files set comes before what the stage does."""
    found = shutil.which(shell)
    if not found:
        pytest.skip(f"there is no {shell} on this machine")
    (tmp_path / shell).write_text(f'#!/bin/sh\nexec {found} "$@" {" ".join(words)}\n')
    (tmp_path / shell).chmod(0o755)
    done = user("bash", f"KS sim shell --shell {tmp_path / shell}; echo code $?\n"
                        "command -v kubectl; echo $KUBECONFIG\nexit 7\n")
    assert done.stdout.splitlines()[:2] == [f"{user.bin}/kubectl", f"{user.home}/.kubesim/config"]


@unix
def test_the_shell_that_is_opened_is_the_one_that_calls(user):
    done = user("bash", "KS sim shell; echo code $?\necho $0 $BASH_VERSION\nexit 7\n")
    assert done.stdout.splitlines()[0].partition(" ")[0].endswith("bash")


@unix
def test_what_only_shows_tells_how_it_is_meant(monkeypatch, tmp_path, capsys):
    monkeypatch.setattr(sim_shell.shutil, "which", lambda name: None)
    folder = str(tmp_path / "it's")
    assert sim_shell._hint("bash", sim_shell._kubesim(folder), "") == (
        f"""eval "$('{tmp_path}/it'"'"'s/kubesim' sim env)\"""")
    assert sim_shell._hint("fish", "kubesim", "--off") == "kubesim sim env --off | source"
    assert sim_shell._hint("powershell", "C:\\k", "") == "& 'C:\\k' sim env | Out-String | Invoke-Expression"


@unix
def test_a_shell_without_a_language_of_ours_is_told(monkeypatch):
    monkeypatch.setattr(sim_shell, "calling_shell", lambda: ("nu", "/usr/bin/nu"))
    with pytest.raises(click.ClickException, match="and not nu; `kubesim sim shell`"):
        sim_shell._language()


def test_a_program_of_the_working_folder_is_no_shell(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bash").write_text("")
    (tmp_path / "bash").chmod(0o755)
    monkeypatch.setenv("PATH", os.pathsep.join(["", ".", str(tmp_path / "nosuch")]))
    with pytest.raises(click.ClickException, match="there is no shell bash"):
        sim_shell._found("bash")


def test_a_stage_within_a_stage_of_another_home_remembers_the_first():
    first = settings({"PATH": "/usr/bin", "KUBECONFIG": "/prod"}, "/a", "/a/bin")
    second = settings(first, "/b", "/b/bin")
    assert second["PATH"] == os.pathsep.join(["/b/bin", "/usr/bin"])
    assert second["KUBESIM_BEFORE"] == first["KUBESIM_BEFORE"] and "/prod" in first["KUBESIM_BEFORE"]


def test_sim_env_speaks_to_a_stream_of_text_too(terminal):
    assert "KUBECONFIG" in terminal.ok("kubectl sim env --shell bash")
