"""The programs that are ours: what they print, change and end with."""

import pytest

from kubesim_cli.kubelet.runtime import bin as programs
from kubesim_cli.kubelet.runtime.engine import Engine, Spec

START = 1_800_000_000.0  # 2027-01-15 08:00:00 UTC


def said(script, shell="bash"):
    """Return what a script says in 100 s, on stdout and stderr."""
    engine = Engine(START)
    container = engine.start("c", Spec("example.com/tools" if shell == "bash" else "example.com/tools:alpine",
                                       [shell, "-c", script],
    {"HOME": "/root"},
                                       "web-0", "seed"))
    engine.advance(START + 100)
    return b"".join(data for _, _, data in container.said.new).decode()


@pytest.mark.parametrize(("script", "wanted"), [
    ("cd /tmp; echo x > a; cp a b; cp -v a c; mv b d; ls; cat d", "'a' -> 'c'\na\nc\nd\nx\n"),
    ("cd /tmp; mkdir -p a/b/c; touch a/b/f; cp -r a z; find z | sort; rm -r a; ls", "z\nz/b\nz/b/c\nz/b/f\nz\n"),
    ("cd /tmp; mkdir a; cp a b; cp /nope x; mv /nope x; rm /nope; rm a; rmdir a /nope; mkdir /etc",
     "cp: -r not specified; omitting directory 'a'\ncp: cannot stat '/nope': No such file or directory\n"
     "mv: cannot stat '/nope': No such file or directory\nrm: cannot remove '/nope': No such file or directory\n"
     "rm: cannot remove 'a': Is a directory\nrmdir: failed to remove '/nope': No such file or directory\n"
     "mkdir: cannot create directory '/etc': File exists\n"),
    ("cd /tmp; mkdir d; touch d/f; rmdir d; cp a b c; mv d/f d/g d/h /nope; echo $?",
     "rmdir: failed to remove 'd': Directory not empty\n"
     "cp: target 'c': No such file or directory\nmv: target '/nope': No such file or directory\n1\n"),
    ("cd /tmp; echo 1 > a; ln -s a l; ln a h; readlink l; readlink -f l; realpath l; cat l h; ln a h; rm a; cat h; "
     "cat l",
     "a\n/tmp/a\n/tmp/a\n1\n1\nln: failed to create hard link 'h': File exists\n1\ncat: l: No such file or "
     "directory\n"),
    ("cd /tmp; touch a; chmod 640 a; stat -c %a a; chmod u+x,o=r a; stat -c %A a; chmod -R g-w . ; chmod zz a",
     "640\n-rwxr--r--\nchmod: invalid mode: 'zz'\n"),
    ("cd /tmp; touch a; chown 1000:2000 a; stat -c '%u %g' a; chgrp 3 a; chown nobody a; stat -c '%U %g' a; chown "
     "no:no a",
     "1000 2000\nnobody 3\nchown: invalid user: 'no:no'\n"),
    ("cd /tmp; touch -d '2024-02-03 04:05:06' a; stat -c %y a; touch -r a b; "
     "[ a -nt b ] || [ a -ot b ] || echo same; touch -c no; ls; touch -d never c",
     "2024-02-03 04:05:06.000000000 +0000\nsame\na\nb\ntouch: invalid date format 'never'\n"),
    ("cd /tmp; f=$(mktemp -p . x.XXXX); [ -f $f ] && echo ${#f}; d=$(mktemp -d); [ -d $d ] && echo ok; mktemp a.X",
     "8\nok\nmktemp: too few X's in template 'a.X'\n"),
    ("cd /tmp; echo abcdef > a; truncate -s 3 a; cat a; echo; truncate -s 1K a; wc -c < a",
     "abc\n1024\n"),
    ("cd /tmp; mkdir x y; echo a > f; install f x/g; cat x/g; cp -a x/g y; cp -n f y/g; cp -u f y/g; "
     "ls; ls y", "a\nf\nx\ny\ng\n"),
    ("env -i A=1 env; env -u HOME sh -c 'echo [$HOME]'; printenv HOME nope; echo $?; nohup echo hi; nice echo lo",
     "A=1\n[]\n/root\n1\nhi\nlo\n"),
    ("echo a b c | xargs -n1 echo x; printf '1\\n2\\n' | xargs -I{} echo [{}]; echo q | xargs false; echo $?; xargs "
     "< /dev/null",
     "x a\nx b\nx c\n[1]\n[2]\n123\n\n"),
    ("sleep 50 & ps >/dev/null; ps -ef >/dev/null; kill %1; wait; env nope; echo $?",
     "env: 'nope': No such file or directory\n127\n"),
    ("timeout 2 sleep 9; echo $?; timeout x sleep; echo $?; timeout -k 1 -s INT 1 sleep 5; echo $?; timeout 3 nope; "
     "echo $?",
     "124\ntimeout: invalid time interval 'x'\n125\n124\ntimeout: failed to run command 'nope': No such file or "
     "directory\n127\n"),
    ("sleep; sleep x; time sleep 1 2>/dev/null; uptime | cut -c1-9", "sleep: missing operand\nTry 'sleep --help' "
     "for more "
     "information.\nsleep: invalid time interval 'x'\nTry 'sleep --help' for more information.\n\nreal\t0m1.000s\n"
     "user\t0m0.000s\nsys\t0m0.000s\n 08:00:01\n"),
    ("date -u +%FT%TZ; date -d @0 +%s; date -d '2024-01-31 10:00' +%F_%R; date -Iseconds; date -R; date -d 'nope'; "
     "date +%j/%u/%y/%I%p/%e/%N", "2027-01-15T08:00:00Z\n0\n2024-01-31_10:00\n2027-01-15T08:00:00+00:00\n"
     "Fri, 15 Jan 2027 08:00:00 +0000\ndate: invalid date 'nope'\n015/5/27/08AM/15/000000000\n"),
    ("date -d '1 day ago' +%F; date -d '+2 hours' +%T; date -d tomorrow +%F; date -d yesterday +%F; date -d 'now' +%s; "
     "date -d '2024-02-28 + 2 days' +%F", "2027-01-14\n10:00:00\n2027-01-16\n2027-01-14\n1800000000\n2024-03-01\n"),
    ("shuf -i 1-9 -n 3 | wc -l; seq 5 | shuf | sort | tr -d '\\n'; shuf -e a | cat; uuidgen | wc -c",
     "3\n12345a\n37\n"),
    ("id -u; id -un; whoami; groups; hostname; nproc; arch; uname -s; tty; sync", "0\nroot\nroot\nroot\nweb-0\n"),
])
def test_what_programs_do(script, wanted):
    text = said(script)
    assert text.startswith(wanted) if script.startswith("id") else text == wanted


