"""Users and groups that are added and removed: as busybox 1.37 and the programs of Debian 12 were seen to do it."""

import time

import pytest

from kubesim_cli.kubelet.runtime.bin import crypts
from kubesim_cli.kubelet.runtime.engine import Engine, Spec

ALPINE, DEBIAN = "docker.io/library/alpine:3.20", "docker.io/library/debian:12"


def run(image, script):
    """Return (what is said on both streams, exit code)."""
    engine = Engine(1_800_000_000.0)
    engine.start("web", Spec(image, ["sleep", "1000"], {}, "web", "1"))
    session = engine.execute("web", ["sh", "-c", f"exec 2>&1; {script}"])
    engine.advance(1_800_000_100.0)
    return session.output().decode(), session.code


@pytest.mark.parametrize(("script", "said", "code"), [
    ("adduser -D bob && tail -n1 /etc/passwd /etc/group /etc/shadow | grep bob; ls -ld /home/bob | cut -c1-36; id bob",
     "bob:x:1000:1000:Linux User,,,:/home/bob:/bin/sh\nbob:x:1000:\nbob:!:20833:0:99999:7:::\n"
     "drwxr-sr-x    2 bob      bob        \nuid=1000(bob) gid=1000(bob) groups=1000(bob)\n", 0),
    ("addgroup -S app && adduser -S -G app app && tail -n1 /etc/passwd; id app; su app -s /bin/sh -c 'id -un'",
     "app:x:100:101:Linux User,,,:/home/app:/bin/false\nuid=100(app) gid=101(app) groups=101(app)\napp\n", 0),
    ("adduser --disabled-password --gecos '' --no-create-home --uid 1234 --home /srv x; tail -n1 /etc/passwd",
     "x:x:1234:1234::/srv:/bin/sh\n", 0),
    ("adduser -D bob; adduser -D bob", "adduser: user 'bob' in use\n", 1),
    ("adduser -D -G nosuch q", "adduser: unknown group nosuch\n", 1),
    ("adduser -D -u 405 q", "adduser: uid '405' in use\n", 1),
    ("addgroup -g 2000 team; addgroup team; addgroup -g 2000 other; addgroup guest team; addgroup zed team; "
     "addgroup guest nosuch; grep team /etc/group",
     "addgroup: group 'team' in use\naddgroup: gid '2000' in use\naddgroup: unknown user zed\n"
     "addgroup: unknown group nosuch\nteam:x:2000:guest\n", 0),
    ("adduser -D a; addgroup g; adduser a g; groups a; delgroup a g; groups a; delgroup a; deluser a; delgroup g; "
     "deluser a; delgroup g; grep -c '^[ag]:' /etc/passwd /etc/group",
     "a g\na\ndelgroup: 'a' still has 'a' as their primary group!\ndeluser: unknown user a\n"
     "delgroup: unknown group g\n/etc/passwd:0\n/etc/group:0\n", 1),
    ("adduser -D a; echo a:secret | chpasswd; grep -c '^a:.6.' /etc/shadow; passwd -l a; passwd -l a; passwd -u a; "
     "passwd -d a; grep ^a: /etc/shadow; echo zed:x | chpasswd; echo x | chpasswd",
     "chpasswd: password for 'a' changed\n1\npasswd: password for a changed by root\n"
     "passwd: password for a is already locked\npasswd: password for a changed by root\n"
     "passwd: password for a changed by root\na::20833:0:99999:7:::\nchpasswd: unknown user zed\n"
     "chpasswd: missing new password\n", 1),
    ("su guest -s /bin/sh -c 'adduser q; addgroup q; deluser q'",
     "adduser: permission denied (are you root?)\naddgroup: permission denied (are you root?)\n"
     "deluser: permission denied (are you root?)\n", 1),
])
def test_busybox(script, said, code):
    assert run(ALPINE, script) == (said, code)


