using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Segments;

namespace Tessrax.Node.Recovery;

/// <summary>Holds stored payloads to the commitments in their leaves.</summary>
internal static class StoredPayload
{
    /// <summary>The entry that was stored; null if its bytes are none.</summary>
    public static Entry? EntryOf(StoredEntry stored)
    {
        try
        {
            return Entry.Parse(stored.Entry.Span);
        }
        catch (TessraxException)
        {
            return null;
        }
    }

    /// <summary>Whether what lies beside an entry is what the entry commits to, or was erased.</summary>
    public static bool IsRight(StoredEntry stored, Entry entry, Digest ledger) =>
        entry.Body.Payload is { } commitment
            ? stored.IsErased || Fits(stored, commitment, ledger)
            : stored.Payload.IsEmpty && stored.Salt.IsEmpty && !stored.IsErased;

    /// <summary>Whether payload and salt give a commitment.</summary>
    public static bool Fits(StoredEntry stored, Digest commitment, Digest ledger) =>
        stored.Salt.Length == Receipt.SaltBytes
        && SignedBytes.CommitmentOf(ledger, stored.Salt.Span, stored.Payload.Span) == commitment;
}
