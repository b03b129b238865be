using Tessrax.Node.Files;
using Tessrax.Node.Index;
using Tessrax.Node.Index.Sqlite;
using Xunit;

namespace Tessrax.Node.Tests.Index;

/// <summary>SQLite, held to what every backend must do.</summary>
public sealed class SqliteConformanceTests : IndexConformance
{
    internal override IIndexStore Store { get; } = new SqliteIndexStore(SystemDisk.Instance, TimeProvider.System);

    [Fact]
    public void A_commit_writes_its_words_as_one_part_however_many_values_are_new()
    {
        var random = new RandomDocuments(8);
        var model = new ModelIndex();
        using IIndexBackend index = Store.Create(Place(), RandomDocuments.Mark(0), new IndexOptions(IsRebuild: true));
        for (int commit = 1; commit <= 3; commit++)
        {
            Grow(index, model, random, 400);
            Assert.Equal(commit, index.Sizes().TextParts);
        }
    }
}
