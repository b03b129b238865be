namespace Tessrax.Bench.Ratios;

/// <summary>What an operation allocates in steady state.</summary>
internal static class Allocations
{
    private const int Operations = 1000;

    /// <summary>Bytes for each operation, after as many to warm up.</summary>
    public static double Of(Action operation)
    {
        for (int i = 0; i < Operations; i++)
            operation();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Operations; i++)
            operation();
        return (GC.GetAllocatedBytesForCurrentThread() - before) / (double)Operations;
    }
}
