"""What kubelets say of containers without a log."""

import pytest

from kubesim_cli.machinery.pods import why_no_log

ENDED = {"lastState": {"terminated": {"exitCode": 1}}}


def waiting(reason):
    return {"state": {"waiting": {"reason": reason}}}


@pytest.mark.parametrize(("status", "previous", "said"), [
    (None, False, 'container "c" in pod "p" is not available'),
    ({"state": {"running": {}}}, False, ""), ({"state": {"running": {}}, **ENDED}, True, ""),
    ({"state": {"running": {}}}, True, 'previous terminated container "c" in pod "p" not found'),
    (waiting("CrashLoopBackOff") | ENDED, False, ""),
    (waiting("ContainerCreating"), False, 'container "c" in pod "p" is waiting to start: ContainerCreating'),
    (waiting("ErrImagePull"), False, 'container "c" in pod "p" is waiting to start: image can\'t be pulled'),
    (waiting("ImagePullBackOff"), False,
     'container "c" in pod "p" is waiting to start: trying and failing to pull image')])
def test_why_there_is_no_log(status, previous, said):
    pod = {"metadata": {"name": "p"}, "status": {"initContainerStatuses": [{"name": "c", **status}] if status else []}}
    assert why_no_log(pod, "c", previous) == said
