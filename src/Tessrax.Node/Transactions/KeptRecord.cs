using Tessrax.Ledger;

namespace Tessrax.Node.Transactions;

/// <summary>A record as it is kept.</summary>
internal static class KeptRecord
{
    /// <summary>Reads one strictly.</summary>
    /// <param name="bytes">The record.</param>
    /// <param name="token">Whose it must be.</param>
    /// <param name="state">What it must say.</param>
    /// <param name="place">Where it is, for messages.</param>
    /// <exception cref="TessraxException">TSX3003: it is none, or another one.</exception>
    public static TransactionRecord Parse(
        ReadOnlySpan<byte> bytes,
        TransactionToken token,
        TransactionState state,
        string place
    )
    {
        TransactionRecord record;
        try
        {
            record = TransactionRecord.Parse(bytes);
        }
        catch (TessraxException e)
        {
            throw new TessraxException(ErrorCodes.Damaged, $"{place}: {e.Message}", inner: e);
        }
        return record.Token == token && record.State == state
            ? record
            : throw ErrorCodes.Damaged.Because($"{place} is about {record.Token}, {record.StateText}");
    }
}
