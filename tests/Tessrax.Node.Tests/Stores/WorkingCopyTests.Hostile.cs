using Tessrax.Keys;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Postgres;
using Tessrax.Node.Publishing;
using Tessrax.Node.Segments;
using Tessrax.Node.Stores;
using Xunit;

namespace Tessrax.Node.Tests.Stores;

// A database is not believed.
public sealed partial class WorkingCopyTests
{
    [Theory]
    [InlineData(
        "UPDATE tessrax_batches SET entries = set_byte(entries, 20, (get_byte(entries, 20) + 1) % 128) WHERE next_index = 13 AND ledger = "
    )]
    [InlineData(
        "UPDATE tessrax_batches SET entries = set_byte(entries, length(entries) - 34, 1) WHERE next_index = 13 AND ledger = "
    )]
    [InlineData(
        "UPDATE tessrax_batches SET entries = set_byte(entries, length(entries) - 1, get_byte(entries, length(entries) - 1) # 1) WHERE next_index = 13 AND ledger = "
    )]
    [InlineData(
        "UPDATE tessrax_batches SET entries = substring(entries FROM 1 FOR length(entries) - 1) WHERE next_index = 13 AND ledger = "
    )]
    [InlineData("DELETE FROM tessrax_batches WHERE next_index = 13 AND ledger = ")]
    [InlineData("DELETE FROM tessrax_batches WHERE next_index = 21 AND ledger = ")]
    [InlineData("UPDATE tessrax_ledgers SET size = 30 WHERE ledger = ")]
    [InlineData("UPDATE tessrax_ledgers SET hash = 'blake3', origin = 'example.com/other' WHERE ledger = ")]
    [InlineData(
        "UPDATE tessrax_batches SET checkpoint = (SELECT b.checkpoint FROM tessrax_batches b WHERE b.next_index = 12 AND b.ledger = tessrax_batches.ledger) WHERE next_index = 13 AND ledger = "
    )]
    [InlineData(
        "UPDATE tessrax_batches SET entries = substring(entries FROM 1 FOR 4) || decode('feffffff', 'hex') || substring(entries FROM 9 FOR get_byte(entries, 0) + 256 * get_byte(entries, 1)) WHERE next_index = 13 AND ledger = "
    )]
    public void Rows_that_are_not_what_was_signed_become_no_ledger(string statement)
    {
        Execute(statement + Number);
        Assert.Equal(ErrorCodes.Damaged, Fails(There).Code);
        if (Directory.Exists(There))
            IsNoLedger();
    }

    [Fact]
    public void Rows_that_were_put_right_again_are_gone_on_with()
    {
        Execute(
            $"UPDATE tessrax_batches SET entries = set_byte(entries, 20, (get_byte(entries, 20) + 1) % 128) WHERE next_index = 13 AND ledger = {Number}"
        );
        Assert.Equal(ErrorCodes.Damaged, Fails(There).Code);
        Assert.Equal(12, BatchesIn(There)[^1].NextIndex);
        Execute(
            $"UPDATE tessrax_batches SET entries = set_byte(entries, 20, (get_byte(entries, 20) + 127) % 128) WHERE next_index = 13 AND ledger = {Number}"
        );
        Assert.Equal(9, Attach().Copied);
        IsWhole();
    }

    [Fact]
    public void Batches_of_another_ledger_are_not_taken_for_this_one()
    {
        using var other = new TestLedger(approvers: 0);
        using (LedgerWriter writer = other.Open())
        {
            for (int i = 0; i < 20; i++)
                writer.Append([TestLedger.Own($"entry {i}")]);
        }
        new LedgerMove(other.Environment).ToDatabase(other.DirectoryPath, Address);
        string others = $"(SELECT ledger FROM tessrax_ledgers WHERE id = decode('{other.Id.ToHex()}', 'hex'))";
        // Of the same log key and the same origin, and whole by itself.
        Execute($"DELETE FROM tessrax_batches WHERE next_index > 10 AND ledger = {Number}");
        Execute($"UPDATE tessrax_batches SET ledger = {Number} WHERE next_index > 10 AND ledger = {others}");
        Assert.Equal(ErrorCodes.Damaged, Fails(There).Code);
        IsNoLedger();
        Execute($"DELETE FROM tessrax_batches WHERE ledger = {Number}");
        Execute($"UPDATE tessrax_batches SET ledger = {Number} WHERE ledger = {others}");
        Directory.Delete(There, recursive: true);
        Assert.Equal(ErrorCodes.Damaged, Fails(There).Code);
    }

