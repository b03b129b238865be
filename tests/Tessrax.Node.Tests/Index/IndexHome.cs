using Microsoft.Data.Sqlite;
using Tessrax.Node.Appending;
using Tessrax.Node.Index;
using Tessrax.Node.Recovery;

namespace Tessrax.Node.Tests.Index;

/// <summary>A ledger of 600 entries, for its index.</summary>
internal sealed class IndexHome : IDisposable
{
    public const int Size = 600;

    public IndexHome()
    {
        Environment = Ledger.Environment with { Uptime = () => new MachineUptime(Boot, TimeSpan.Zero) };
        using LedgerWriter writer = Open();
        new Ingestor(writer).Ingest([
            TestLedger.File(TestLedger.Claim("a1", "A", 5, "s1"), TestLedger.Claim("a2", "A", 9, "s2")),
        ]);
        Draft[] drafts =
        [
            .. Enumerable.Range(0, Size - (int)writer.Fold.Size).Select(i => TestLedger.Own($"text {i}")),
        ];
        // In several batches: an index is committed where one ends.
        foreach (Draft[] batch in drafts.Chunk(100))
            writer.Append(batch);
    }

    public TestLedger Ledger { get; } = new(approvers: 0);

    /// <summary>The start of the machine.</summary>
    public string Boot { get; set; } = "first";

    public NodeEnvironment Environment { get; set; }

    public string Path => Ledger.DirectoryPath;

    public string Folder => System.IO.Path.Combine(Path, "index");

    public IndexFiles Files => new(Path, Environment.Disk);

    /// <summary>The file that serves.</summary>
    public string Database => System.IO.Path.Combine(Folder, Files.Pointer().File!);

    /// <summary>The same, from the ledger's directory on.</summary>
    public string Shown => $"index/{Files.Pointer().File}";

    public LedgerWriter Open() => LedgerWriter.Open(Path, TestLedger.Keys(), Environment);

    public void Append(string text)
    {
        using LedgerWriter writer = Open();
        writer.Append([TestLedger.Own(text)]);
    }

    public IndexMade Rebuild(IndexWish? wish = null) => LedgerIndex.Rebuild(Path, Environment, wish);

    public Divergence Compare(bool isThorough = false, bool withText = false) =>
        Doctor.Compare(Path, Environment, new IndexCheckDepth(isThorough, withText));

    public IndexReading Read() => IndexReading.Open(Path, Ledger.Id, Environment);

    public IndexMark Mark()
    {
        using IndexReading open = Read();
        return open.Mark;
    }

    /// <summary>Names below the index's folder, but for those of the locks.</summary>
    public string[] Names() =>
        [
            .. Directory
                .EnumerateFiles(Folder)
                .Select(path => System.IO.Path.GetFileName(path))
                .Where(name => name is not ("lock" or "cared"))
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Changes the file that serves, as somebody would by hand.</summary>
    public void Do(string statement)
    {
        using var connection = new SqliteConnection($"Data Source={Database};Pooling=False;Foreign Keys=False");
        connection.Open();
        using SqliteCommand command = connection.CreateCommand();
        command.CommandText = statement;
        command.ExecuteNonQuery();
    }

    public void Dispose() => Ledger.Dispose();
}
