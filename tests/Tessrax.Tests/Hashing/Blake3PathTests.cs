using CsCheck;
using Tessrax.Hashing;
using Xunit;

namespace Tessrax.Tests.Hashing;

/// <summary>All paths of BLAKE3 give the same, however the input comes and however the output is read.</summary>
public class Blake3PathTests
{
    private static readonly byte[] Data = Blake3Inputs.Counting(200_000);

    public static TheoryData<string> Paths => Blake3Inputs.Paths;

    // The portable path is held to the published vectors; the others to it.
    private static readonly Lazy<Digest[]> Wanted = new(() =>
    {
        Blake3Hasher reference = Blake3Inputs.Plain(Blake3Path.Portable);
        var wanted = new Digest[5001];
        for (int length = 0; length < wanted.Length; length++)
        {
            reference.Reset();
            reference.Append(Data.AsSpan(length % 13, length));
            wanted[length] = reference.Finish();
        }
        return wanted;
    });

    [Theory]
    [MemberData(nameof(Paths))]
    public void Every_length_up_to_5000_hashes_alike(string name)
    {
        Blake3Path path = Enum.Parse<Blake3Path>(name);
        Blake3Hasher hasher = Blake3Inputs.Plain(path);
        var engine = new Blake3Engine(path);
        for (int length = 0; length < Wanted.Value.Length; length++)
        {
            // Vectors that the processor lacks are slow: on their paths the lengths are those around whole blocks.
            if (path != Blake3Paths.Best && length > 130 && (length + 1) % 64 > 2)
                continue;
            ReadOnlySpan<byte> data = Data.AsSpan(length % 13, length);
            Digest wanted = Wanted.Value[length];
            hasher.Reset();
            hasher.Append(data);
            Assert.Equal(wanted, hasher.Finish());
            Assert.Equal(wanted, engine.Hash(data));
            if (length % 5 != 0)
                continue;
            int cut = length / 3;
            Assert.Equal(wanted, engine.Hash(data[..cut], data[cut..(2 * cut)], data[(2 * cut)..]));
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Trees_of_all_shapes_hash_alike(string name)
    {
        Blake3Hasher reference = Blake3Inputs.Keyed(Blake3Path.Portable, Data.AsSpan(7, 32));
        Blake3Hasher hasher = Blake3Inputs.Keyed(Enum.Parse<Blake3Path>(name), Data.AsSpan(7, 32));
        for (int chunks = 5; chunks <= 70; chunks += chunks < 20 ? 1 : 7)
        {
            foreach (int over in (ReadOnlySpan<int>)[0, 700])
            {
                ReadOnlySpan<byte> data = Data.AsSpan(0, chunks * Blake3Spec.ChunkLength + over);
                reference.Reset();
                reference.Append(data);
                hasher.Reset();
                hasher.Append(data);
                Assert.Equal(reference.Finish(), hasher.Finish());
            }
        }
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Input_in_pieces_hashes_as_the_whole(string name)
    {
        Blake3Path path = Enum.Parse<Blake3Path>(name);
        Gen<int> piece = Gen.OneOf(Gen.Int[0, 130], Gen.Int[1000, 1050], Gen.Int[0, 20_000]);
        Gen.Select(piece.Array[0, 8], Gen.Int[0, 500])
            .Sample(
                (pieces, start) =>
                {
                    int length = pieces.Sum();
                    Blake3Hasher hasher = Blake3Inputs.Plain(path);
                    int at = start;
                    foreach (int take in pieces)
                    {
                        hasher.Append(Data.AsSpan(at, take));
                        at += take;
                        // To look at the output in between changes nothing.
                        if (take % 3 == 0)
                            _ = hasher.Finish();
                    }
                    Assert.Equal(HashEngine.Blake3.Hash(Data.AsSpan(start, length)), hasher.Finish());
                },
                iter: 60,
                threads: 1
            );
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Output_is_one_stream_that_is_read_from_anywhere(string name)
    {
        Blake3Path path = Enum.Parse<Blake3Path>(name);
        foreach (int length in (ReadOnlySpan<int>)[0, 64, 1000, 5000])
        {
            Blake3Hasher hasher = Blake3Inputs.Plain(path);
            hasher.Append(Data.AsSpan(0, length));
            byte[] whole = new byte[1000];
            hasher.Finish(whole);
            Gen.Select(Gen.Int[0, 1000], Gen.Int[0, 1000])
                .Sample(
                    (a, b) =>
                    {
                        (int from, int to) = (Math.Min(a, b), Math.Max(a, b));
                        byte[] part = new byte[to - from];
                        hasher.Finish(part, (ulong)from);
                        Assert.True(whole.AsSpan(from..to).SequenceEqual(part));
                    },
                    iter: 30,
                    threads: 1
                );
        }
    }

    // The counter of the output has 64 bits, of which the first vectors use the low 32 only.
    [Theory]
    [MemberData(nameof(Paths))]
    public void Output_far_out_is_the_same_on_every_path(string name)
    {
        Blake3Hasher reference = Blake3Inputs.Plain(Blake3Path.Portable);
        Blake3Hasher hasher = Blake3Inputs.Plain(Enum.Parse<Blake3Path>(name));
        foreach (ulong position in (ReadOnlySpan<ulong>)[1UL << 32, (1UL << 38) - 100, ulong.MaxValue - 200])
        {
            byte[] wanted = new byte[200];
            byte[] output = new byte[200];
            reference.Finish(wanted, position);
            hasher.Finish(output, position);
            Assert.Equal(wanted, output);
        }
        Assert.Throws<ArgumentOutOfRangeException>(() => hasher.Finish(new byte[200], ulong.MaxValue - 199));
    }

    // A chunk's counter has 64 bits too; four million chunks are not hashed here, so the batch is asked itself.
    [Theory]
    [MemberData(nameof(Paths))]
    public void Chunks_far_in_count_across_32_bits(string name)
    {
        Blake3Path path = Enum.Parse<Blake3Path>(name);
        const int Chunks = 21;
        const ulong First = uint.MaxValue - 5UL;
        byte[] output = new byte[Chunks * Blake3Spec.ChainingValueLength];
        ReadOnlySpan<byte> data = Data.AsSpan(0, Chunks * Blake3Spec.ChunkLength);
        Blake3Batch.Chunks(path, Blake3Spec.UnkeyedKey, data, First, 0, output);
        byte[] one = new byte[Blake3Spec.ChainingValueLength];
        for (int i = 0; i < Chunks; i++)
        {
            var chunk = new Blake3Chunk(Blake3Spec.UnkeyedKey, First + (uint)i);
            chunk.Append(Blake3Path.Portable, data.Slice(i * Blake3Spec.ChunkLength, Blake3Spec.ChunkLength), 0);
            chunk.End(0).Value(Blake3Path.Portable, one);
            Assert.Equal(one, output.AsSpan(i * one.Length, one.Length));
        }
    }
}
