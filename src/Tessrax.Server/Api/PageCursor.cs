using System.Buffers.Text;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;

namespace Tessrax.Server.Api;

/// <summary>Where a page of a list ended, so that the next one goes on there.</summary>
/// <remarks>As text base64url of <c>{"next":n,"of":first 8 bytes of SHA-256(ledger id || address with its filters) in hex}</c>. It authenticates nothing: a made-up one
/// leads to another page of the same list.</remarks>
internal static class PageCursor
{
    private const int BindingBytes = 8;

    /// <summary>The cursor that goes on at a place.</summary>
    /// <param name="call">The request; its address and filters are what the cursor is for.</param>
    /// <param name="next">The place.</param>
    public static string Of(ApiCall call, long next) =>
        Base64Url.EncodeToString(JsonValue.Object(("next", next), ("of", BindingOf(call))).ToCanonicalBytes());

    /// <summary>The place where the request goes on; null if it begins.</summary>
    /// <exception cref="TessraxException">TSX1020: the cursor is none, or another list's.</exception>
    public static long? Read(ApiCall call)
    {
        if (call.Query.Text(ApiParameter.Cursor.Name) is not { } text)
            return null;
        if (!Base64Url.IsValid(text))
            throw ErrorCodes.BadCursor.Because("it has another form");
        try
        {
            var reader = new ObjectReader(JsonValue.Parse(Base64Url.DecodeFromChars(text)));
            long next = reader.Integer("next");
            string of = reader.String("of", 2 * BindingBytes);
            reader.End();
            return of == BindingOf(call) ? next : throw ErrorCodes.BadCursor.Because("it is of another list");
        }
        catch (TessraxException e) when (e.Code != ErrorCodes.BadCursor)
        {
            throw ErrorCodes.BadCursor.Because("it has another form");
        }
    }

    private static string BindingOf(ApiCall call)
    {
        Digest ledger = call.Ledger.Directory.Id;
        byte[] said = [.. ledger.Span, .. Encoding.UTF8.GetBytes(call.Filters)];
        return HashEngine.Sha256.Hash(said).ToHex()[..(2 * BindingBytes)];
    }
}
