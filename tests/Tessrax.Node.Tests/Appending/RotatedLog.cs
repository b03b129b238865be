using Tessrax.Keys;
using Tessrax.Node.Appending;
using Tessrax.Node.Reading;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

/// <summary>A ledger without approvers whose log changes its key.</summary>
internal static class RotatedLog
{
    public static PrivateKey Second => TestLedger.Seeded(31);

    public static PrivateKey Third => TestLedger.Seeded(32);

    public static VerifierKey VkeyOf(PrivateKey key) => VerifierKey.Create(TestLedger.Origin, key.PublicKey);

    /// <summary>The keys once it signs with the second key: alone, or with the first beside it.</summary>
    public static LedgerKeys Keys(bool beside = false) =>
        new(Second, TestLedger.Seeded(2), beside ? TestLedger.Seeded(1) : null);

    /// <summary>A ledger that has rotated, with entries before and after.</summary>
    /// <param name="finished">Whether the old key signs no more after the batch that records it.</param>
    /// <param name="clock">Its clock.</param>
    public static TestLedger Make(bool finished = true, TimeProvider? clock = null)
    {
        var ledger = new TestLedger(clock: clock, approvers: 0);
        using (LedgerWriter writer = ledger.Open())
        {
            writer.Append([TestLedger.Own("before")]);
            Assert.True(new KeyDesk(writer).RotateLog(Second, "once a year").IsRecorded);
            if (!finished)
                writer.Append([TestLedger.Own("after")]);
        }
        Append(ledger, "after", beside: !finished);
        return ledger;
    }

    public static LedgerWriter Open(TestLedger ledger, bool beside = false) =>
        LedgerWriter.Open(ledger.DirectoryPath, Keys(beside), ledger.Environment);

    public static void Append(TestLedger ledger, string text, bool beside = false)
    {
        using LedgerWriter writer = Open(ledger, beside);
        writer.Append([TestLedger.Own(text)]);
        writer.Close();
        Assert.Null(writer.Warning);
    }

    public static TrustRoot TrustIn(TestLedger ledger, PrivateKey key, bool named = true) =>
        new(named ? ledger.Id : null, TlogPolicy.LogAlone(VkeyOf(key)));

    public static void Holds(TestLedger ledger, TrustRoot? trust = null)
    {
        Verdict verdict = new LedgerCheck(ledger.Environment, trust ?? ledger.Trust).Run(
            ledger.DirectoryPath,
            withEvidence: true
        );
        Assert.True(verdict.Holds, verdict.ToJson().ToString());
    }

    /// <summary>Whose lines a ledger's newest checkpoint carries.</summary>
    public static IEnumerable<VerifierKey> Signers(SignedNote note) =>
        new[] { TestLedger.Seeded(1), Second, Third }.Select(VkeyOf).Where(note.TryVerify);
}
