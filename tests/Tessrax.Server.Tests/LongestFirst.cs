using Tessrax.Server.Tests;
using Tessrax.Server.Tests.Cluster;
using Xunit.Sdk;
using Xunit.v3;

[assembly: TestCollectionOrderer(typeof(LongestFirst))]

namespace Tessrax.Server.Tests;

/// <summary>Begins with the class that takes longest: begun last, it would run alone for a minute.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    private static readonly string Longest = typeof(ClusterTests).FullName!;

    /// <inheritdoc/>
    public IReadOnlyCollection<T> OrderTestCollections<T>(IReadOnlyCollection<T> testCollections)
        where T : ITestCollection =>
        [
            .. testCollections.OrderBy(one =>
                one.TestCollectionDisplayName.Contains(Longest, StringComparison.Ordinal) ? 0 : 1
            ),
        ];
}
