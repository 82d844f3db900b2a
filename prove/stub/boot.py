"""Boot the node: what init does, in the order of Amazon Linux.

Services that load saved rules come before the network, bootcmd and boothooks
before network-online and so before a kubelet that is enabled, user scripts
last. Where the image has nodeadm, its unit runs after cloud-final.service
(nodeadm-run.service in AWS's images), at every boot.
"""
import glob
import os
import subprocess
import sys
import time

from cloudinit.cmd import main

KUBELETS = ["kubelet.service", "snap.kubelet-eks.daemon.service"]
RULES = ["iptables.service", "ip6tables.service", "netfilter-persistent.service"]
PATIENCE = 20  # seconds for what user data has left in the background


def cloud_init(*args):
    sys.argv = ["cloud-init", *args]
    try:
        main.main(sys.argv)
    except SystemExit:
        pass


def wanted():
    return sorted(os.path.basename(p) for p in glob.glob("/etc/systemd/system/*.wants/*.service"))


def systemctl(*args):
    subprocess.run(["systemctl", *args], check=False)


def start(units):
    for unit in units:
        systemctl("start", unit)


def after_kubelet(unit):
    with open(os.path.join("/etc/systemd/system/multi-user.target.wants", unit), encoding="utf-8") as f:
        return any(line.startswith("After=") and "kubelet" in line for line in f)


def happened(event):
    with open("/run/events", encoding="utf-8") as f:
        this_boot = f.read().split("boot\n")[-1]
    return any(line.startswith(event) for line in this_boot.split("\n"))


with open("/run/events", "a", encoding="utf-8") as events:
    events.write("boot\n")
systemctl("cat", *KUBELETS)  # read before user data can change them
start(u for u in RULES if u in wanted())
cloud_init("init")
others = [u for u in wanted() if u not in KUBELETS + RULES]
late = [u for u in others if after_kubelet(u)]
start(u for u in others if u not in late)
start(u for u in KUBELETS if u in wanted())
start(late)
for local in "/etc/rc.local", "/etc/rc.d/rc.local":
    if os.access(local, os.X_OK):
        subprocess.run([local], check=False)
cloud_init("modules", "--mode=config")
cloud_init("modules", "--mode=final")
if os.path.exists("/run/image/nodeadm"):
    subprocess.run(["nodeadm", "init"], check=False)
if os.path.exists("/run/image/joined") and not happened("kubelet") and not happened("failed"):
    systemctl("enable", "kubelet")
    systemctl("start", "kubelet")
# This is the first process here: what has lost its parent is its own child.
until = time.monotonic() + PATIENCE
while time.monotonic() < until:
    try:
        if os.waitpid(-1, os.WNOHANG) == (0, 0):
            time.sleep(0.1)
    except ChildProcessError:
        break
