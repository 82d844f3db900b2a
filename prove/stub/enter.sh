# Enter the node's file system: its own /etc, /opt, /run, /tmp, /usr/local and
# /var/log, and all else read-only, the machine's own.
# Arguments: directory of the node, command.
set -e
mount --make-rprivate /
if [ -n "$CLOUD_INIT" ]; then
  mount --bind "$CLOUD_INIT" "$1/python"
  export PYTHONPATH=/run/python
fi
mount --rbind "$1" /run
for dir in etc opt tmp; do
  mount --bind "/run/$dir" "/$dir"
done
mount --bind /run/local /usr/local
mount --bind /run/log /var/log
mount -o remount,bind,ro /
shift
cd /
exec "$@"
