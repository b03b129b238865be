using System.Text;
using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Merkle;

namespace Tessrax.Tests.Keys;

// Keys and notes that are the same in every run.
internal static class Samples
{
    internal const string Origin = "example.com/ledger";

    internal static readonly PrivateKey LogKey = Key(1);

    internal static readonly VerifierKey Log = VerifierKey.Create(Origin, LogKey.PublicKey);

    internal static readonly Checkpoint Checkpoint = new(Origin, new TreeHead(5, HashEngine.Sha256.Hash("five"u8)));

    internal static readonly UtcTime Noon = UtcTime.From(new DateTimeOffset(2026, 1, 31, 12, 0, 0, TimeSpan.Zero));

    internal static PrivateKey Key(byte number)
    {
        var seed = new byte[32];
        seed.AsSpan().Fill(number);
        return PrivateKey.FromSeed(seed);
    }

    internal static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
