using System.Buffers.Binary;
using System.Net;
using Tessrax.Hashing;
using Tessrax.Server.Access;

namespace Tessrax.Server.Host;

/// <summary>Who counts as one client: a key, a browser by whoever's link it came, or a network of addresses.</summary>
/// <param name="Key">The key's id.</param>
/// <param name="Browser">Whose link it was.</param>
/// <param name="Network">The address, of IPv6 its first half.</param>
internal readonly record struct ClientName(Digest Key, string? Browser, UInt128 Network)
{
    private const int AddressBytes = 16;

    // A network of IPv6 is one customer's as a rule.
    private const int NetworkBytes = 8;

    public static ClientName Of(HttpContext http, Principal who) =>
        who.Key is { } key ? new(key, null, 0)
        : who.IsCookie ? new(default, who.Name, 0)
        : Of(http.Connection.RemoteIpAddress);

    /// <summary>Whoever comes from a network.</summary>
    public static ClientName Of(IPAddress? address) => new(default, null, NetworkOf(address));

    private static UInt128 NetworkOf(IPAddress? address)
    {
        if (address is null)
            return 0;
        if (address.IsIPv4MappedToIPv6)
            address = address.MapToIPv4();
        Span<byte> bytes = stackalloc byte[AddressBytes];
        bytes.Clear();
        address.TryWriteBytes(bytes, out int written);
        // One of four bytes and one of eight are never the same.
        bytes[Math.Min(written, NetworkBytes)..].Clear();
        bytes[^1] = (byte)written;
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
