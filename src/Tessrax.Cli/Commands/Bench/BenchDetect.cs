using System.CommandLine;
using System.Globalization;
using System.Runtime.InteropServices;
using Tessrax.Contradictions;
using Tessrax.Governance;

namespace Tessrax.Cli.Commands.Bench;

/// <summary><c>bench detect</c>: finding contradictions among claims that are in memory, all at once and as they come.</summary>
internal static class BenchDetect
{
    private const int Rounds = 3;
    private const int Claims = 1_000_000;
    private const int Few = 1000;

    public static Command Create(CliContext context)
    {
        Option<string?> count = new("--claims") { Description = $"how many; {Claims} if left out", HelpName = "N" };
        Option<string?> subjects = new("--subjects")
        {
            Description = "about how many subjects; a tenth of the claims if left out",
            HelpName = "N",
        };
        Option<string?> seconds = LoadRun.Seconds();
        var verb = new Verb(
            "detect",
            "Measure finding and deciding contradictions among claims in memory, beside reading them once",
            "tessraxctl bench detect",
            "tessraxctl bench detect --claims 100000 --subjects 1000"
        )
        {
            count,
            subjects,
            seconds,
        };
        verb.SetAction(parsed =>
        {
            int many = LoadRun.Within(parsed.GetValue(count), "--claims", Claims, 100, 10_000_000);
            int about = LoadRun.Within(parsed.GetValue(subjects), "--subjects", Math.Max(1, many / 10), 1, many);
            LoadRun run = LoadRun.Start(context, parsed.GetValue(seconds));
            Measure(context, run, BenchClaims.Make(context, many, about, 10));
            run.Report();
            return 0;
        });
        return verb;
    }

    private static void Measure(CliContext context, LoadRun run, Claim[] claims)
    {
        var paces = new Paces(context, run);
        MetricRules rules = Policy.Default.Rules;
        int found = 0;
        for (int round = 0; round < Rounds; round++)
        {
            Pace limit = paces.Once(() => Read(claims, rules), claims.Length);
            ClaimBook book = new(rules);
            long before = GC.GetTotalMemory(forceFullCollection: true);
            Pace coming = paces.Once(() => Add(book, claims), claims.Length);
            long held = GC.GetTotalMemory(forceFullCollection: true) - before;
            // Another book: what this one has found it may still know.
            book = book.Under(rules);
            Pace all = paces.Once(() => found = book.DetectAll().Count(), claims.Length);
            book = book.Under(rules);
            Pace decided = paces.Once(() => Decide(book), claims.Length);
            paces.Note("detect.all", "claims/s", all);
            paces.Note("detect.all-and-decide", "claims/s", decided);
            paces.Note("detect.as-they-come", "claims/s", coming);
            paces.Note("limit.read-and-group", "claims/s", limit);
            paces.Note("detect.all.of-limit", all, limit);
            paces.Note("detect.as-they-come.of-limit", coming, limit);
            paces.Note("detect.contradictions", "groups", found);
            paces.Note("detect.book", "bytes a claim", (double)held / claims.Length);
            MeasureGroup(paces, Few);
            MeasureGroup(paces, claims.Length);
        }
        paces.Report();
    }

    // A thousand claims more in a group of so many, with a look at it after each.
    private static void MeasureGroup(Paces paces, int size)
    {
        Claim[] claims = BenchClaims.AboutOne(size + Few);
        var book = new ClaimBook(Policy.Default.Rules);
        Add(book, claims[..size]);
        Pace more = paces.Once(() => Add(book, claims[size..]), Few);
        paces.Note(string.Create(CultureInfo.InvariantCulture, $"detect.one-more-of-{size}"), "us", 1e6 / more.Rate);
    }

    private static void Add(ClaimBook book, Claim[] claims)
    {
        foreach (Claim claim in claims)
        {
            book.Add(claim);
            book.Peek(book.KeyOf(claim));
        }
    }

    private static void Decide(ClaimBook book)
    {
        foreach (Contradiction contradiction in book.DetectAll())
            Decider.Decide(Policy.Default, contradiction);
    }

    // What nobody who detects can do without: finding each claim's group, and reading its number into the group's extremes.
    private static void Read(Claim[] claims, MetricRules rules)
    {
        var extremes = new Dictionary<GroupKey, (double Low, double High)>();
        foreach (Claim claim in claims)
        {
            ref (double Low, double High) group = ref CollectionsMarshal.GetValueRefOrAddDefault(
                extremes,
                rules.KeyOf(claim),
                out bool isThere
            );
            double value = double.Parse(claim.Value.AsNumberText(), CultureInfo.InvariantCulture);
            group = isThere ? (Math.Min(group.Low, value), Math.Max(group.High, value)) : (value, value);
        }
    }
}
