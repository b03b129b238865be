using Tessrax.Ledger;

namespace Tessrax.Node.Transactions;

/// <summary>What was found of a receipt.</summary>
/// <param name="Token">Its token.</param>
/// <param name="Record">What counts of it; null if there is nothing, or if it is damaged.</param>
/// <param name="IsDamaged">Whether there is something that is not what it should be.</param>
internal readonly record struct FoundReceipt(TransactionToken Token, TransactionRecord? Record, bool IsDamaged);

/// <summary>Reads a ledger's prepared receipts, and what was decided on them, wherever they are kept. Any thread may use it, also beside the writer.</summary>
internal interface IPreparedReader
{
    /// <summary>Every receipt that there is anything of, with the state that counts. None is read.</summary>
    /// <exception cref="TessraxException">It cannot be read.</exception>
    Dictionary<TransactionToken, TransactionState> List();

    /// <summary>What counts of a receipt, or null if there is nothing.</summary>
    /// <exception cref="TessraxException">TSX3003: it is not what it should be; or it cannot be read.</exception>
    TransactionRecord? Read(TransactionToken token);

    /// <summary>The same of many, in any order, read as they are asked for; of each once.</summary>
    /// <exception cref="TessraxException">While enumerating: they cannot be read.</exception>
    IEnumerable<FoundReceipt> ReadEach(IEnumerable<TransactionToken> tokens);
}

/// <summary>Keeps a ledger's prepared receipts where its batches are kept: in files of its directory, or in the database that decides. See <c>spec/transactions.md</c>.</summary>
/// <remarks>The ledger's writer has it; there is one at a time. Not safe for concurrent use.</remarks>
internal interface IPreparedReceipts : IPreparedReader
{
    /// <summary>Makes durable what a writer before this one had written, and takes away what it left half done.</summary>
    /// <exception cref="TessraxException">TSX3005 to TSX3009, TSX3048 to TSX3050: that cannot be done.</exception>
    void Begin();

    /// <summary>Writes records that are durable on return. A decision takes the place of its receipt, and may be written again.</summary>
    /// <exception cref="TessraxException">TSX3010: a receipt of that token is there already; TSX3009: all, some or none of them may be there; otherwise none is that was not
    /// written before the one that failed: TSX3005, TSX3006, TSX3008; TSX3048 to TSX3050.</exception>
    void Write(params IReadOnlyList<TransactionRecord> records);

    /// <summary>Forgets decisions, as far as it can: what stays is forgotten another time.</summary>
    /// <exception cref="TessraxException">TSX3048 to TSX3050, TSX3009: they cannot be reached.</exception>
    void Forget(IReadOnlyCollection<(TransactionToken Token, TransactionState Decision)> decided);

    /// <summary>Removes a receipt that stands beside its decision, durably.</summary>
    /// <exception cref="TessraxException">TSX3006, TSX3008, TSX3009: it cannot be removed.</exception>
    void RemoveWaiting(TransactionToken token);

    /// <summary>Makes sure that nothing which can be read now is taken back by a power failure, or by another writer.</summary>
    /// <exception cref="TessraxException">TSX3005 to TSX3009, TSX3048 to TSX3050.</exception>
    void Sync();
}
