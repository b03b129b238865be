using System.Globalization;

namespace Tessrax.Node.Index.Sqlite;

/// <summary>What keeps an SQLite index small, quick and whole, and tells whether it is.</summary>
internal sealed class SqliteCare(SqliteFile file, TimeProvider clock)
{
    // Pages given back or joined at a step, so that nobody else waits long.
    private const int PagesAtATime = 256;

    // Of FTS5, if nothing else is said: how many parts of a size it lets come together before it joins them, as it writes, and at once.
    private const int AutoMerge = 4;
    private const int CrisisMerge = 16;

    private bool hasVocabulary;

    /// <summary>Joins nothing while an index is filled in one go, and writes few parts.</summary>
    public void Postpone(bool hasText)
    {
        // In pages: 64 MiB of log before it is written into the file.
        file.Run("PRAGMA wal_autocheckpoint = 8192");
        if (hasText)
            Configure(automerge: 0, crisisMerge: 1_999, hashBytes: 32 << 20);
    }

    /// <summary>FTS5's words and where they stand, as a table to read: term, doc, col, offset.</summary>
    /// <param name="where">A condition, or null.</param>
    public SqliteStatement Vocabulary(string? where)
    {
        if (!hasVocabulary)
        {
            // It lies in memory, and is refused to readers all the same.
            long readsOnly = file.Number("PRAGMA query_only") ?? 0;
            file.Run("PRAGMA query_only = OFF");
            file.Run("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab(main, text, instance)");
            file.Run($"PRAGMA query_only = {readsOnly}");
            hasVocabulary = true;
        }
        return file.Prepare(
            $"SELECT term, doc, col, offset FROM temp.vocabulary{(where is null ? "" : " WHERE " + where)}"
        );
    }

    public IndexSizes Sizes(bool hasText)
    {
        long pages = file.Number("PRAGMA page_count") ?? 0;
        long free = file.Number("PRAGMA freelist_count") ?? 0;
        long bytes = 0;
        foreach (string end in (string[])["", "-wal", "-shm"])
        {
            var beside = new FileInfo(file.Place + end);
            bytes += beside.Exists ? beside.Length : 0;
        }
        return new IndexSizes(bytes, free, hasText ? TextParts() : 0, pages == 0 ? 0 : (double)free / pages);
    }

    /// <summary>What SQLite's own checks find; the quick one leaves out whether indexes and tables have the same rows, and references.</summary>
    public string? Fault(bool quick)
    {
        if (file.Text(quick ? "PRAGMA quick_check(1)" : "PRAGMA integrity_check(1)") is not "ok" and var broken)
            return broken ?? "the check gave no answer";
        if (quick)
            return null;
        using SqliteStatement strays = file.Prepare("PRAGMA foreign_key_check");
        return strays.Step() ? $"a row of {strays.Text(0)} refers to one of {strays.Text(2)} that is missing" : null;
    }

    public void Analyze() => file.Run("PRAGMA analysis_limit = 1000; ANALYZE");

    /// <summary>Joins parts of the text, then gives back free pages, until it is done, the time is up, or it is stopped.</summary>
    public void Compact(TimeSpan budget, bool hasText, CancellationToken stop)
    {
        long began = clock.GetTimestamp();
        if (hasText && JoinsAreDue())
        {
            // All of it, if it was postponed; what is there of a size otherwise.
            Join(-PagesAtATime);
            Configure(AutoMerge, CrisisMerge, hashBytes: 1 << 20);
        }
        while (hasText && MayGoOn() && Join(PagesAtATime)) { }
        while (MayGoOn() && (file.Number("PRAGMA freelist_count") ?? 0) > 0)
            file.Run(string.Create(CultureInfo.InvariantCulture, $"PRAGMA incremental_vacuum({PagesAtATime})"));

        bool MayGoOn() => !stop.IsCancellationRequested && clock.GetElapsedTime(began) < budget;
    }

    private bool JoinsAreDue() => file.Number("SELECT v FROM text_config WHERE k = 'automerge'") is 0;

    // FTS5 says that it did something by changing more than the row by which it was asked.
    private bool Join(int pages)
    {
        int before = file.Changes;
        using SqliteStatement merge = file.Prepare("INSERT INTO text(text, rank) VALUES('merge', ?1)");
        merge.Bind(1, pages).Run();
        return file.Changes - before >= 2;
    }

    private void Configure(int automerge, int crisisMerge, int hashBytes)
    {
        using SqliteStatement set = file.Prepare("INSERT INTO text(text, rank) VALUES(?1, ?2)");
        set.Bind(1, "automerge").Bind(2, automerge).Run();
        set.Bind(1, "crisismerge").Bind(2, crisisMerge).Run();
        set.Bind(1, "hashsize").Bind(2, hashBytes).Run();
    }

    // FTS5's structure record: a cookie, the mark of its second form where it is that, and then levels, parts.
    private int TextParts()
    {
        using SqliteStatement structure = file.Prepare("SELECT block FROM text_data WHERE id = 10");
        if (!structure.Step())
            return 0;
        ReadOnlySpan<byte> record = structure.Bytes(0);
        int at = record.Length >= 8 && record[4..8].SequenceEqual(SecondForm) ? 8 : 4;
        return TryRead(record, ref at, out _) && TryRead(record, ref at, out int parts) ? parts : 0;
    }

    private static ReadOnlySpan<byte> SecondForm => [0xFF, 0, 0, 1];

    // SQLite's numbers: seven bits a byte, high ones first.
    private static bool TryRead(ReadOnlySpan<byte> record, ref int at, out int number)
    {
        number = 0;
        while (at < record.Length && number < 1 << 20)
        {
            byte part = record[at++];
            number = number << 7 | part & 0x7F;
            if (part < 0x80)
                return true;
        }
        return false;
    }
}