    [Fact]
    public void A_payload_that_the_database_has_again_does_not_come_back()
    {
        byte[] payload = EraseAndBringBack();
        LedgerAttached made = Attach();
        Assert.Equal((true, 1), (made.IsMade, made.ErasedHere));
        StoredEntry entry = BatchesIn(There).SelectMany(batch => batch.Entries).ElementAt(5);
        Assert.True(entry.IsErased && entry.Payload.IsEmpty && entry.Salt.IsEmpty);
        Assert.All(
            Directory.GetFiles(There, "*", SearchOption.AllDirectories),
            file => Assert.True(File.ReadAllBytes(file).AsSpan().IndexOf(payload) < 0, file)
        );
        IsWhole();
    }

    [Fact]
    public void The_trust_root_of_another_ledger_is_told_before_anything_is_made()
    {
        TrustRoot other = ledger.Trust with { Ledger = StoredBatches.NewId() };
        var copy = new WorkingCopy(Away()) { Trust = other };
        TessraxException refused = Assert.Throws<TessraxException>(() =>
            copy.Attach(Address, ledger.Id.ToString(), There)
        );
        Assert.Equal(ErrorCodes.WrongLedger, refused.Code);
        Assert.False(Directory.Exists(There));
    }

    [Fact]
    public void What_the_trust_root_does_not_accept_becomes_no_ledger()
    {
        using PrivateKey other = TestLedger.Seeded(77);
        var alone = new TrustRoot(null, TlogPolicy.LogAlone(VerifierKey.Create(TestLedger.Origin, other.PublicKey)));
        LedgerAttached refused = new WorkingCopy(Away()) { Trust = alone }.Attach(Address, ledger.Id.ToString(), There);
        Assert.False(refused.IsMade);
        Assert.Contains(refused.Verdict.Stages, stage => stage is { Name: "trust", Holds: false });
        IsNoLedger();
        // The right one goes on with what is there.
        Assert.Equal((true, 0), (Attach().IsMade, Attach(There + "2").Size - 21));
        IsWhole();
    }

    [Fact]
    public void A_database_that_lacks_what_this_user_has_seen_is_refused()
    {
        Append(3);
        NodeEnvironment environment = ledger.Environment;
        Execute($"DELETE FROM tessrax_batches WHERE next_index > 21 AND ledger = {Number}");
        Execute($"UPDATE tessrax_ledgers SET size = 21 WHERE ledger = {Number}");
        var copy = new WorkingCopy(environment);
        Assert.Equal(
            ErrorCodes.Behind,
            Assert.Throws<TessraxException>(() => copy.Attach(Address, ledger.Id.ToString(), There)).Code
        );
        IsNoLedger();
        // Somebody who has not seen it cannot know.
        Assert.True(Attach().IsMade);
    }

    [Fact]
    public void The_pinned_trust_root_is_taken_where_none_is_named()
    {
        var pinned = new TrustPins(Away());
        using PrivateKey other = TestLedger.Seeded(77);
        pinned.Pin(
            new TrustRoot(ledger.Id, TlogPolicy.LogAlone(VerifierKey.Create(TestLedger.Origin, other.PublicKey)))
        );
        Assert.False(new WorkingCopy(Away()).Attach(Address, ledger.Id.ToString(), There).IsMade);
        IsNoLedger();
    }

    // Erases the payload of entry 5 for good; then the database is restored, in part, from what it was before.
    private byte[] EraseAndBringBack()
    {
        var kept = (byte[])Ask($"SELECT entries FROM tessrax_batches WHERE next_index = 6 AND ledger = {Number}")!;
        using (LedgerWriter writer = ledger.Open())
            new PayloadDesk(writer, SystemDisk.Instance).Erase(5, "asked for");
        Execute(
            $"UPDATE tessrax_batches SET entries = decode('{Convert.ToHexString(kept)}', 'hex') WHERE next_index = 6 AND ledger = {Number}"
        );
        return StoredEntries.Read(kept, 1)![0].Payload.ToArray();
    }

    private LedgerAttached Attach(string path) => Copy().Attach(Address, ledger.Id.ToString(), path);
}
