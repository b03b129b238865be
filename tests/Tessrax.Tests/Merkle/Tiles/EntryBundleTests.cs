using System.Buffers;
using CsCheck;
using Tessrax.Merkle;
using Xunit;

namespace Tessrax.Tests.Merkle;

public class EntryBundleTests
{
    [Fact]
    public void Entries_of_all_lengths_come_back()
    {
        byte[][] entries =
        [
            [],
            [1],
            new byte[255],
            new byte[256],
            new byte[EntryBundle.MaxEntry],
            [],
        ];
        byte[] bundle = Write(entries);
        Assert.True(EntryBundle.TryRead(bundle, entries.Length, out ReadOnlyMemory<byte>[] read));
        Assert.Equal(entries, read.Select(e => e.ToArray()));
        Assert.False(EntryBundle.TryRead(bundle, entries.Length - 1, out read));
        Assert.Empty(read);
        Assert.False(EntryBundle.TryRead(bundle, entries.Length + 1, out _));
        Assert.False(EntryBundle.TryRead(bundle, 0, out _));
        Assert.False(EntryBundle.TryRead(bundle, 257, out _));
    }

    [Fact]
    public void Lengths_are_two_bytes_the_higher_first() =>
        Assert.Equal([0, 3, 1, 2, 3, 1, 0], Write([1, 2, 3], new byte[256])[..7]);

    [Fact]
    public void An_entry_beyond_65535_bytes_is_refused() =>
        Assert.Throws<ArgumentException>(() => Write(new byte[EntryBundle.MaxEntry + 1]));

    [Fact]
    public void Any_bytes_are_read_or_refused_and_what_is_read_is_written_the_same() =>
        Gen.Select(Gen.Byte[0, 3].Array[0, 24], Gen.Int[1, 6])
            .Sample(
                (bytes, width) =>
                    !EntryBundle.TryRead(bytes, width, out ReadOnlyMemory<byte>[] entries)
                    || Write([.. entries.Select(e => e.ToArray())]).AsSpan().SequenceEqual(bytes),
                iter: 20_000
            );

    private static byte[] Write(params byte[][] entries)
    {
        var bundle = new ArrayBufferWriter<byte>();
        foreach (byte[] entry in entries)
            EntryBundle.Write(bundle, entry);
        return bundle.WrittenSpan.ToArray();
    }
}
