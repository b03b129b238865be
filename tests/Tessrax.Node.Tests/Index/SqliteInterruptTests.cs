using SQLitePCL;
using Tessrax.Node.Index.Sqlite;
using Xunit;

namespace Tessrax.Node.Tests.Index;

/// <summary>One step of SQLite may take as long as it likes: it is cut off from outside.</summary>
public sealed class SqliteInterruptTests
{
    [Fact]
    public async Task A_step_without_end_is_cut_off()
    {
        using SqliteFile file = SqliteFile.Open(
            ":memory:",
            raw.SQLITE_OPEN_READWRITE | raw.SQLITE_OPEN_CREATE | raw.SQLITE_OPEN_MEMORY,
            0
        );
        Task<long?> endless = Task.Run(() =>
            file.Number("WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT max(x) FROM n")
        );
        // Before the step begins there is nothing to cut off.
        while (!endless.IsCompleted)
        {
            file.Interrupt();
            await Task.WhenAny(endless, Task.Delay(20));
        }
        TessraxException refused = await Assert.ThrowsAsync<TessraxException>(() => endless);
        Assert.Equal(ErrorCodes.IndexUnusable, refused.Code);
        Assert.Equal(1, file.Number("SELECT 1"));
    }
}