@pytest.mark.parametrize(("script", "wanted"), [
    ("cd /tmp; echo hi > f; x=$(<f); echo \"[$x]\" \"$(< f)!\"; y=$(<nope); echo $?",
     "[hi] hi!\nbash: line 1: nope: No such file or directory\n1\n"),
    ("readonly x=1; x=2; echo no", "bash: line 1: x: readonly variable\n"),
    ("a=(1 2 3); a[5]=x; echo ${#a[@]} ${!a[@]} ${a[-1]}; a+=(y); unset 'a[0]'; echo ${a[@]}; echo $a",
     "4 0 1 2 5 x\n2 3 x y\n\n"),
    ("declare -A m=([k]=v [l]=w); m[z]=1; echo ${m[k]} ${#m[@]}; unset 'm[k]'; echo ${m[k]:-none}; x=s; x[1]=t; "
     "echo ${x[@]}",
     "v 3\nnone\ns t\n"),
    ("RANDOM=5; a=$RANDOM; RANDOM=5; [ $a = $RANDOM ] && echo same; SECONDS=10; sleep 2; echo $SECONDS $EPOCHSECONDS; "
     "echo $PPID $UID $EUID $BASHPID $OSTYPE ${BASH_VERSION%%.*}", "same\n12 1800000002\n0 0 0 1 linux-gnu 5\n"),
    ("f() { echo $FUNCNAME $LINENO $#; }; f a; set -- x y; echo $* \"$@\" $# $0; true | false; echo ${PIPESTATUS[@]}",
     "f 1 1\nx y x y 2 bash\n0 1\n"),
    ("set -a; v=1; env | grep ^v=; set +a; echo $-", "v=1\nhBc\n"),
])
def test_what_variables_do(script, wanted):
    assert said(script) == wanted


def test_every_program_is_there():
    assert [name for names in programs.OWN.values() for name in names if not callable(programs.program(name))] == []


@pytest.mark.parametrize(("shell", "script", "wanted"), [
    ("bash", "df -hT /etc/passwd", "Filesystem     Type     Size  Used Avail Use% Mounted on\n"
                                   "overlay        overlay   60G  9.0G   51G  16% /\n"),
    ("bash", "df -P; df /nope", "Filesystem     1024-blocks    Used Available Capacity Mounted on\n"
                                "overlay           62725623 9437184  53288439      16% /\n"
                                "df: /nope: No such file or directory\n"),
    ("ash", "df -h /", "Filesystem                Size      Used Available Use% Mounted on\n"
                       "overlay                  59.8G      9.0G     50.8G  15% /\n"),
    ("ash", "df -m /; df /nope", "Filesystem           1M-blocks      Used Available Use% Mounted on\n"
                                 "overlay                  61255      9216     52039  15% /\n"
                                 "df: /nope: can't find mount point\n"
                                 "Filesystem           1K-blocks      Used Available Use% Mounted on\n")])
def test_df(shell, script, wanted):
    engine = Engine(START)
    container = engine.start("c", Spec("example.com/tools", ["sleep", "9"], {}, "web-0", "seed"))
    container.space.shell = shell
    session = engine.execute("c", [shell, "-c", f"({script}) 2>&1"])
    engine.advance(START + 1)
    assert session.output().decode() == wanted
