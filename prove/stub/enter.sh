# Enter the node's file system: its own /etc, /opt, /run, /tmp, /root, /home,
# /usr/local, /var/lib, /var/log and units, a /dev with little in it, and all
# else read-only, the machine's own.
# Arguments: directory of the node, command.
set -e
mount --make-rprivate /
if [ -n "$CLOUD_INIT" ]; then
  mount --bind "$CLOUD_INIT" "$1/python"
  export PYTHONPATH=/run/python
fi
mount -t proc proc /proc
for dir in kernel vm fs; do
  mount --bind "/proc/sys/$dir" "/proc/sys/$dir"
  mount -o remount,bind,ro "/proc/sys/$dir"
done
mkdir -p "$1/dev"
for device in null zero full random urandom; do
  : >>"$1/dev/$device"
  mount --bind "/dev/$device" "$1/dev/$device"
done
ln -sfn /proc/self/fd "$1/dev/fd"
for i in 0:stdin 1:stdout 2:stderr; do ln -sfn "/proc/self/fd/${i%:*}" "$1/dev/${i#*:}"; done
: >>"$1/dev/console"
mount --rbind "$1" /run
mount --rbind /run/dev /dev
for dir in etc opt tmp root home; do
  mount --bind "/run/$dir" "/$dir"
done
mount --bind /run/local /usr/local
mount --bind /run/lib /var/lib
mount --bind /run/log /var/log
[ ! -d /usr/lib/systemd ] || mount --bind /run/units /usr/lib/systemd
mount -o remount,bind,ro /sys
mount -o remount,bind,ro /
shift
cd /
exec "$@"
