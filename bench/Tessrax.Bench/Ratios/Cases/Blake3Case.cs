using Tessrax.Bench.Peers;
using Tessrax.Hashing;

namespace Tessrax.Bench.Ratios.Cases;

/// <summary>BLAKE3 in C# against the C library, at the sizes of a node, of a receipt and of a large blob.</summary>
internal static class Blake3Case
{
    public static IEnumerable<ICase> Make() =>
        [
            new PairedCase("blake3-64", effort => Contestants(64), Duel.AtMost(1.3, "c")),
            new PairedCase("blake3-600", effort => Contestants(600), Duel.AtMost(1.3, "c")),
            new PairedCase(
                "blake3-1m",
                effort => Contestants(effort.Size(1 << 20, 1 << 14)),
                Duel.AtMost(1 / 0.7, "c")
            ),
        ];

    private static Contestant[] Contestants(int length)
    {
        byte[] data = Inputs.Bytes(length);
        var hash = new byte[Digest.Size];
        var ours = new Contestant(
            "ours",
            tasks =>
            {
                HashBackends.Prefer(HashBackends.Managed);
                for (int i = 0; i < tasks; i++)
                    _ = HashEngine.Blake3.Hash(data);
                HashBackends.Prefer(RatioRun.Wish);
            }
        );
        if (!NativeBlake3.IsThere)
            return [ours];
        var theirs = new Contestant(
            "c",
            tasks =>
            {
                for (int i = 0; i < tasks; i++)
                    NativeBlake3.Hash(data, hash);
            }
        );
        return [ours, theirs];
    }
}
