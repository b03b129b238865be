using Tessrax.Keys;
using Tessrax.Node.Appending;
using Tessrax.Verification;
using Xunit;

namespace Tessrax.Node.Tests.Appending;

/// <summary>A ledger that is behind what it signed, or not what its file says, signs nothing.</summary>
public sealed class LedgerRollbackTests
{
    [Fact]
    public void Refuses_a_restored_copy_by_its_published_checkpoint()
    {
        using var ledger = new TestLedger();
        using var copy = new DirectoryCopy(ledger.DirectoryPath);
        Append(ledger, "one");
        string checkpoint = File.ReadAllText(Path.Combine(ledger.DirectoryPath, "checkpoint"));
        copy.Restore();
        File.WriteAllText(Path.Combine(ledger.DirectoryPath, "checkpoint"), checkpoint);
        Directory.Delete(ledger.State, recursive: true);
        Refuses(ErrorCodes.Behind, ledger);
        Assert.False(ledger.Verify().Holds);
    }

    [Fact]
    public void Refuses_a_restored_copy_by_the_mark_outside_it()
    {
        using var ledger = new TestLedger();
        using var copy = new DirectoryCopy(ledger.DirectoryPath);
        Append(ledger, "one");
        copy.Restore();
        Refuses(ErrorCodes.Behind, ledger);
        // What is there is whole, only old: for this user it does not hold any more.
        Stage framing = ledger.Verify().Stages.Single(s => s.Name == "framing");
        Assert.Equal(ErrorCodes.Behind, framing.Findings.Single().Code);
    }

    [Fact]
    public void Of_two_copies_one_is_written_at_a_time()
    {
        using var ledger = new TestLedger();
        using var copy = new DirectoryCopy(ledger.DirectoryPath);
        string other = ledger.Beside("other");
        copy.CopyTo(other);
        using (LedgerWriter writer = ledger.Open())
        {
            TessraxException error = Assert.Throws<TessraxException>(() =>
                LedgerWriter.Open(other, TestLedger.Keys(), ledger.Environment)
            );
            Assert.Equal(ErrorCodes.Locked, error.Code);
            Assert.Contains("another copy", error.Message, StringComparison.Ordinal);
            writer.Append([TestLedger.Own("one")]);
        }
        // By then the mark tells.
        Assert.Equal(
            ErrorCodes.Behind,
            Assert.Throws<TessraxException>(() => LedgerWriter.Open(other, TestLedger.Keys(), ledger.Environment)).Code
        );
    }

    [Fact]
    public void Refuses_another_history_of_the_same_length()
    {
        using var ledger = new TestLedger();
        using var copy = new DirectoryCopy(ledger.DirectoryPath);
        Append(ledger, "one");
        using var second = new DirectoryCopy(ledger.State);
        copy.Restore();
        Directory.Delete(ledger.State, recursive: true);
        Append(ledger, "another one");
        second.Restore();
        Refuses(ErrorCodes.Behind, ledger);
    }

    [Fact]
    public void Goes_on_without_mark_and_with_marks_that_say_nothing()
    {
        using var ledger = new TestLedger();
        string mark = Path.Combine(ledger.State, "marks", ledger.Id.ToHex());
        Assert.True(File.Exists(mark));
        string checkpoint = Path.Combine(ledger.DirectoryPath, "checkpoint");
        foreach (string file in (string[])[mark, checkpoint])
        {
            File.Delete(file);
            Append(ledger, "without");
            foreach (
                byte[] content in (byte[][])
                    [
                        [],
                        "noise"u8.ToArray(),
                        new byte[SignedNote.MaxBytes + 1],
                    ]
            )
            {
                File.WriteAllBytes(file, content);
                Append(ledger, "with noise");
            }
        }
        Assert.True(ledger.Verify().Holds);
    }

    [Theory]
    [InlineData("id")]
    [InlineData("origin")]
    public void Refuses_to_write_and_to_read_under_a_name_that_genesis_does_not_give(string member)
    {
        using var ledger = new TestLedger();
        Append(ledger, "one");
        string file = Path.Combine(ledger.DirectoryPath, "ledger.json");
        string good = File.ReadAllText(file);
        string bad =
            member == "id"
                ? good.Replace(ledger.Id.ToHex(), new string('0', 64), StringComparison.Ordinal)
                : good.Replace(TestLedger.Origin, "example.com/other", StringComparison.Ordinal);
        Assert.NotEqual(good, bad);
        File.WriteAllText(file, bad);
        Refuses(ErrorCodes.Damaged, ledger);
        Assert.Equal(ErrorCodes.Damaged, Assert.Throws<TessraxException>(ledger.View).Code);
        Verdict verdict = ledger.Verify();
        Assert.Contains(
            verdict.Stages.Single(s => s.Name == "framing").Findings,
            f => f.Code == ErrorCodes.WrongLedger
        );
        File.WriteAllText(file, good);
        Append(ledger, "two");
        Assert.True(ledger.Verify().Holds);
    }

    private static void Append(TestLedger ledger, string text)
    {
        using LedgerWriter writer = ledger.Open();
        writer.Append([TestLedger.Own(text)]);
    }

    private static void Refuses(ErrorCode code, TestLedger ledger) =>
        Assert.Equal(code, Assert.Throws<TessraxException>(ledger.Open).Code);

    /// <summary>A directory as it was at one moment.</summary>
    internal sealed class DirectoryCopy : IDisposable
    {
        private readonly string original;
        private readonly string copy = Directory.CreateTempSubdirectory("tessrax-copy-").FullName;

        public DirectoryCopy(string original)
        {
            this.original = original;
            Copy(original, copy);
        }

        public void Restore()
        {
            Directory.Delete(original, recursive: true);
            Copy(copy, original);
        }

        public void CopyTo(string other) => Copy(copy, other);

        public void Dispose() => Directory.Delete(copy, recursive: true);

        private static void Copy(string from, string to)
        {
            Directory.CreateDirectory(to);
            foreach (string file in Directory.GetFiles(from))
                File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
            foreach (string folder in Directory.GetDirectories(from))
                Copy(folder, Path.Combine(to, Path.GetFileName(folder)));
        }
    }
}
