using Tessrax.Ledger;

namespace Tessrax.Node.Snapshots;

/// <summary>A file of <c>prepared/</c> as a backup carries it.</summary>
internal static class PreparedFile
{
    /// <summary>What it says, or null if it is not what its name says.</summary>
    public static TransactionRecord? Read(ReadOnlySpan<byte> bytes, string name)
    {
        try
        {
            var record = TransactionRecord.Parse(bytes);
            return name == $"{record.Token}.{TransactionRecord.TextOf(record.State)}" ? record : null;
        }
        catch (TessraxException)
        {
            return null;
        }
    }
}
