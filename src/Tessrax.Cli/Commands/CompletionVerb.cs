using System.CommandLine;
using System.Text;

namespace Tessrax.Cli.Commands;

/// <summary><c>completion SHELL</c>: a script for the shell that asks the binary itself what fits, so it never grows stale.</summary>
internal static class CompletionVerb
{
    // Bash cuts words at ":" and "=" too, and completes the last piece: the pieces are put together to ask, and what stands before the last one is taken off the answers.
    private const string Bash = """"
        # bash completion for tessraxctl: source <(tessraxctl completion bash)

        # Sets bare to a word without its quotes and backslashes, and quote to the quote that is still open. Runs nothing of it.
        __tessraxctl_bare() {
            local word=$1 c i
            bare= quote=
            for ((i = 0; i < ${#word}; i++)); do
                c=${word:i:1}
                if [[ -n $quote && $c == "$quote" ]]; then
                    quote=
                elif [[ -z $quote && ( $c == "'" || $c == '"' ) ]]; then
                    quote=$c
                elif [[ $c == '\' && ( -z $quote || ( $quote == '"' && ${word:i+1:1} == ['"\$`'] ) ) ]]; then
                    i=$((i + 1))
                    bare+=${word:i:1}
                else
                    bare+=$c
                fi
            done
        }

        _tessraxctl() {
            local rest=${COMP_LINE:0:COMP_POINT} words=() i n=-1 word lead last bare quote before candidate
            for ((i = 0; i <= COMP_CWORD; i++)); do
                word=${COMP_WORDS[i]}
                lead=${rest%%[![:space:]]*}
                rest=${rest#"$lead"}
                # The cursor may stand within the last one.
                if [[ $i -eq $COMP_CWORD ]]; then word=$rest; fi
                if [[ $n -lt 0 || -n $lead || -z $word ]]; then n=$((n + 1)); words[n]=; before=; else before=${words[n]}; fi
                words[n]+=$word
                last=$word
                rest=${rest#"$word"}
            done
            if [[ $last == [:=]* ]]; then before=${words[n]}; fi
            __tessraxctl_bare "$before"
            before=$bare
            local bares=()
            for ((i = 1; i <= n; i++)); do
                __tessraxctl_bare "${words[i]}"
                bares[i]=$bare
            done
            COMPREPLY=()
            while IFS= read -r candidate; do
                if [[ $candidate == *: ]]; then compopt -o nospace 2>/dev/null; fi
                candidate=${candidate#"$before"}
                if [[ -z $quote ]]; then printf -v candidate %q "$candidate"; fi
                COMPREPLY+=("$candidate")
            done < <("${1/#\~/$HOME}" __complete "${bares[@]}" 2>/dev/null)
        }
        complete -o bashdefault -o default -F _tessraxctl tessraxctl

        """";

    private const string Zsh = """
        #compdef tessraxctl
        # zsh completion for tessraxctl: source <(tessraxctl completion zsh)
        _tessraxctl() {
            local -a found
            found=("${(@f)$("${words[1]/#\~/$HOME}" __complete "${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
            if (( ${#found[1]} )); then
                # What ends with a colon goes on.
                compadd -S '' -- "${(@M)found:#*:}"
                compadd -- "${(@)found:#*:}"
            else
                _files
            fi
        }
        if [[ "${funcstack[1]}" == _tessraxctl ]]; then _tessraxctl; else compdef _tessraxctl tessraxctl; fi

        """;

    private const string Fish = """
        # fish completion for tessraxctl: tessraxctl completion fish | source
        function __tessraxctl_complete
            set -l words (commandline -opc)
            set -l current (commandline -ct)
            $words[1] __complete $words[2..-1] "$current" 2>/dev/null
        end
        complete -c tessraxctl -a '(__tessraxctl_complete)'

        """;

    private const string PowerShell = """
        # PowerShell (7.3 or later) completion for tessraxctl: tessraxctl completion pwsh | Out-String | Invoke-Expression
        Register-ArgumentCompleter -Native -CommandName tessraxctl -ScriptBlock {
            param($current, $ast, $cursor)
            $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object {
                if ($_ -is [System.Management.Automation.Language.StringConstantExpressionAst]) { $_.Value } else { $_.ToString() }
            })
            if ($current -eq '') { $words += '' }
            & $ast.CommandElements[0].Value __complete @words 2>$null | ForEach-Object {
                [System.Management.Automation.CompletionResult]::new($_, $_, 'ParameterValue', $_)
            }
        }

        """;

    public static Command Create(CliContext context)
    {
        Argument<string> shell = new Argument<string>("SHELL") { Description = "bash, zsh, fish or pwsh" };
        shell.AcceptOnlyFromAmong("bash", "zsh", "fish", "pwsh");
        var verb = new Verb(
            "completion",
            "Print a completion script for a shell",
            "source <(tessraxctl completion bash)"
        )
        {
            shell,
        };
        verb.SetAction(parsed => context.Raw(Encoding.UTF8.GetBytes(Script(parsed.GetRequiredValue(shell)))));
        return verb;
    }

    private static string Script(string shell) =>
        shell switch
        {
            "bash" => Bash,
            "zsh" => Zsh,
            "fish" => Fish,
            _ => PowerShell,
        };
}
