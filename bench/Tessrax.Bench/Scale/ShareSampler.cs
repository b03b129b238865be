namespace Tessrax.Bench.Scale;

/// <summary>Draws indexes by their shares in constant time: the alias method (M. D. Vose, A linear algorithm for generating random numbers with a given distribution, 1991).</summary>
internal sealed class ShareSampler
{
    private readonly double[] keep;
    private readonly int[] alias;

    /// <param name="shares">Not negative; their sum is 1.</param>
    public ShareSampler(double[] shares)
    {
        keep = new double[shares.Length];
        alias = new int[shares.Length];
        var small = new Stack<int>();
        var large = new Stack<int>();
        for (int i = 0; i < shares.Length; i++)
        {
            keep[i] = shares[i] * shares.Length;
            (keep[i] < 1 ? small : large).Push(i);
        }
        while (small.Count > 0 && large.Count > 0)
        {
            (int less, int more) = (small.Pop(), large.Pop());
            alias[less] = more;
            keep[more] -= 1 - keep[less];
            (keep[more] < 1 ? small : large).Push(more);
        }
        // What is left is 1 but for rounding.
        foreach (int rest in small.Concat(large))
            keep[rest] = 1;
    }

    public int Next(Random random)
    {
        int i = random.Next(keep.Length);
        return random.NextDouble() < keep[i] ? i : alias[i];
    }
}
