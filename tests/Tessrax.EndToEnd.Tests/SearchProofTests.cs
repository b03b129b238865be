using System.Text.Json.Nodes;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Search;
using JsonValue = Tessrax.Canonical.JsonValue;

namespace Tessrax.EndToEnd.Tests;

/// <summary>A search is proven in one file, which a stranger verifies; one hit that is left out is told.</summary>
public sealed class SearchProofTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    public void Dispose() => home.Dispose();

    [Fact]
    public void A_stranger_verifies_what_is_found_and_misses_what_is_left_out()
    {
        home.Ctl.Must("rotate", "ledger");
        CtlResult made = home.Ctl.Must("search", "ledger", "subject:CVE-2", "--prove", "-o", "p.search.json");
        Assert.Matches(
            @"^wrote p\.search\.json: \d+ hits \([0-9, -]+\) among \d+ entries that it shows",
            made.Lines[0]
        );
        JsonValue verdict = JsonValue.Parse(home.Ctl.Must("verify", "p.search.json", "--json").Bytes);
        Assert.Equal("search", verdict["kind"]!.AsString());
        long[] hits = [.. verdict["hits"]!.Items.ToArray().Select(i => long.Parse(i.AsNumberText(), null))];
        JsonValue answer = JsonValue.Parse(
            home.Ctl.Must("search", "ledger", "subject:CVE-2", "--order", "oldest", "--json").Bytes
        );
        Assert.Equal(
            answer["hits"]!.Items.ToArray().Select(hit => long.Parse(hit["index"]!.AsNumberText(), null)),
            hits
        );
        Assert.Contains(
            "subject:CVE-2: found in ",
            home.Ctl.Must("verify", "p.search.json").Text,
            StringComparison.Ordinal
        );

        JsonNode proof = JsonNode.Parse(File.ReadAllText(home.Ctl.PathOf("p.search.json")))!;
        JsonArray entries = proof["entries"]!.AsArray();
        entries.Remove(entries.Single(entry => (long)entry!["entry"]!["index"]! == hits[1]));
        CtlResult refuted = home.Ctl.Run("verify", home.Ctl.Write("less.json", proof.ToJsonString()));
        Assert.Equal(1, refuted.ExitCode);
        Assert.Contains(
            $"search: TSX5038 entry {hits[1]} may be found by the query, and was left out",
            refuted.Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void No_index_is_needed_however_many_entries_there_are()
    {
        using (LedgerWriter writer = home.Open())
            writer.Append(
                Enumerable
                    .Range(0, Searcher.MostScanned)
                    .Select(i => new Draft
                    {
                        Event = "x-note",
                        By = VoucherKind.Log,
                        Payload = FrozenPayload.From(new OwnEvent(JsonValue.Object(("n", i)), null).ToJson()),
                    })
            );
        CtlResult refused = home.Ctl.Run("search", "ledger", "subject:CVE-2");
        Assert.Contains("TSX3040", refused.Error, StringComparison.Ordinal);
        home.Ctl.Must("search", "ledger", "subject:CVE-2", "--prove", "--no-open", "-o", "p.json");
    }

    [Fact]
    public void It_is_told_what_cannot_be_proven_and_what_does_not_go_together()
    {
        // The open epoch is shown whole, so that any query is proven while there is no other.
        home.Ctl.Must("search", "ledger", "NOT nothing", "--prove", "-o", "all.json");
        Assert.Equal(2, home.Ctl.Run("search", "ledger", "NOT nothing", "--prove", "-o", "all.json").ExitCode);
        home.Ctl.Must("rotate", "ledger");
        CtlResult refused = home.Ctl.Run("search", "ledger", "rubysec", "--prove", "-o", "none.json");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("error TSX1021", refused.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(home.Ctl.PathOf("none.json")));
        Assert.Contains("TSX1012", home.Ctl.Run("search", "ledger", "a", "--no-open").Error, StringComparison.Ordinal);
        JsonValue less = JsonValue.Parse(
            home.Ctl.Must(
                "search",
                "ledger",
                "subject:CVE-2",
                "--prove",
                "--no-open",
                "-o",
                "less.json",
                "--json"
            ).Bytes
        );
        Assert.Equal(JsonValue.False, less["open"]);
        Assert.Contains(
            "of which the proof shows nothing",
            home.Ctl.Must("verify", "less.json").Text,
            StringComparison.Ordinal
        );
    }
}
