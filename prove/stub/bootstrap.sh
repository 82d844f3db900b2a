#!/bin/bash
# /etc/eks/bootstrap.sh as on Amazon Linux 2: asks the metadata service, writes
# its own drop-in for the kubelet and starts it.
set -o pipefail
set -o nounset
set -o errexit
tell bootstrap "$@"
imds meta-data/local-ipv4 >/run/local-ipv4
mkdir -p /etc/systemd/system/kubelet.service.d
printf '[Service]\nEnvironment=KUBELET_ARGS=--node-ip=%s\n' "$(cat /run/local-ipv4)" \
  >/etc/systemd/system/kubelet.service.d/10-kubelet-args.conf
unit=kubelet
if [ -e /run/image/snap ]; then unit=snap.kubelet-eks.daemon; fi
systemctl daemon-reload
systemctl enable $unit
systemctl start $unit
exit "$(cat /run/image/bootstrap-exit)"
