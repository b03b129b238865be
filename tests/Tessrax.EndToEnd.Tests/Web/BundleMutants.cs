using Tessrax.Tests;
using Tessrax.Tests.Fuzz;

namespace Tessrax.EndToEnd.Tests.Web;

/// <summary>The bundle of the vectors, damaged in ways that a seed fixes.</summary>
internal static class BundleMutants
{
    public static readonly byte[] Bundle = File.ReadAllBytes(Spec.Path("vectors", "ledger", "decision.tessrax.json"));
    public static readonly byte[] Trust = File.ReadAllBytes(Spec.Path("vectors", "ledger", "trust.json"));

    /// <summary>Three in four stay JSON, so that they get as far as the later stages.</summary>
    public static List<byte[]> Make(int count, int seed)
    {
        var random = new Random(seed);
        byte[] other = File.ReadAllBytes(Spec.Path("vectors", "ledger", "ledger.json"));
        var made = new List<byte[]>();
        while (made.Count < count)
        {
            byte[]? mutant =
                random.Next(4) > 0
                    ? JsonMutator.Mutate(Bundle, other, random)
                    : ByteMutator.Mutate(Bundle, other, random);
            if (mutant is not null && !mutant.AsSpan().SequenceEqual(Bundle))
                made.Add(mutant);
        }
        return made;
    }
}
