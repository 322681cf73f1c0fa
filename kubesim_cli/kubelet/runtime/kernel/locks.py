"""Locks on files (flock(2)): an open file has one, whichever processes share it, until the last of them closes it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .descriptors import Open
    from .files import Inode
    from .kernel import Kernel


def take(kernel: Kernel, what: Open, inode: Inode, exclusive: bool) -> bool:
    """Take a lock, or change the one that an open file has; return False where others do not let it."""
    others = [held for held in kernel.locks.get(inode, ()) if held[0] is not what]
    if others if exclusive else any(held[1] for held in others):
        return False
    kernel.locks[inode] = [*others, (what, exclusive)]
    kernel.wake(inode)
    return True


def release(kernel: Kernel, what: Open, inode: Inode) -> None:
    """Let go of an open file's lock, if it has one."""
    held = kernel.locks.get(inode)
    if held is None:
        return
    left = [each for each in held if each[0] is not what]
    if left:
        kernel.locks[inode] = left
    else:
        del kernel.locks[inode]
    kernel.wake(inode)
