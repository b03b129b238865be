using System.Text.RegularExpressions;
using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Reading;

/// <summary>A verification goes on from its own note, says so, and refuses every note that is not its own.</summary>
public sealed partial class CheckNoteTests : IDisposable
{
    private readonly TestLedger ledger = new();

    public CheckNoteTests()
    {
        using LedgerWriter writer = ledger.Open();
        for (int i = 0; i < 8; i++)
            writer.Append([.. Enumerable.Range(0, 4).Select(n => TestLedger.Own($"{i} {n}"))]);
        new Ingestor(writer).Ingest([
            TestLedger.File(TestLedger.Claim("c1", "A", 1, "one"), TestLedger.Claim("c2", "A", 5, "two", 2)),
        ]);
    }

    public void Dispose() => ledger.Dispose();

    private string Note => ledger.Beside("note");

    private string Segment => Path.Combine(ledger.DirectoryPath, "segments", "0000000000.seg");

    [Fact]
    public void What_is_new_is_checked_and_the_verdict_is_that_of_one_run()
    {
        Assert.True(Check(out Verdict first).BeginNotice is null);
        Assert.True(first.Holds);
        More();
        LedgerCheck check = Check(out Verdict second);
        Assert.Contains(
            $"the first {first.Size} entries are not read again",
            check.BeginNotice,
            StringComparison.Ordinal
        );
        Assert.Contains(second.Excludes, line => line.Contains(check.BeginNotice!, StringComparison.Ordinal));
        Verdict whole = new LedgerCheck(ledger.Environment, ledger.Trust).Run(
            ledger.DirectoryPath,
            withEvidence: false
        );
        Assert.Equal(Comparable(whole), Comparable(second));
        Assert.True(second.Holds);
        // Nothing is new now.
        Check(out Verdict third);
        Assert.Equal(Comparable(whole), Comparable(third));
    }

    [Fact]
    public void Damage_behind_the_note_is_found_and_damage_before_it_is_not_excluded()
    {
        Check(out _);
        byte[] before = File.ReadAllBytes(Segment);
        More();
        byte[] good = File.ReadAllBytes(Segment);
        byte[] bad = (byte[])good.Clone();
        bad[bad.AsSpan().LastIndexOf("more"u8)] ^= 1;
        File.WriteAllBytes(Segment, bad);
        File.Copy(Note, Note + ".kept");
        Check(out Verdict found);
        Assert.False(found.Holds);
        Assert.Equal(File.ReadAllBytes(Note + ".kept"), File.ReadAllBytes(Note));
        File.WriteAllBytes(Segment, good);
        Check(out Verdict sound);
        Assert.True(sound.Holds);
        Assert.Contains(sound.Excludes, line => line.Contains("damage since an earlier run", StringComparison.Ordinal));
        // An older copy has fewer entries than the note.
        File.WriteAllBytes(Segment, before);
        Check(out Verdict older);
        Assert.False(older.Holds);
    }

    [Fact]
    public void A_ledger_that_does_not_hold_leaves_no_note()
    {
        byte[] bad = File.ReadAllBytes(Segment);
        bad[bad.AsSpan().IndexOf("x-test"u8)] ^= 1;
        File.WriteAllBytes(Segment, bad);
        Check(out Verdict verdict);
        Assert.False(verdict.Holds);
        Assert.False(File.Exists(Note));
    }

    [Fact]
    public void A_note_that_was_cut_or_changed_anywhere_is_refused()
    {
        Check(out _);
        byte[] good = File.ReadAllBytes(Note);
        var random = new Random(20260407);
        for (int round = 0; round < 40; round++)
        {
            byte[] bad = (byte[])good.Clone();
            if (round % 4 == 3)
                bad = bad[..random.Next(good.Length)];
            else
                bad[round < 20 ? round : random.Next(good.Length)] ^= (byte)(1 << random.Next(8));
            File.WriteAllBytes(Note, bad);
            Refuses();
        }
        File.WriteAllBytes(Note, good);
        Check(out Verdict verdict);
        Assert.True(verdict.Holds);
    }

    [Fact]
    public void A_note_of_another_ledger_or_under_another_trust_root_is_refused()
    {
        Check(out _);
        Refuses(null);
        TrustRoot other = ledger.Trust with
        {
            Accepted = SignedNote.Parse(File.ReadAllBytes(Path.Combine(ledger.DirectoryPath, "checkpoint"))),
        };
        Refuses(other);
        using var another = new TestLedger();
        var check = new LedgerCheck(another.Environment, ledger.Trust) { NoteFile = Note };
        TessraxException refused = Assert.Throws<TessraxException>(() => check.Run(another.DirectoryPath, false));
        Assert.Equal(ErrorCodes.CheckNoteRefused, refused.Code);
    }

    [Fact]
    public void Nobody_else_may_read_what_claims_say_in_it()
    {
        Check(out _);
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Note));
    }

    [Fact]
    public void The_state_of_a_verifier_survives_being_written()
    {
        var state = new VerifierState(
            ledger.Id,
            "sha256",
            5,
            [default, ledger.Id],
            ledger.Id,
            default,
            true,
            [new StageTally("entries", 5, 0.25)]
        );
        VerifierState read = VerifierState.FromJson(JsonValue.Parse(state.ToJson().ToCanonicalBytes()));
        Assert.Equal(state.ToJson(), read.ToJson());
    }

    private void More()
    {
        using LedgerWriter writer = ledger.Open();
        writer.Append([TestLedger.Own("more 1"), TestLedger.Own("more 2")]);
        new Ingestor(writer).Ingest([TestLedger.File(TestLedger.Claim("c3", "A", 7, "three", 3))]);
    }

    private LedgerCheck Check(out Verdict verdict)
    {
        var check = new LedgerCheck(ledger.Environment, ledger.Trust) { NoteFile = Note, Threads = 2 };
        verdict = check.Run(ledger.DirectoryPath, withEvidence: false);
        return check;
    }

    private void Refuses() => Refuses(ledger.Trust);

    private void Refuses(TrustRoot? trust)
    {
        var check = new LedgerCheck(ledger.Environment, trust) { NoteFile = Note };
        TessraxException refused = Assert.Throws<TessraxException>(() => check.Run(ledger.DirectoryPath, false));
        Assert.Equal(ErrorCodes.CheckNoteRefused, refused.Code);
    }

    // But for how long it took, and what a run that goes on has to say.
    private static string Comparable(Verdict verdict) =>
        Seconds()
            .Replace(
                (
                    verdict with
                    {
                        Excludes =
                        [
                            .. verdict.Excludes.Where(line =>
                                !line.StartsWith("damage since", StringComparison.Ordinal)
                            ),
                        ],
                    }
                )
                    .ToJson()
                    .ToString(),
                ""
            );

    [GeneratedRegex("\"seconds\":[0-9.e-]+")]
    private static partial Regex Seconds();
}
