using Tessrax.Node.Maintenance;
using Tessrax.Node.Recovery;
using Tessrax.Node.Segments;
using Xunit;
using Fault = Tessrax.Node.Recovery.Fault;

namespace Tessrax.Node.Tests.Recovery;

/// <summary>What is around a ledger is examined too; findings are ranked; what is safe to mend is mended, and nothing else.</summary>
public sealed class DoctorFixTests : IDisposable
{
    private readonly SmallLedger ledger = new();

    public DoctorFixTests() => ledger.WriteKeyFiles();

    public void Dispose() => ledger.Dispose();

    [Fact]
    public void What_can_be_made_again_is_made_again_and_no_entry_is_written()
    {
        File.Delete(FaultTable.At(ledger, "checkpoint"));
        FaultTable.Flip(
            Directory.EnumerateFiles(FaultTable.At(ledger, "tiles"), "*", SearchOption.AllDirectories).First(),
            5
        );
        string remains = FaultTable.At(ledger, "segments/.0000000009.seg.tmp");
        File.WriteAllText(remains, "half");
        string key = FaultTable.At(ledger, "keys/log.key");
        File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead);
        byte[] last = File.ReadAllBytes(ledger.Segment(3));
        Diagnosis found = ledger.Examine();
        Assert.False(found.IsHealthy);

        FixReport fixes = DoctorFix.Run(ledger.Path, found, ledger.Ledger.Environment);

