using System.Diagnostics;
using Tessrax.Node.Reading;

namespace Tessrax.EndToEnd.Tests;

/// <summary>Disks that are full, read-only or not ours, and a ledger that another process writes to.</summary>
public sealed class BadInputDiskTests : IDisposable
{
    private const string Nobody = "65534";
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    public void Dispose() => home.Dispose();

    [Fact]
    public void A_second_writer_is_told_who_writes_and_readers_go_on()
    {
        using Process holder = KillRun.Start("hold", home.Ctl.Folder);
        Assert.Equal("open", holder.StandardOutput.ReadLine());
        CtlResult refused = home.MustRefuse(5, "TSX3002", "ingest", "ledger", "claims.jsonl");
        Assert.Contains($"process {holder.Id} ", refused.Error, StringComparison.Ordinal);
        home.MustRefuse(5, "TSX3002", "approve", "ledger", "6", "--key", "alice.key");
        home.MustRefuse(5, "TSX3002", "evidence", "add", "ledger", "claims.jsonl");
        foreach (string line in (string[])["log ledger", "verify ledger", "pending ledger", "prove ledger 3 -o b.json"])
            home.Ctl.Must(line.Split(' '));
        holder.StandardInput.Close();
        holder.WaitForExit();
        home.Ctl.Must("ingest", "ledger", "claims.jsonl");
    }