@pytest.mark.parametrize(("script", "said", "code"), [
    ("useradd -m -u 1500 -s /bin/bash amy; tail -n1 /etc/passwd /etc/group /etc/shadow | grep amy; "
     "ls -ld /home/amy | cut -c1-20; useradd amy; useradd -u 1500 eve; useradd -g nosuch eve",
     "amy:x:1500:1500::/home/amy:/bin/bash\namy:x:1500:\namy:!:20833:0:99999:7:::\ndrwx------ 2 amy amy\n"
     "useradd: user 'amy' already exists\nuseradd: UID 1500 is not unique\n"
     "useradd: group 'nosuch' does not exist\n", 6),
    ("groupadd -r app && useradd -r -g app -s /usr/sbin/nologin app; id app; useradd bob; id bob; ls /home",
     "uid=999(app) gid=999(app) groups=999(app)\nuid=1000(bob) gid=1000(bob) groups=1000(bob)\n", 0),
    ("groupadd -g 3000 g3; groupadd g3; groupadd -f g3; groupadd -g 3000 g4; groupadd nosuch -Z",
     "groupadd: group 'g3' already exists\ngroupadd: GID '3000' already exists\ngroupadd: invalid option -- 'Z'\n"
     "Usage: groupadd [options] GROUP\n", 2),
    ("useradd a; groupadd g; usermod -aG g,users a; id a; usermod -G g a; groups a; usermod -aG nosuch a; "
     "usermod -L nosuch; groupdel a; groupdel g; groupdel g; userdel -r a; userdel a",
     "uid=1000(a) gid=1000(a) groups=1000(a),100(users),1001(g)\na : a g\nusermod: group 'nosuch' does not exist\n"
     "usermod: user 'nosuch' does not exist\ngroupdel: cannot remove the primary group of user 'a'\n"
     "groupdel: group 'g' does not exist\nuserdel: a mail spool (/var/mail/a) not found\n"
     "userdel: a home directory (/home/a) not found\nuserdel: user 'a' does not exist\n", 6),
    ("adduser --disabled-password --gecos '' bob; adduser bob; adduser bob staff; adduser bob nosuch; "
     "deluser bob staff",
     "Adding user `bob' ...\nAdding new group `bob' (1000) ...\n"
     "Adding new user `bob' (1000) with group `bob (1000)' ...\n"
     "Creating home directory `/home/bob' ...\nCopying files from `/etc/skel' ...\n"
     "Adding new user `bob' to supplemental / extra groups `users' ...\nAdding user `bob' to group `users' ...\n"
     "adduser: The user `bob' already exists.\nAdding user `bob' to group `staff' ...\nDone.\n"
     "adduser: The group `nosuch' does not exist.\nRemoving user `bob' from group `staff' ...\nDone.\n", 0),
    ("adduser --system --no-create-home svc; adduser --system --group --quiet two; tail -n1 /etc/passwd; "
     "addgroup --system sys1; addgroup sys1; deluser two; delgroup sys1; delgroup sys1",
     "Adding system user `svc' (UID 100) ...\nAdding new user `svc' (UID 100) with group `nogroup' ...\n"
     "Not creating `/nonexistent'.\ntwo:x:101:101::/nonexistent:/usr/sbin/nologin\n"
     "Adding group `sys1' (GID 102) ...\nDone.\naddgroup: The group `sys1' already exists.\n"
     "Removing user `two' ...\nDone.\nRemoving group `sys1' ...\nDone.\n"
     "delgroup: The group `sys1' does not exist.\n", 3),
    ("su nobody -s /bin/sh -c 'useradd q; groupadd q; passwd -d q'",
     "useradd: Permission denied.\nuseradd: cannot lock /etc/passwd; try again later.\ngroupadd: Permission denied.\n"
     "groupadd: cannot lock /etc/group; try again later.\npasswd: Permission denied.\n", 1),
    ("passwd -S root; passwd -l nosuch; printf 'root:x\\nzed:y\\n' | chpasswd; passwd -S root",
     "root L 2025-10-09 0 99999 7 -1\npasswd: user 'nosuch' does not exist\n"
     "chpasswd: (user zed) pam_chauthtok() failed, error:\nAuthentication token manipulation error\n"
     "chpasswd: (line 2, user zed) password not changed\nroot P 2027-01-15 0 99999 7 -1\n", 0),
])
def test_debian(script, said, code):
    assert run(DEBIAN, script) == (said, code)