        Assert.True(fixes.After.IsHealthy);
        Assert.Empty(fixes.After.Faults);
        Assert.Null(fixes.Left);
        Assert.False(File.Exists(remains));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
        Assert.Equal(last, File.ReadAllBytes(ledger.Segment(3)));
        Assert.Contains(fixes.Done, done => done.Contains("checkpoint", StringComparison.Ordinal));
        Assert.Contains(fixes.Done, done => done.Contains("0000000009", StringComparison.Ordinal));
        Assert.Contains(fixes.Done, done => done.Contains("log.key", StringComparison.Ordinal));
        // Again: nothing to do.
        Assert.Empty(DoctorFix.Run(ledger.Path, fixes.After, ledger.Ledger.Environment).Done);
    }

    [Fact]
    public void What_is_damaged_is_left_to_a_repair_and_said_so()
    {
        FaultTable.Flip(ledger.Segment(1), 500);
        File.Delete(FaultTable.At(ledger, "checkpoint"));
        byte[] before = File.ReadAllBytes(ledger.Segment(1));

        FixReport fixes = DoctorFix.Run(ledger.Path, ledger.Examine(), ledger.Ledger.Environment);

        Assert.NotNull(fixes.Left);
        Assert.Empty(fixes.Done);
        Assert.False(fixes.After.IsHealthy);
        Assert.Equal(before, File.ReadAllBytes(ledger.Segment(1)));
        Assert.False(Directory.Exists(FaultTable.At(ledger, "quarantine")));
    }

    [Fact]
    public void What_is_damaged_holds_back_what_is_asked_for_of_another_area_too()
    {
        File.Delete(FaultTable.At(ledger, "keys/author.key"));
        File.Delete(FaultTable.At(ledger, "checkpoint"));
        Diagnosis found = ledger.Examine();
        Assert.False(found.IsHealthy);
        Assert.Equal("checkpoint", Assert.Single(found.Of(FaultArea.Ledger)).File);

        FixReport fixes = DoctorFix.Run(ledger.Path, found, ledger.Ledger.Environment, only: FaultArea.Ledger);

        Assert.NotNull(fixes.Left);
        Assert.Empty(fixes.Done);
        Assert.False(File.Exists(FaultTable.At(ledger, "checkpoint")));
    }

    [Fact]
    public void Without_keys_a_ledger_is_whole_and_says_that_nothing_can_be_appended()
    {
        Directory.Delete(FaultTable.At(ledger, "keys"), recursive: true);

        Diagnosis found = ledger.Examine();

        Assert.True(found.IsHealthy);
        Fault fault = Assert.Single(found.Faults);
        Assert.Equal((FaultArea.Keys, FaultWeight.Note, "keys"), (fault.Area, fault.Weight, fault.File));
        Assert.Contains("nothing can be appended here", fault.Says, StringComparison.Ordinal);
        Assert.Contains("backup", fault.Remedy, StringComparison.Ordinal);
    }

    [Fact]
    public void Tiles_that_were_deleted_are_missed_and_made_again()
    {
        Directory.Delete(FaultTable.At(ledger, "tiles"), recursive: true);
        Diagnosis found = ledger.Examine();
        Fault fault = Assert.Single(found.Faults);
        Assert.Equal(("tiles", FaultWeight.Note, SafeFix.Derive), (fault.File, fault.Weight, fault.Fix));

        FixReport fixes = DoctorFix.Run(ledger.Path, found, ledger.Ledger.Environment);

        Assert.Empty(fixes.After.Faults);
        Assert.True(File.Exists(FaultTable.At(ledger, "tiles/checkpoint")));
    }

    [Fact]
    public void Only_unfinished_files_of_this_program_whose_maker_is_dead_are_removed()
    {
        string[] kept =
        [
            FaultTable.At(ledger, ".notes.tmp"),
            FaultTable.At(ledger, "evidence/.photo.tmp"),
            FaultTable.At(ledger, "evidence/.report.1.tmp"),
            FaultTable.At(ledger, "keys/.log.key.1.0.tmp"),
        ];
        string gone = FaultTable.At(ledger, "keys/.log.key.999999999.0.tmp");
        foreach (string file in kept.Append(gone))
            File.WriteAllText(file, "mine");

        FixReport fixes = DoctorFix.Run(ledger.Path, ledger.Examine(), ledger.Ledger.Environment);

        Assert.Equal("removed keys/.log.key.999999999.0.tmp", Assert.Single(fixes.Done));
        Assert.False(File.Exists(gone));
        ledger.Ledger.Open().Dispose();
        Assert.All(kept, file => Assert.True(File.Exists(file), file));
    }

    [Fact]
    public void Rights_are_not_changed_through_a_link()
    {
        string key = FaultTable.At(ledger, "keys/log.key");
        string elsewhere = ledger.Ledger.Beside("elsewhere.key");
        File.Move(key, elsewhere);
        UnixFileMode loose = UnixFileMode.UserRead | UnixFileMode.GroupRead;
        File.SetUnixFileMode(elsewhere, loose);
        Diagnosis before = ledger.Examine();
        File.CreateSymbolicLink(key, elsewhere);

        Fault fault = Assert.Single(ledger.Examine().Faults);
        Assert.Equal((SafeFix.None, ErrorCodes.NoPermission), (fault.Fix, fault.Code));
        // Nor if the link came after it was looked at.
        Diagnosis stale = before with
        {
            Faults = [fault with { Fix = SafeFix.Protect }],
        };
        FixReport fixes = DoctorFix.Run(ledger.Path, stale, ledger.Ledger.Environment);

        Assert.Equal("left keys/log.key as it is", Assert.Single(fixes.Done));
        Assert.Equal(loose, File.GetUnixFileMode(elsewhere));
    }

    [Fact]
    public void Nothing_is_removed_while_somebody_writes()
    {
        string remains = FaultTable.At(ledger, "segments/.0000000009.seg.tmp");
        File.WriteAllText(remains, "half");
        Diagnosis found = ledger.Examine();
        using WriterLock held = WriterLock.Acquire(ledger.Path);

        TessraxException refused = Assert.Throws<TessraxException>(() =>
            DoctorFix.Run(ledger.Path, found, ledger.Ledger.Environment)
        );

        Assert.Equal(ErrorCodes.Locked, refused.Code);
        Assert.True(File.Exists(remains));
    }

    [Theory]
    [InlineData(10 << 20, 100_000L, FaultWeight.Note)]
    [InlineData(10 << 10, 100_000L, FaultWeight.Blocking)]
    [InlineData(1 << 30, 100L, FaultWeight.Note)]
    [InlineData(1 << 30, 2L, FaultWeight.Blocking)]
    public void A_disk_that_is_nearly_full_is_told_of(int bytes, long files, FaultWeight weight)
    {
        NodeEnvironment tight = ledger.Ledger.Environment with { Room = _ => new DiskRoom(bytes, files) };

        Diagnosis found = Doctor.Examine(ledger.Path, tight);

        Assert.All(found.Faults, fault => Assert.Equal((FaultArea.Disk, weight), (fault.Area, fault.Weight)));
        Assert.NotEmpty(found.Faults);
        Assert.Equal(weight == FaultWeight.Note, found.IsHealthy);
        NodeEnvironment wide = tight with { Room = _ => new DiskRoom(1L << 40, null) };
        Assert.Empty(Doctor.Examine(ledger.Path, wide).Faults);
    }

    [Fact]
    public void The_machine_tells_its_room()
    {
        DiskRoom room = DiskRoom.Of(ledger.Path)!.Value;
        Assert.InRange(room.FreeBytes, 1, long.MaxValue);
        Assert.True(room.FreeFiles is null or > 0);
        Assert.Null(DiskRoom.Of("/no/such/\0place"));
    }

    [Fact]
    public void A_directory_that_everybody_may_write_to_is_told_of()
    {
        File.SetUnixFileMode(ledger.Path, File.GetUnixFileMode(ledger.Path) | UnixFileMode.OtherWrite);

        Fault fault = Assert.Single(ledger.Examine().Faults);

        Assert.Equal((FaultArea.Permissions, FaultWeight.Note), (fault.Area, fault.Weight));
        Assert.Equal($"chmod o-w {ledger.Path}", fault.Remedy);
    }

    [Fact]
    public void A_directory_that_this_user_may_not_write_to_keeps_its_ledger_from_growing()
    {
        File.SetUnixFileMode(ledger.Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        try
        {
            Diagnosis found = ledger.Examine();
            // Root may write everywhere, and is not told otherwise.
            if (Environment.IsPrivilegedProcess)
                Assert.Empty(found.Faults);
            else
                Assert.Equal(
                    (FaultArea.Permissions, FaultWeight.Blocking),
                    (found.Faults[0].Area, found.Faults[0].Weight)
                );
        }
        finally
        {
            File.SetUnixFileMode(
                ledger.Path,
                UnixFileMode.UserRead | UnixFileMode.UserExecute | UnixFileMode.UserWrite
            );
        }
    }

    [Fact]
    public void The_gravest_comes_first()
    {
        File.SetUnixFileMode(ledger.Path, File.GetUnixFileMode(ledger.Path) | UnixFileMode.OtherWrite);
        File.Delete(FaultTable.At(ledger, "checkpoint"));
        FaultTable.Flip(ledger.Segment(1), 500);
        NodeEnvironment full = ledger.Ledger.Environment with { Room = _ => new DiskRoom(0, null) };

        FaultWeight[] weights = [.. Doctor.Examine(ledger.Path, full).Faults.Select(fault => fault.Weight)];

        Assert.Equal(weights.OrderDescending(), weights);
        Assert.Equal(
            [FaultWeight.Damage, FaultWeight.Blocking, FaultWeight.Derived, FaultWeight.Note],
            weights.Distinct()
        );
    }

    [Fact]
    public void What_nobody_can_approve_any_more_is_told_of()
    {
        using var few = new SmallLedger(approvers: 1);

        Fault fault = Assert.Single(few.Examine().Faults, f => f.Code == ErrorCodes.TooFewHolders);

        Assert.Equal((FaultArea.Keys, FaultWeight.Note), (fault.Area, fault.Weight));
        Assert.Contains("2 of approver", fault.Says, StringComparison.Ordinal);
    }
}
