using System.Text;
using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Node.Tests;

namespace Tessrax.Server.Tests;

/// <summary>Verbs with the URL of a server that lies: what it says is not told as fact, and what is no answer is an error with a reason.</summary>
public sealed class RemoteHostileTests : IAsyncLifetime
{
    private const string Claims = """
        {"claim_id":"z1","subject":"CVE-7","metric":"score","value":9.8,"timestamp":"2026-01-31T12:00:00Z","source":"nvd"}
        {"claim_id":"z2","subject":"CVE-7","metric":"score","value":4.9,"timestamp":"2026-01-31T12:00:00Z","source":"pypa"}

        """;

    private Clients clients = null!;
    private LyingProxy proxy = null!;
    private Ctl ctl = null!;

    public async ValueTask InitializeAsync()
    {
        clients = await Clients.Start(ClientTests.Filled());
        proxy = new LyingProxy(clients.Server.Running.Address);
        ctl = new Ctl(clients.Server.Home);
    }

    public async ValueTask DisposeAsync()
    {
        await proxy.DisposeAsync();
        await clients.DisposeAsync();
    }

    private string Url => proxy.Address.AbsoluteUri;

    private string[] Submits => ["--trust", ctl.Trust(), "--access-key", ctl.Key("ci", 81, KeyPurpose.Access)];

    [Theory]
    [InlineData("claims", "2", "TSX6040")]
    [InlineData("size", "99999", "TSX6040")]
    [InlineData("size", "\"all\"", "TSX6040")]
    [InlineData("pending", null, "TSX6040")]
    [InlineData("decisions", "-1", "TSX6040")]
    [InlineData("root", "\"sha256:abab\"", null)]
    [InlineData("root", "7", null)]
    [InlineData("root", null, null)]
    public void What_a_server_tells_of_claims_is_seen_or_said_to_be_its_word(string member, string? lie, string? code)
    {
        proxy.Lie = (path, bytes) =>
        {
            if (path != "/v1/claims")
                return null;
            var told = JsonValue.Parse(bytes);
            // It says so of claims that it had before, too.
            return (
                lie is null ? told.Without(member) : told.With(member, JsonValue.Parse(Encoding.UTF8.GetBytes(lie)))
            ).ToCanonicalBytes();
        };
        if (member == "claims")
            Assert.Equal(
                0,
                ctl.Run(["ingest", clients.Server.Running.Address.AbsoluteUri, "-", .. Submits], Claims).Code
            );
        CtlRun run = ctl.Run(["ingest", Url, "-", .. Submits], Claims);
        if (code is not null)
        {
            Assert.NotEqual(0, run.Code);
            Assert.Contains(code, run.Error, StringComparison.Ordinal);
            return;
        }
        Assert.True(run.Code == 0, run.Error);
        CtlRun now = ctl.Run("checkpoint", Url, "--trust", ctl.Trust(), "--json");
        Assert.Contains(now.Json[0]["root"]!.AsString(), run.Output, StringComparison.Ordinal);
        Assert.Contains("the server says: 1 contradiction", run.Output, StringComparison.Ordinal);
    }

