using System.CommandLine;
using System.Globalization;
using Tessrax.Cli.Ledgers;
using Tessrax.Contradictions;
using Tessrax.Ledger;
using Tessrax.Node.Reading;
using Tessrax.Verification.Search;

namespace Tessrax.Cli;

/// <summary>What could stand in a place that depends on the ledger named before it: entries, events, fields, lanes and keys.</summary>
/// <remarks>Whoever presses Tab waits for nothing: what cannot be had at once, or not at all, is left out.</remarks>
internal static class LedgerCompletion
{
    private const int Newest = 20;
    private const string KeyWord = "KEY";
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(200);

    /// <summary>The candidates; empty if nothing is known of the place.</summary>
    /// <param name="symbol">The option or argument.</param>
    /// <param name="verb">The verb that it belongs to.</param>
    /// <param name="current">What is typed of it.</param>
    /// <param name="directory">The ledger's directory; null if none was named.</param>
    /// <param name="context">The surroundings.</param>
    public static IEnumerable<string> Values(
        Symbol symbol,
        Command verb,
        string current,
        string? directory,
        CliContext context
    ) =>
        symbol.Name switch
        {
            "--event" => Events.Names,
            "--lane" => Of(directory, context, static ledger => ledger.Whole().Fold.Rules.Lanes),
            "QUERY" => Query(current, directory, context),
            _ when IsOfLedger(verb) && NamesKey(symbol) => Keys(current, directory, context),
            "N" when IsOfLedger(verb) => Indexes(current, directory, context),
            "A" or "B" when verb.Name == "diff" => Indexes(current, directory, context),
            _ => [],
        };

    private static bool IsOfLedger(Command verb) => verb.Arguments is [LedgerArgument, ..];

    // The newest entries, or those whose index begins with what is typed.
    private static IEnumerable<string> Indexes(string current, string? directory, CliContext context)
    {
        if (Of<long>(directory, context, static ledger => [ledger.Size]) is not [var size])
            return [];
        if (current.Length == 0)
            return Enumerable.Range(0, (int)Math.Min(Newest, size)).Select(i => Text(size - 1 - i));
        if (
            !long.TryParse(current, NumberStyles.None, CultureInfo.InvariantCulture, out long typed)
            || Text(typed) != current
        )
            return [];
        var found = new List<string>();
        for (
            (long first, long count) = (typed, 1);
            first < size && found.Count < Newest;
            (first, count) = (first * 10, count * 10)
        )
        {
            for (long index = first; index < Math.Min(size, first + count) && found.Count < Newest; index++)
                found.Add(Text(index));
            // Zero begins no other number.
            if (typed == 0)
                break;
        }
        return found;
    }

    // An option says so by what stands for its value in the help.
    private static bool NamesKey(Symbol symbol) =>
        symbol is Option { HelpName: KeyWord } || (symbol is Argument && symbol.Name == KeyWord);

    // Names, and ids for whoever begins to type one.
    private static IEnumerable<string> Keys(string current, string? directory, CliContext context) =>
        Of<string>(
            directory,
            context,
            ledger =>
                [
                    .. ledger.Whole().Fold.State.Keys.Select(key => key.Name).Distinct(),
                    .. ledger.Whole().Fold.State.Keys.Select(key => key.Id.ToString()).Where(_ => current.Length > 0),
                ]
        );

    // What a ledger says; empty if it cannot be had at once.
    private static IReadOnlyList<T> Of<T>(
        string? directory,
        CliContext context,
        Func<LedgerGlance, IReadOnlyList<T>> read
    )
    {
        if (directory is null)
            return [];
        Task<IReadOnlyList<T>> all = Task.Run(() =>
        {
            try
            {
                using LedgerGlance ledger = LedgerGlance.Open(directory, LedgerSession.Environment(context));
                return read(ledger);
            }
            catch (TessraxException)
            {
                return [];
            }
        });
        return all.Wait(Patience) ? all.Result : [];
    }

    private static IEnumerable<string> Query(string current, string? directory, CliContext context)
    {
        string[] parts = current.Split(':', 2);
        IEnumerable<string> values = parts switch
        {
            ["event", _] => Events.Names,
            ["severity", _] => Enum.GetValues<Severity>().Select(severity => severity.Text()),
            // A name that a query has only in quotes is left to whoever types it.
            ["key", var typed] => Keys(typed, directory, context).Where(name => name.All(IsPlain)),
            _ => [],
        };
        return parts.Length == 2
            ? values.Select(value => $"{parts[0]}:{value}")
            : QueryFields.Names.Select(name => $"{name}:");
    }

    private static bool IsPlain(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or ':';

    private static string Text(long index) => index.ToString(CultureInfo.InvariantCulture);
}
