using Tessrax.Cli.Ledgers;

namespace Tessrax.Cli.Inspection;

/// <summary>The environment variables that change what this program does, and what they do now.</summary>
internal static class SwitchFacts
{
    private static readonly (string Name, Func<CliContext, string> Says)[] All =
    [
        Of("TESSRAX_LEDGER", value => $"{value}: the ledger of verbs that name none", "verbs name their ledger"),
        Of(
            HashWish.Variable,
            value => $"{value}: wished for as what computes hashes",
            "the fastest that passes its test computes hashes"
        ),
        // What it holds is nobody's business, also not that of whoever is sent this list.
        Of(
            "TESSRAX_PASSPHRASE",
            static _ => "set: opens keys",
            "not set: keys are opened with --passphrase-file, or the terminal asks"
        ),
        Of("TESSRAX_DEBUG", static _ => "set: bugs are reported with their stack", "bugs are reported in one line"),
        Of(
            LogWish.Variable,
            value => $"{value}: messages are told from that level on, unless --log says otherwise",
            "nothing is told unless --log asks for it"
        ),
        ("TESSRAX_PAGER", Pages),
        Of(
            "PAGER",
            value => $"{value}: pages where TESSRAX_PAGER names nothing",
            "less pages where nothing else is named"
        ),
        Of("LESS", value => $"{value}: options of less, in place of FRX", "less gets the options FRX"),
        Of("NO_COLOR", static _ => "set: no colours", "colours on a terminal"),
        Of(
            "TERM",
            value => value == "dumb" ? "dumb: neither colours nor a pager" : $"{value}: asked for nothing but 'dumb'",
            "asked for nothing but 'dumb'"
        ),
        (
            "LANG",
            static context =>
                Locale.HasUnicode(context)
                    ? "the graph of log is drawn in Unicode"
                    : "the graph of log is drawn in ASCII: the locale has no more"
        ),
        (
            "XDG_CONFIG_HOME",
            static context => $"trust roots are pinned in {PlaceOf(LedgerSession.Environment(context).ConfigDirectory)}"
        ),
        (
            "XDG_STATE_HOME",
            static context => $"marks are kept in {PlaceOf(LedgerSession.Environment(context).StateDirectory)}"
        ),
    ];

    /// <summary>Their names.</summary>
    public static IEnumerable<string> Variables => All.Select(one => one.Name);

    public static Section Of(CliContext context) =>
        new("switches", "Switches", [.. All.Select(one => new Fact(one.Name, one.Says(context)) { Label = one.Name })]);

    private static (string, Func<CliContext, string>) Of(string name, Func<string, string> set, string unset) =>
        (name, context => context.Variable(name) is { } value ? set(value) : unset);

    private static string Pages(CliContext context) =>
        context.Pager is { } pager
            ? $"what is taller than the terminal is paged by {pager.Command}"
            : "nothing is paged: no pager is wanted";

    private static string PlaceOf(string? directory) => directory ?? "no place: there is no HOME";
}
