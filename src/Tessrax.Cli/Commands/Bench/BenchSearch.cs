using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Node;
using Tessrax.Node.Reading;
using Tessrax.Node.Search;
using Tessrax.Verification.Search;

namespace Tessrax.Cli.Commands.Bench;

/// <summary><c>bench search</c>: how long an answer takes, opening the ledger and its index included.</summary>
internal static class BenchSearch
{
    public static Command Create(CliContext context)
    {
        Option<string> at = new("--at")
        {
            Description = "the ledger to search, with its index",
            HelpName = "DIR",
            Required = true,
        };
        Option<string[]> queries = new("--query")
        {
            Description = "what to search for; queries made from the newest entry if left out",
            HelpName = "QUERY",
        };
        Option<string?> seconds = LoadRun.Seconds();
        var verb = new Verb(
            "search",
            "Measure searching a ledger",
            "tessraxctl bench search --at decisions",
            "tessraxctl bench search --at decisions --query 'severity:>=high' --seconds 3"
        )
        {
            at,
            queries,
            seconds,
        };
        verb.SetAction(parsed =>
        {
            LoadRun run = LoadRun.Start(context, parsed.GetValue(seconds));
            string path = parsed.GetRequiredValue(at);
            NodeEnvironment environment = LedgerSession.Environment(context);
            IReadOnlyList<string> asked = parsed.GetValue(queries) is { Length: > 0 } given
                ? given
                : QueriesOf(path, environment);
            Measure(context, run, "search.open", () => Open(path, environment, null, default));
            foreach (string text in asked)
            {
                var query = Query.Parse(text);
                foreach (SearchOrder order in Enum.GetValues<SearchOrder>())
                    Measure(
                        context,
                        run,
                        $"search.{order.ToString().ToLowerInvariant()} '{query}'",
                        () => Open(path, environment, query, order)
                    );
            }
            run.Report();
            context.Notice(
                "search.ORDER 'QUERY': an answer, the opening of ledger and index included, '' being the query that finds everything; .processor: how much of that was work"
            );
            return 0;
        });
        return verb;
    }

    // How long it takes, and how much of that is work: on a busy machine the one says little without the other.
    private static void Measure(CliContext context, LoadRun run, string name, Action search)
    {
        var times = new List<double>();
        var work = new List<double>();
        search();
        long begin = context.Time.GetTimestamp();
        while (context.Time.GetElapsedTime(begin) < run.Length || times.Count == 0)
        {
            context.Cancellation.ThrowIfCancellationRequested();
            TimeSpan worked = System.Environment.CpuUsage.TotalTime;
            long start = context.Time.GetTimestamp();
            search();
            times.Add(context.Time.GetElapsedTime(start).TotalMilliseconds);
            work.Add((System.Environment.CpuUsage.TotalTime - worked).TotalMilliseconds);
        }
        run.Add(name, "ms", times);
        run.Add($"{name}.processor", "ms", work);
    }

    // As the verb search does it, each time from the beginning.
    private static void Open(string path, NodeEnvironment environment, Query? query, SearchOrder order)
    {
        using LedgerGlance ledger = LedgerGlance.Open(path, environment);
        using Searcher searcher = Searcher.Open(ledger, environment);
        if (query is not null)
            searcher.Search(new SearchRequest(query) { Order = order });
    }

    private static string[] QueriesOf(string path, NodeEnvironment environment)
    {
        using LedgerGlance ledger = LedgerGlance.Open(path, environment);
        var newest = new SearchedEntry(ledger.Receipt(ledger.Size - 1));
        string name = newest.Receipt.Entry.Body.Event;
        string[] words = [.. newest.Words.ToString().Split(' ').TakeWhile(word => word != "\u0080")];
        string phrase = $"\"{string.Join(' ', words)}\"";
        return ["", $"event:{name}", words[0], phrase, $"event:{name} {phrase} NOT index:<100"];
    }
}
