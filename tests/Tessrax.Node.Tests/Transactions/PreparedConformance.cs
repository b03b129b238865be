using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Tests.Appending;
using Tessrax.Node.Tests.Files;
using Tessrax.Node.Tests.Stores;
using Tessrax.Node.Transactions;
using Xunit;

namespace Tessrax.Node.Tests.Transactions;

/// <summary>What every place must do alike that keeps prepared receipts, below the rules of who decides: one class of tests, run once for each.</summary>
public abstract class PreparedConformance
{
    private static readonly UtcTime Now = UtcTime.Now(new FakeClock());

    /// <summary>A new and empty place.</summary>
    internal abstract IPreparedReceipts New();

    [Fact]
    public void It_reads_what_was_written_one_by_one_or_all_of_them()
    {
        IPreparedReceipts place = New();
        place.Begin();
        Assert.Empty(place.List());
        TransactionRecord[] all = [.. Records(70)];
        place.Write(all[0]);
        place.Write(all[1..]);
        place.Sync();
        Assert.Equal(70, place.List().Count);
        Assert.All(place.List().Values, state => Assert.Equal(TransactionState.Prepared, state));
        Assert.All(all, record => Same(record, place.Read(record.Token)));
        TransactionToken none = TokenOf(200);
        Assert.Null(place.Read(none));
        FoundReceipt[] found = [.. place.ReadEach([.. all.Select(record => record.Token), none])];
        Assert.Equal(71, found.Length);
        foreach (TransactionRecord record in all)
            Same(record, found.Single(one => one.Token == record.Token).Record);
        Assert.Equal(new FoundReceipt(none, null, false), found.Single(one => one.Token == none));
    }

    [Fact]
    public void A_receipt_is_never_written_over_by_another_one()
    {
        IPreparedReceipts place = New();
        TransactionRecord[] records = [.. Records(2)];
        place.Write(records[0]);
        TransactionRecord other = Record(1, "another");
        Assert.Equal(ErrorCodes.AlreadyExists, Assert.Throws<TessraxException>(() => place.Write(other)).Code);
        Same(records[0], place.Read(other.Token));
        place.Write(records[1]);
    }

    [Theory]
    [InlineData(TransactionState.Committed)]
    [InlineData(TransactionState.Aborted)]
    [InlineData(TransactionState.Expired)]
    public void A_decision_takes_the_place_of_its_receipt_and_is_forgotten_alone(TransactionState state)
    {
        IPreparedReceipts place = New();
        TransactionRecord[] records = [.. Records(3)];
        place.Write(records);
        TransactionRecord decided = Decision(1, state);
        place.Write(decided);
        place.Write(decided);
        Assert.Equal(decided, place.Read(decided.Token));
        Assert.Equal(state, place.List()[decided.Token]);
        place.RemoveWaiting(decided.Token);
        Assert.Equal(decided, place.Read(decided.Token));
        place.Forget([(decided.Token, state)]);
        Assert.Null(place.Read(decided.Token));
        Assert.Equal(2, place.List().Count);
    }

    [Fact]
    public void A_decision_needs_no_receipt_before_it()
    {
        IPreparedReceipts place = New();
        place.Write(Records(1).Single());
        TransactionRecord decided = Decision(9, TransactionState.Aborted);
        place.Write(decided);
        Assert.Equal(decided, place.Read(decided.Token));
    }

    [Fact]
    public void The_largest_payload_fits()
    {
        IPreparedReceipts place = New();
        TransactionRecord large = Record(1, new string('x', 1_000_000));
        place.Write(large);
        Same(large, place.Read(large.Token));
    }

    private static void Same(TransactionRecord expected, TransactionRecord? found) =>
        Assert.Equal(expected.ToBytes(), found!.ToBytes());

    private static TransactionToken TokenOf(byte number) => TransactionToken.OfNonce(NonceOf(number));

    private static string NonceOf(byte number) => Convert.ToBase64String([.. Enumerable.Repeat(number, 16)]);

    private static TransactionRecord Decision(byte number, TransactionState state) =>
        new(TokenOf(number), state, null, state == TransactionState.Committed ? number : null, Now);

    private static IEnumerable<TransactionRecord> Records(int count) =>
        Enumerable.Range(1, count).Select(i => Record((byte)i, $"receipt {i}"));

    private static TransactionRecord Record(byte number, string text)
    {
        using var ledger = new TestLedger(clock: new FakeClock(), disk: new FaultyDisk());
        using LedgerWriter writer = ledger.Open();
        Draft draft = TestLedger.Own(text) with { Nonce = NonceOf(number) };
        SignedBody signed = writer.Prepare(draft, TimeSpan.FromHours(1));
        return TransactionRecord.Of(
            new PreparedReceipt(
                signed.Body,
                signed.Signature,
                signed.Seal,
                draft.Payload!,
                signed.Salt,
                signed.Body.IssuedAt,
                1
            )
        );
    }
}

/// <summary>Files, held to what every place must do.</summary>
public sealed class PreparedFileTests : PreparedConformance, IDisposable
{
    private readonly TestLedger ledger = new(disk: new FaultyDisk());

    internal override IPreparedReceipts New() =>
        new TransactionFolder(
            LedgerDirectory.Open(ledger.DirectoryPath, ledger.Environment.Disk),
            ledger.Environment.Disk
        );

    public void Dispose() => ledger.Dispose();
}

/// <summary>Rows of PostgreSQL, held to what every place must do.</summary>
public sealed class PreparedRowTests(PostgresServer server) : PreparedConformance, IDisposable
{
    private readonly PostgresPlace place = new(server.Running);

    internal override IPreparedReceipts New() => ((Node.Stores.ISharedStore)place.Create()).Prepared;

    public void Dispose() => place.Dispose();
}
