using Tessrax.Keys;
using Tessrax.Node.Appending;
using Tessrax.Node.Keys;
using Tessrax.Node.Maintenance;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;
using Xunit;
using Fault = Tessrax.Node.Recovery.Fault;

namespace Tessrax.Node.Tests.Recovery;

/// <summary>Files that are not where they belong: segments under another name, key files that are gone; and ends of files that were cut off.</summary>
public sealed class MovedFilesTests : IDisposable
{
    private readonly TestLedger ledger = new();

    public MovedFilesTests()
    {
        using LedgerWriter writer = ledger.Open();
        writer.Append([TestLedger.Own("one"), TestLedger.Own("two"), TestLedger.Own("three")]);
        writer.Append([TestLedger.Own("four")]);
    }

    private string Segments => Path.Combine(ledger.DirectoryPath, "segments");

    public void Dispose() => ledger.Dispose();

    [Theory]
    [InlineData("s2", false)]
    [InlineData("../elsewhere", true)]
    public void Segments_that_were_moved_away_are_named_and_put_back(string to, bool needsCopy)
    {
        SmallLedger.CopyDirectory(ledger.DirectoryPath, ledger.Beside("copy"));
        string moved = Path.GetFullPath(Path.Combine(ledger.DirectoryPath, to));
        Directory.Move(Segments, moved);

        Diagnosis diagnosis = Doctor.Examine(ledger.DirectoryPath, ledger.Environment);
        Assert.False(diagnosis.IsHealthy);
        Fault fault = diagnosis.Faults[0];
        if (!needsCopy)
        {
            Assert.Equal(("segments", FaultCause.Misplaced), (fault.File, fault.Cause));
            Assert.Contains("s2 holds some", fault.Says, StringComparison.Ordinal);
            Assert.StartsWith("mv ", fault.Remedy, StringComparison.Ordinal);
        }
        RepairReport report = Repair.Run(
            ledger.DirectoryPath,
            needsCopy ? [ledger.Beside("copy")] : [],
            ledger.Environment
        );

        Assert.True(report.IsWhole);
        Assert.True(ledger.Verify().Holds);
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(moved, SegmentFormat.FileName(0))).AsSpan(0, 4096),
            File.ReadAllBytes(Path.Combine(Segments, SegmentFormat.FileName(0))).AsSpan(0, 4096)
        );
    }

    [Fact]
    public void Key_files_that_are_gone_are_named()
    {
        string keys = Path.Combine(ledger.DirectoryPath, "keys");
        Directory.CreateDirectory(keys);
        foreach ((string name, byte seed) in new[] { ("log", (byte)1), ("author", (byte)2) })
            KeyStore.Keep(
                Path.Combine(keys, $"{name}.key"),
                name == "log" ? TestLedger.Origin : name,
                name == "log" ? KeyPurpose.Log : KeyPurpose.Author,
                Enumerable.Repeat(seed, 32).ToArray(),
                "secret"u8,
                ledger.Environment.Random,
                new KdfCost(64, 1)
            );
        Assert.Empty(Doctor.Examine(ledger.DirectoryPath, ledger.Environment).Faults);

        foreach (string name in (string[])["log", "author"])
        {
            string file = Path.Combine(keys, $"{name}.key");
            File.Move(file, file + ".away");
            string kept = Path.Combine(ledger.DirectoryPath, "..", name);
            File.Move(file + ".away", kept);
            Fault fault = Assert.Single(Doctor.Examine(ledger.DirectoryPath, ledger.Environment).Faults);
            Assert.Equal(($"keys/{name}.key", FaultCause.Missing), (fault.File, fault.Cause));
            Assert.Contains("nothing can be appended", fault.Says, StringComparison.Ordinal);
            Assert.Contains("backup", fault.Remedy, StringComparison.Ordinal);
            File.Move(kept, file);
        }
    }

    [Fact]
    public void A_file_that_was_cut_off_at_a_sector_is_told_from_one_that_was_never_written()
    {
        string file = Path.Combine(Segments, SegmentFormat.FileName(0));
        byte[] whole = File.ReadAllBytes(file);
        int used = whole.AsSpan().LastIndexOfAnyExcept((byte)0);
        int sector = used * 3 / 4 / 512 * 512;
        File.WriteAllBytes(file, whole[..sector]);
        Assert.All(Causes(), cause => Assert.Equal(FaultCause.Truncation, cause));

        whole.AsSpan(sector).Clear();
        File.WriteAllBytes(file, whole);
        Assert.All(Causes(), cause => Assert.Equal(FaultCause.LostWrite, cause));
    }

    [Fact]
    public void All_damaged_entries_of_a_record_are_named()
    {
        string file = Path.Combine(Segments, SegmentFormat.FileName(0));
        byte[] bytes = File.ReadAllBytes(file);
        foreach (string text in (string[])["\"one\"", "\"three\""])
        {
            int at = bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text));
            bytes[at + 1] ^= 1;
            bytes[at + 2] ^= 1;
        }
        File.WriteAllBytes(file, bytes);

        Fault fault = Assert.Single(
            Doctor.Examine(ledger.DirectoryPath, ledger.Environment).Faults,
            f => f.Weight != FaultWeight.Note
        );

        Assert.Contains("the payloads of entries 1, 3 are", fault.Says, StringComparison.Ordinal);
    }

    private FaultCause[] Causes()
    {
        FaultCause[] causes =
        [
            .. Doctor
                .Examine(ledger.DirectoryPath, ledger.Environment)
                .Faults.Where(fault => fault.File.EndsWith(".seg", StringComparison.Ordinal))
                .Select(fault => fault.Cause),
        ];
        Assert.True(
            causes.Length > 0,
            string.Join("\n", Doctor.Examine(ledger.DirectoryPath, ledger.Environment).Faults)
        );
        return causes;
    }
}
