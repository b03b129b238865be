using System.Buffers;

namespace Tessrax.Server.Api;

/// <summary>Bounds what a body becomes in memory: a value of JSON takes about 100 bytes there, and two as it is sent.</summary>
internal static class JsonRoom
{
    // The densest bundles have a value for 22 bytes; what is hashed and signed is longer than that.
    private const int LeastBytesOfValue = 16;

    // An entry's payload of one MiB may be a list of numbers and nothing else.
    private const int AlwaysFree = 600_000;

    private static readonly SearchValues<byte> Stops = SearchValues.Create("\",[{\n"u8);
    private static readonly SearchValues<byte> StopsInText = SearchValues.Create("\"\\"u8);

    /// <summary>How many values a body of an address may hold.</summary>
    /// <param name="bytes">How large the body may be.</param>
    public static int MostValues(int bytes) => Math.Max(bytes / LeastBytesOfValue, AlwaysFree);

    /// <summary>Refuses a body before anything is made of it.</summary>
    /// <param name="body">JSON, or lines of it; what is neither is refused by whoever reads it.</param>
    /// <param name="limit">The address's limit.</param>
    /// <exception cref="TessraxException">TSX1006: it holds too many values.</exception>
    public static void Require(ReadOnlySpan<byte> body, BodyLimit limit)
    {
        int most = MostValues(limit.Bytes);
        if (body.Length > most && Count(body) > most)
            throw ErrorCodes.TooLarge.Because(
                $"the body holds more than {most} JSON values, the limit of this address",
                "send fewer at once; a file is verified without this limit by tessraxctl verify FILE"
            );
    }

    // Each value but the first stands behind a comma, or is the first of an array, an object or a line; no more is looked at, so empty ones count for two.
    private static long Count(ReadOnlySpan<byte> text)
    {
        long values = 1;
        while (text.IndexOfAny(Stops) is >= 0 and var stop)
        {
            bool isText = text[stop] == '"';
            text = text[(stop + 1)..];
            if (isText)
                text = AfterText(text);
            else
                values++;
        }
        return values;
    }

    private static ReadOnlySpan<byte> AfterText(ReadOnlySpan<byte> text)
    {
        while (text.IndexOfAny(StopsInText) is >= 0 and var stop)
        {
            if (text[stop] == '"')
                return text[(stop + 1)..];
            text = text[Math.Min(stop + 2, text.Length)..];
        }
        return [];
    }
}
