using System.Text;
using Microsoft.Playwright;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Tests;
using JsonValue = Tessrax.Canonical.JsonValue;

namespace Tessrax.EndToEnd.Tests.Web;

/// <summary>The tests that look at the pages of one ledger share its server and its browser.</summary>
[CollectionDefinition(nameof(LedgerSite))]
public sealed class LedgerSiteShare : ICollectionFixture<LedgerSite>;

/// <summary>A server with a ledger that has something for every page to show, some of it hostile, and a browser that looks at it.</summary>
public sealed class LedgerSite : IAsyncLifetime
{
    /// <summary>Text that would do something if a page took it for more than text.</summary>
    public const string Hostile =
        "\"><script>window.owned=1</script><img src=x onerror='window.owned=2'><svg onload='window.owned=3'>";

    // Whose contradiction nobody wanted to settle as it was proposed: a name without a space to break it at.
    private const string Refused =
        "pkg:maven/org.example.verylongnamespace/artifact-with-a-very-long-name@1.2.3-SNAPSHOT";

    // What moves after it was drawn adds up here.
    private const string Watch = """
        window.shift = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
        }).observe({ type: "layout-shift", buffered: true });
        """;

    private readonly Chromium chromium = new();
    private LedgerHome? home;
    private Tessraxd? server;

    /// <summary>Where pages are kept as pictures, to be looked at.</summary>
    public static string Screens { get; } = Path.Combine(Spec.Root, "artifacts", "screens", "web");

    /// <summary>Every page, by a name for its picture, with the status that it comes with.</summary>
    public IReadOnlyList<(string Name, string Address, int Status)> Pages { get; private set; } = [];

    /// <summary>The entry that records the one decision.</summary>
    public long Decided { get; private set; }

    /// <summary>The proposal that was rejected.</summary>
    public long Rejected { get; private set; }

    /// <summary>The ledger; another process serves it, and this one may write it.</summary>
    internal LedgerHome Home => home!;

    public async ValueTask InitializeAsync()
    {
        await chromium.InitializeAsync();
        if (!chromium.IsThere)
            return;
        home = new LedgerHome().WithClaims();
        Fill();
        using (LedgerView view = home.View())
        {
            Decided = Newest(view, Events.DecisionRecorded);
            Pages = [.. List(view)];
        }
        string[] verifier = NodeVerifier.IsThere ? ["--verifier", NodeVerifier.Folder] : [];
        server = Tessraxd.Start(home, ["--read-only", .. verifier]);
    }

    /// <summary>A window of its own at the server's address; skips the test where there is no browser.</summary>
    /// <param name="runsScripts">Whether it runs scripts.</param>
    /// <param name="isFree">Whether what a tester runs in the page may be more than the page's own policy allows.</param>
    internal async Task<WatchedPage> Open(bool runsScripts = true, bool isFree = false)
    {
        WatchedPage watched = await chromium.OpenAsync(
            new BrowserNewContextOptions
            {
                BaseURL = server?.Address.ToString(),
                JavaScriptEnabled = runsScripts,
                ReducedMotion = ReducedMotion.Reduce,
                BypassCSP = isFree,
            }
        );
        if (runsScripts)
            await watched.Page.AddInitScriptAsync(Watch);
        return watched;
    }

    public async ValueTask DisposeAsync()
    {
        await chromium.DisposeAsync();
        server?.Dispose();
        home?.Dispose();
    }

