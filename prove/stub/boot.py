"""Boot the node: what init does, in the order of Amazon Linux.

iptables.service comes before the network, bootcmd before network-online and so
before a kubelet that is enabled, user scripts last. Where the image has
nodeadm, its unit runs after cloud-final.service (nodeadm-run.service in AWS's
images), at every boot.
"""
import os
import subprocess
import sys

from cloudinit.cmd import main


def cloud_init(*args):
    sys.argv = ["cloud-init", *args]
    try:
        main.main(sys.argv)
    except SystemExit:
        pass


def wanted(unit):
    return os.path.lexists("/etc/systemd/system/multi-user.target.wants/" + unit)


def systemctl(*args):
    subprocess.run(["systemctl", *args], check=False)


systemctl("cat", "kubelet.service", "snap.kubelet-eks.daemon.service")  # read before user data can change them
if wanted("iptables.service"):
    systemctl("start", "iptables.service")
cloud_init("init")
for kubelet in "kubelet.service", "snap.kubelet-eks.daemon.service":
    if wanted(kubelet):
        systemctl("start", kubelet)
cloud_init("modules", "--mode=config")
cloud_init("modules", "--mode=final")
if os.path.exists("/run/image/nodeadm"):
    subprocess.run(["nodeadm", "init"], check=False)
