using System.Collections.Concurrent;
using Tessrax.Hashing;
using Tessrax.Merkle;

namespace Tessrax.EndToEnd.Tests.Harness;

/// <summary>What anybody was told while everything happened at once: all of it must be true at the end.</summary>
internal sealed class Promises
{
    /// <summary>Where the server said that an append is, by what was appended.</summary>
    public ConcurrentDictionary<string, (long Index, Digest Leaf)> Appended { get; } = new(StringComparer.Ordinal);

    /// <summary>Checkpoints that were verified.</summary>
    public ConcurrentBag<TreeHead> Heads { get; } = [];

    /// <summary>Files with bundles that held.</summary>
    public ConcurrentBag<string> Bundles { get; } = [];

    /// <summary>Files with backups that were made.</summary>
    public ConcurrentBag<string> Backups { get; } = [];

    /// <summary>What must never happen, and did.</summary>
    public ConcurrentQueue<string> Faults { get; } = [];

    private readonly ConcurrentDictionary<string, int> counts = new(StringComparer.Ordinal);

    /// <summary>Counts something that was done.</summary>
    public void Count(string what) => counts.AddOrUpdate(what, 1, static (_, count) => count + 1);

    /// <summary>How often something was done.</summary>
    public int CountOf(string what) => counts.GetValueOrDefault(what);

    /// <summary>All that was done, in a line.</summary>
    public override string ToString() =>
        string.Join(
            ", ",
            counts.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => $"{one.Key} {one.Value}")
        );
}
