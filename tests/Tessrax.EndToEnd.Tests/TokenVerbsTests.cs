using System.Text;
using Tessrax.Canonical;
using Tessrax.Node.Reading;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Tokens as people use them: a policy that asks for them comes into force, one is issued, looked at, used, and never again.</summary>
public sealed class TokenVerbsTests : IDisposable
{
    private readonly LedgerHome home = new();

    private Ctl Ctl => home.Ctl;

    public void Dispose() => home.Dispose();

    [Fact]
    public void A_payment_is_committed_with_a_token_and_only_so()
    {
        JsonValue policy = JsonValue
            .Parse(File.ReadAllBytes(LedgerHome.SamplePolicy))
            .With("policy", "tessrax/policy/v2")
            .With("version", "9.0.0")
            .With("tokens", JsonValue.Parse("""{"x-paid":{"role":"security","valid":"PT10M","entries":50}}"""u8));
        string file = Ctl.Write("next.json", policy.ToString());
        string id = Json("policy", "upgrade", "ledger", file, "--reason", "payments need a token")[
            "proposal"
        ]!.AsNumberText();
        foreach (string key in (string[])["alice.key", "bob.key"])
            Ctl.Must("approve", "ledger", id, "--key", key);
        string paid = Ctl.Write("paid.json", "1");
        home.MustRefuse(4, "TSX4046", "append", "ledger", "--event", "x-paid", "--payload", paid);
        string receipt = Json("tx", "prepare", "ledger", "--event", "x-paid", "--payload", paid)["token"]!.AsString();
        home.MustRefuse(4, "TSX4046", "tx", "commit", "ledger", receipt);
        home.MustRefuse(
            2,
            "TSX1012",
            "token",
            "issue",
            "ledger",
            receipt,
            "--key",
            "alice.key",
            "--valid",
            "P1D",
            "-o",
            "no.token"
        );
        Ctl.Must("token", "issue", "ledger", receipt, "--key", "alice.key", "--entries", "10", "-o", "paid.token");
        Assert.Contains("x-paid", Ctl.Must("token", "inspect", "paid.token").Text, StringComparison.Ordinal);
        Ctl.Must("tx", "commit", "ledger", receipt, "--token", "paid.token");
        string second = Json("tx", "prepare", "ledger", "--event", "x-paid", "--payload", paid)["token"]!.AsString();
        home.MustRefuse(4, "TSX4043", "token", "use", "ledger", second, "paid.token");
        Ctl.Must("token", "issue", "ledger", second, "--key", "bob.key", "-o", "second.token");
        Assert.Contains(
            "recorded at",
            Ctl.Must("token", "use", "ledger", second, "second.token").Text,
            StringComparison.Ordinal
        );
        home.MustHold();
        using LedgerView view = home.View();
        Assert.Equal(2, view.Receipts().Count(r => r.Entry.Token is not null));
    }

    [Fact]
    public void A_decision_that_is_approved_waits_for_its_token_and_says_so()
    {
        home.WithClaims();
        JsonValue policy = JsonValue
            .Parse(File.ReadAllBytes(LedgerHome.SamplePolicy))
            .With("policy", "tessrax/policy/v2")
            .With("version", "9.0.0")
            .With(
                "tokens",
                JsonValue.Parse("""{"DECISION_RECORDED":{"role":"security","valid":"PT10M","entries":50}}"""u8)
            );
        string file = Ctl.Write("next.json", policy.ToString());
        string upgrade = Json("policy", "upgrade", "ledger", file, "--reason", "not before its time")[
            "proposal"
        ]!.AsNumberText();
        foreach (string key in (string[])["alice.key", "bob.key"])
            Ctl.Must("approve", "ledger", upgrade, "--key", key);
        JsonValue waiting = Json("pending", "ledger");
        string id = waiting["id"]!.AsNumberText();
        Assert.Equal("security", waiting["token_role"]!.AsString());
        Assert.Contains("then a token by security", Ctl.Must("pending", "ledger").Text, StringComparison.Ordinal);
        foreach (string key in (string[])["alice.key", "bob.key"])
            Ctl.Must("approve", "ledger", id, "--key", key);
        Assert.Equal("approved", Json("pending", "ledger")["state"]!.AsString());
        Ctl.Must("token", "issue", "ledger", id, "--key", "alice.key", "-o", "now.token");
        Ctl.Must("token", "use", "ledger", id, "now.token");
        Assert.Empty(Ctl.Must("pending", "ledger", "--json").Text);
        home.MustHold();
    }

    private JsonValue Json(params string[] args) =>
        JsonValue.Parse(Encoding.UTF8.GetBytes(Ctl.Must([.. args, "--json"]).Text));
}
