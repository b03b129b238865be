using System.Diagnostics;
using Tessrax.Bench.Peers;
using Tessrax.Hashing;

namespace Tessrax.Bench.Ratios.Cases;

/// <summary>Throughput of BLAKE3 in C# over 1 MiB against <c>b3sum --num-threads 1</c> over a large file.</summary>
internal sealed class B3SumCase : ICase
{
    public string Name => "b3sum";

    public IEnumerable<Finding> Run(Effort effort)
    {
        using var b3sum = new B3Sum(effort.Size(512, 4) * (1L << 20));
        byte[] data = Inputs.Bytes(1 << 20);
        List<double> ours = [];
        List<double> theirs = [];
        HashBackends.Prefer(HashBackends.Managed);
        for (int round = 0; round < (effort.Quick ? 2 : 9); round++)
        {
            if (b3sum.Run() is not { } time)
                yield break;
            theirs.Add(time);
            ours.Add(Time(data, effort.Size(200, 2)));
        }
        HashBackends.Prefer(RatioRun.Wish);
        yield return new Finding("b3sum.ours", Paired.Median(ours) / 1000, "us");
        yield return new Finding("b3sum.b3sum", Paired.Median(theirs) / 1000, "us");
        double ratio = Paired.Ratio([.. theirs], [.. ours]);
        yield return new Finding("b3sum.b3sum/ours", ratio, "x", Goal.Least(0.7));
    }

    private static double Time(byte[] data, int times)
    {
        _ = HashEngine.Blake3.Hash(data);
        long begin = Stopwatch.GetTimestamp();
        for (int i = 0; i < times; i++)
            _ = HashEngine.Blake3.Hash(data);
        return Stopwatch.GetElapsedTime(begin).TotalNanoseconds / times;
    }
}
