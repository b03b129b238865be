using System.Text;
using CsCheck;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Tests.Ledger;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Verification;

/// <summary>The root audit trail: what holds, and everything that does not.</summary>
public sealed class CheckpointHistoryTests
{
    private static readonly CheckpointHistory Good = MerkleVectors.History();

    [Fact]
    public void Holds_with_every_signature_and_every_link()
    {
        HistoryVerdict verdict = Good.Verify(MerkleVectors.Log);
        Assert.True(verdict.Holds);
        Assert.Equal(5, verdict.Signatures);
        Assert.Equal(4, verdict.Links);
        byte[] bytes = Good.ToBytes();
        CheckpointHistory read = CheckpointHistory.Parse(bytes);
        Assert.True(read.Verify(MerkleVectors.Log).Holds);
        Assert.Equal(bytes, read.ToBytes());
    }

    [Fact]
    public void Another_key_is_believed_by_nobody_but_itself()
    {
        using PrivateKey mallory = SampleLedger.KeyOf(66);
        HistoryVerdict verdict = Good.Verify(VerifierKey.Create(SampleLedger.Origin, mallory.PublicKey));
        Assert.False(verdict.Holds);
        Assert.Equal(0, verdict.Signatures);
        Assert.Equal(ErrorCodes.CheckpointRefused, verdict.Findings[0].Code);
    }

    [Fact]
    public void What_was_left_out_or_moved_or_dated_back_breaks_a_link()
    {
        SignedRoot[] roots = [.. Good.Roots];
        for (int i = 1; i < roots.Length - 1; i++)
            Breaks([.. roots[..i], .. roots[(i + 1)..]]);
        for (int i = 1; i < roots.Length; i++)
        {
            Breaks([.. roots[..(i - 1)], roots[i], roots[i - 1], .. roots[(i + 1)..]]);
            Breaks([
                .. roots[..i],
                roots[i] with
                {
                    Time = UtcTime.From(DateTimeOffset.UnixEpoch),
                },
                .. roots[(i + 1)..],
            ]);
            Breaks([.. roots[..i], roots[i] with { Proof = [] }, .. roots[(i + 1)..]]);
            Breaks([.. roots[..i], roots[i], .. roots[i..]]);
        }
        Breaks([roots[0] with { Proof = roots[1].Proof }, .. roots[1..]]);
        Breaks([]);
    }

    [Fact]
    public void Of_what_does_not_hold_it_tells_twenty_findings_and_looks_no_further()
    {
        SignedRoot[] again = [.. Enumerable.Repeat(Good.Roots[0], 30)];
        HistoryVerdict verdict = (Good with { Roots = again }).Verify(MerkleVectors.Log);
        Assert.Equal((20, 21L, 0L), (verdict.Findings.Count, verdict.Signatures, verdict.Links));
        // Where signature and link of one are broken, it is not told more.
        using PrivateKey mallory = SampleLedger.KeyOf(66);
        verdict = (Good with { Roots = again }).Verify(VerifierKey.Create(SampleLedger.Origin, mallory.PublicKey));
        Assert.Equal((20, 0L), (verdict.Findings.Count, verdict.Signatures));
    }

    [Fact]
    public void It_tells_how_far_it_is()
    {
        var told = new Told();
        Good.Verify(MerkleVectors.Log, told);
        Assert.Equal([1, 2, 3, 4, 5], told.Counts);
        Assert.Throws<ArgumentNullException>(() => Good.Verify((IReadOnlyCollection<VerifierKey>)null!));
    }

    [Fact]
    public void The_beginning_may_be_missing_as_nothing_says_that_it_was_there() =>
        Assert.True(
            (Good with { Roots = [Good.Roots[1] with { Proof = [] }, .. Good.Roots.Skip(2)] })
                .Verify(MerkleVectors.Log)
                .Holds
        );

    [Fact]
    public void A_size_or_root_beside_the_note_does_not_count()
    {
        SignedRoot[] roots = [.. Good.Roots];
        roots[2] = roots[2] with { Head = new TreeHead(roots[2].Head.Size, HashEngine.Sha256.Hash("other"u8)) };
        Assert.False((Good with { Roots = roots }).Verify(MerkleVectors.Log).Holds);
    }

    [Fact]
    public void Any_change_of_a_byte_is_refused_or_changes_nothing_that_is_signed()
    {
        byte[] good = Good.ToBytes();
        Gen.Select(Gen.Int[0, good.Length - 1], Gen.Byte)
            .Sample(
                (at, value) =>
                {
                    byte[] bad = [.. good];
                    bad[at] = value;
                    try
                    {
                        CheckpointHistory read = CheckpointHistory.Parse(bad);
                        if (read.Verify(MerkleVectors.Log).Holds)
                            Assert.Equal(Good.Roots.Select(r => r.Note), read.Roots.Select(r => r.Note));
                    }
                    catch (TessraxException) { }
                },
                iter: 2_000
            );
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"history":"tessrax/history/v1","hash":"sha256","key":"k","checkpoints":[]}""")]
    [InlineData("""{"history":"tessrax/history/v1","hash":"sha256","checkpoints":[]}""")]
    public void What_has_another_form_is_not_read(string text) =>
        Assert.Throws<TessraxException>(() => CheckpointHistory.Parse(Encoding.UTF8.GetBytes(text)));

    private sealed class Told : IProgress<long>
    {
        public List<long> Counts { get; } = [];

        public void Report(long value) => Counts.Add(value);
    }

    private static void Breaks(SignedRoot[] roots)
    {
        HistoryVerdict verdict = (Good with { Roots = roots }).Verify(MerkleVectors.Log);
        Assert.False(verdict.Holds);
        Assert.Equal(ErrorCodes.HistoryBroken, verdict.Findings[0].Code);
    }
}
