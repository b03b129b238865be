using Tessrax.Node.Appending;
using Tessrax.Node.Index;
using Tessrax.Node.Recovery;
using Tessrax.Node.RocksDb;
using Xunit;

namespace Tessrax.Node.Tests.Index;

/// <summary>An index in RocksDB in a ledger: it follows, and each way in which it can be damaged is told with its cause, stops no append, and is healed by making it anew.</summary>
public sealed class RocksDoctorTests : IDisposable
{
    private readonly IndexHome home = new();

    public RocksDoctorTests()
    {
        RocksIndexes.Register();
        home.Rebuild(new IndexWish(Backend: RocksIndexStore.Kind));
    }

    public void Dispose() => home.Dispose();

    [Fact]
    public void It_follows_is_tidied_switched_and_changed_for_the_other_kind()
    {
        Assert.EndsWith(".rocks", home.Database, StringComparison.Ordinal);
        home.Append("followed");
        Assert.Equal(IndexHome.Size + 1, home.Mark().Size);
        AssertAgrees();
        LedgerIndex.Vacuum(home.Path, home.Environment);
        LedgerIndex.Vacuum(home.Path, home.Environment, isIncremental: true);
        AssertAgrees();
        Assert.True(LedgerIndex.SetMode(home.Path, home.Environment, isImmutable: true));
        home.Append("not followed");
        Assert.Equal(IndexHome.Size + 1, home.Mark().Size);
        Assert.True(LedgerIndex.SetMode(home.Path, home.Environment, isImmutable: false));
        home.Append("followed again");
        Assert.Equal(IndexHome.Size + 3, home.Mark().Size);
        AssertAgrees();
        home.Rebuild(new IndexWish(Backend: "sqlite"));
        AssertAgrees();
        Assert.DoesNotContain(
            Directory.GetDirectories(home.Folder),
            folder => folder.EndsWith(".rocks", StringComparison.Ordinal)
        );
    }

    public static TheoryData<string, FaultCause> Damages =>
        new()
        {
            { "CURRENT foreign", FaultCause.ForeignFile },
            { "MANIFEST flipped", FaultCause.BitRot },
            { "table deleted", FaultCause.Missing },
            { "table cut", FaultCause.Truncation },
            { "table flipped", FaultCause.BitRot },
            { "row edited", FaultCause.EditedByHand },
            { "generation edited", FaultCause.Misplaced },
            { "ledger edited", FaultCause.ForeignFile },
        };

    [Theory]
    [MemberData(nameof(Damages))]
    public void Each_damage_has_its_cause(string damage, FaultCause cause)
    {
        // All of it into tables, which is where damage stays.
        LedgerIndex.Vacuum(home.Path, home.Environment);
        Spoil(damage);

        Fault fault = Assert.Single(home.Compare().Faults, f => f.Weight != FaultWeight.Note);

        Assert.Equal(home.Shown, fault.File);
        Assert.Equal(cause, fault.Cause);
        using (LedgerWriter writer = home.Open())
            writer.Append([TestLedger.Own("meanwhile")]);
        home.Rebuild();
        AssertAgrees();
        Assert.True(home.Ledger.Verify().Holds);
    }

    [Fact]
    public void What_entries_are_found_by_is_compared_on_request()
    {
        byte[] value = RocksKeys.WithBlock(RocksKeys.ValueStart(Governance.FieldId.Event, "x-test"), 1);
        byte[] word = RocksKeys.WithBlock(RocksKeys.WordStart("text"), 1);
        Edit(batch =>
        {
            batch.Put(value, [7]);
            batch.Put(word, [7, 1, 0]);
        });
        Assert.True(home.Compare().IsNone);
        Assert.Contains(
            home.Compare(isThorough: true).Faults,
            fault => fault.Says.Contains("by what their rows say", StringComparison.Ordinal)
        );
        Assert.Contains(
            home.Compare(withText: true).Faults,
            fault => fault.Says.Contains("by the words", StringComparison.Ordinal)
        );
        home.Rebuild();
        AssertAgrees();
    }

    private void Spoil(string damage)
    {
        string current = Path.Combine(home.Database, "CURRENT");
        string manifest = Directory.GetFiles(home.Database, "MANIFEST-*")[0];
        string table = Directory.GetFiles(home.Database, "*.sst").MaxBy(f => new FileInfo(f).Length)!;
        IndexMark mark = home.Mark();
        switch (damage)
        {
            case "CURRENT foreign":
                File.WriteAllText(current, "a letter");
                break;
            case "MANIFEST flipped":
                Flip(manifest, 20);
                break;
            case "table deleted":
                File.Delete(table);
                break;
            case "table cut":
                File.WriteAllBytes(table, File.ReadAllBytes(table)[..^100]);
                break;
            case "table flipped":
                Flip(table, 300);
                break;
            case "row edited":
                using (IndexReading open = home.Read())
                {
                    IndexRow row = open.Backend.Rows(300, 301)[0];
                    byte[] edited = RocksRecords.Write(row with { At = row.At + 1 });
                    Edit(batch => batch.Put(RocksKeys.Of(RocksKeys.Row, 300), edited));
                }
                break;
            case "generation edited":
                Set(mark with { Generation = 99 });
                break;
            default:
                Set(mark with { Ledger = mark.Root });
                break;
        }
    }

    private void Set(IndexMark mark) => Edit(batch => batch.Put(RocksKeys.OfMark, RocksRecords.Write(mark)));

    private void Edit(Action<RocksBatch> edit)
    {
        using RocksFile file = RocksFile.Open(home.Database, RocksOpening.Write, 1 << 20);
        using var batch = new RocksBatch();
        edit(batch);
        file.Write(batch);
    }

    private static void Flip(string file, int at)
    {
        byte[] bytes = File.ReadAllBytes(file);
        bytes[at] ^= 0x10;
        File.WriteAllBytes(file, bytes);
    }

    private void AssertAgrees() => Assert.Empty(home.Compare(isThorough: true, withText: true).Faults);
}
