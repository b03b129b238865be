using System.Buffers.Binary;
using System.Buffers.Text;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Server.Api;

namespace Tessrax.Server.Access;

/// <summary>What a request of a session shows behind the scheme: <c>id="…",seq="17",mac="…"</c>, in any order, each once.</summary>
/// <param name="Id">The session's.</param>
/// <param name="Number">From 1, each once.</param>
/// <param name="Mac">As <see cref="SessionMac"/> makes it.</param>
internal readonly record struct SessionProof(UInt128 Id, long Number, Digest Mac)
{
    /// <summary>Reads it.</summary>
    /// <exception cref="TessraxException">TSX6010: it has another form.</exception>
    public static SessionProof Parse(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> id = default;
        ReadOnlySpan<char> seq = default;
        ReadOnlySpan<char> mac = default;
        foreach (Range range in text.Split(','))
        {
            ReadOnlySpan<char> part = text[range].Trim();
            int equals = part.IndexOf('=');
            // No value is empty, so that what has one was there already.
            bool isQuoted = equals > 0 && part.Length > equals + 3 && part[equals + 1] == '"' && part[^1] == '"';
            ReadOnlySpan<char> value = isQuoted ? part[(equals + 2)..^1] : throw Malformed();
            switch (part[..equals])
            {
                case "id" when id.IsEmpty:
                    id = value;
                    break;
                case "seq" when seq.IsEmpty:
                    seq = value;
                    break;
                case "mac" when mac.IsEmpty:
                    mac = value;
                    break;
                default:
                    throw Malformed();
            }
        }
        Span<byte> name = stackalloc byte[SessionMac.IdBytes];
        Span<byte> code = stackalloc byte[SessionMac.Bytes];
        Decode(id, name);
        Decode(mac, code);
        return QueryText.TryInteger(seq, out long number) && number > 0
            ? new SessionProof(BinaryPrimitives.ReadUInt128BigEndian(name), number, new Digest(code))
            : throw Malformed();
    }

    private static void Decode(ReadOnlySpan<char> text, Span<byte> bytes)
    {
        if (!Base64Url.IsValid(text, out int length) || length != bytes.Length || text.Contains('='))
            throw Malformed();
        Base64Url.DecodeFromChars(text, bytes);
    }

    private static TessraxException Malformed() =>
        ErrorCodes.BadAccessToken.Because("it is not id=\"…\",seq=\"…\",mac=\"…\" with bytes in base64url");
}
