using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Ledger;
using Tessrax.Node.Files;
using Tessrax.Node.Simulation;
using Tessrax.Node.Tests.Appending;
using Xunit;

namespace Tessrax.Node.Tests.Simulation;

/// <summary>What an approver has said is kept before it is given out, whatever happens to it or to its disk.</summary>
public sealed class DiskJournalTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tessrax-").FullName;

    private string File => Path.Combine(folder, "verdicts.jsonl");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Keeps_what_it_was_given()
    {
        using (var journal = DiskJournal.Open(File, SystemDisk.Instance))
        {
            journal.Keep(Body(1), Verdict(1, true));
            journal.Keep(Body(2), Verdict(2, false));
        }
        using var again = DiskJournal.Open(File, SystemDisk.Instance);
        Assert.Equal(Verdict(1, true), again.Find(Body(1)));
        Assert.Equal(Verdict(2, false), again.Find(Body(2)));
        Assert.Null(again.Find(Body(3)));
    }

    [Fact]
    public void A_line_that_was_cut_short_was_never_given_out()
    {
        using (var journal = DiskJournal.Open(File, SystemDisk.Instance))
        {
            journal.Keep(Body(1), Verdict(1, true));
            journal.Keep(Body(2), Verdict(2, true));
        }
        byte[] whole = System.IO.File.ReadAllBytes(File);
        int first = whole.AsSpan().IndexOf((byte)'\n') + 1;
        for (int length = first; length < whole.Length; length += 7)
        {
            System.IO.File.WriteAllBytes(File, whole[..length]);
            using (var journal = DiskJournal.Open(File, SystemDisk.Instance))
            {
                Assert.NotNull(journal.Find(Body(1)));
                Assert.Null(journal.Find(Body(2)));
                journal.Keep(Body(2), Verdict(2, false));
            }
            Assert.Equal(2, DiskJournal.ReadAll(File, SystemDisk.Instance).Count);
        }
    }

    [Theory]
    [InlineData("{}\n")]
    [InlineData("\n")]
    [InlineData("{\"body\":\"sha256:00\",\"verdict\":{}}\n")]
    public void A_whole_line_that_is_none_is_damage(string line)
    {
        System.IO.File.WriteAllText(File, line);
        TessraxException damaged = Assert.Throws<TessraxException>(() => DiskJournal.Open(File, SystemDisk.Instance));
        Assert.Equal(ErrorClass.Input, damaged.Code.Class);
        Assert.Equal(line, System.IO.File.ReadAllText(File));
    }

    [Fact]
    public void After_a_failed_write_it_keeps_nothing_more()
    {
        var disk = new BrokenDisk();
        using var journal = DiskJournal.Open(File, disk);
        disk.Fails = (operation, _) => operation == "sync";
        Assert.Throws<TessraxException>(() => journal.Keep(Body(1), Verdict(1, true)));
        Assert.Null(journal.Find(Body(1)));
        disk.Fails = (_, _) => false;
        TessraxException closed = Assert.Throws<TessraxException>(() => journal.Keep(Body(1), Verdict(1, false)));
        Assert.Equal(ErrorCodes.OutcomeUnknown, closed.Code);
    }

    private static Digest Body(byte number) => HashEngine.Sha256.Hash([number]);

    private static ApprovalRecorded Verdict(long proposal, bool approves) =>
        new(
            proposal,
            new Approval
            {
                Key = Body(9),
                Role = QuorumFounding.Role,
                Approves = approves,
                Gov = Body(8),
                IssuedAt = UtcTime.From(DateTimeOffset.UnixEpoch),
                ExpiresAt = UtcTime.From(DateTimeOffset.UnixEpoch.AddHours(1)),
                Nonce = Convert.ToBase64String(new byte[EntryBody.NonceBytes]),
                Signature = Convert.ToBase64String(Encoding.ASCII.GetBytes(new string('s', 64))),
            }
        );
}