    [Fact]
    public void What_may_not_be_read_is_no_permission_rather_than_nothing()
    {
        File.SetUnixFileMode(home.Path, UnixFileMode.None);
        File.SetUnixFileMode(home.Ctl.PathOf("claims.jsonl"), UnixFileMode.None);
        foreach (string line in (string[])["log ledger", "verify ledger", "ingest ledger -", "checkpoint ledger"])
            NoPermission(line);
        NoPermission("ingest ledger claims.jsonl");
        NoPermission("plumbing canonicalize claims.jsonl");
        File.SetUnixFileMode(home.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        home.MustHold();
    }

    [Fact]
    public void What_may_not_be_written_can_be_read_and_nothing_is_left_half_written()
    {
        string before = LedgerTree.Of(home.Ctl.Folder);
        // All may read, nobody may write; key files lose their secrecy for this test.
        Script("chmod -R a+rX,a-w .", asNobody: false);
        NoPermission("ingest ledger claims.jsonl");
        NoPermission("approve ledger 6 --key alice.key");
        NoPermission("init new --origin example.com/new");
        NoPermission("keys new dave -o dave.key");
        NoPermission("prove ledger 3 -o bundle.json");
        NoPermission("pending ledger --export request.json");
        NoPermission("demo here");
        string trust = home.LogKey.ToString();
        CtlResult verified = Script($"\"$@\" verify ledger --trust {trust} && \"$@\" log ledger", asNobody: true);
        Assert.True(verified.ExitCode == 0, verified.Text + verified.Error);
        Assert.Equal(Names(before), Names(LedgerTree.Of(home.Ctl.Folder)));
        Script("chmod -R u+w .", asNobody: false);
        home.MustHold();
    }

    [Fact]
    public void A_read_only_file_system_can_be_read_and_refuses_to_be_written()
    {
        RequireMounts();
        string before = LedgerTree.Of(home.Path);
        string mount = "mount --bind ledger ledger && mount -o remount,ro,bind ledger";
        CtlResult ingest = Script($"{mount} && \"$@\" ingest ledger claims.jsonl", asNobody: false, mounts: true);
        Assert.Equal(5, ingest.ExitCode);
        Assert.Contains("error TSX3008: ", ingest.Error, StringComparison.Ordinal);
        Assert.Contains("read-only", ingest.Error, StringComparison.Ordinal);
        CtlResult readers = Script(
            $"{mount} && \"$@\" verify ledger && \"$@\" log ledger",
            asNobody: false,
            mounts: true
        );
        Assert.True(readers.ExitCode == 0, readers.Error);
        Assert.Equal(before, LedgerTree.Of(home.Path));
    }

    [Fact]
    public void A_full_disk_refuses_an_ingest_and_what_was_acknowledged_stays()
    {
        RequireMounts();
        long size = Size(home.Path);
        // The claims need more than the zeros that wait in the segment, and the filler takes all else.
        string script = $"""
            mkdir full && mount -t tmpfs -o size=2m tmpfs full && cp -r ledger full/ || exit 99
            dd if=/dev/zero of=full/filler bs=4k 2>/dev/null
            "$@" ingest full/ledger {LedgerHome.Sample("cve-cwe.jsonl")} {LedgerHome.Sample("cve-cvss3.jsonl")}
            code=$?
            "$@" verify full/ledger >&2 || exit 98
            "$@" keys new dave -o full/dave.key; "$@" init full/new --origin example.com/new
            ls -A full >&2
            rm full/filler && cp -r full/ledger kept && exit $code
            """;
        CtlResult result = Script(script, asNobody: false, mounts: true);
        Assert.True(result.ExitCode == 5, result.Text + result.Error);
        Assert.Equal(3, result.Error.Split("error TSX3005: ").Length - 1);
        Assert.Contains("\nfiller\nledger\n", result.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(
            "dave.key\n",
            result.Error[result.Error.IndexOf("\nfiller\n", StringComparison.Ordinal)..],
            StringComparison.Ordinal
        );
        Directory.Delete(home.Path, recursive: true);
        LedgerTree.Copy(home.Ctl.PathOf("kept"), home.Path);
        home.MustHold();
        Assert.True(Size(home.Path) >= size);
        home.Ctl.Must("ingest", "ledger", LedgerHome.Sample("cve-cwe.jsonl"), LedgerHome.Sample("cve-cvss3.jsonl"));
        home.MustHold();
    }

    private void NoPermission(string line)
    {
        CtlResult result = Script($"\"$@\" {line}", asNobody: true);
        Assert.True(result.ExitCode == 5, $"{line}: {result.ExitCode}\n{result.Error}");
        Assert.Contains("error TSX3006: ", result.Error, StringComparison.Ordinal);
    }

    private static long Size(string path)
    {
        using LedgerView view = LedgerView.Open(path, Node.Files.SystemDisk.Instance);
        return view.Size;
    }

    private static string Names(string tree) => string.Join('\n', tree.Split('\n').Select(line => line.Split(' ')[0]));

    // "$@" in the script is tessraxctl. Modes do not bind root, so as root the script runs as nobody, who is let into HOME.
    private CtlResult Script(string script, bool asNobody, bool mounts = false)
    {
        bool isRoot = Environment.UserName == "root";
        (string program, string[] first) = Ctl.Program();
        string[] prefix =
            mounts ? ["unshare", "-m"]
            : asNobody && isRoot ? ["setpriv", "--reuid", Nobody, "--regid", Nobody, "--clear-groups"]
            : [];
        if (asNobody && isRoot)
        {
            File.SetUnixFileMode(home.Ctl.Folder, (UnixFileMode)Convert.ToInt32("755", 8));
            Assert.SkipUnless(
                Run([
                    "setpriv",
                    "--reuid",
                    Nobody,
                    "--regid",
                    Nobody,
                    "--clear-groups",
                    program,
                    .. first,
                    "--version",
                ]).ExitCode == 0,
                "the binary cannot be run by another user"
            );
        }
        return Run([.. prefix, "sh", "-c", script, "sh", program, .. first]);
    }

    private void RequireMounts() =>
        Assert.SkipUnless(
            Run(["unshare", "-m", "sh", "-c", "mkdir -p probe && mount -t tmpfs -o size=1m tmpfs probe"]).ExitCode == 0,
            "mounting needs root"
        );

    private CtlResult Run(string[] command)
    {
        var info = new ProcessStartInfo(command[0], command[1..])
        {
            WorkingDirectory = home.Ctl.Folder,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment["HOME"] = home.Ctl.Folder;
        info.Environment["TESSRAX_PASSPHRASE"] = "secret";
        using Process process = Process.Start(info)!;
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        byte[] output = System.Text.Encoding.UTF8.GetBytes(process.StandardOutput.ReadToEnd());
        process.WaitForExit();
        return new CtlResult(process.ExitCode, output, error.Result);
    }
}
