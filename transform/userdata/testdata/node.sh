#!/bin/bash
# A node as far as scripts of the tests see it: iptables with its tables in the
# files of $STATE, the service that loads saved rules, and the kubelet's start,
# which writes down whether a pod's packets are dropped then. It is called by the
# name of the program that it stands for.
address=169.254.169.254/32

table=filter
rules() { echo "$STATE/$table.$1"; }

# dropped succeeds where the packets of a pod to the metadata service are dropped.
dropped() {
  local name line
  for name in raw.PREROUTING mangle.PREROUTING mangle.FORWARD filter.FORWARD; do
    [ -e "$STATE/$name" ] || continue
    while read -r line; do
      case "${line%%-j *}" in
      '' | '-i eni+ ' | "-d $address " | "-i eni+ -d $address " | "! -i eth0 -d $address ") ;;
      *) continue ;;
      esac
      case "$line" in
      *DROP) return 0 ;;
      *ACCEPT | *RETURN) break ;;
      esac
    done <"$STATE/$name"
  done
  return 1
}

iptables() {
  local op= chain= number= spec= file
  while [ $# -gt 0 ]; do
    case "$1" in
    -w) ;;
    -t | --table) table=$2; shift ;;
    -F | --flush) op=F; case "$2" in '' | -*) ;; *) chain=$2; shift ;; esac ;;
    -I | --insert) op=I; chain=$2; shift ;;
    -A | --append) op=A; chain=$2; shift ;;
    -D | --delete) op=D; chain=$2; shift ;;
    -C | --check) op=C; chain=$2; shift ;;
    -P) op=P; chain=$2; shift ;;
    -L) op=L ;;
    --jump) spec="$spec-j " ;;
    --destination) spec="$spec-d " ;;
    --in-interface) spec="$spec-i " ;;
    [0-9] | [0-9][0-9]) number=$1 ;;
    *) spec="$spec$1 " ;;
    esac
    shift
  done
  spec=${spec% }
  file=$(rules "$chain")
  case $op in
  F) if [ "$chain" ]; then : >"$file"; else rm -f "$STATE/$table".*; fi ;;
  A) echo "$spec" >>"$file" ;;
  I)
    touch "$file"
    number=${number:-1}
    [ "$number" -le $(($(wc -l <"$file") + 1)) ] || return 1
    { head -n $((number - 1)) "$file"; echo "$spec"; tail -n +"$number" "$file"; } >"$file.new"
    mv "$file.new" "$file"
    ;;
  D)
    touch "$file"
    [ "$number" ] || number=$(grep -nxF -e "$spec" "$file" | head -1 | cut -d: -f1)
    [ "$number" ] || return 1
    sed -i "${number}d" "$file"
    ;;
  C) grep -qxF -e "$spec" "$file" 2>/dev/null ;;
  esac
}

save() {
  local file
  for file in "$STATE"/*.*; do
    [ -e "$file" ] || continue
    file=${file##*/}
    echo "*${file%.*}"
    sed "s/^/-A ${file#*.} /" "$STATE/$file"
    echo COMMIT
  done
}

restore() {
  local line pending=()
  while read -r line; do
    case $line in
    '*'*) table=${line#?}; pending=() ;;
    -A*) pending+=("$line") ;;
    COMMIT)
      [ "$1" = -n ] || [ " $table" = " $last" ] || rm -f "$STATE/$table".*
      last=$table
      for line in "${pending[@]}"; do set -- "$1" ${line#-A }; echo "${*:3}" >>"$STATE/$table.$2"; done
      ;;
    esac
  done
}

service() {
  case $1 in
  start | restart)
    [ "$1" = start ] && [ -e "$STATE/active" ] && return
    touch "$STATE/active"
    if [ -e "$ROOT/etc/sysconfig/iptables" ]; then
      restore <"$ROOT/etc/sysconfig/iptables"
    else
      echo '-j REJECT' >"$STATE/filter.FORWARD"
    fi
    ;;
  stop) rm -f "$STATE"/*.* "$STATE/active" ;;
  enable) rm -f "$STATE/disabled" ;;
  disable | mask) touch "$STATE/disabled" ;;
  save) save >"$ROOT/etc/sysconfig/iptables" ;;
  esac
}

boot() { if dropped; then echo dropped; else echo open; fi >>"$STATE/boots"; }

case ${0##*/} in
iptables) iptables "$@" ;;
iptables-save) save ;;
iptables-restore) restore "$@" ;;
service) [ "$1" = kubelet ] && boot || service "$2" ;;
systemctl)
  verb= now= unit=
  for word; do
    case $word in
    --now) now=1 ;;
    -*) ;;
    *) if [ "$verb" ]; then unit=${word%.service}; else verb=$word; fi ;;
    esac
  done
  case $unit in
  kubelet) case $verb$now in start* | restart* | enable1) boot ;; esac ;;
  iptables)
    service "$verb"
    case $verb$now in enable1) service start ;; disable1) service stop ;; esac
    ;;
  esac
  ;;
nft) case "$*" in *flush*) rm -f "$STATE"/*.* ;; esac ;;
bootstrap.sh) boot ;;
dropped) dropped ;;
reboot-rules)
  rm -f "$STATE"/*.* "$STATE/active"
  [ -e "$STATE/disabled" ] || service start
  ;;
esac
