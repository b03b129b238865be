using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text;
using Tessrax.Hashing;
using Tessrax.Verification.Search;

namespace Tessrax.Node.Search;

/// <summary>In which order hits come.</summary>
public enum SearchOrder
{
    Newest,
    Oldest,

    /// <summary>Those first that have most of the words, of the newest 10,000 hits; equally good ones, the newest first.</summary>
    Rank,
}

/// <summary>Where a page ended, so that the next one goes on there, whatever was appended meanwhile.</summary>
/// <remarks>As text base64url of <c>01 | order u8 | score i64 | bound i64 | size i64 | first 8 bytes of SHA-256("tessrax/cursor/v1\n" || ledger id || canonical query)</c>,
/// integers big-endian. It authenticates nothing: a made-up one leads to another page of the same search.</remarks>
/// <param name="Order">The order of the search.</param>
/// <param name="Score">The score of the last hit, for <see cref="SearchOrder.Rank"/>; 0 otherwise.</param>
/// <param name="Bound">The entry that the page ended with: the next page begins behind it.</param>
/// <param name="Size">The size of the ledger at the first page; scores are of that size.</param>
internal readonly record struct SearchCursor(SearchOrder Order, long Score, long Bound, long Size)
{
    private const byte Version = 1;
    private const int QueryBytes = 8;
    private const int QueryAt = 2 + 3 * sizeof(long);
    private const int Length = QueryAt + QueryBytes;

    /// <summary>Reads the cursor of a search.</summary>
    /// <exception cref="TessraxException">TSX1020: it is none, or another search's.</exception>
    public static SearchCursor Read(string text, Digest ledger, Query query, SearchOrder order, long size)
    {
        if (!Base64Url.IsValid(text, out int length) || length != Length)
            throw ErrorCodes.BadCursor.Because("it has another form");
        byte[] bytes = Base64Url.DecodeFromChars(text);
        var cursor = new SearchCursor((SearchOrder)bytes[1], Long(bytes, 0), Long(bytes, 1), Long(bytes, 2));
        if (cursor.ToText(ledger, query) != text)
            throw ErrorCodes.BadCursor.Because("it is of another query, or of another ledger");
        if (cursor.Order != order)
            throw ErrorCodes.BadCursor.Because("it is of a search in another order");
        bool isPossible = cursor.Score >= 0 && cursor.Size >= 0 && cursor.Bound >= -1 && cursor.Bound <= cursor.Size;
        if (!isPossible || cursor.Size > size)
            throw ErrorCodes.BadCursor.Because($"it is of {cursor.Size} entries, and the ledger holds {size}");
        return cursor;
    }

    /// <summary>The text of it.</summary>
    public string ToText(Digest ledger, Query query)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = Version;
        bytes[1] = (byte)Order;
        BinaryPrimitives.WriteInt64BigEndian(bytes[2..], Score);
        BinaryPrimitives.WriteInt64BigEndian(bytes[10..], Bound);
        BinaryPrimitives.WriteInt64BigEndian(bytes[18..], Size);
        byte[] said = [.. "tessrax/cursor/v1\n"u8, .. ledger.Span, .. Encoding.UTF8.GetBytes(query.ToString())];
        HashEngine.Sha256.Hash(said).Span[..QueryBytes].CopyTo(bytes[QueryAt..]);
        return Base64Url.EncodeToString(bytes);
    }

    private static long Long(byte[] bytes, int number) =>
        BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(2 + number * sizeof(long)));
}
