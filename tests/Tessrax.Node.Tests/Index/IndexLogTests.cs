using System.Text;
using Microsoft.Extensions.Logging;
using Tessrax.Canonical;
using Tessrax.Node.Index;
using Tessrax.Node.Logging;
using Tessrax.Node.Segments;
using Xunit;

namespace Tessrax.Node.Tests.Index;

/// <summary>Whoever runs a node is told what becomes of the index, and why.</summary>
public sealed class IndexLogTests : IDisposable
{
    private readonly IndexHome home = new();
    private readonly MemoryStream stream = new();
    private int read;

    public IndexLogTests() =>
        home.Environment = home.Environment with
        {
            Logger = new ConsoleStyle(stream, home.Environment.Clock, LogLevel.Debug, LogFormat.Json),
        };

    public void Dispose()
    {
        home.Dispose();
        stream.Dispose();
    }

    [Fact]
    public void The_index_tells_how_it_follows_and_why_it_is_made_anew()
    {
        home.Rebuild();
        Assert.Equal(["IndexBegun", "IndexSwapped"], Told().Select(Name));
        home.Append("followed");
        Assert.Equal(["IndexFollowed"], Told().Select(Name));

        File.Delete(home.Database);
        home.Append("made again");
        JsonValue[] again = [.. Told()];
        Assert.Equal(
            ["IndexGivenUp", "IndexBegun", "IndexSwapped", "IndexHealed", "IndexFollowed"],
            again.Select(Name)
        );
        Assert.Equal("g1.db is gone", Value(again[0], "cause"));
        Assert.Equal($"{IndexHome.Size + 2}", Value(again[^1], "size"));

        File.WriteAllText(home.Database, "this is no database at all, but long enough to look like a page of one");
        home.Append("made again, too");
        Assert.Contains("it is no database", Value(Told()[0], "cause"), StringComparison.Ordinal);
        home.Read().Dispose();
        Assert.Equal("IndexOpened", Name(Assert.Single(Told())));
    }

    [Fact]
    public void A_fault_is_told_once_with_its_cause_and_again_when_it_is_over()
    {
        home.Rebuild();
        string pointer = Path.Combine(home.Folder, "index.json");
        string known = File.ReadAllText(pointer);
        File.WriteAllText(pointer, known.Replace("/v1", "/v9", StringComparison.Ordinal));
        Told();
        using (var writer = home.Open())
        {
            writer.Append([TestLedger.Own("one")]);
            SpinWait.SpinUntil(() => writer.Index!.Fault is not null, TimeSpan.FromMinutes(1));
            File.WriteAllText(pointer, known);
            writer.Append([TestLedger.Own("two")]);
            SpinWait.SpinUntil(() => writer.Index!.Fault is null && writer.Index.Behind == 0, TimeSpan.FromMinutes(1));
        }
        JsonValue[] told = [.. Told()];
        Assert.Equal("TSX3039", Value(Assert.Single(told, one => Name(one) == "IndexFails"), "code"));
        Assert.Single(told, one => Name(one) == "IndexHealed");
    }

    [Fact]
    public void That_it_is_far_behind_is_told_and_that_it_has_caught_up()
    {
        Directory.CreateDirectory(home.Folder);
        LedgerDirectory directory = LedgerDirectory.Open(home.Path, home.Environment.Disk);
        using var reader = new SegmentReader(home.Path, home.Environment.Disk, static (_, _) => true);
        using (IndexFollower follower = IndexFollower.Start(directory, home.Environment, () => reader)!)
        {
            follower.FarBehind = 100;
            follower.Note(100);
            SpinWait.SpinUntil(() => follower.Lag.Size is not null, TimeSpan.FromMinutes(1));
            follower.Note(IndexHome.Size);
            SpinWait.SpinUntil(() => follower.Lag.Behind == 0, TimeSpan.FromMinutes(1));
        }
        JsonValue[] told = [.. Told().Where(one => Name(one) is "IndexBehind" or "IndexCaughtUp")];
        Assert.Equal(["IndexBehind", "IndexCaughtUp"], told.Select(Name));
        // An index is committed where a batch ends: the first run came to 104.
        Assert.Equal(("496", "600"), (Value(told[0], "behind"), Value(told[1], "size")));
    }

    [Fact]
    public void Switching_vacuuming_and_going_on_are_told()
    {
        home.Rebuild();
        Told();
        LedgerIndex.SetMode(home.Path, home.Environment, isImmutable: true);
        JsonValue[] told = [.. Told()];
        Assert.Equal(["IndexBegun", "IndexSwapped", "IndexModeSwitched"], told.Select(Name));
        Assert.Equal(("g1.db", "immutable"), (Value(told[1], "old"), Value(told[2], "mode")));
        LedgerIndex.Vacuum(home.Path, home.Environment);
        Assert.Equal(["IndexBegun", "IndexSwapped", "IndexVacuumed"], Told().Select(Name));

        using var stop = new CancellationTokenSource();
        var shop = new IndexWorkshop(home.Path, home.Environment);
        using (IndexSource source = IndexSource.Open(home.Path, home.Environment.Disk, runLength: 100))
        using (shop.Locks.Build())
        {
            var cut = new IndexMaker(shop, source)
            {
                Step = 100,
                Stop = stop.Token,
                Rest = stop.Cancel,
            };
            Assert.Null(cut.Make(new IndexWish()));
        }
        Told();
        home.Rebuild();
        told = [.. Told()];
        Assert.Equal(("IndexResumed", "IndexSwapped"), (Name(told[0]), Name(told[^1])));
        Assert.NotEqual("0", Value(told[0], "size"));
    }

    private static string Name(JsonValue line) => line["name"]!.AsString();

    private static string Value(JsonValue line, string name) => line["values"]![name]!.AsString();

    // What was told of the index since it was asked the last time.
    private JsonValue[] Told()
    {
        string[] lines = Encoding.UTF8.GetString(stream.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        JsonValue[] told = [.. lines.Skip(read).Select(line => JsonValue.Parse(Encoding.UTF8.GetBytes(line)))];
        read = lines.Length;
        return [.. told.Where(line => line["area"]!.AsString() is "index" or "rebuild")];
    }
}
