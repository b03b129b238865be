using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tessrax.Hashing;

/// <summary>Inputs of different lengths side by side: a lane that is done with its input takes the next one, while the others go on.</summary>
internal static class Blake3Many<TVector, TLanes>
    where TVector : struct
    where TLanes : struct, IBlake3Lanes<TVector>
{
    /// <summary>The hashes of prefix || data[ends[i - 1]..ends[i]].</summary>
    // Those longer than a chunk are left to the engine, whose lanes then are their chunks.
    public static void Hash(
        HashEngine engine,
        byte prefix,
        ReadOnlySpan<byte> data,
        ReadOnlySpan<int> ends,
        Span<Digest> hashes
    )
    {
        Memory memory = default;
        var work = new Work(engine, prefix, data, ends, hashes, ref Blake3Aligned.Start<TVector>(ref memory[0]));
        while (work.FillLanes())
            work.Step();
    }

    private ref struct Work
    {
        private readonly HashEngine engine;
        private readonly byte prefix;
        private readonly ReadOnlySpan<byte> data;
        private readonly ReadOnlySpan<int> ends;
        private readonly Span<Digest> hashes;
        private readonly ref TVector state;
        private readonly ref TVector message;
        private readonly Span<uint> words;
        private int next;
        private Lanes lanes;
        private Offsets offsets;
        private Stage stage;

        public Work(
            HashEngine engine,
            byte prefix,
            ReadOnlySpan<byte> data,
            ReadOnlySpan<int> ends,
            Span<Digest> hashes,
            ref TVector memory
        )
        {
            this.engine = engine;
            this.prefix = prefix;
            this.data = data;
            this.ends = ends;
            this.hashes = hashes;
            state = ref memory;
            message = ref Unsafe.Add(ref memory, StateVectors);
            words = MemoryMarshal.CreateSpan(ref Unsafe.As<TVector, uint>(ref state), StateVectors * TLanes.Count);
            for (int i = 0; i < TLanes.Count; i++)
                offsets[i] = i * Blake3Spec.BlockLength;
        }

        // False when there is nothing left to do.
        public bool FillLanes()
        {
            bool any = false;
            for (int i = 0; i < TLanes.Count; i++)
            {
                ref Lane lane = ref lanes[i];
                if (lane.Rest == 0 && TakeNext(ref lane))
                    SetValue(i);
                any |= lane.Rest > 0;
            }
            return any;
        }

        // One block of each lane.
        public void Step()
        {
            for (int i = 0; i < TLanes.Count; i++)
            {
                ref Lane lane = ref lanes[i];
                if (lane.Rest == 0)
                    continue;
                Span<byte> block = ((Span<byte>)stage).Slice(i * Blake3Spec.BlockLength, Blake3Spec.BlockLength);
                int length = Math.Min(lane.Rest, Blake3Spec.BlockLength);
                uint flags = lane.Rest <= Blake3Spec.BlockLength ? Blake3Spec.ChunkEnd | Blake3Spec.Root : 0;
                if (lane.Started)
                    Fill(block, data.Slice(lane.At, length));
                else
                    flags |= Begin(block, ref lane, length);
                words[Blake3Kernel<TVector, TLanes>.Length * TLanes.Count + i] = (uint)length;
                words[Blake3Kernel<TVector, TLanes>.Flags * TLanes.Count + i] = flags;
            }
            TLanes.Gather(ref stage[0], ref offsets[0], ref message);
            TLanes.Gather(ref stage[Blake3Spec.BlockLength / 2], ref offsets[0], ref Unsafe.Add(ref message, 8));
            Blake3Kernel<TVector, TLanes>.Compress(ref state, ref message);
            for (int i = 0; i < TLanes.Count; i++)
                Advance(ref lanes[i], i);
        }

        private bool TakeNext(ref Lane lane)
        {
            for (; next < hashes.Length; next++)
            {
                int begin = next == 0 ? 0 : ends[next - 1];
                int length = ends[next] - begin;
                if (length >= Blake3Spec.ChunkLength)
                {
                    hashes[next] = engine.Hash([prefix], data.Slice(begin, length));
                    continue;
                }
                lane = new Lane
                {
                    Index = next,
                    At = begin,
                    Rest = 1 + length,
                };
                next++;
                return true;
            }
            return false;
        }

        private readonly void SetValue(int lane)
        {
            ReadOnlySpan<uint> key = MemoryMarshal.Cast<byte, uint>(Blake3Spec.UnkeyedKey);
            for (int word = 0; word < key.Length; word++)
                words[word * TLanes.Count + lane] = key[word];
        }

        private readonly uint Begin(Span<byte> block, ref Lane lane, int length)
        {
            lane.Started = true;
            block[0] = prefix;
            Fill(block[1..], data.Slice(lane.At, length - 1));
            lane.At--;
            return Blake3Spec.ChunkStart;
        }

        private static void Fill(Span<byte> block, ReadOnlySpan<byte> from)
        {
            if (from.Length == Blake3Spec.BlockLength)
            {
                from[..Blake3Spec.BlockLength].CopyTo(block);
                return;
            }
            from.CopyTo(block);
            block[from.Length..].Clear();
        }

        private readonly void Advance(ref Lane lane, int index)
        {
            if (lane.Rest > Blake3Spec.BlockLength)
            {
                lane.At += Blake3Spec.BlockLength;
                lane.Rest -= Blake3Spec.BlockLength;
                return;
            }
            if (lane.Rest == 0)
                return;
            lane.Rest = 0;
            Span<uint> hash = MemoryMarshal.Cast<Digest, uint>(hashes.Slice(lane.Index, 1));
            for (int word = 0; word < hash.Length; word++)
                hash[word] = words[word * TLanes.Count + index];
        }
    }

    // Which input, where its next byte is, and how many bytes are left, the prefix among them.
    private struct Lane
    {
        public int Index;
        public int At;
        public int Rest;
        public bool Started;
    }

    private const int StateVectors = 12;

    // State, message, and one vector to align by.
    [InlineArray(StateVectors + 16 + 1)]
    private struct Memory
    {
        private TVector first;
    }

    [InlineArray(16)]
    private struct Lanes
    {
        private Lane first;
    }

    [InlineArray(16)]
    private struct Offsets
    {
        private nint first;
    }

    [InlineArray(16 * Blake3Spec.BlockLength)]
    private struct Stage
    {
        private byte first;
    }
}
