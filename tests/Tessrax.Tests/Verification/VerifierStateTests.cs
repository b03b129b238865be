using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Tests.Governance;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Tests.Verification;

/// <summary>Where a verification stands is read back as it was written, and strictly.</summary>
public sealed class VerifierStateTests
{
    private static readonly FoldLedger Ledger = FoldLedger.Full();

    [Fact]
    public void It_is_read_back_as_it_was_written()
    {
        Assert.True(FoldLedger.Read(Ledger.Receipts, Ledger.Trust).TryExport(out VerifierState? state, out _));
        state = state with { Tallies = [new StageTally("entries", 3, 1.5), new StageTally("time", 0, 0)] };
        VerifierState read = VerifierState.FromJson(state.ToJson());
        Assert.Equal(state.Tallies, read.Tallies);
        Assert.Equal(state.Peaks, read.Peaks);
        Assert.Equal(FoldLedger.Note(Ledger.Receipts), read.Checkpoint.ToArray());
        Assert.Equal((Ledger.Id, Ledger.Fold.Size, state.Fold), (read.Ledger, read.Size, read.Fold));
        Assert.Equal(state.ToJson(), read.ToJson());
        VerifierState bare = state with { Checkpoint = default, ReachedTrusted = true };
        Assert.Equal(bare.ToJson(), VerifierState.FromJson(bare.ToJson()).ToJson());
        // Whatever a clock said.
        foreach (double seconds in (double[])[double.NaN, double.PositiveInfinity, -1])
        {
            VerifierState odd = state with { Tallies = [new StageTally("time", 1, seconds)] };
            Assert.Equal(0, VerifierState.FromJson(odd.ToJson()).Tallies[0].Seconds);
        }
    }

    [Fact]
    public void Nothing_else_is_read()
    {
        Assert.True(FoldLedger.Read(Ledger.Receipts, Ledger.Trust).TryExport(out VerifierState? state, out _));
        JsonValue good = state.ToJson();
        JsonValue tally = good["tallies"]!.Items[0];
        JsonValue[] bad =
        [
            good.With("more", 1),
            good.With("tallies", JsonValue.Of([tally.With("more", 1)])),
            good.With("tallies", JsonValue.Of([tally.Without("ms")])),
            good.With("size", 0),
            good.With("hash", "md5"),
            good.With("peaks", JsonValue.Of([JsonValue.String("AA==")])),
            (state with { Peaks = [.. state.Peaks, default(Digest)] }).ToJson(),
            (state with { Peaks = [.. state.Peaks.Skip(1)] }).ToJson(),
            // What is not said to have been reached was not.
            .. good.Names.ToArray().Except(["reached"]).Select(name => good.Without(name)),
        ];
        Assert.All(bad, json => Assert.Throws<TessraxException>(() => VerifierState.FromJson(json)));
    }
}
