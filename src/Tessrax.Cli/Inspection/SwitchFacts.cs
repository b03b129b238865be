using Tessrax.Cli.Ledgers;
using Tessrax.Node;

namespace Tessrax.Cli.Inspection;

/// <summary>The environment variables that change what this program does, and what they do now.</summary>
internal static class SwitchFacts
{
    public static Section Of(CliContext context)
    {
        NodeEnvironment environment = LedgerSession.Environment(context);
        bool color = context.Variable("NO_COLOR") is null && context.Variable("TERM") != "dumb";
        return new Section(
            "switches",
            "Switches",
            [
                Of(
                    context,
                    "TESSRAX_LEDGER",
                    value => $"{value}: the ledger of verbs that name none",
                    "verbs name their ledger"
                ),
                Of(
                    context,
                    HashWish.Variable,
                    value => $"{value}: wished for as what computes hashes",
                    "the fastest that passes its test computes hashes"
                ),
                // What it holds is nobody's business, also not that of whoever is sent this list.
                Of(
                    context,
                    "TESSRAX_PASSPHRASE",
                    _ => "set: opens keys",
                    "not set: keys are opened with --passphrase-file, or the terminal asks"
                ),
                Of(
                    context,
                    "TESSRAX_DEBUG",
                    _ => "set: bugs are reported with their stack",
                    "bugs are reported in one line"
                ),
                Of(
                    context,
                    "NO_COLOR",
                    _ => "set: no colours",
                    color ? "colours on a terminal" : "no colours: TERM is dumb"
                ),
                new Fact(
                    "XDG_CONFIG_HOME",
                    $"trust roots are pinned in {environment.ConfigDirectory ?? "no place: there is no HOME"}"
                )
                {
                    Label = "XDG_CONFIG_HOME",
                },
                new Fact(
                    "XDG_STATE_HOME",
                    $"marks are kept in {environment.StateDirectory ?? "no place: there is no HOME"}"
                )
                {
                    Label = "XDG_STATE_HOME",
                },
            ]
        );
    }

    private static Fact Of(CliContext context, string name, Func<string, string> set, string unset) =>
        new(name, context.Variable(name) is { } value ? set(value) : unset) { Label = name };
}
