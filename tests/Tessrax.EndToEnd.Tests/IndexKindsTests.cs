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
        Assert.DoesNotContain("under way", Elsewhere("index", "status", "ledger").Text, StringComparison.Ordinal);
        Assert.Contains("TSX3042", Elsewhere("doctor", "ledger").Text, StringComparison.Ordinal);
        Assert.Equal(0, Elsewhere("index", "rebuild", "ledger", "--index", "sqlite").ExitCode);
    }

    [Fact]
    public void Nobody_is_promised_an_index_whose_library_is_missing()
    {
        string[] made = ["init", "new", "--origin", "example.com/new", "--index", "rocksdb"];
        home.Ctl.Variables["TESSRAX_PASSPHRASE"] = "long enough a secret";
        CtlResult refused = Elsewhere(made);
        Assert.Equal(5, refused.ExitCode);
        Assert.Contains("TSX3042", refused.Error, StringComparison.Ordinal);
        Assert.Contains(library, refused.Error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(home.Ctl.PathOf("new")));
        // Made where the library is, and moved to where it is not, before there was an index.
        home.Ctl.Must(made);
        Assert.Contains(library, Elsewhere("search", "new", "x").Error, StringComparison.Ordinal);
        string found = Elsewhere("doctor", "new").Text;
        Assert.Contains(library, found, StringComparison.Ordinal);
        Assert.DoesNotContain("the next writer makes one", found, StringComparison.Ordinal);
        Assert.Equal(5, Elsewhere("index", "rebuild", "new").ExitCode);
        Assert.DoesNotContain("under way", Elsewhere("index", "status", "new").Text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_kind_of_index_is_wrong_usage_for_a_rebuild_too()
    {
        CtlResult wrong = home.Ctl.Run("index", "rebuild", "ledger", "--index", "foo");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("--index takes rocksdb or sqlite, not 'foo'", wrong.Error, StringComparison.Ordinal);
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
