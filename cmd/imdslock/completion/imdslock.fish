# completion of imdslock for fish

function __imdslock_complete
    set -l words (commandline -opc)
    set -l current (commandline -ct)
    set -l command (string replace -r '^~' $HOME -- $words[1])
    for line in ($command $words[2..] "$current" --generate-bash-completion 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path "$current"
        else
            echo $line
        end
    end
end

complete -c imdslock -f -a '(__imdslock_complete)'
