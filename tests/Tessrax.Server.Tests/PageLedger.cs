using Tessrax.Node.Appending;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>A ledger with something for every page to show: claims, contradictions, a decision, a proposal with a vote, own events.</summary>
internal static class PageLedger
{
    /// <summary>What a stranger may write: markup, script, what reorders letters, and what a page would take for its own.</summary>
    public const string Hostile =
        "\"><script>alert(1)</script><img src=x onerror=alert(2)> ' onmouseover='x' {{7*7}} javascript:alert(3) </pre></svg>&lt;b&gt;";

    /// <summary>Text that a page must not pass on: it reorders what stands beside it.</summary>
    public const char Override = '\u202e';

    /// <summary>Fills a ledger.</summary>
    /// <param name="home">The ledger.</param>
    /// <param name="subject">Whose claims contradict each other.</param>
    /// <param name="source">Who says one of them.</param>
    /// <param name="text">What an own event says.</param>
    public static TestLedger Fill(TestLedger home, string subject, string source, string text)
    {
        using LedgerWriter writer = home.Open();
        new Ingestor(writer).Ingest([
            TestLedger.File(
                TestLedger.Claim("c1", subject, 100, source),
                TestLedger.Claim("c2", subject, 10, "another"),
                TestLedger.Claim("c3", $"{subject}, too", 100, source),
                TestLedger.Claim("c4", $"{subject}, too", 100.5, "another"),
                TestLedger.Claim("c5", "alone", 1, source)
            ),
        ]);
        writer.Append([TestLedger.Own(text)]);
        var desk = new ProposalDesk(writer);
        if (writer.Fold.Proposals.Count > 0)
            desk.Record(home.Vote(writer, writer.Fold.Proposals.Keys.Min(), 1));
        return home;
    }

    /// <summary>Addresses of every page about a ledger of so many entries.</summary>
    public static IEnumerable<string> Addresses(long size) =>
        [
            "/",
            "/?event=CLAIMS_RECORDED",
            "/?event=",
            "/?event=x-none",
            "/?before=3",
            "/tail",
            .. Enumerable.Range(0, (int)size).Select(index => $"/receipts/{index}"),
            "/search",
            "/search?q=alone",
            "/search?q=subject:alone&order=oldest",
            "/decisions",
            "/decisions?state=all",
            "/decisions?state=proposed",
            "/contradictions",
            "/contradictions?state=&severity=",
            "/contradictions?state=open&severity=critical",
            "/contradictions?skip=1",
            "/map",
            "/map?severity=high&severity=critical&until=3",
            "/map?skip=1",
            "/pending",
            "/pending?skip=100",
            "/policies",
            "/policies/0",
            "/operations",
        ];
}
