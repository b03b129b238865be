using Tessrax.Node.Appending;
using Tessrax.Node.Snapshots;
using Tessrax.Node.Tests.Appending;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Snapshots;

/// <summary>The same state gives the same bytes, and no state is exported that could not be verified.</summary>
public sealed class ExportTests : IDisposable
{
    private readonly BackedUpLedger made = new();

    public void Dispose() => made.Dispose();

    [Theory]
    [InlineData(SnapshotKind.Snapshot)]
    [InlineData(SnapshotKind.Backup)]
    public void The_same_state_gives_the_same_bytes_at_any_time_and_from_any_copy(SnapshotKind kind)
    {
        byte[] first = made.Save(kind);
        // Later, without what is derived, and from a directory made of the first export: other segment ids, another place, other file times.
        File.Delete(Path.Combine(made.Path, "checkpoint"));
        Directory.Delete(Path.Combine(made.Path, "tiles"), recursive: true);
        Assert.Equal(first, SnapshotSamples.Of(made.Ledger, kind));
        Assert.True(made.Restore("copy", made.Restoration(kind)).IsMade);
        byte[] segment = File.ReadAllBytes(Path.Combine(made.Path, "segments", "0000000000.seg"));
        Assert.NotEqual(
            segment[..64],
            File.ReadAllBytes(Path.Combine(made.Ledger.Beside("copy"), "segments", "0000000000.seg"))[..64]
        );
        Assert.Equal(first, made.Again("copy", kind));
    }

    [Fact]
    public void A_ledger_of_another_hash_function_is_exported_and_imported_alike()
    {
        using var ledger = new TestLedger(hash: "blake3");
        SnapshotSamples.Append(ledger, "one", "two");
        byte[] first = SnapshotSamples.Of(ledger);
        File.WriteAllBytes(ledger.Beside("file"), first);
        var import = new Restoration(ledger.Environment, ledger.Trust) { Kind = SnapshotKind.Snapshot };
        Restored restored = import.Run(
            ledger.Beside("file"),
            ledger.Beside("copy"),
            null,
            TestContext.Current.CancellationToken
        );
        Assert.StartsWith("blake3:", restored.Verdict.RootText, StringComparison.Ordinal);
        Assert.Equal(first, SnapshotSamples.Of(ledger.Beside("copy"), ledger.Environment, SnapshotKind.Snapshot));
    }

    [Fact]
    public void Where_segments_are_cut_makes_no_difference()
    {
        using var ledger = new TestLedger();
        SnapshotSamples.Append(ledger, [.. Enumerable.Range(0, 12).Select(i => $"{i}")]);
        byte[] before = SnapshotSamples.Of(ledger);
        Reading.ForgedPayloadTests.Rewrite(ledger, static payload => payload, entriesPerSegment: 4);
        Assert.Equal(4, Directory.GetFiles(Path.Combine(ledger.DirectoryPath, "segments"), "*.seg").Length);
        Assert.Equal(before, SnapshotSamples.Of(ledger));
    }

    [Fact]
    public void Every_checkpoint_of_the_past_can_be_exported_as_it_was_then()
    {
        byte[] then = made.Save(SnapshotKind.Snapshot);
        long size = Size();
        SnapshotSamples.Append(made.Ledger, "later");
        Assert.Equal(then, SnapshotSamples.Of(made.Ledger, size: size));
        Assert.NotEqual(then, SnapshotSamples.Of(made.Ledger));
        Assert.True(Check(then).Holds);
    }

    [Fact]
    public void There_is_no_state_between_checkpoints_or_beyond_the_newest()
    {
        foreach (long size in (long[])[0, 2, Size() + 1])
        {
            TessraxException refused = Assert.Throws<TessraxException>(() =>
                SnapshotSamples.Of(made.Ledger, size: size)
            );
            Assert.Equal(ErrorCodes.NoSuchCheckpoint, refused.Code);
        }
    }

