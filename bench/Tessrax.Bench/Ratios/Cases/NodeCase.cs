using System.Security.Cryptography;
using Tessrax.Bench.Peers;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Bench.Ratios.Cases;

/// <summary>One node: SHA-256 of 65 bytes.</summary>
internal static class NodeCase
{
    public static ICase Make() =>
        new PairedCase("node", Contestants, Duel.AtMost(1.15, "openssl"), Duel.FasterBy(1, "hashdata"));

    private static Contestant[] Contestants(Effort effort)
    {
        Digest[] children = Inputs.Digests(2);
        byte[] joined = [1, .. children[0].Span, .. children[1].Span];
        var hash = new byte[Digest.Size];
        List<Contestant> contestants =
        [
            new(
                "ours",
                tasks =>
                {
                    Digest node = children[1];
                    for (int i = 0; i < tasks; i++)
                        node = TreeHasher.Sha256.Node(children[0], node);
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
                            OpenSsl.Sha256(joined, hash);
                    }
                )
            );
        return [.. contestants];
    }
}
