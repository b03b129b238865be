using System.CommandLine;
using System.Text;

namespace Tessrax.Cli.Commands;

/// <summary><c>completion SHELL</c>: a script for the shell that asks the binary itself what fits, so it never grows stale.</summary>
internal static class CompletionVerb
{
    private const string Bash = """
        # bash completion for tessraxctl: source <(tessraxctl completion bash)
        _tessraxctl() {
            local IFS=$'\n'
            COMPREPLY=($("${1/#\~/$HOME}" __complete "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null))
        }
        complete -o bashdefault -o default -F _tessraxctl tessraxctl

        """;

    private const string Zsh = """
        #compdef tessraxctl
        # zsh completion for tessraxctl: source <(tessraxctl completion zsh)
        _tessraxctl() {
            local -a found
            found=("${(@f)$("${words[1]/#\~/$HOME}" __complete "${(@)words[2,CURRENT]}" 2>/dev/null)}")
            if (( ${#found[1]} )); then compadd -- "${found[@]}"; else _files; fi
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
            $words = @($ast.CommandElements | Select-Object -Skip 1 | ForEach-Object { $_.ToString() })
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
