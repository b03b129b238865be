using Tessrax.Ledger;
using Tessrax.Node.Appending;
using Tessrax.Node.Transactions;
using Xunit;

namespace Tessrax.Node.Tests.Transactions;

/// <summary>Somebody who prepares, commits and aborts, and is stopped anywhere; and what must hold then, wherever the ledger keeps what is prepared.</summary>
/// <param name="round">Tells its receipts from those of others in the same ledger.</param>
internal sealed class Coordinator(byte round = 0)
{
    public const byte First = 1;
    public const byte Second = 2;
    public const byte Third = 3;
    public const byte Waits = 4;

    private static readonly byte[] All = [First, Second, Third, Waits];

    /// <summary>What it was told, and what it had asked for when it was told nothing any more.</summary>
    public HashSet<byte> Asked { get; } = [];

    public HashSet<byte> Prepared { get; } = [];

    public Dictionary<byte, long> Committed { get; } = [];

    public HashSet<byte> Aborted { get; } = [];

    private byte Deciding { get; set; }

    /// <summary>Prepares four receipts, commits two and aborts one.</summary>
    public void Run(LedgerWriter writer)
    {
        var desk = new TransactionDesk(writer);
        Prepare(First);
        Commit(First);
        Prepare(Second);
        Deciding = Second;
        desk.Abort(TokenOf(Second));
        Aborted.Add(Second);
        Prepare(Waits);
        Prepare(Third);
        Commit(Third);

        void Prepare(byte number)
        {
            Asked.Add(number);
            desk.Prepare(DraftOf(number));
            Prepared.Add(number);
        }

        void Commit(byte number)
        {
            Deciding = number;
            Committed[number] = desk.Commit(TokenOf(number));
        }
    }

    /// <summary>What it is answered when it asks for each; fails if that is not what it was told before.</summary>
    public TransactionState?[] Answers(LedgerWriter writer, string what)
    {
        var desk = new TransactionDesk(writer);
        TransactionStatus[] answers = [.. All.Select(number => desk.Ask(TokenOf(number)))];
        for (int i = 0; i < answers.Length; i++)
            Check(answers[i], All[i], what);
        return [.. answers.Select(answer => answer.State)];
    }

    /// <summary>Goes on where it was.</summary>
    public void Finish(LedgerWriter writer, string what)
    {
        var desk = new TransactionDesk(writer);
        foreach (byte number in new[] { First, Third })
        {
            if (desk.Ask(TokenOf(number)).State is null)
                desk.Prepare(DraftOf(number));
            long index = desk.Commit(TokenOf(number));
            Assert.True(Committed.GetValueOrDefault(number, index) == index, $"{what}: {number} moved");
            Assert.Equal(index, desk.Commit(TokenOf(number)));
        }
        if (desk.Ask(TokenOf(Second)).State is not null)
            desk.Abort(TokenOf(Second));
    }

    /// <summary>Fails unless the entries from an index on are the two that it committed, each once.</summary>
    public void MustBeAll(LedgerWriter writer, long from)
    {
        string[] recorded =
        [
            .. writer.EntriesFrom(from).Select(entry => TransactionToken.OfNonce(entry.Body.Nonce).ToString()).Order(),
        ];
        Assert.Equal(new[] { TokenOf(First).ToString(), TokenOf(Third).ToString() }.Order(), recorded);
    }

    public TransactionToken TokenOf(byte number) => TransactionToken.OfNonce(NonceOf(number));

    public Draft DraftOf(byte number) => TestLedger.Own($"{number}") with { Nonce = NonceOf(number) };

    private string NonceOf(byte number) => Convert.ToBase64String([round, .. Enumerable.Repeat(number, 15)]);

    private void Check(TransactionStatus status, byte number, string what)
    {
        TransactionState?[] possible = this switch
        {
            _ when Committed.ContainsKey(number) => [TransactionState.Committed],
            _ when Aborted.Contains(number) => [TransactionState.Aborted],
            _ when Deciding == number =>
            [
                TransactionState.Prepared,
                number == Second ? TransactionState.Aborted : TransactionState.Committed,
            ],
            _ when Prepared.Contains(number) => [TransactionState.Prepared],
            _ when Asked.Contains(number) => [null, TransactionState.Prepared],
            _ => [null],
        };
        Assert.True(possible.Contains(status.State), $"{what}: {number} is {status.StateText}");
        if (Committed.TryGetValue(number, out long index))
            Assert.True(index == status.Index, $"{what}: {number} was {index} and is {status.Index}");
    }
}
