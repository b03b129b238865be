using Tessrax.Keys;
using Tessrax.Node.Appending;
using Tessrax.Node.Publishing;
using Tessrax.Node.Tests.Appending;
using Xunit;

namespace Tessrax.Node.Tests.Publishing;

public sealed class LedgerMarkTests
{
    [Fact]
    public void Is_written_at_most_once_a_second_and_always_at_the_end()
    {
        var clock = new FakeClock();
        using var ledger = new TestLedger(clock: clock);
        string mark = Path.Combine(ledger.State, "marks", ledger.Id.ToHex());
        using (LedgerWriter writer = ledger.Open())
        {
            writer.Append([TestLedger.Own("one")]);
            Assert.Equal(2, Size(mark));
            clock.Pass(TimeSpan.FromMilliseconds(999));
            writer.Append([TestLedger.Own("two")]);
            Assert.Equal(2, Size(mark));
            clock.Pass(TimeSpan.FromMilliseconds(1));
            writer.Append([TestLedger.Own("three")]);
            Assert.Equal(4, Size(mark));
            writer.Append([TestLedger.Own("four")]);
            Assert.Equal(4, Size(mark));
        }
        Assert.Equal(5, Size(mark));
    }

    [Fact]
    public void Is_the_checkpoint_that_is_published()
    {
        using var ledger = new TestLedger();
        using (LedgerWriter writer = ledger.Open())
            writer.Append([TestLedger.Own("one")]);
        byte[] mark = File.ReadAllBytes(Path.Combine(ledger.State, "marks", ledger.Id.ToHex()));
        Assert.Equal(File.ReadAllBytes(Path.Combine(ledger.DirectoryPath, "checkpoint")), mark);
    }

    [Fact]
    public void Pins_a_trust_root_once_and_gives_it_back()
    {
        using var ledger = new TestLedger();
        var pins = new TrustPins(ledger.Environment);
        Assert.Null(pins.Find(ledger.Id));
        Assert.True(pins.Pin(ledger.Trust));
        using PrivateKey stranger = TestLedger.Seeded(66);
        var other = new TrustRoot(
            ledger.Id,
            TlogPolicy.LogAlone(VerifierKey.Create(TestLedger.Origin, stranger.PublicKey))
        );
        Assert.False(pins.Pin(other));
        Assert.Equal(ledger.Trust.ToJson(), pins.Find(ledger.Id)!.ToJson());
        Assert.Throws<ArgumentException>(() => pins.Pin(other with { Ledger = null }));
    }

    [Fact]
    public void Refuses_a_pin_that_is_no_trust_root()
    {
        using var ledger = new TestLedger();
        var pins = new TrustPins(ledger.Environment);
        pins.Pin(ledger.Trust);
        File.WriteAllText(pins.PathOf(ledger.Id)!, "{}");
        Assert.Equal(ErrorCodes.BadTrustRoot, Assert.Throws<TessraxException>(() => pins.Find(ledger.Id)).Code);
    }

    private static long Size(string note) =>
        Checkpoint.ParseBody(SignedNote.Parse(File.ReadAllBytes(note)).Text).Head.Size;
}
