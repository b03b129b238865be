using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Tessrax.Hashing;

/// <summary>Inputs of one kind and length, side by side.</summary>
internal static class Blake3Side<TVector, TLanes>
    where TVector : struct
    where TLanes : struct, IBlake3Lanes<TVector>
{
    /// <summary>The chaining values of whole chunks.</summary>
    public static void Chunks(
        ReadOnlySpan<byte> key,
        ReadOnlySpan<byte> data,
        ulong counter,
        uint mode,
        Span<byte> output
    )
    {
        Work work = default;
        int count = data.Length / Blake3Spec.ChunkLength;
        for (int done = 0; done < count; done += TLanes.Count)
        {
            int lanes = Math.Min(TLanes.Count, count - done);
            ReadOnlySpan<byte> inputs = data.Slice(done * Blake3Spec.ChunkLength, lanes * Blake3Spec.ChunkLength);
            work.SetOffsets(lanes, Blake3Spec.ChunkLength);
            work.Start(key);
            work.Count(counter + (uint)done);
            for (int at = 0; at < Blake3Spec.ChunkLength; at += Blake3Spec.BlockLength)
            {
                uint flags =
                    at == 0 ? Blake3Spec.ChunkStart
                    : at == Blake3Spec.ChunkLength - Blake3Spec.BlockLength ? Blake3Spec.ChunkEnd
                    : 0;
                work.Load(inputs[at..]);
                work.Compress(Blake3Spec.BlockLength, mode | flags);
            }
            work.Store(lanes, output[(done * Blake3Spec.ChainingValueLength)..]);
        }
    }

    /// <summary>The chaining values of parents that are not the root.</summary>
    public static void Parents(ReadOnlySpan<byte> key, ReadOnlySpan<byte> pairs, uint mode, Span<byte> output)
    {
        Work work = default;
        int count = pairs.Length / Blake3Spec.BlockLength;
        for (int done = 0; done < count; done += TLanes.Count)
        {
            int lanes = Math.Min(TLanes.Count, count - done);
            work.SetOffsets(lanes, Blake3Spec.BlockLength);
            work.Start(key);
            work.Load(pairs.Slice(done * Blake3Spec.BlockLength, lanes * Blake3Spec.BlockLength));
            work.Compress(Blake3Spec.BlockLength, mode | Blake3Spec.Parent);
            work.Store(lanes, output[(done * Blake3Spec.ChainingValueLength)..]);
        }
    }

    /// <summary>The hashes of prefix || pair: 65 bytes each, one chunk of two blocks.</summary>
    public static void PrefixedPairs(byte prefix, ReadOnlySpan<byte> pairs, Span<byte> output)
    {
        Work work = default;
        int count = pairs.Length / Blake3Spec.BlockLength;
        for (int done = 0; done < count; done += TLanes.Count)
        {
            int lanes = Math.Min(TLanes.Count, count - done);
            work.SetOffsets(lanes, Blake3Spec.BlockLength);
            work.Start(Blake3Spec.UnkeyedKey);
            work.Load(pairs.Slice(done * Blake3Spec.BlockLength, lanes * Blake3Spec.BlockLength));
            work.ShiftIn(prefix);
            work.Compress(Blake3Spec.BlockLength, Blake3Spec.ChunkStart);
            work.CompressShiftedOut(Blake3Spec.ChunkEnd | Blake3Spec.Root);
            work.Store(lanes, output[(done * Blake3Spec.ChainingValueLength)..]);
        }
    }

    // What the lanes work on; on the stack, cleared once a batch.
    private ref struct Work
    {
        private const int Message = 12;
        private const int ShiftedOut = 28;

        private Vectors memory;
        private Offsets offsets;
        private Hashes hashes;

        [UnscopedRef]
        private ref TVector State => ref Blake3Aligned.Start(ref memory[0]);

        // Lanes without an input of their own repeat the last.
        public void SetOffsets(int lanes, int pitch)
        {
            for (int lane = 0; lane < TLanes.Count; lane++)
                offsets[lane] = Math.Min(lane, lanes - 1) * pitch;
        }

        public void Start(ReadOnlySpan<byte> key)
        {
            ref TVector state = ref State;
            ReadOnlySpan<uint> words = MemoryMarshal.Cast<byte, uint>(key[..Blake3Spec.KeyLength]);
            for (int i = 0; i < words.Length; i++)
                Unsafe.Add(ref state, i) = TLanes.Create(words[i]);
        }

        // The lanes' counters: one after another.
        public void Count(ulong first)
        {
            ref TVector vectors = ref Unsafe.Add(ref State, Blake3Kernel<TVector, TLanes>.Counter);
            Span<uint> words = MemoryMarshal.CreateSpan(ref Unsafe.As<TVector, uint>(ref vectors), 2 * TLanes.Count);
            for (int lane = 0; lane < TLanes.Count; lane++)
            {
                ulong counter = unchecked(first + (uint)lane);
                words[lane] = unchecked((uint)counter);
                words[TLanes.Count + lane] = (uint)(counter >> 32);
            }
        }

        // inputs: as many bytes as the last lane's block ends at.
        public void Load(ReadOnlySpan<byte> inputs)
        {
            ref byte source = ref MemoryMarshal.GetReference(inputs);
            _ = inputs.Slice((int)offsets[TLanes.Count - 1], Blake3Spec.BlockLength);
            TLanes.Gather(ref source, ref offsets[0], ref Unsafe.Add(ref State, Message));
            TLanes.Gather(ref Unsafe.Add(ref source, 32), ref offsets[0], ref Unsafe.Add(ref State, Message + 8));
        }

        public void Compress(uint length, uint flags) => Compress(ref Unsafe.Add(ref State, Message), length, flags);

        // Each message moves one byte back; the prefix takes its first byte, and its last is kept for the second block.
        public void ShiftIn(byte prefix)
        {
            ref TVector message = ref Unsafe.Add(ref State, Message);
            TVector word = Unsafe.Add(ref message, 15);
            Unsafe.Add(ref State, ShiftedOut) = TLanes.ShiftRight24(word);
            for (int i = 15; i > 0; i--)
            {
                TVector before = Unsafe.Add(ref message, i - 1);
                Unsafe.Add(ref message, i) = TLanes.Or(TLanes.ShiftLeft8(word), TLanes.ShiftRight24(before));
                word = before;
            }
            message = TLanes.Or(TLanes.ShiftLeft8(word), TLanes.Create(prefix));
        }

        public void CompressShiftedOut(uint flags) => Compress(ref Unsafe.Add(ref State, ShiftedOut), 1, flags);

        public void Store(int lanes, Span<byte> output)
        {
            int length = lanes * Blake3Spec.ChainingValueLength;
            if (lanes == TLanes.Count)
            {
                TLanes.Scatter(ref State, ref MemoryMarshal.GetReference(output[..length]));
                return;
            }
            TLanes.Scatter(ref State, ref hashes[0]);
            ((ReadOnlySpan<byte>)hashes)[..length].CopyTo(output);
        }

        private void Compress(ref TVector words, uint length, uint flags)
        {
            Unsafe.Add(ref State, Blake3Kernel<TVector, TLanes>.Length) = TLanes.Create(length);
            Unsafe.Add(ref State, Blake3Kernel<TVector, TLanes>.Flags) = TLanes.Create(flags);
            Blake3Kernel<TVector, TLanes>.Compress(ref State, ref words);
        }
    }

    // State, message, second message, and one to align by.
    [InlineArray(12 + 16 + 16 + 1)]
    private struct Vectors
    {
        private TVector first;
    }

    [InlineArray(16)]
    private struct Offsets
    {
        private nint first;
    }

    [InlineArray(16 * Blake3Spec.ChainingValueLength)]
    private struct Hashes
    {
        private byte first;
    }
}
