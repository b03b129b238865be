using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Node.Witnessing;

namespace Tessrax.EndToEnd.Tests;

/// <summary>A fleet of real ledgers by the real binary: rounds, a witness, a ledger that is rolled back, and proofs for somebody who has a file and a trust root.</summary>
public sealed class FleetVerbsTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    public FleetVerbsTests()
    {
        // Costs less than two times init.
        foreach (string name in (string[])["fleet", "stock"])
        {
            using var other = new LedgerHome(origin: $"example.com/{name}");
            LedgerTree.Copy(other.Path, Ctl.PathOf(name));
        }
    }

    private Ctl Ctl => home.Ctl;

    public void Dispose() => home.Dispose();

    [Fact]
    public void A_round_is_recorded_witnessed_proven_and_verified_with_a_file_and_a_trust_root()
    {
        JsonValue recorded = Json("fleet", "record", "fleet", "ledger", "stock", "--json");
        Assert.Equal(
            ("true", "2", "2"),
            (Text(recorded, "recorded"), Text(recorded, "ledgers"), Text(recorded, "round"))
        );
        Assert.Equal("false", Text(Json("fleet", "record", "fleet", "ledger", "stock", "--json"), "recorded"));
        Assert.Contains(
            "nothing is new",
            Ctl.Must("fleet", "record", "fleet", "ledger", "stock").Text,
            StringComparison.Ordinal
        );
        string policy = Witnessed("fleet");
        Ctl.Must("trust", "export", "fleet", "--policy", policy, "-o", "fleet.trust.json");
        Ctl.Must("trust", "export", "ledger", "-o", "ledger.trust.json");
        Ctl.Must("prove", "ledger", "3", "-o", "three.tessrax.json");
        Ctl.Must("fleet", "prove", "fleet", "ledger", "--bundle", "three.tessrax.json", "-o", "three.fleet.json");
        Ctl.Must("fleet", "prove", "fleet", "example.com/stock", "-o", "stock.fleet.json");

        using var stranger = new Ctl();
        foreach (
            string file in (string[])["three.fleet.json", "stock.fleet.json", "fleet.trust.json", "ledger.trust.json"]
        )
            File.Copy(Ctl.PathOf(file), stranger.PathOf(file));
        CtlResult whole = stranger.Must("fleet", "verify", "three.fleet.json", "--trust", "fleet.trust.json");
        Assert.Contains("holds: the fleet proof", whole.Text, StringComparison.Ordinal);
        Assert.Contains("about: entry 3 of example.com/test", whole.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("fleet: a fork", whole.Text, StringComparison.Ordinal);
        string[] both = ["--trust", "fleet.trust.json", "--ledger-trust", "ledger.trust.json"];
        JsonValue verdict = JsonValue.Parse(
            stranger.Must(["fleet", "verify", "three.fleet.json", .. both, "--json"]).Bytes
        );
        Assert.Equal(("true", "fleet-proof"), (Text(verdict, "holds"), Text(verdict, "kind")));
        Assert.Equal("example.com/test", Text(verdict["about"]!, "origin"));
        stranger.Must("fleet", "verify", "stock.fleet.json", "--trust", "fleet.trust.json");

        // Another ledger's trust root, no trust root, a file that was changed, and one of another kind.
        Assert.Equal(1, stranger.Run(["fleet", "verify", "stock.fleet.json", .. both]).ExitCode);
        CtlResult nobody = stranger.Run("fleet", "verify", "three.fleet.json");
        Assert.Equal(1, nobody.ExitCode);
        Assert.Contains("not established", nobody.Text, StringComparison.Ordinal);
        string changed = File.ReadAllText(stranger.PathOf("three.fleet.json"))
            .Replace("\"index\":1", "\"index\":0", StringComparison.Ordinal);
        stranger.Write("changed.json", changed);
        Assert.Equal(1, stranger.Run("fleet", "verify", "changed.json", "--trust", "fleet.trust.json").ExitCode);
        CtlResult other = stranger.Run("fleet", "verify", "fleet.trust.json", "--trust", "fleet.trust.json");
        Assert.Equal(1, other.ExitCode);
        Assert.Contains("TSX5040", other.Error, StringComparison.Ordinal);
        CtlResult plain = stranger.Run("verify", "three.fleet.json", "--trust", "fleet.trust.json");
        Assert.Equal(1, plain.ExitCode);
        Assert.Contains("tessraxctl fleet verify", plain.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_ledger_that_was_rolled_back_forked_or_is_gone_ends_the_round()
    {
        LedgerTree.Copy(home.Path, Ctl.PathOf("older"));
        string payload = Ctl.Write("payload.json", "{\"text\":\"there\"}");
        Ctl.Must("append", "ledger", "--event", "x-there", "--payload", payload);
        Ctl.Must("fleet", "record", "fleet", "ledger", "stock");
        string before = LedgerTree.Of(Ctl.PathOf("fleet"));
        Refuses(4, "TSX4050", "fleet", "record", "fleet", "older", "stock");
        Refuses(4, "TSX4052", "fleet", "record", "fleet", "stock");
        Refuses(2, "TSX1012", "fleet", "record", "fleet", "ledger", "stock", "--retired", "example.com/test");
        Refuses(2, "TSX1012", "fleet", "record", "fleet", "ledger", "ledger", "stock");
        Refuses(3, "TSX3001", "fleet", "record", "fleet", "nowhere");
        // Another history of the same ledger: this machine knows the newer one, so it is written to as by another.
        Ctl.Variables["XDG_STATE_HOME"] = Ctl.PathOf("elsewhere");
        Ctl.Must("append", "older", "--event", "x-other", "--payload", payload);
        Refuses(4, "TSX4051", "fleet", "record", "fleet", "older", "stock");
        Assert.Equal(before, LedgerTree.Of(Ctl.PathOf("fleet")));
        Ctl.Must("fleet", "record", "fleet", "stock", "--retired", "example.com/test");
        Refuses(3, "TSX3011", "fleet", "prove", "fleet", "example.com/test");
        Ctl.Must("fleet", "prove", "fleet", "example.com/test", "--round", "2", "-o", "older.fleet.json");
    }

    [Fact]
    public void A_bundle_of_what_came_after_the_round_waits_for_the_next_one()
    {
        Ctl.Must("fleet", "record", "fleet", "ledger", "stock");
        string payload = Ctl.Write("payload.json", "{\"text\":\"later\"}");
        Ctl.Must("append", "ledger", "--event", "x-later", "--payload", payload);
        Ctl.Must("prove", "ledger", "3", "-o", "three.tessrax.json");
        Ctl.Must("prove", "ledger", "8", "-o", "eight.tessrax.json");
        Ctl.Must("trust", "export", "fleet", "-o", "fleet.trust.json");
        Refuses(2, "TSX1024", "fleet", "prove", "fleet", "ledger", "--bundle", "eight.tessrax.json");
        Refuses(2, "TSX1024", "fleet", "prove", "fleet", "example.com/test", "--bundle", "three.tessrax.json");
        Ctl.Must("fleet", "prove", "fleet", "ledger", "--bundle", "three.tessrax.json", "-o", "three.fleet.json");
        Ctl.Must("fleet", "verify", "three.fleet.json", "--trust", "fleet.trust.json");
        Ctl.Must("fleet", "record", "fleet", "ledger", "stock");
        Ctl.Must("fleet", "prove", "fleet", "ledger", "--bundle", "eight.tessrax.json", "-o", "eight.fleet.json");
        Ctl.Must("fleet", "verify", "eight.fleet.json", "--trust", "fleet.trust.json");
    }

    [Fact]
    public void What_a_round_costs_is_measured()
    {
        string figures = Ctl.Must("bench", "fleet", "--ledgers", "1000").Text;
        Assert.Contains("fleet.path 10 hashes", figures, StringComparison.Ordinal);
        Assert.Contains("fleet.list ", figures, StringComparison.Ordinal);
    }

    // As a witness would have: the cosignature of the newest checkpoint lies beside it, and the policy asks for it.
    private string Witnessed(string fleet)
    {
        using PrivateKey key = PrivateKey.FromSeed(new byte[32]);
        byte[] note = File.ReadAllBytes(Ctl.PathOf(fleet, "checkpoint"));
        SignedNote signed = SignedNote.Parse(note);
        SignedNote cosigned = signed.With(
            Cosignature.Sign(Checkpoint.ParseBody(signed.Text), "w.example", key, UtcTime.Now(TimeProvider.System))
        );
        File.WriteAllBytes(Ctl.PathOf(fleet, CosignedNote.FileName), cosigned.ToBytes());
        var log = VerifierKey.Create("example.com/fleet", PrivateKey.FromSeed(LedgerHome.Seed(1)).PublicKey);
        var witness = VerifierKey.Create("w.example", key.PublicKey, VerifierKey.Ed25519Cosignature);
        return Ctl.Write("witnesses.txt", $"log {log}\nwitness w {witness} http://127.0.0.1:9/\nquorum w\n");
    }

    private void Refuses(int exitCode, string code, params string[] args)
    {
        CtlResult result = Ctl.Run(args);
        Assert.True(result.ExitCode == exitCode, $"{result.ExitCode}\n{result.Text}{result.Error}");
        Assert.Contains($"error {code}: ", result.Error, StringComparison.Ordinal);
        Assert.Contains("\nhint: ", result.Error, StringComparison.Ordinal);
    }

    private JsonValue Json(params string[] args) => JsonValue.Parse(Ctl.Must(args).Bytes);

    private static string Text(JsonValue json, string name) =>
        json[name] is { Kind: JsonKind.String } text ? text.AsString() : json[name]!.ToString();
}
