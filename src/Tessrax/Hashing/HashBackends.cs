namespace Tessrax.Hashing;

/// <summary>Which code computes the hashes. It is chosen at first use, by what the machine has and never by the clock, and it
/// passes a self-test before it is used; every choice gives the same digests.</summary>
/// <remarks>Safe for concurrent use.</remarks>
public static class HashBackends
{
    /// <summary>No library of ours: C# and what the system has.</summary>
    public const string Managed = "managed";

    /// <summary>The optional library <c>tessrax_hash</c>, or nothing.</summary>
    public const string Native = "native";

    private static volatile Sha256Choice sha256 = Sha256Choice.For(null);
    private static volatile string? wished;

    /// <summary>The choice in force.</summary>
    internal static Sha256Choice Sha256 => sha256;

    /// <summary>The library for BLAKE3, or null if it is not wished for, not there, or wrong.</summary>
    internal static NativeHash? Blake3 =>
        wished != Managed && NativeHash.Shared is { Blake3Failure: null } library ? library : null;

    /// <summary>States a wish, before first use or later: what is running finishes as it began.</summary>
    /// <param name="wish"><c>managed</c>, <c>native</c>, or null: what is fastest here.</param>
    /// <exception cref="ArgumentException">Another wish.</exception>
    /// <exception cref="TessraxException">TSX3015: <c>native</c>, but the library is not there or not right.</exception>
    public static void Prefer(string? wish) => Prefer(wish, NativeHash.Find);

    /// <summary>What computes each operation of each engine; chooses now what was not in use yet.</summary>
    public static IReadOnlyList<HashBackend> Describe() =>
        [.. HashEngine.Sha256.Backends, .. HashEngine.Blake3.Backends];

    /// <summary>As above, with the library from elsewhere.</summary>
    internal static void Prefer(string? wish, NativeHash.Finder find)
    {
        if (wish is not (null or Managed or Native))
            throw new ArgumentException("the wish is managed, native or null", nameof(wish));
        var choice = Sha256Choice.For(wish, find);
        if (wish == Native && choice.Failure() is { } why)
            throw ErrorCodes.NativeHashUnusable.Because($"the native hash library cannot be used: {why}");
        (sha256, wished) = (choice, wish);
    }
}
