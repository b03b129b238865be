using System.Security.Cryptography;
using Tessrax.Bench.Peers;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Bench.Ratios.Cases;

/// <summary>One leaf of the size of a receipt: SHA-256 of 1 + 600 bytes.</summary>
internal static class LeafCase
{
    public static ICase Make() =>
        new PairedCase("leaf600", Contestants, Duel.AtMost(1.15, "openssl"), Duel.FasterBy(1, "hashdata"));

    private static Contestant[] Contestants(Effort effort)
    {
        byte[] data = Inputs.Bytes(600);
        byte[] prefix = [0];
        byte[] joined = [0, .. data];
        var hash = new byte[Digest.Size];
        List<Contestant> contestants =
        [
            new(
                "ours",
                tasks =>
                {
                    for (int i = 0; i < tasks; i++)
                        _ = TreeHasher.Sha256.Leaf(data);
                }
            ),
            new(
                "hashdata",
                tasks =>
                {
                    for (int i = 0; i < tasks; i++)
                        SHA256.HashData(joined, hash);
                }
            ),
        ];
        if (OpenSsl.IsThere)
            contestants.Add(
                new(
                    "openssl",
                    tasks =>
                    {
                        for (int i = 0; i < tasks; i++)
                            OpenSsl.Sha256(prefix, data, hash);
                    }
                )
            );
        return [.. contestants];
    }
}