    // The rules are changed once, and a second change waits; claims are told under both.
    private void Fill()
    {
        using LedgerWriter writer = home!.Open();
        var desk = new ProposalDesk(writer);
        long change = new PolicyDesk(writer)
            .Upgrade(Rules("1.1.0", "\"k\": 2", "\"k\": 3"), "Three people look at what is far apart.")
            .Entry;
        for (byte person = 0; person < 3 && writer.Fold.Proposals.ContainsKey(change); person++)
            Vote(desk, writer, change, person);
        string hostile = Hostile.Replace("\"", "\\\"", StringComparison.Ordinal);
        string claims = string.Join(
            '\n',
            LedgerHome.Claim("h1", hostile, "9.1", "rubysec"),
            LedgerHome.Claim("h2", hostile, "2.0", hostile),
            LedgerHome.Claim("h3", "\\u202eCVE\\u200b-3", "2.0", "pypa")
        );
        Tell(writer, claims);
        // One of three is enough to put what needs all three out of reach.
        Tell(
            writer,
            string.Join(
                '\n',
                LedgerHome.Claim("r1", Refused, "9.9", "rubysec"),
                LedgerHome.Claim("r2", Refused, "1.0", "pypa")
            )
        );
        Rejected = writer.Fold.Proposals.Keys.Max();
        Vote(desk, writer, Rejected, 1, approves: false);
        JsonValue note = JsonValue.Object(("text", Hostile), ("long", new string('w', 3000)), ("count", 7));
        writer.Append([
            new Draft { Event = "x-note", Payload = FrozenPayload.From(new OwnEvent(note, null).ToJson()) },
        ]);
        new PolicyDesk(writer).Upgrade(
            Rules("1.2.0", "\"k\": 2", "\"k\": 1"),
            "One person is enough, says whoever has no time."
        );
        Vote(desk, writer, writer.Fold.Proposals.Keys.Min(), 0);
    }

    private static void Tell(LedgerWriter writer, string claims)
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(claims));
        new Ingestor(writer).Ingest([ClaimFile.Read("claims.jsonl", input)]);
    }

    private static Policy Rules(string version, string was, string now) =>
        Policy.Parse(
            Encoding.UTF8.GetBytes(
                File.ReadAllText(LedgerHome.SamplePolicy)
                    .Replace("\"1.0.0\"", $"\"{version}\"", StringComparison.Ordinal)
                    .Replace(was, now, StringComparison.Ordinal)
            )
        );

    private void Vote(ProposalDesk desk, LedgerWriter writer, long proposal, byte person, bool approves = true)
    {
        using var key = PrivateKey.FromSeed(LedgerHome.Seed(11 + person));
        desk.Record(
            ApprovalRequest
                .From(writer.Fold)
                .Sign(
                    proposal,
                    key.PublicKey.Id,
                    approves,
                    writer.Now(),
                    home!.Environment.RandomBytes(16),
                    message => key.Sign(message)
                )
        );
    }

    private IEnumerable<(string, string, int)> List(LedgerView view)
    {
        long proposal = view.Fold.Proposals.Keys.Min();
        long policy = view.Fold.State.AllPolicies[^1].At;
        return
        [
            ("ledger", "/", 200),
            ("tail", "/tail", 200),
            ("none", "/?event=x-none", 200),
            ("genesis", "/receipts/0", 200),
            ("claims", $"/receipts/{Newest(view, Events.ClaimsRecorded)}", 200),
            ("contradiction", $"/receipts/{Newest(view, Events.ContradictionDetected)}", 200),
            ("decided", $"/receipts/{Decided}", 200),
            ("verdict", $"/receipts/{Newest(view, Events.ApprovalRecorded)}", 200),
            ("change", $"/receipts/{policy}", 200),
            ("note", $"/receipts/{Newest(view, "x-note")}", 200),
            ("search", "/search?q=rubysec", 200),
            ("mistyped", "/search?q=((", 400),
            ("decisions", "/decisions?state=all", 200),
            ("decision", $"/decisions/{Decided}", 200),
            ("proposal", $"/decisions/{proposal}", 200),
            ("rejected", $"/decisions/{Rejected}", 200),
            ("refused", $"/receipts/{Rejected}", 200),
            ("contradictions", "/contradictions", 200),
            ("map", "/map", 200),
            ("map-some", "/map?severity=critical&until=6", 200),
            ("pending", "/pending", 200),
            ("policies", "/policies", 200),
            ("policy", $"/policies/{policy}", 200),
            ("operations", "/operations", 200),
            ("missing", "/receipts/100000", 404),
            .. NodeVerifier.IsThere ? [("verify", "/verify", 200)] : Array.Empty<(string, string, int)>(),
            ("sign-in", "/sign-in/abcdefghijklmnopqrstuv", 200),
        ];
    }

    private static long Newest(LedgerView view, string name) =>
        view.Receipts().Last(one => one.Entry.Body.Event == name).Entry.Index;
}
