"""Files that stand beside a page are there for its commands."""

from __future__ import annotations

import os
import shutil

import pytest

from kubesim_cli.main import execute
from kubesim_cli.sim.pages import checking, urls
from kubesim_cli.sim.pages.outcome import Options

needs_bash = pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="needs bash")
CONFIG_MAP = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: %s}\n"


@pytest.fixture
def repository(tmp_path):
    """A folder with manifests in which the page is, in `docs`, below a repository's root."""
    (tmp_path / "repo" / ".git").mkdir(parents=True)
    (tmp_path / "repo" / "docs" / "deep").mkdir(parents=True)
    for path, name in (("a.yaml", "a"), ("docs/b.yaml", "b"), ("docs/deep/c.yaml", "c")):
        (tmp_path / "repo" / path).write_text(CONFIG_MAP % name)
    (tmp_path / "secret.yaml").write_text(CONFIG_MAP % "secret")
    (tmp_path / "repo" / "docs" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    return tmp_path / "repo"


def test_what_a_command_reads_is_found_up_to_the_repositorys_root(replayed, repository):
    report = replayed("""\
```
$ kubectl create -f ./b.yaml
configmap/b created
$ kubectl create -f a.yaml,deep/
configmap/a created
configmap/c created
$ kubectl create configmap d --from-file=key=b.yaml -o name
configmap/d
$ cd deep && ls
c.yaml
$ echo changed > c.yaml
$ cat c.yaml
changed
```
""", "repo/docs/page.md")
    assert [outcome.state for outcome in report.outcomes] == ["equal"] * 4 + ["ran", "equal"], report.bad
    assert (repository / "docs" / "deep" / "c.yaml").read_text() == CONFIG_MAP % "c"


@pytest.mark.parametrize("file", ["../a.yaml", "link.yaml", "nosuch.yaml", "../../secret.yaml"])
def test_nothing_else_is_read(replayed, repository, file):
    report = replayed(f"```\n$ kubectl create -f {file}\nerror: the path \"{file}\" does not exist\n```\n",
                      "repo/docs/page.md")
    assert [outcome.state for outcome in report.outcomes] == ["equal"], report.bad


def test_a_page_without_a_repository_has_its_own_folder_alone(replayed, repository):
    (repository / ".git").rmdir()
    report = replayed("```\n$ kubectl create -f b.yaml\nconfigmap/b created\n$ kubectl create -f a.yaml\n"
                      "error: the path \"a.yaml\" does not exist\n```\n", "repo/docs/p.md")
    assert [outcome.state for outcome in report.outcomes] == ["equal", "equal"], report.bad


def test_a_folder_of_manifests_is_the_pages_own(replayed, repository, monkeypatch):
    monkeypatch.chdir(repository)
    report = replayed("```\n$ kubectl apply -f ./\nconfigmap/b created\n```\n", "repo/docs/page.md")
    assert [outcome.state for outcome in report.outcomes] == ["equal"], report.bad
    own = "```yaml\n# own.yaml\n" + CONFIG_MAP % "own" + "```\n"
    report = replayed(own + "```\n$ kubectl apply -f .\nconfigmap/own created\n```\n", "repo/docs/page.md")
    assert [outcome.state for outcome in report.outcomes] == ["equal"], report.bad


def test_a_folder_may_be_reached_by_a_link(replayed, repository, tmp_path):
    (tmp_path / "link").symlink_to(repository)
    report = replayed("```\n$ kubectl apply -f .\nconfigmap/b created\n```\n", "link/docs/page.md")
    assert [outcome.state for outcome in report.outcomes] == ["equal"], report.bad


@needs_bash
def test_a_file_that_has_no_place_is_not_brought(replayed, repository):
    report = replayed("```\n$ echo mine > deep\n$ cat deep/c.yaml\ncat: deep/c.yaml: Not a directory\n```\n",
                      "repo/docs/page.md")
    assert [outcome.state for outcome in report.outcomes] == ["ran", "equal"], report.bad


def test_a_page_may_be_named_from_where_one_is(repository, monkeypatch):
    monkeypatch.chdir(repository)
    (repository / "docs" / "page.md").write_text("```\n$ kubectl create -f b.yaml -f a.yaml\nconfigmap/b created\n"
                                                 "configmap/a created\n```\n")
    report = checking.check("docs/page.md", execute, Options())
    assert [outcome.state for outcome in report.outcomes] == ["equal"], report.bad


@pytest.mark.parametrize("url", ["https://raw.githubusercontent.com/me/repo/main/", "https://github.com/Me/repo/raw/v1/",
                                 "https://raw.githubusercontent.com/me/repo/refs/heads/main/"])
def test_urls_of_the_pages_own_repository_are_its_files(replayed, repository, url):
    (repository / ".git" / "config").write_text('[remote "origin"]\n\turl = git@github.com:me/repo.git\n')
    report = replayed(f"```\n$ kubectl create -f {url}a.yaml\nconfigmap/a created\n$ kubectl create -f {url}none.yaml\n"
                      f'error: the path "{url}none.yaml" does not exist\n```\n', "repo/docs/page.md")
    assert [one.state for one in report.outcomes] == ["equal", "equal"], report.bad


@pytest.mark.parametrize("gitdir", ["{0}/main/.git/worktrees/repo", "../main/.git/worktrees/repo"])
def test_a_worktree_is_of_its_repository(repository, tmp_path, gitdir):
    inner = tmp_path / "main" / ".git" / "worktrees" / "repo"
    inner.mkdir(parents=True)
    (inner / "commondir").write_text("../..\n")
    (tmp_path / "main" / ".git" / "config").write_text('[remote "origin"]\n\turl = https://github.com/me/repo\n')
    (repository / ".git").rmdir()
    (repository / ".git").write_text(f"gitdir: {gitdir.format(tmp_path)}\n")
    url = "https://raw.githubusercontent.com/me/repo/main/"
    assert urls.of_repository(str(repository / "docs" / "page.md"), f"kubectl apply -f {url}a.yaml\n") == [
        (url, str(repository))]


@pytest.mark.parametrize("url", ["https://raw.githubusercontent.com/you/repo/main/a.yaml",
                                 "https://raw.githubusercontent.com/me/repo/main/docs/link.yaml",
                                 "https://raw.githubusercontent.com/me/repo/main/../secret.yaml"])
def test_urls_of_others_and_what_links_lead_to_are_not(repository, url):
    (repository / ".git" / "config").write_text('[remote "origin"]\n\turl = https://github.com/me/repo\n')
    assert not urls.of_repository(str(repository / "docs" / "page.md"), f"kubectl apply -f {url}\n")
