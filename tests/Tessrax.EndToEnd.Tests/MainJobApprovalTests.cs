using System.Diagnostics;
using Tessrax.Canonical;
using Tessrax.Keys;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Approvals: at the ledger, on another machine, and by a command that asks a hardware key.</summary>
public sealed class MainJobApprovalTests : IDisposable
{
    private const string Proposal = "6";

    private readonly LedgerHome home = new LedgerHome().WithClaims();

    private Ctl Ctl => home.Ctl;

    public void Dispose() => home.Dispose();

    [Fact]
    public void Two_rejections_of_three_close_a_proposal()
    {
        Ctl.Must("pending", "ledger", "--export", "request.json");
        Ctl.Must("approve", "request.json", "--key", "carol.key", "-o", "carol.json");
        string[] reject = ["approve", "ledger", Proposal, "--reject", "--json", "--key"];
        Assert.Equal("waiting", Outcome(Ctl.Must([.. reject, "alice.key"])));
        Assert.Equal("rejected", Outcome(Ctl.Must([.. reject, "bob.key"])));
        Assert.Empty(Ctl.Must("pending", "ledger", "--json").Bytes);
        Ctl.Must("verify", "ledger");
        home.MustRefuse(3, "TSX3014", "approve", "ledger", Proposal, "--key", "carol.key");
        home.MustRefuse(4, "TSX4011", "approve", "ledger", "--import", "carol.json");
    }

    [Fact]
    public void Each_key_counts_once_whichever_way_it_votes()
    {
        Ctl.Must("approve", "ledger", Proposal, "--key", "alice.key");
        home.MustRefuse(4, "TSX4008", "approve", "ledger", Proposal, "--key", "alice.key");
        home.MustRefuse(4, "TSX4008", "approve", "ledger", Proposal, "--key", "alice.key", "--reject");
    }

    [Fact]
    public void Only_an_approver_of_the_ledger_may_sign()
    {
        Ctl.Must("keys", "new", "mallory", "-o", "mallory.key");
        home.MustRefuse(4, "TSX4002", "approve", "ledger", Proposal, "--key", "mallory.key");
        string author = Path.Combine("ledger", "keys", "author.key");
        home.MustRefuse(4, "TSX2005", "approve", "ledger", Proposal, "--key", author);
    }