    // A job that deploys on exit code 0 is let go on by nothing that the ledger does not hold.
    [Theory]
    [InlineData("settled")]
    [InlineData("waiting")]
    [InlineData("agreed")]
    [InlineData("by unit")]
    [InlineData("another value")]
    [InlineData("another entry")]
    [InlineData("another subject")]
    [InlineData("another decision")]
    [InlineData("older decision")]
    [InlineData("more entries")]
    [InlineData("twice")]
    public void What_a_server_says_holds_is_held_against_the_ledger(string lie)
    {
        string subject = lie is "settled" or "waiting" or "agreed" or "by unit" ? "CVE-2" : "CVE-1";
        JsonValue? other = lie is "another decision" or "older decision" ? Decided(lie) : null;
        proxy.Lie = (path, bytes) =>
        {
            if (!path.StartsWith("/v1/standing", StringComparison.Ordinal))
                return null;
            var told = JsonValue.Parse(bytes);
            JsonValue[] groups = [.. Lies(lie, told["standing"]!.Items[0].With("settled", true), other)];
            if (lie == "more entries")
                told = told.With(
                    "size",
                    JsonValue.Number(told["size"]!.AsNumberText() is var n ? long.Parse(n, null) + 1 : 0)
                );
            return told.With("standing", JsonValue.Of(groups)).ToCanonicalBytes();
        };
        CtlRun run = ctl.Run("standing", Url, subject, "--trust", ctl.Trust());
        Assert.Equal(1, run.Code);
        if (lie is not ("settled" or "waiting"))
            Assert.Contains("TSX6040", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stranger")]
    [InlineData("name")]
    [InlineData("ended")]
    [InlineData("later")]
    [InlineData("roles")]
    [InlineData("no role")]
    [InlineData("twice")]
    [InlineData("ended by genesis")]
    public void A_key_that_no_entry_made_or_ended_is_no_key_of_the_ledger(string lie)
    {
        JsonValue Changed(JsonValue key) =>
            lie switch
            {
                "stranger" => key.With(
                    "vkey",
                    VerifierKey.Create("author", TestLedger.Seeded(99).PublicKey).ToString()
                ),
                "name" => key.With("name", "mallory"),
                "ended" => key.With("until", 4).With("ended", "retired"),
                "roles" => key.With("roles", JsonValue.Of("legal")),
                "no role" => key.With("roles", JsonValue.Of(1)),
                "ended by genesis" => key.With("until", 1).With("ended", "removed"),
                "twice" => key,
                _ => key.With("from", 4),
            };
        proxy.Lie = (path, bytes) =>
        {
            if (path != "/v1/keys")
                return null;
            var told = JsonValue.Parse(bytes);
            // The first is the author's, the second an approver's.
            JsonValue[] keys = [.. told["keys"]!.Items];
            keys[1] = Changed(keys[1]);
            return told.With("keys", JsonValue.Of(lie == "twice" ? keys.Append(keys[1]) : keys)).ToCanonicalBytes();
        };
        CtlRun run = ctl.Run("keys", "list", Url, "--trust", ctl.Trust());
        Assert.Equal(1, run.Code);
        Assert.Contains("TSX6040", run.Error, StringComparison.Ordinal);
    }

    private static IEnumerable<JsonValue> Lies(string lie, JsonValue group, JsonValue? other)
    {
        JsonValue[] claims = [.. group["claims"]!.Items];
        JsonValue[] entries = [.. group["entries"]!.Items];
        JsonValue bare = group.Without("contradiction").Without("proposal").Without("decision");
        return lie switch
        {
            "waiting" =>
            [
                group.Without("proposal").With("contradiction", group["contradiction"]!.With("state", "resolved")),
            ],
            "agreed" => [bare],
            "by unit" => [.. claims.Select((_, i) => OfUnit(i))],
            "another value" => [group.With("claims", JsonValue.Of(claims.Select(one => one.With("value", 1))))],
            "another entry" => [group.With("entries", JsonValue.Of(entries.Select(_ => JsonValue.Number(0))))],
            "another subject" => [group.With("subject", "CVE-2")],
            "another decision" => [group.With("decision", other!)],
            "older decision" =>
            [
                group
                    .Without("proposal")
                    .With("decision", other!)
                    .With(
                        "contradiction",
                        group["contradiction"]!
                            .Without("proposal")
                            .With("state", "resolved")
                            .With("settled", other!["index"]!)
                    ),
            ],
            "twice" => [group, group],
            _ => [group],
        };

        JsonValue OfUnit(int i)
        {
            JsonValue one = bare.With("claims", JsonValue.Of(claims[i]))
                .With("entries", JsonValue.Of(entries[i]))
                .With("claims_in_all", 1L);
            return i == 0 ? one : one.With("unit", "score");
        }
    }

    // A decision of another subject; or that of this one, before another claim opened it again.
    private JsonValue Decided(string lie)
    {
        string subject = lie == "older decision" ? "CVE-1" : "CVE-2";
        if (subject == "CVE-2")
        {
            string waits = ctl.Run("pending", Url, "--trust", ctl.Trust(), "--json").Json[0]["id"]!.AsNumberText();
            Assert.Equal(0, ctl.Approve(Url, waits).Code);
        }
        CtlRun decided = ctl.Run("standing", Url, subject, "--trust", ctl.Trust(), "--json");
        Assert.True(decided.Code == 0, decided.Error);
        if (subject == "CVE-1")
            Assert.Equal(
                0,
                ctl.Run(
                    ["ingest", Url, "-", .. Submits],
                    """
                    {"claim_id":"z9","subject":"CVE-1","metric":"score","value":0.1,"timestamp":"2026-01-31T12:00:00Z","source":"third"}

                    """
                ).Code
            );
        return decided.Json[0]["decision"]!;
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"verdicts\":[]}")]
    [InlineData("{\"verdicts\":[7]}")]
    [InlineData("{\"verdicts\":[{\"proposal\":1,\"approval\":3,\"outcome\":\"decided\",\"index\":4}]}")]
    public void A_verdict_is_recorded_where_an_entry_holds_it(string lie)
    {
        string id = ctl.Run("pending", Url, "--trust", ctl.Trust(), "--json").Json[0]["id"]!.AsNumberText();
        proxy.Lie = (path, _) => path == "/v1/approvals" ? Encoding.UTF8.GetBytes(lie) : null;
        CtlRun run = ctl.Approve(Url, id);
        Assert.Equal(1, run.Code);
        Assert.Contains("TSX6040", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_verdict_names_is_shown_and_held_against_the_ledger()
    {
        string id = ctl.Run("pending", Url, "--trust", ctl.Trust(), "--json").Json[0]["id"]!.AsNumberText();
        proxy.Lie = (path, bytes) =>
            path == "/v1/proposals/request"
                ? JsonValue.Parse(bytes).With("gov", $"sha256:{new string('e', 64)}").ToCanonicalBytes()
                : null;
        Assert.Contains("TSX6040", ctl.Approve(Url, id).Error, StringComparison.Ordinal);
        Assert.Equal(0, proxy.Signed);
        proxy.Lie = static (path, _) => path == "/v1/proposals/request" ? "{\"request\":7}"u8.ToArray() : null;
        Assert.Contains("TSX6040", ctl.Approve(Url, id).Error, StringComparison.Ordinal);
        proxy.Lie = static (_, _) => null;
        CtlRun run = ctl.Approve(Url, id);
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("signed as '", run.Error, StringComparison.Ordinal);
        Assert.Contains("the server says: decided", run.Output, StringComparison.Ordinal);
        Assert.Contains(
            "the server says",
            ctl.Run("pending", Url, "--trust", ctl.Trust()).Output,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("{\"required\":[]}")]
    [InlineData("{\"approvals\":0,\"required\":[{\"role\":7}]}")]
    [InlineData("{\"approvals\":0,\"required\":[],\"not_before\":\"soon\"}")]
    public void What_a_wish_waits_for_is_told_or_no_answer(string lie)
    {
        proxy.Lie = (path, _) =>
            path.StartsWith("/v1/proposals/", StringComparison.Ordinal) ? Encoding.UTF8.GetBytes(lie) : null;
        CtlRun run = Hold();
        Assert.Equal((1, ""), (run.Code, run.Output));
        Assert.Contains("TSX6040", run.Error, StringComparison.Ordinal);
        // It waits all the same, and whoever asks again is told of it.
        proxy.Lie = static (_, _) => null;
        Assert.Contains("waits: 0 of 2 of approver", Hold().Output, StringComparison.Ordinal);
        proxy.Lie = (path, bytes) =>
            path == "/v1/proposals" ? JsonValue.Parse(bytes).With("proposal", 0).ToCanonicalBytes() : null;
        Assert.Contains("TSX6040", Hold().Error, StringComparison.Ordinal);
    }

    private CtlRun Hold()
    {
        string key = ctl.Key("boss", 84, KeyPurpose.Access);
        string[] hold = ["hold", "place", Url, "--entries", "1", "--name", "h", "--reason", "r"];
        return ctl.Run([.. hold, "--trust", ctl.Trust(), "--access-key", key]);
    }

    [Fact]
    public void A_payload_that_is_withheld_is_gone_as_the_server_says()
    {
        proxy.Lie = static (path, bytes) =>
        {
            if (!path.StartsWith("/v1/receipts?", StringComparison.Ordinal))
                return null;
            var page = JsonValue.Parse(bytes);
            return page.With(
                    "receipts",
                    JsonValue.Of(
                        page["receipts"]!
                            .Items.ToArray()
                            .Select(one =>
                                one["payload"] is null
                                    ? one
                                    : one.Without("payload").Without("salt").With("erased", JsonValue.True)
                            )
                    )
                )
                .ToCanonicalBytes();
        };
        CtlRun run = ctl.Run("log", Url, "--limit", "2", "--trust", ctl.Trust());
        Assert.True(run.Code == 0, run.Error);
        Assert.Contains("payload erased, the server says", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_server_does_not_choose_by_which_pin_it_is_judged()
    {
        Assert.Equal(0, ctl.Run("trust", "pin", ctl.Trust()).Code);
        CtlRun run = ctl.Run("show", Url, "3");
        Assert.True(run.Code == 0, run.Error);
        // Another ledger that is pinned as well, which the same address names from now on.
        using var other = new Node.Tests.TestLedger();
        File.WriteAllBytes(ctl.Path("other.json"), other.Trust.ToJson());
        Assert.Equal(0, ctl.Run("trust", "pin", ctl.Path("other.json")).Code);
        proxy.Lie = (path, bytes) =>
            path == "/v1/ledger" ? JsonValue.Parse(bytes).With("id", other.Id.ToString()).ToCanonicalBytes() : null;
        Assert.Contains("TSX5034", ctl.Run("show", Url, "3").Error, StringComparison.Ordinal);
    }
}
