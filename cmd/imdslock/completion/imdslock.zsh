#compdef imdslock
# completion of imdslock for zsh

_imdslock() {
  local command=${words[1]/#\~/$HOME} line files
  local -a lines described
  lines=("${(@f)$("$command" "${(@Q)words[2,CURRENT]}" --generate-bash-completion 2>/dev/null)}")
  if [[ $PREFIX == --*=* ]]; then
    compset -P '*='
    lines=("${lines[@]#*=}")
  fi
  for line in $lines; do
    if [[ $line == :files ]]; then
      files=yes
    else
      described+=("${line/$'\t'/:}")
    fi
  done
  (($#described)) && _describe imdslock described
  [[ -n $files ]] && _files
}

# As a file in fpath it is the function itself; read by source it says whose it is.
if [[ ${funcstack[1]} == _imdslock ]]; then
  _imdslock "$@"
else
  compdef _imdslock imdslock
fi
