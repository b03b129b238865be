using System.Diagnostics;
using Tessrax.Canonical;
using Tessrax.Keys;

namespace Tessrax.EndToEnd.Tests;

/// <summary>The log's key, rotated as people do it: proposed, approved, followed by those who trust it, and finished.</summary>
public sealed class LogRotationVerbsTests : IDisposable
{
    private const int Kills = 3;
    private readonly LedgerHome home = new();

    private Ctl Ctl => home.Ctl;

    private string Keys => Ctl.PathOf("ledger", "keys");

    public void Dispose() => home.Dispose();

    [Fact]
    public void It_is_approved_signs_beside_the_old_one_is_followed_and_finished()
    {
        Ctl.Must("trust", "export", "ledger", "-o", "before.json");
        Ctl.Must("trust", "export", "ledger", "--checkpoint", "-o", "pin.json");
        Ctl.Must("trust", "pin", "pin.json");
        string[] rotate = ["keys", "rotate", "ledger", "--purpose", "log", "--reason", "once a year"];
        string id = Json(rotate)["proposal"]!.AsNumberText();
        // Asked again, it makes no second key.
        Assert.Equal(id, Json(rotate)["proposal"]!.AsNumberText());
        string file = Assert.Single(Directory.GetFiles(Keys, "log-*.key"));
        Ctl.Must("doctor", "ledger");
        Ctl.Must("approve", "ledger", id, "--key", "alice.key");
        // Where the file is not, the verdict counts and the ledger goes on, and nothing is recorded that could not be signed.
        string elsewhere = Ctl.PathOf("elsewhere.key");
        File.Move(file, elsewhere);
        Ctl.Must("approve", "ledger", id, "--key", "bob.key");
        Assert.Contains($"proposal {id} is approved", Append().Error, StringComparison.Ordinal);
        File.Move(elsewhere, file);
        Assert.Contains("KEY_ROTATED", Append().Error, StringComparison.Ordinal);
        string vkey = Json("keys", "list", file)["vkey"]!.AsString();
        Assert.Contains(vkey, Ctl.Must("verify", "ledger", "--json").Text, StringComparison.Ordinal);
        Assert.Equal(2, Signatures());
        Ctl.Must("doctor", "ledger");
        Ctl.Must("verify", "ledger", "--trust", "before.json");
        home.MustRefuse(2, "TSX1012", "keys", "rotate", "ledger", "--finish");
        Ctl.Must("keys", "rotate", "ledger", "--finish", "--yes");
        Assert.False(File.Exists(Path.Combine(Keys, "log.key")));
        home.MustRefuse(2, "TSX1012", "keys", "rotate", "ledger", "--finish", "--yes");
        Append();
        Assert.Equal(1, Signatures());
        Ctl.Must("verify", "ledger", "--trust", "before.json");
        Ctl.Must("verify", "ledger");
        Ctl.Must("doctor", "ledger");
        // Who pinned the old key moves on, by what is pinned.
        JsonValue moved = Json("trust", "pin", "--update", "--ledger", "ledger");
        Assert.Equal(("true", vkey), (moved["moved"]!.ToString(), moved["vkey"]!.AsString()));
        Assert.Equal("false", Json("trust", "pin", "--update", "--ledger", "ledger")["moved"]!.ToString());
        Ctl.Must("verify", "ledger");
        // And on from there like any other.
        Append();
        Ctl.Must("trust", "export", "ledger", "--checkpoint", "-o", "later.json");
        Assert.Equal("true", Json("trust", "pin", "later.json", "--ledger", "ledger")["advanced"]!.ToString());
        Ctl.Must("trust", "export", "ledger", "-o", "plain.json");
        home.MustRefuse(2, "TSX1012", "trust", "pin", "--update");
        home.MustRefuse(2, "TSX1012", "trust", "pin");
        home.MustRefuse(2, "TSX1012", "keys", "rotate", "ledger");
        Ctl.Must("merkle", "history", "ledger");
        Ctl.Must("merkle", "check", "ledger", "--key", home.LogKey.ToString());
        Ctl.Must("merkle", "check", "ledger", "--key", vkey);
        // A pin is not moved by a ledger that does not verify by it.
        string checkpoint = Ctl.PathOf("ledger", "checkpoint");
        byte[] good = File.ReadAllBytes(checkpoint);
        Ctl.Must("keys", "list", "ledger");
        File.WriteAllText(checkpoint, "noise");
        Assert.Equal(1, Ctl.Run("trust", "pin", "--update", "--ledger", "ledger").ExitCode);
        File.WriteAllBytes(checkpoint, good);
    }

    [Fact]
    public void Whoever_rotates_is_told_how_many_verdicts_lapse_and_that_no_mnemonic_gives_the_key()
    {
        string first = Json("keys", "rotate", "ledger", "--reason", "once a year")["proposal"]!.AsNumberText();
        Ctl.Must("approve", "ledger", first, "--key", "alice.key");
        CtlResult proposed = Ctl.Must("keys", "rotate", "ledger", "--purpose", "log", "--reason", "once a year");
        Assert.Contains("1 verdict given before it will count no more", proposed.Text, StringComparison.Ordinal);
        Assert.Contains("without --mnemonic", proposed.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Killed_at_any_moment_it_has_happened_or_has_not_and_the_next_run_goes_on()
    {
        var random = new Random(KillRun.Seed);
        Ctl.Must("init", "alone", "--origin", "example.com/alone");
        Ctl.Must("trust", "export", "alone", "-o", "trust.json");
        string[] rotate = ["keys", "rotate", "alone", "--purpose", "log", "--reason", "once a year"];
        var watch = Stopwatch.StartNew();
        Ctl.Must(rotate);
        int usual = (int)watch.ElapsedMilliseconds;
        for (int round = 0; round < Kills; round++)
        {
            int after = random.Next(usual / 3, usual + (usual / 5));
            string what = $"seed {KillRun.Seed}, round {round}, killed after {after} ms";
            using (Process process = Ctl.Start(rotate))
            {
                if (!process.WaitForExit(after))
                    process.Kill();
                process.WaitForExit();
            }
            CtlResult verdict = Ctl.Run("verify", "alone", "--trust", "trust.json");
            Assert.True(verdict.ExitCode == 0, $"{what}: {verdict.Text}{verdict.Error}");
        }
        Ctl.Must(rotate);
        Ctl.Must("keys", "rotate", "alone", "--finish", "--yes");
        Assert.Single(Directory.GetFiles(Ctl.PathOf("alone", "keys"), "log*.key"));
        Ctl.Must("append", "alone", "--event", "x-note", "--payload", Ctl.Write("p.json", "1"));
        Ctl.Must("verify", "alone", "--trust", "trust.json");
        Ctl.Must("doctor", "alone");
    }

    private int Signatures() =>
        SignedNote.Parse(File.ReadAllBytes(Ctl.PathOf("ledger", "checkpoint"))).Signatures.Count;

    private CtlResult Append() =>
        Ctl.Must("append", "ledger", "--event", "x-note", "--payload", Ctl.Write("p.json", "1"));

    private JsonValue Json(params string[] args) =>
        JsonValue.Parse(System.Text.Encoding.UTF8.GetBytes(Ctl.Must([.. args, "--json"]).Lines[0]));
}
