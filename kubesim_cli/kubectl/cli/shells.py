"""The scripts that `kubectl completion` prints: each asks `kubectl __complete` what may come next."""

_BASH = r"""# bash completion for kubectl (kubesim)

__start_kubectl() {
    local line=${COMP_LINE:0:COMP_POINT} current answer directive candidate prefix
    local -a words program
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    current=${words[-1]}
    # an alias, as in `complete -o default -F __start_kubectl k`, may stand for several words
    program=("${words[0]}")
    [[ -n ${BASH_ALIASES[${words[0]}]:-} ]] && read -ra program <<<"${BASH_ALIASES[${words[0]}]}"
    answer=$("${program[@]}" __completeNoDesc "${words[@]:1}" 2>/dev/null) || return
    directive=${answer##*:}
    answer=${answer%:*}
    if ((directive & 8)); then answer=; fi  # endings of files: the shell offers all of them
    # bash replaces only what comes after the last = or : of the word
    prefix=$current
    [[ $current == -*=* ]] && current=${current#*=}
    COMPREPLY=()
    while IFS= read -r candidate; do
        [[ -n $candidate && $candidate == "$current"* ]] || continue
        if [[ $candidate == *:* && $COMP_WORDBREAKS == *:* && $prefix != -*=* ]]; then
            candidate=${candidate#"${current%"${current##*:}"}"}
        fi
        COMPREPLY+=("$candidate")
    done <<<"$answer"
    if ((directive & 2)); then compopt -o nospace 2>/dev/null; fi
    if ((directive & 4)); then compopt +o default 2>/dev/null; fi
}

complete -o default -F __start_kubectl kubectl kubesim
"""

_ZSH = r"""#compdef kubectl kubesim
compdef _kubectl kubectl kubesim

# zsh completion for kubectl (kubesim)

_kubectl() {
    local line directive
    local -a answer candidates
    answer=("${(@f)$(${words[1]} __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
    directive=${${answer[-1]}#:}
    (( directive & 8 )) && answer=(":0")
    for line in "${(@)answer[1,-2]}"; do
        [[ -n $line ]] || continue
        line=${line//:/\\:}
        candidates+=("${line/$'\t'/:}")
    done
    [[ ${words[CURRENT]} == -*=* ]] && compset -P '*='
    if (( ${#candidates} )); then
        if (( directive & 2 )); then
            _describe completions candidates -S ''
        else
            _describe completions candidates
        fi
    elif ! (( directive & 4 )); then
        _files
    fi
}

if [ "$funcstack[1]" = "_kubectl" ]; then
    _kubectl
fi
"""

_FISH = r"""# fish completion for kubectl (kubesim)

function __kubesim_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l answer ($words[1] __complete $words[2..-1] 2>/dev/null)
    test (count $answer) -gt 0; or return
    test $answer[-1] = :8; and set answer :0
    set -l current (commandline -ct)
    set -l prefix ''
    if string match -qr -- '^-[^=]*=' $current
        set prefix (string replace -r -- '=.*' '=' $current)
    end
    if test (count $answer) -gt 1
        for line in $answer[1..-2]
            printf '%s%s\n' $prefix $line
        end
    else if test (math "floor("(string sub -s 2 -- $answer[-1])" / 4) % 2") -eq 0
        __fish_complete_path $current
    end
end

for name in kubectl kubesim
    complete -c $name -e
    complete -c $name -f -a '(__kubesim_complete)'
end
"""

_POWERSHELL = r"""# powershell completion for kubectl (kubesim)

$__kubectlCompleterBlock = {
    param($WordToComplete, $CommandAst, $CursorPosition)
    $words = @($CommandAst.CommandElements | ForEach-Object { "$_" })
    $program = $words[0]
    $words = @($words | Select-Object -Skip 1)
    if ($WordToComplete -eq '') { $words += '""' }
    $answer = @(Invoke-Expression "& $program __complete $($words -join ' ') 2>`$null")
    if ($answer.Count -lt 2 -or $answer[-1] -eq ':8') { return }
    $prefix = ''
    if ($WordToComplete -match '^-[^=]*=') { $prefix = $Matches[0] }
    foreach ($line in $answer[0..($answer.Count - 2)]) {
        $name, $text = $line -split "`t", 2
        if (-not $text) { $text = $name }
        [System.Management.Automation.CompletionResult]::new("$prefix$name", $name, 'ParameterValue', $text)
    }
}

Register-ArgumentCompleter -Native -CommandName 'kubectl', 'kubesim' -ScriptBlock $__kubectlCompleterBlock
"""

SCRIPTS = {"bash": _BASH, "zsh": _ZSH, "fish": _FISH, "powershell": _POWERSHELL}
