namespace Tessrax.EndToEnd.Tests;

/// <summary>The two kinds of index, as people meet them.</summary>
public sealed class IndexKindsTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();
    private string library = "librocksdb.so";

    public void Dispose() => home.Dispose();

    [Fact]
    public void Both_give_the_same_answers_to_the_byte()
    {
        string[] queries =
        [
            "",
            "rubysec",
            "pyp*",
            "subject:CVE-2 OR severity:critical",
            "event:claims_recorded rubysec",
            "claim:b* AND index:>=2",
        ];
        string[] answers = Answers("sqlite", queries);
        Assert.Equal(answers, Answers("rocksdb", queries));
        Assert.Contains(answers, answer => answer.Contains("\"hits\":[{", StringComparison.Ordinal));
        home.Ctl.Must("index", "check", "ledger", "--all", "--text");
        home.Ctl.Must("index", "mode", "ledger", "immutable");
        Assert.Equal(answers, Asked("rocksdb", queries));
    }

    [Fact]
    public void Without_its_library_that_kind_alone_is_missing()
    {
        home.Ctl.Must("index", "rebuild", "ledger", "--index", "rocksdb");
        Assert.Equal(0, Elsewhere("search", "ledger", "rubysec").ExitCode);
        CtlResult refused = Elsewhere("index", "rebuild", "ledger");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("TSX3042", refused.Error, StringComparison.Ordinal);
        Assert.Contains(library, refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, Elsewhere("index", "rebuild", "ledger", "--index", "sqlite").ExitCode);
    }

    [Fact]
    public void Without_the_library_of_sqlite_the_index_alone_is_missing()
    {
        library = "libe_sqlite3.so";
        home.Ctl.Must("index", "rebuild", "ledger");
        CtlResult refused = Elsewhere("index", "rebuild", "ledger");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("TSX3042", refused.Error, StringComparison.Ordinal);
        CtlResult found = Elsewhere("search", "ledger", "rubysec");
        Assert.Equal(0, found.ExitCode);
        Assert.Contains("each looked at", found.Text, StringComparison.Ordinal);
        Assert.Equal(0, Elsewhere("verify", "ledger").ExitCode);
    }

    private string[] Answers(string kind, string[] queries)
    {
        home.Ctl.Must("index", "rebuild", "ledger", "--index", kind);
        return Asked(kind, queries);
    }

    private string[] Asked(string kind, string[] queries) =>
        [
            .. queries.Select(query =>
            {
                string answer = home.Ctl.Must("search", "ledger", query, "--json").Text;
                string named = $"\"backend\":\"{kind}\"";
                Assert.Contains(named, answer, StringComparison.Ordinal);
                return answer.Replace(named, "", StringComparison.Ordinal);
            }),
        ];

    // The same program where the library does not lie beside it. Links cost nothing; between two disks it is copied.
    private CtlResult Elsewhere(params string[] args)
    {
        (string program, string[] first) = Ctl.Program();
        string file = first.Length > 0 ? first[0] : program;
        string folder = home.Ctl.PathOf("program");
        if (!Directory.Exists(folder))
        {
            string beside = Path.GetDirectoryName(file)!;
            home.Ctl.Shell(
                "-c",
                $"cp -rl '{beside}' '{folder}' || cp -r '{beside}' '{folder}'; find '{folder}' -name {library} -delete"
            );
        }
        string there = Path.Combine(folder, Path.GetFileName(file));
        string line = first.Length > 0 ? $"{program} {there}" : there;
        return home.Ctl.Shell(["-c", $"{line} \"$@\"", "tessraxctl", .. args]);
    }
}
