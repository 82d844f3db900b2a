# completion of imdslock for bash, 3.2 or later

_imdslock() {
  local command=${COMP_WORDS[0]/#\~/$HOME} last=${COMP_WORDS[COMP_CWORD]}
  local words=() n=0 i word cur files=
  # bash takes "--format=json" apart at the equals sign; it is one word here.
  for ((i = 1; i <= COMP_CWORD; i++)); do
    if ((n > 0)) && [[ ${COMP_WORDS[i]} == = || ${COMP_WORDS[i - 1]} == = ]]; then
      words[n - 1]+=${COMP_WORDS[i]}
    else
      words[n++]=${COMP_WORDS[i]}
    fi
  done
  cur=${words[n - 1]}
  [[ $last == = ]] && last=
  COMPREPLY=()
  while IFS=$'\t' read -r word _; do
    if [[ $word == :files ]]; then
      files=yes
    elif [[ $word == "$cur"* ]]; then
      COMPREPLY+=("${word#"${cur%"$last"}"}")
    fi
  done < <("$command" "${words[@]}" --generate-bash-completion 2>/dev/null)
  # Where no word fits, readline offers files itself.
  if [[ $files && ${#COMPREPLY[@]} -gt 0 ]]; then
    compopt -o filenames 2>/dev/null
    while IFS= read -r word; do
      COMPREPLY+=("$word")
    done < <(compgen -f -- "$cur")
  fi
}

complete -o bashdefault -o default -F _imdslock imdslock
