namespace Tessrax.EndToEnd.Tests.Differential;

/// <summary>What both sides know.</summary>
internal static class Known
{
    /// <summary>The hash functions of ledgers.</summary>
    public static readonly string[] Engines = ["sha256", "blake3"];
}