    [Fact]
    public async Task An_export_beside_a_writer_holds_a_state_that_was_durable()
    {
        using var done = new CancellationTokenSource();
        Task writing = Task.Run(
            () =>
            {
                using LedgerWriter writer = made.Ledger.Open();
                for (int i = 0; i < 1000 && !done.IsCancellationRequested; i++)
                    writer.Append([TestLedger.Own($"beside {i}")]);
            },
            TestContext.Current.CancellationToken
        );
        long first = Size();
        long before = 0;
        for (int i = 0; i < 3 || (before < first + 3 && i < 100); i++)
        {
            byte[] file = SnapshotSamples.Of(made.Ledger, SnapshotKind.Backup);
            Verdict verdict = Check(file);
            Assert.True(verdict.Holds, verdict.ToJson().ToString());
            Assert.True(verdict.Size >= before);
            before = verdict.Size;
        }
        await done.CancelAsync();
        await writing;
        Assert.True(before >= first + 3);
    }

    [Fact]
    public void A_backup_is_not_made_of_an_older_copy()
    {
        using var copy = new LedgerRollbackTests.DirectoryCopy(made.Path);
        SnapshotSamples.Append(made.Ledger, "newer");
        copy.Restore();
        TessraxException refused = Assert.Throws<TessraxException>(() => made.Save());
        Assert.Equal(ErrorCodes.Behind, refused.Code);
        // As a snapshot, what is there can still be saved.
        Assert.NotEmpty(made.Save(SnapshotKind.Snapshot));
    }

    [Fact]
    public void What_does_not_fit_is_left_out_and_told_of()
    {
        string evidence = Directory.GetFiles(Path.Combine(made.Path, "evidence")).Single();
        File.AppendAllText(evidence, "changed");
        File.WriteAllText(Path.Combine(made.Path, "keys", "plain.pem"), "-----BEGIN PRIVATE KEY-----");
        File.WriteAllText(Path.Combine(made.Path, "keys", "no good name"), "x");
        File.WriteAllText(Path.Combine(made.Path, "keys", ".log.key.1.1.tmp"), "unfinished");
        using var bytes = new MemoryStream();
        SnapshotMade written = new LedgerExport(made.Ledger.Environment, made.Path, SnapshotKind.Backup).Write(
            bytes.Write,
            null,
            TestContext.Current.CancellationToken
        );
        Assert.Equal(3, written.LeftOut.Count);
        Assert.Contains(written.LeftOut, l => l.StartsWith("evidence/", StringComparison.Ordinal));
        Assert.Contains(written.LeftOut, l => l.Contains("plain.pem: not an encrypted", StringComparison.Ordinal));
        Assert.DoesNotContain(
            "PRIVATE KEY",
            System.Text.Encoding.Latin1.GetString(bytes.ToArray()),
            StringComparison.Ordinal
        );
        SnapshotSamples.Read(bytes.ToArray(), out List<(string Name, byte[] Bytes)> files);
        Assert.Equal(["keys/author.key", "keys/log.key"], files.Select(f => f.Name));
    }

    [Fact]
    public void A_pinned_document_is_in_both_and_is_never_exported_changed()
    {
        byte[] document = "a long policy"u8.ToArray();
        string name = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(document));
        string pinned = Directory.CreateDirectory(Path.Combine(made.Path, "pinned")).FullName;
        File.WriteAllBytes(Path.Combine(pinned, name), document);
        foreach (SnapshotKind kind in Enum.GetValues<SnapshotKind>())
        {
            SnapshotSamples.Read(SnapshotSamples.Of(made.Ledger, kind), out List<(string Name, byte[] Bytes)> files);
            Assert.Equal(document, files.First(f => f.Name == $"pinned/{name}").Bytes);
        }
        File.AppendAllText(Path.Combine(pinned, name), "!");
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(() => made.Save()).Code);
    }

    [Fact]
    public void A_payload_that_was_changed_on_disk_gets_into_no_export()
    {
        // Checksum and root hold: only the commitment tells.
        Reading.ForgedPayloadTests.Rewrite(made.Ledger, p => p.Replace("\"two\"", "\"owt\"", StringComparison.Ordinal));
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(() => made.Save()).Code);
    }

    [Fact]
    public void Cancelling_ends_it()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        var export = new LedgerExport(made.Ledger.Environment, made.Path, SnapshotKind.Backup);
        Assert.Throws<OperationCanceledException>(() => export.Write(static _ => { }, null, cancelled.Token));
    }

    private long Size()
    {
        using var view = made.Ledger.View();
        return view.Size;
    }

    private Verdict Check(byte[] file)
    {
        string path = made.Ledger.Beside("checked");
        File.WriteAllBytes(path, file);
        return new SnapshotCheck(made.Ledger.Environment, made.Ledger.Trust).Run(path);
    }
}
