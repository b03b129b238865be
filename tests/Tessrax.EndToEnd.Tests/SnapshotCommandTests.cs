using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Tessrax.Canonical;
using Tessrax.Ledger;
using Tessrax.Node.Reading;
using Tessrax.Tests;

namespace Tessrax.EndToEnd.Tests;

/// <summary>snapshot, backup and restore as people and scripts use them.</summary>
public sealed class SnapshotCommandTests : IDisposable
{
    private readonly LedgerHome home = new LedgerHome().WithClaims();

    private Ctl Ctl => home.Ctl;

    public void Dispose() => home.Dispose();

    [Fact]
    public void A_snapshot_is_exported_compared_verified_and_imported()
    {
        JsonValue made = Json(Ctl.Must("snapshot", "export", "ledger", "-o", "a.snapshot", "--json"));
        byte[] file = Read("a.snapshot");
        Assert.Equal($"sha256:{Convert.ToHexStringLower(SHA256.HashData(file))}", made["digest"]!.AsString());
        Assert.Equal($"{file.Length}", made["bytes"]!.AsNumberText());
        CtlResult piped = Ctl.Must("snapshot", "export", "ledger", "-o", "-");
        Assert.Equal(file, piped.Bytes);
        Assert.Contains("wrote the snapshot", piped.Error, StringComparison.Ordinal);
        home.MustRefuse(2, "TSX3010", "snapshot", "export", "ledger", "-o", "a.snapshot");
        Ctl.Must("snapshot", "export", "ledger", "-o", "a.snapshot", "--force");
        Assert.Equal(file, Read("a.snapshot"));
        JsonValue verdict = Json(Ctl.Must("verify", "a.snapshot", "--json"));
        Assert.Equal(made["root"]!.AsString(), verdict["root"]!.AsString());
        Ctl.Must("snapshot", "import", "a.snapshot", "mirror");
        Ctl.Must("verify", "mirror");
        Ctl.Must("snapshot", "export", "mirror", "-o", "b.snapshot");
        Assert.Equal(file, Read("b.snapshot"));
        // The mirror is to be read, and says so before it asks for keys.
        CtlResult refused = Ctl.Run("append", "mirror", "--event", "x-no", "--payload", Ctl.Write("p.json", "{}"));
        Assert.Equal(5, refused.ExitCode);
        Assert.Contains("TSX3029", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_receipt_of_a_snapshot_changes_nothing_in_it()
    {
        JsonValue made = Json(Ctl.Must("snapshot", "export", "ledger", "-o", "a.snapshot", "--record", "--json"));
        string index = made["recorded"]!.AsNumberText();
        Assert.Equal(made["size"]!.AsNumberText(), index);
        using (LedgerView view = home.View())
        {
            Receipt receipt = view.Receipt(view.Size - 1);
            Assert.Equal(Events.SnapshotTaken, receipt.Entry.Body.Event);
            Assert.Equal(made["digest"]!.AsString(), receipt.Payload!.Root["digest"]!.AsString());
            Assert.Equal(made["root"]!.AsString(), receipt.Payload!.Root["root"]!.AsString());
        }
        home.MustHold();
        Ctl.Must("snapshot", "export", "ledger", "--size", index, "-o", "again.snapshot");
        Assert.Equal(Read("a.snapshot"), Read("again.snapshot"));
        Assert.Contains(
            "state of ",
            Ctl.Must("log", "ledger", "--event", Events.SnapshotTaken).Text,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_backup_is_destroyed_restored_and_made_again()
    {
        Ctl.Must("evidence", "add", "ledger", Ctl.Write("report.txt", "seen"));
        JsonValue made = Json(Ctl.Must("backup", "ledger", "-o", "one.backup", "--json"));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(
                UnixFileMode.UserRead | UnixFileMode.UserWrite,
                File.GetUnixFileMode(Ctl.PathOf("one.backup"))
            );
        JsonValue listed = JsonValue.Parse(Read("ledger", "backups.json"))["backups"]!.Items[0];
        Assert.Equal("one.backup", listed["path"]!.AsString());
        Assert.Equal(made["digest"]!.AsString(), listed["digest"]!.AsString());
        Directory.Delete(home.Path, recursive: true);
        Ctl.Must("verify", "one.backup");
        Ctl.Must("restore", "one.backup", "ledger");
        Ctl.Must("verify", "ledger", "--evidence");
        Ctl.Must("backup", "ledger", "-o", "two.backup");
        Assert.Equal(Read("one.backup"), Read("two.backup"));
        Ctl.Must("append", "ledger", "--event", "x-on", "--payload", Ctl.Write("p.json", "{}"));
        // The same backup once more is now known to be old.
        JsonValue old = Json(Ctl.Must("restore", "one.backup", "old", "--json"));
        Assert.Equal("behind", old["read_only"]!.AsString());
        CtlResult refused = Ctl.Run("append", "old", "--event", "x-no", "--payload", "p.json");
        Assert.Equal(5, refused.ExitCode);
        Assert.Contains("TSX3030", refused.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void On_a_new_machine_it_waits_for_a_word()
    {
        Ctl.Must("backup", "ledger", "-o", "a.backup");
        using var machine = new Ctl { Variables = { ["TESSRAX_PASSPHRASE"] = "secret" } };
        File.Copy(Ctl.PathOf("a.backup"), machine.PathOf("a.backup"));
        CtlResult restored = machine.Must("restore", "a.backup", "ledger");
        Assert.Contains("unconfirmed", restored.Text, StringComparison.Ordinal);
        Assert.Contains("trust: TSX5013", restored.Text, StringComparison.Ordinal);
        string payload = machine.Write("p.json", "{}");
        Assert.Contains(
            "TSX3029",
            machine.Run("append", "ledger", "--event", "x-a", "--payload", payload).Error,
            StringComparison.Ordinal
        );
        Assert.Equal(5, machine.Run("restore", "--confirm", "ledger").ExitCode);
        // Somebody has seen more: a checkpoint, a bundle and a trust root all tell of it.
        Ctl.Must("append", "ledger", "--event", "x-more", "--payload", Ctl.Write("p.json", "{}"));
        File.WriteAllBytes(machine.PathOf("note"), Ctl.Must("checkpoint", "ledger").Bytes);
        Ctl.Must("prove", "ledger", "1", "-o", machine.PathOf("bundle.json"));
        Ctl.Must("trust", "export", "ledger", "--checkpoint", "-o", machine.PathOf("trust.json"));
        foreach (string known in (string[])["note", "bundle.json", "trust.json"])
        {
            CtlResult behind = machine.Run("restore", "--confirm", "ledger", "--nothing-newer", "--known", known);
            Assert.Equal(5, behind.ExitCode);
            Assert.Contains("TSX3004", behind.Error, StringComparison.Ordinal);
        }
        Assert.Equal(2, machine.Run("restore", "--confirm", "ledger", "--known", "p.json").ExitCode);
        machine.Must("restore", "--confirm", "ledger", "--nothing-newer");
        machine.Must("append", "ledger", "--event", "x-a", "--payload", payload);
    }

    [Fact]
    public void A_past_state_is_restored_by_size_or_by_time()
    {
        Ctl.Must("backup", "ledger", "-o", "a.backup");
        JsonValue past = Json(Ctl.Must("restore", "a.backup", "past", "--at", "1", "--json"));
        foreach (
            string[] look in (string[][])
                [
                    ["log", "past"],
                    ["show", "past", "0"],
                    ["decisions", "past"],
                    ["search", "past"],
                ]
        )
            Assert.Contains(
                "this is a state of the past, restored up to 1 entry",
                Ctl.Must(look).Error,
                StringComparison.Ordinal
            );
        Assert.Equal(("1", "past"), (past["size"]!.AsNumberText(), past["read_only"]!.AsString()));
        // It is what it says: older than what this user has seen, and no part of another history.
        CtlResult verdict = Ctl.Must("verify", "past");
        Assert.Contains("a past state at size 1; the log is known at", verdict.Text, StringComparison.Ordinal);
        Assert.Contains("nothing at hand", verdict.Text, StringComparison.Ordinal);
        Assert.Contains(
            "shown to go on",
            Ctl.Must("verify", "past", "--newer", "ledger").Text,
            StringComparison.Ordinal
        );
        Ctl.Must("doctor", "past");
        Assert.Equal(2, Ctl.Run("verify", "ledger", "--newer", "past").ExitCode);
        JsonValue all = Json(Ctl.Must("restore", "a.backup", "all", "--at", "2999-01-01T00:00:00Z", "--json"));
        Assert.Equal("past", all["read_only"]!.AsString());
        string end = all["of"]!.AsNumberText();
        Ctl.Must("restore", "a.backup", "end", "--at", end);
        Assert.False(Directory.Exists(Ctl.PathOf("end", "keys")));
        Ctl.Must("verify", "end");
        Ctl.Must("doctor", "end");
        Assert.Contains($"as the state of {end} entries", Ctl.Run("rotate", "end").Error, StringComparison.Ordinal);
        CtlResult beyond = Ctl.Run("restore", "a.backup", "none", "--at", "99999");
        Assert.Equal(3, beyond.ExitCode);
        Assert.Contains("no state of 99999 is in it", beyond.Error, StringComparison.Ordinal);
        Assert.Equal(3, Ctl.Run("restore", "a.backup", "none", "--at", "2001-01-01T00:00:00Z").ExitCode);
        Assert.Equal(2, Ctl.Run("restore", "a.backup", "none", "--at", "yesterday").ExitCode);
        Assert.Equal(2, Ctl.Run("restore", "a.backup").ExitCode);
        Assert.Equal(2, Ctl.Run("restore", "a.backup", "x", "--confirm", "y").ExitCode);
        Assert.Equal(2, Ctl.Run("restore", "--confirm", "ledger").ExitCode);
        Assert.False(Directory.Exists(Ctl.PathOf("none")));
    }

    [Theory]
    [InlineData("flip")]
    [InlineData("cut")]
    [InlineData("longer")]
    public void A_damaged_file_is_refuted_and_nothing_is_made_of_it(string how)
    {
        Ctl.Must("backup", "ledger", "-o", "a.backup");
        byte[] file = Read("a.backup");
        byte[] damaged = how switch
        {
            "cut" => file[..^40],
            "longer" => [.. file, 0],
            _ => [.. file[..500], (byte)(file[500] ^ 1), .. file[501..]],
        };
        File.WriteAllBytes(Ctl.PathOf("a.backup"), damaged);
        CtlResult verified = Ctl.Run("verify", "a.backup");
        Assert.Equal(1, verified.ExitCode);
        Assert.Contains("framing: TSX3028", verified.Text, StringComparison.Ordinal);
        CtlResult restored = Ctl.Run("restore", "a.backup", "copy");
        Assert.Equal(1, restored.ExitCode);
        Assert.Contains("error TSX5001", restored.Error, StringComparison.Ordinal);
        Assert.Contains("at byte ", restored.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.GetDirectories(Ctl.Folder), d => d.Contains("copy", StringComparison.Ordinal));
        Assert.Equal(2, Ctl.Run("restore", Ctl.Write("text", "hello"), "copy").ExitCode);
        Assert.Equal(3, Ctl.Run("restore", "missing", "copy").ExitCode);
    }

    /// <summary>The reader in eng/snapshot.mjs was written from spec/snapshot.md alone.</summary>
    [Fact]
    public void An_independent_reader_finds_the_same_root_and_digests()
    {
        Assert.SkipUnless(StaticLog.CanMake, "node is not there");
        Ctl.Must("ingest", "ledger", LedgerHome.Sample("cve-cwe.jsonl"));
        Ctl.Must("evidence", "add", "ledger", Ctl.Write("report.txt", "seen"));
        JsonValue made = Json(Ctl.Must("backup", "ledger", "-o", "a.backup", "--json"));
        Assert.True(Read("a.backup").Length > 3 * 65_536);
        JsonElement read = ReadWithNode(Ctl.PathOf("a.backup"));
        Assert.Equal(made["root"]!.AsString(), read.GetProperty("root").GetString());
        Assert.Equal(made["digest"]!.AsString(), read.GetProperty("digest").GetString());
        Assert.Equal(made["ledger"]!.AsString(), read.GetProperty("id").GetString());
        Assert.Equal(Ctl.Must("checkpoint", "ledger").Text, read.GetProperty("note").GetString());
        Assert.Equal(3, read.GetProperty("files").GetArrayLength());
    }

    [Fact]
    public void The_vectors_are_what_the_independent_writer_makes_and_verify()
    {
        Assert.SkipUnless(StaticLog.CanMake, "node is not there");
        Node("vector", Ctl.PathOf("vectors"));
        foreach (
            string name in (string[])["ledger.snapshot", "ledger.backup", "ledger.snapshot.json", "ledger.backup.json"]
        )
            Assert.Equal(File.ReadAllBytes(Spec.Path("vectors", "snapshot", name)), Read("vectors", name));
        string trust = Spec.Path("vectors", "ledger", "trust.json");
        string snapshot = Spec.Path("vectors", "snapshot", "ledger.snapshot");
        Ctl.Must("verify", snapshot, "--trust", trust);
        Ctl.Must("verify", Spec.Path("vectors", "snapshot", "ledger.backup"), "--trust", trust);
        Ctl.Must("snapshot", "import", snapshot, "imported", "--trust", trust);
        Assert.Equal(File.ReadAllBytes(snapshot), Ctl.Must("snapshot", "export", "imported", "-o", "-").Bytes);
    }

    [Fact]
    public void A_full_disk_is_told_of_and_leaves_nothing()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full");
        // Standard output that is full: the one place where every run can meet it.
        var info = new ProcessStartInfo("/bin/sh", ["-c", $"{Shell("backup", "ledger", "-o", "-")} > /dev/full"])
        {
            WorkingDirectory = Ctl.Folder,
            RedirectStandardError = true,
        };
        info.Environment["HOME"] = Ctl.Folder;
        using Process process = Process.Start(info)!;
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(5, process.ExitCode);
        Assert.Contains("TSX3005", error, StringComparison.Ordinal);
        Assert.False(File.Exists(Ctl.PathOf("ledger", "backups.json")));
    }

    private static string Shell(params string[] args)
    {
        (string program, string[] first) = Ctl.Program();
        return string.Join(' ', new[] { program }.Concat(first).Concat(args).Select(a => $"'{a}'"));
    }

    private byte[] Read(params string[] path) => File.ReadAllBytes(Ctl.PathOf(path));

    private static JsonValue Json(CtlResult result) => JsonValue.Parse(result.Bytes);

    private static JsonElement ReadWithNode(string file) => JsonDocument.Parse(Node("read", file)).RootElement;

    private static string Node(params string[] args)
    {
        var info = new ProcessStartInfo("node", [Path.Combine(Spec.Root, "eng", "snapshot.mjs"), .. args])
        {
            RedirectStandardOutput = true,
        };
        using Process process = Process.Start(info)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
