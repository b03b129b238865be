using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Tessrax.Keys;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Verification;

/// <summary>A closed ledger and its successor under <c>spec/vectors/ledger/</c>: written by this code to the byte, and verified from the
/// files alone, one across to the other.</summary>
public sealed class SuccessorVectorsTests
{
    [Fact]
    public void The_files_are_what_the_code_writes()
    {
        foreach ((string name, byte[] bytes) in SuccessorVectorFiles.Make())
            Spec.MustHold(bytes, "vectors", "ledger", name);
    }

    [Fact]
    public void The_successor_verifies_from_its_files_back_to_the_first_entry_of_the_closed_ledger()
    {
        (Verdict old, Verdict verdict) = Walk(Entries(SuccessorVectorFiles.ClosedFile));
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
        Assert.Equal(8, verdict.Stages.Single(s => s.Name == PredecessorJudge.StageName).Checked);
        Assert.Equal("example.com/fold/2", old.Successor?.Origin);
        Assert.All(old.Stages.Where(s => s.Name != "trust"), s => Assert.True(s.Holds));
    }

    [Fact]
    public void No_entry_of_the_closed_ledger_can_be_left_out_changed_or_exchanged()
    {
        JsonElement[] whole = Entries(SuccessorVectorFiles.ClosedFile);
        for (int i = 0; i < whole.Length; i++)
        {
            JsonElement[] others = [.. whole[..i], .. whole[(i + 1)..]];
            Assert.False(Walk(others).Next.Holds);
            JsonElement[] doubled = [.. whole[..i], whole[i], .. whole[i..]];
            Assert.False(Walk(doubled).Next.Holds);
        }
    }

    // The rest recomputes the vectors by the sentences of spec/ledger.md, not by the code under test.

    [Fact]
    public void Genesis_follows_from_the_closed_ledger_and_the_new_key()
    {
        using JsonDocument closed = Read(SuccessorVectorFiles.ClosedFile);
        using JsonDocument next = Read(SuccessorVectorFiles.SuccessorFile);
        using JsonDocument last = JsonDocument.Parse(Leaf(closed, ^1));
        using JsonDocument genesis = JsonDocument.Parse(Leaf(next, 0));
        JsonElement body = genesis.RootElement.GetProperty("body");
        string closedAt = last.RootElement.GetProperty("recorded_at").GetString()!;
        Assert.Equal(closedAt, genesis.RootElement.GetProperty("recorded_at").GetString());
        Assert.Equal(closedAt, body.GetProperty("issued_at").GetString());

        byte[] id = Hex(Text(closed, "ledger_id"));
        byte[] gov = Hex(Text(closed, "gov"));
        string vkey = last
            .RootElement.GetProperty("body")
            .GetProperty("control")
            .GetProperty("successor")
            .GetProperty("vkey")
            .GetString()!;
        byte[] key = SHA256.HashData([
            .. "tessrax/key/v1\n"u8,
            .. Convert.FromBase64String(vkey[(vkey.IndexOf('+', vkey.IndexOf('+') + 1) + 1)..]),
        ]);
        byte[] nonce = SHA256.HashData([.. "tessrax/successor/v1\n"u8, .. id, .. gov, .. key])[..16];
        Assert.Equal(Convert.ToBase64String(nonce), body.GetProperty("nonce").GetString());
    }

    [Fact]
    public void Genesis_names_the_final_checkpoint_and_the_last_state_of_the_closed_ledger()
    {
        using JsonDocument closed = Read(SuccessorVectorFiles.ClosedFile);
        using JsonDocument next = Read(SuccessorVectorFiles.SuccessorFile);
        using JsonDocument genesis = JsonDocument.Parse(Leaf(next, 0));
        JsonElement before = genesis.RootElement.GetProperty("body").GetProperty("control").GetProperty("predecessor");
        Assert.Equal(
            closed.RootElement.GetProperty("checkpoints").EnumerateArray().Last().GetString(),
            before.GetProperty("checkpoint").GetString()
        );
        byte[] state = Encoding.UTF8.GetBytes(Text(closed, "state"));
        byte[] gov = SHA256.HashData([.. "tessrax/gov/v1\n"u8, .. state]);
        Assert.Equal($"sha256:{Convert.ToHexStringLower(gov)}", before.GetProperty("state").GetString());
        Assert.Equal(Text(closed, "gov"), before.GetProperty("state").GetString());
        Assert.Equal(Text(closed, "ledger_id"), before.GetProperty("ledger").GetString());
        Assert.Equal(8, before.GetProperty("size").GetInt32());
        Assert.StartsWith("blake3:", before.GetProperty("root").GetString(), StringComparison.Ordinal);
    }

    private static (Verdict Old, Verdict Next) Walk(JsonElement[] closed)
    {
        TrustRoot trust = TrustRoot.Parse(
            File.ReadAllBytes(Spec.Path("vectors", "ledger", SuccessorVectorFiles.TrustFile))
        );
        var next = new LedgerVerifier(StoppedClock.Instance, trust);
        Feed(next, SuccessorVectorFiles.SuccessorFile, Entries(SuccessorVectorFiles.SuccessorFile), null);
        var judge = new PredecessorJudge(next.Fold!.Genesis!);
        var old = new LedgerVerifier(StoppedClock.Instance, null);
        Feed(old, SuccessorVectorFiles.ClosedFile, closed, judge);
        Verdict verdict = old.Finish();
        judge.Report(old, verdict, next.Board);
        return (verdict, next.Finish());
    }

    private static void Feed(LedgerVerifier verifier, string file, JsonElement[] entries, PredecessorJudge? judge)
    {
        using JsonDocument ledger = Read(file);
        var notes = ledger
            .RootElement.GetProperty("checkpoints")
            .EnumerateArray()
            .Select(c => c.GetString()!)
            .ToDictionary(note => Checkpoint.ParseBody(SignedNote.Parse(Encoding.UTF8.GetBytes(note)).Text).Head.Size);
        long size = 0;
        foreach (JsonElement entry in entries)
        {
            byte[] leaf = Bytes(entry, "leaf");
            judge?.Add(leaf);
            verifier.Add(
                leaf,
                Bytes(entry, "payload"),
                Convert.FromBase64String(entry.GetProperty("salt").GetString() ?? "")
            );
            if (notes.TryGetValue(++size, out string? note))
                verifier.AddCheckpoint(Encoding.UTF8.GetBytes(note));
        }
    }

    private static JsonElement[] Entries(string file)
    {
        using JsonDocument ledger = Read(file);
        return [.. ledger.RootElement.GetProperty("entries").EnumerateArray().Select(e => e.Clone())];
    }

    private static JsonDocument Read(string file) =>
        JsonDocument.Parse(File.ReadAllBytes(Spec.Path("vectors", "ledger", file)));

    private static string Text(JsonDocument ledger, string name) => ledger.RootElement.GetProperty(name).GetString()!;

    private static string Leaf(JsonDocument ledger, Index index) =>
        ledger.RootElement.GetProperty("entries").EnumerateArray().ToArray()[index].GetProperty("leaf").GetString()!;

    private static byte[] Hex(string digest) => Convert.FromHexString(digest["sha256:".Length..]);

    private static byte[] Bytes(JsonElement parent, string name) =>
        Encoding.UTF8.GetBytes(parent.GetProperty(name).GetString() ?? "");
}