def test_who_is_unknown_to_id():
    assert run(ALPINE, "id nosuch") == ("id: unknown user nosuch\n", 1)
    assert run(DEBIAN, "id nosuch") == ("id: 'nosuch': no such user\n", 1)


@pytest.mark.parametrize(("found", "wanted"), [
    (crypts.md5("secret", "abcdefgh"), "$1$abcdefgh$cHJi5PXp/ki/ktXzqlk6I1"),
    (crypts.md5("secret", "abcdefgh", "$apr1$"), "$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/"),
    (crypts.sha("secret", "abcdefgh"), "$6$abcdefgh$ltjgWl6579NluT/Vi1nwEvcil.G5Nbc4NiXZaNGStk8PSwGfQv72N2CKPPrVACtLtip"
                                       "/cZ/1GM/O6IND4WQhG."),
])
def test_hashes_are_those_of_crypt(found, wanted):
    assert found == wanted


@pytest.mark.parametrize(("image", "script", "said", "code"), [
    (DEBIAN, "adduser --uid abc x", 'Value "abc" invalid for option uid (number expected)\n', 1),
    (DEBIAN, "addgroup --gid -5 x", 'Value "-5" invalid for option gid (number expected)\n', 1),
    (DEBIAN, "usermod -u abc root", "usermod: invalid user ID 'abc'\n", 3),
    (DEBIAN, "useradd -u 4294967295 q", "useradd: invalid user ID '4294967295'\n", 3),
    (DEBIAN, "useradd a:b; useradd ../x; useradd ''; useradd -c x:y q; groupadd a:b; tail -n1 /etc/passwd | cut -c1-6",
     "useradd: invalid user name 'a:b': use --badname to ignore\n"
     "useradd: invalid user name '../x': use --badname to ignore\n"
     "useradd: invalid user name '': use --badname to ignore\n"
     "useradd: invalid comment 'x:y'\ngroupadd: 'a:b' is not a valid group name\nnobody\n", 0),
    (DEBIAN, "adduser a:b 2>/dev/null || tail -n1 /etc/passwd | cut -c1-6", "nobody\n", 0),
    (ALPINE, "adduser -D a:b; adduser -D ''; adduser -D -u 99999 q; addgroup -g x g",
     "adduser: illegal character with code 58 at position 1\nadduser: illegal character with code 0 at position 0\n"
     "adduser: number 99999 is not in 0..60000 range\naddgroup: invalid number 'x'\n", 1)])
def test_what_would_spoil_the_files_is_refused(image, script, said, code):
    assert run(image, script) == (said, code)


@pytest.mark.parametrize("image", [ALPINE, DEBIAN])
def test_lines_that_are_none_are_looked_over_and_kept(image):
    said, code = run(image, "echo garbage >>/etc/passwd; echo x:y >>/etc/group; echo root >>/etc/shadow; id garbage; "
                            "addgroup --quiet g 2>&1 || addgroup g; groups root; delgroup x; passwd -l garbage; "
                            "id -un; grep -c garbage /etc/passwd; grep -c x:y /etc/group; grep -c '^root$' /etc/shadow")
    assert said.endswith("root\n1\n1\n1\n") and code == 0 and "Killed" not in said


def test_passwords_are_hashed_within_bounds():
    """Each takes a while, and so does a long one."""
    engine = Engine(1_800_000_000.0)
    engine.start("web", Spec(DEBIAN, ["sleep", "1000"], {}, "web", "1"))
    began = time.process_time()
    for script in ("yes root:a | head -n 3000 | chpasswd",
                   "(printf root:; head -c 4000000 /dev/zero | tr '\\0' a) | chpasswd"):
        engine.execute("web", ["sh", "-c", script])
        engine.advance(engine.kernel.now + 5)
    assert time.process_time() - began < 5.0
