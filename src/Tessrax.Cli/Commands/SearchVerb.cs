using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Client;
using Tessrax.Node;
using Tessrax.Node.Reading;
using Tessrax.Node.Search;
using Tessrax.Verification.Search;

namespace Tessrax.Cli.Commands;

/// <summary><c>search DIR QUERY</c>: the entries that say something, or are about something.</summary>
internal static class SearchVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument
        {
            TakesUrls = true,
            OfSet = SetUse.Each,
            OfOneLedger = ["--cursor", "--prove", "--output"],
        };
        var remote = new RemoteOptions();
        Argument<string[]> query = new("QUERY")
        {
            Description = "words, \"phrases\", field:value, AND, OR, NOT and parentheses; all entries if left out",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<string?> limit = new("--limit")
        {
            Description = "hits of a page, 1 to 1000 (default 20)",
            HelpName = "N",
        };
        Option<string> order = new("--order")
        {
            Description = "which come first: newest, oldest, or rank for those that have most of the words",
            HelpName = "ORDER",
            DefaultValueFactory = static _ => SearchOrders.Words[0],
        };
        order.AcceptOnlyFromAmong([.. SearchOrders.Words]);
        Option<string?> cursor = new("--cursor")
        {
            Description = "go on where a page ended: the cursor that it gave",
            HelpName = "C",
        };
        Option<bool> count = new("--count") { Description = "only how many entries match, all of them counted" };
        Option<bool> fields = new("--fields") { Description = "show what each hit is found by" };
        Option<string?> times = TimeText.Option();
        Option<bool> noIndex = new("--no-index") { Description = "look at every entry, without the index" };
        var proven = new ProvenSearch();
        var verb = new Verb(
            "search",
            "Find entries by words and fields",
            "tessraxctl search decisions remote code execution",
            "tessraxctl search decisions 'event:DECISION_RECORDED severity:>=high after:7d'",
            "tessraxctl search decisions '(subject:CVE-2024-1234 OR \"remote code exec\"*) NOT source:nvd' --order rank",
            "tessraxctl search decisions subject:CVE-2024-1234 --prove -o cve.search.json"
        )
        {
            directory,
            query,
            limit,
            order,
            cursor,
            count,
            fields,
            noIndex,
            times,
        };
        proven.AddTo(verb);
        remote.AddTo(verb);
        verb.SetAction(parsed =>
        {
            string said = string.Join(' ', parsed.GetValue(query) ?? []);
            RequireTogether(parsed, proven.Option, limit, order, cursor, count, fields, times, noIndex);
            RequireTogether(parsed, count, limit, order, cursor, fields, times);
            int most = LimitOf(parsed.GetValue(limit));
            bool isProven = proven.IsAsked(parsed);
            string place = parsed.GetRequiredValue(directory);
            if (RemoteLedger.IsMeant(place))
            {
                if (isProven || parsed.GetValue(noIndex))
                    throw ErrorCodes.BadUsage.Because(
                        "neither --prove nor --no-index goes with a URL",
                        "a proof of a search is made where the ledger lies"
                    );
                using RemoteLedger there = remote.Open(context, parsed, place);
                new RemoteSearch(context, there, said).Run(
                    new SearchWish(said)
                    {
                        Limit = parsed.GetValue(count) ? 1 : most,
                        Order = parsed.GetRequiredValue(order),
                        Cursor = parsed.GetValue(cursor),
                        CountsAll = parsed.GetValue(count),
                    },
                    TimeText.FormOf(parsed.GetValue(times), context, TimeForm.Relative),
                    parsed.GetValue(fields)
                );
                return 0;
            }
            NodeEnvironment environment = LedgerSession.Environment(context);
            using LedgerGlance ledger = LedgerGlance.Open(place, environment);
            PastNotice.Say(context, ledger.Directory.Path);
            Query read = Read(context, said, ledger);
            // A proof is made from the entries themselves.
            if (isProven)
                return proven.Write(context, parsed, ledger.Whole(), read);
            using Searcher searcher = Searcher.Open(ledger, environment, usesIndex: !parsed.GetValue(noIndex));
            bool onlyCounts = parsed.GetValue(count);
            SearchAnswer answer = searcher.Search(
                new SearchRequest(read)
                {
                    Limit = onlyCounts ? 1 : most,
                    Order = SearchOrders.Read(parsed.GetRequiredValue(order)),
                    Cursor = parsed.GetValue(cursor),
                    CountsAll = onlyCounts,
                }
            );
            TimeForm form = TimeText.FormOf(parsed.GetValue(times), context, TimeForm.Relative);
            var page = new SearchText(context, ledger.Hasher, form, parsed.GetValue(fields));
            if (onlyCounts)
                page.PrintCount(answer);
            else
                page.Print(answer);
            page.Remark(answer, searcher.WithoutIndex);
            return 0;
        });
        return verb;
    }

    // What would be given in vain is refused.
    private static void RequireTogether(ParseResult parsed, Option<bool> alone, params Option[] others)
    {
        if (!parsed.GetValue(alone))
            return;
        string[] given =
        [
            .. others.Where(option => parsed.GetResult(option) is { Implicit: false }).Select(option => option.Name),
        ];
        if (given.Length > 0)
            throw ErrorCodes.BadUsage.Because(
                $"{alone.Name} goes without {string.Join(", ", given)}",
                "see tessraxctl search --help"
            );
    }

    private static int LimitOf(string? limit) =>
        WholeNumber.Parse(limit, "--limit") switch
        {
            null => new SearchRequest(Query.Parse("")).Limit,
            >= 1 and <= SearchRequest.MaxLimit and long most => (int)most,
            _ => throw ErrorCodes.BadUsage.Because($"--limit must be from 1 to {SearchRequest.MaxLimit}"),
        };

    private static Query Read(CliContext context, string said, LedgerGlance ledger)
    {
        try
        {
            return Query.Parse(said, UtcTime.Now(context.Time), ledger.KeysOf);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.BadQuery && e.Offset >= 0)
        {
            throw QueryFault.Point(context, said, e);
        }
    }
}
