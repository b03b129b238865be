using System.Security.Cryptography;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Reading an index leaves no trace, and needs no medium that can be written unless the index follows its ledger.</summary>
public sealed class IndexMediumTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    public void Dispose() => home.Dispose();

    [Theory]
    [InlineData("sqlite", "wal", false)]
    [InlineData("sqlite", "immutable", true)]
    [InlineData("rocksdb", "wal", true)]
    [InlineData("rocksdb", "immutable", true)]
    public void On_a_medium_that_cannot_be_written_it_is_searched_or_asks_for_the_other_mode(
        string kind,
        string mode,
        bool isUsed
    )
    {
        Assert.SkipUnless(CanMount(), "a read-only mount needs root");
        Make(kind, mode);
        string[] before = Files(withContent: true);

        CtlResult found = ReadOnly("search", "ledger", "rubysec", "--json");

        Assert.Equal(0, found.ExitCode);
        Assert.Equal(isUsed, found.Text.Contains($"\"backend\":\"{kind}\"", StringComparison.Ordinal));
        Assert.Contains("\"hits\":[{", found.Text, StringComparison.Ordinal);
        if (!isUsed)
            Assert.Contains("TSX3038", ReadOnly("index", "check", "ledger", "--json").Text, StringComparison.Ordinal);
        Assert.Equal(before, Files(withContent: true));
    }

    [Theory]
    [InlineData("sqlite", "wal")]
    [InlineData("sqlite", "immutable")]
    [InlineData("rocksdb", "wal")]
    [InlineData("rocksdb", "immutable")]
    public void Verbs_that_read_leave_the_folder_as_it_was(string kind, string mode)
    {
        Make(kind, mode);
        bool withContent = mode == "immutable" || kind == "rocksdb";
        string[] before = Files(withContent);
        foreach (
            string[] verb in (string[][])
                [
                    ["search", "ledger", "rubysec"],
                    ["index", "status", "ledger"],
                    ["index", "check", "ledger", "--all", "--text"],
                    ["log", "ledger"],
                    ["doctor", "ledger"],
                ]
        )
        {
            home.Ctl.Run(verb);
            Assert.Equal(before, Files(withContent));
        }
    }

    [Theory]
    [InlineData("sqlite", "96k")]
    [InlineData("rocksdb", "32k")]
    public void On_a_disk_that_is_full_that_is_told_and_the_index_is_not_called_damaged(string kind, string size)
    {
        Assert.SkipUnless(CanMount(), "a small disk needs root");
        CtlResult made = Mounted(
            $"mkdir -p ledger/index && mount -t tmpfs -o size={size} tmpfs ledger/index",
            "index",
            "rebuild",
            "ledger",
            "--index",
            kind
        );
        Assert.StartsWith("error TSX3005: ", made.Error, StringComparison.Ordinal);
        Assert.Contains("index/g1.", made.Error, StringComparison.Ordinal);
        home.Ctl.Must("index", "rebuild", "ledger", "--index", kind);
    }

    private void Make(string kind, string mode)
    {
        home.Ctl.Must("index", "rebuild", "ledger", "--index", kind);
        home.Ctl.Must("index", "mode", "ledger", mode);
    }

    private string[] Files(bool withContent) =>
        [
            .. Directory
                .EnumerateFiles(Path.Combine(home.Path, "index"), "*", SearchOption.AllDirectories)
                .Order(StringComparer.Ordinal)
                .Select(file =>
                    withContent
                        ? $"{file} {File.GetLastWriteTimeUtc(file):O} {Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file)))}"
                        : file
                ),
        ];

    private CtlResult ReadOnly(params string[] args) =>
        Mounted("mount --bind ledger ledger && mount -o remount,bind,ro ledger", args);

    private CtlResult Mounted(string mount, params string[] args)
    {
        (string program, string[] first) = Ctl.Program();
        return home.Ctl.Shell([
            "-c",
            "exec unshare -m bash -c \"$0\" bash \"$@\"",
            mount + " && exec \"$@\"",
            program,
            .. first,
            .. args,
        ]);
    }

    private bool CanMount() =>
        OperatingSystem.IsLinux()
        && home.Ctl.Shell("-c", "unshare -m bash -c 'mkdir -p probe && mount --bind probe probe'").ExitCode == 0;
}
