using System.Security.Cryptography;
using Tessrax.Bench.Peers;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.Bench.Ratios.Cases;

/// <summary>A whole level at once, against the same nodes one by one and against the bare block function: two blocks a node, one stream.</summary>
internal static class LevelCase
{
    public static ICase Make() =>
        new PairedCase("level4096", Contestants, Duel.AtMost(1.0, "sha-ni"), Duel.FasterBy(8, "hashdata"));

    private static Contestant[] Contestants(Effort effort)
    {
        int nodes = effort.Size(4096, 64);
        Digest[] children = Inputs.Digests(2 * nodes);
        var parents = new Digest[nodes];
        var joined = new byte[1 + 2 * Digest.Size];
        var hash = new byte[Digest.Size];
        byte[] blocks = Inputs.Bytes(nodes * 2 * 64);
        List<Contestant> contestants =
        [
            new(
                "ours",
                tasks =>
                {
                    for (int i = 0; i < tasks; i++)
                        TreeHasher.Sha256.Nodes(children, parents);
                }
            ),
            new(
                "hashdata",
                tasks =>
                {
                    for (int i = 0; i < tasks * nodes; i++)
                        SHA256.HashData(joined, hash);
                }
            ),
        ];
        if (OpenSsl.IsThere)
        {
            contestants.Add(
                new(
                    "openssl",
                    tasks =>
                    {
                        for (int i = 0; i < tasks * nodes; i++)
                            OpenSsl.Sha256(joined, hash);
                    }
                )
            );
            contestants.Add(
                new(
                    "sha-ni",
                    tasks =>
                    {
                        for (int i = 0; i < tasks; i++)
                            OpenSsl.Blocks(blocks);
                    }
                )
            );
        }
        return [.. contestants];
    }
}