    [Fact]
    public void Whoever_approved_is_found_and_shown()
    {
        Ctl.Must("approve", "ledger", Proposal, "--key", "alice.key");
        Assert.Equal(["0"], Ctl.Must("search", "ledger", "key:bob", "--count").Lines);
        var found = JsonValue.Parse(Ctl.Must("search", "ledger", "key:alice", "--json").Bytes);
        string index = Assert.Single(found["hits"]!.Items.ToArray())["index"]!.AsNumberText();
        Assert.Contains(
            "verdict of   alice (sha256:",
            Ctl.Must("show", "ledger", index).Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void Signatures_made_elsewhere_are_brought_back()
    {
        Ctl.Must("pending", "ledger", "--export", "request.json");
        using var elsewhere = new Ctl { Variables = { ["TESSRAX_PASSPHRASE"] = "secret" } };
        File.Copy(Ctl.PathOf("request.json"), elsewhere.PathOf("request.json"));
        foreach (string name in (string[])["alice", "bob"])
        {
            File.Copy(Ctl.PathOf(name + ".key"), elsewhere.PathOf(name + ".key"));
            elsewhere.Must("approve", "request.json", "--key", name + ".key", "-o", name + ".json");
            File.Copy(elsewhere.PathOf(name + ".json"), Ctl.PathOf(name + ".json"));
        }
        Assert.Equal("waiting", Outcome(Ctl.Must("approve", "ledger", "--import", "alice.json", "--json")));
        home.MustRefuse(4, "TSX4008", "approve", "ledger", "--import", "alice.json");
        Assert.Equal("decided", Outcome(Ctl.Must("approve", "ledger", "--import", "bob.json", "--json")));
        Ctl.Must("verify", "ledger");
    }

    [Fact]
    public void Signatures_for_another_ledger_or_changed_ones_are_refused()
    {
        Ctl.Must("pending", "ledger", "--export", "request.json");
        Ctl.Must("approve", "request.json", "--key", "alice.key", "-o", "alice.json");
        using LedgerHome other = new LedgerHome().WithClaims();
        File.Copy(Ctl.PathOf("alice.json"), other.Ctl.PathOf("alice.json"));
        other.MustRefuse(4, "TSX4005", "approve", "ledger", "--import", "alice.json");

        string text = File.ReadAllText(Ctl.PathOf("alice.json"));
        Ctl.Write("changed.json", text.Replace("APPROVE", "REJECT", StringComparison.OrdinalIgnoreCase));
        Assert.NotEqual(text, File.ReadAllText(Ctl.PathOf("changed.json")));
        string before = LedgerTree.Of(home.Path);
        CtlResult refused = Ctl.Run("approve", "ledger", "--import", "changed.json");
        Assert.True(refused.ExitCode is 2 or 4, refused.Error);
        Assert.Equal(before, LedgerTree.Of(home.Path));
    }

    [Fact]
    public void A_command_may_sign_in_place_of_a_key_file()
    {
        string pem = Ctl.PathOf("hardware.pem");
        Assert.SkipUnless(OpenSsl(pem, out string vkey), "no openssl with Ed25519 here");
        string[] init = ["init", "other", "--origin", "example.com/other", "--policy", LedgerHome.SamplePolicy];
        Ctl.Must([.. init, "--approver", $"hardware:security:{vkey}", "--approver", $"alice:security:{Vkey("alice")}"]);
        Ctl.Must("ingest", "other", "claims.jsonl");
        string signer =
            $"cat >message && openssl pkeyutl -sign -rawin -inkey {pem} -in message | base64 -w0 && rm message";
        string[] approve = ["approve", "other", Proposal, "--json"];
        Assert.Equal("waiting", Outcome(Ctl.Must([.. approve, "--signer", signer, "--vkey", vkey])));
        Assert.Equal("decided", Outcome(Ctl.Must([.. approve, "--key", "alice.key"])));
        Ctl.Must("verify", "other");
    }

    [Theory]
    [InlineData("exit 3", 5, "TSX2009", "exit code 3")]
    [InlineData("nonexistent-signer", 5, "TSX2009", "exit code 127")]
    [InlineData("echo hello", 5, "TSX2009", "64-byte signature")]
    [InlineData("true", 5, "TSX2009", "64-byte signature")]
    [InlineData("head -c 64 /dev/zero | base64 -w0", 4, "TSX4006", "")]
    public void A_command_that_signs_badly_is_refused(string signer, int exitCode, string code, string said)
    {
        string[] approve = ["approve", "ledger", Proposal, "--signer", signer, "--vkey", Vkey("alice")];
        Assert.Contains(said, home.MustRefuse(exitCode, code, approve).Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_what_is_missing_to_sign()
    {
        string[] approve = ["approve", "ledger", Proposal];
        home.MustRefuse(2, "TSX1012", approve);
        Assert.Contains(
            "--vkey",
            home.MustRefuse(2, "TSX1012", [.. approve, "--signer", "true"]).Error,
            StringComparison.Ordinal
        );
        home.MustRefuse(2, "TSX1012", [.. approve, "--signer", "true", "--key", "alice.key"]);
        home.MustRefuse(3, "TSX3012", [.. approve, "--key", "nowhere.key"]);
        home.MustRefuse(3, "TSX3014", "approve", "ledger", "5", "--key", "alice.key");
        home.MustRefuse(2, "TSX1012", "approve", "ledger", "six", "--key", "alice.key");
        Ctl.Variables["TESSRAX_PASSPHRASE"] = "wrong";
        home.MustRefuse(4, "TSX2001", [.. approve, "--key", "alice.key"]);
    }

    private string Vkey(string name) =>
        KeyFile.ReadPublic(File.ReadAllBytes(Ctl.PathOf(name + ".key"))).VerifierKey.ToString();

    private static string Outcome(CtlResult result) => JsonValue.Parse(result.Bytes)["outcome"]!.AsString();

    // The last 32 bytes of the public key's DER form are the key (RFC 8410, section 4).
    private static bool OpenSsl(string pem, out string vkey)
    {
        vkey = "";
        string make =
            $"openssl genpkey -algorithm ed25519 -out {pem} && openssl pkey -in {pem} -pubout -outform DER | base64";
        using Process shell = Process.Start(
            new ProcessStartInfo("/bin/sh", ["-c", make])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        byte[] key = new byte[64];
        string text = shell.StandardOutput.ReadToEnd().ReplaceLineEndings("");
        shell.WaitForExit();
        if (shell.ExitCode != 0 || !Convert.TryFromBase64String(text, key, out int length) || length != 44)
            return false;
        bool valid = PublicKey.TryCreate(key.AsSpan(12, 32), out PublicKey publicKey);
        vkey = valid ? VerifierKey.Create("hardware", publicKey).ToString() : "";
        return valid;
    }
}
