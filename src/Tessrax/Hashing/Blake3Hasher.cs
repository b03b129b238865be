using System.Text;

namespace Tessrax.Hashing;

/// <summary>BLAKE3 (c2sp.org/BLAKE3): hash, keyed hash and key derivation, of input in pieces, into output of any length.</summary>
/// <remarks>An instance holds 2 KiB and allocates nothing after it was made. It is not safe for concurrent use; the static
/// methods are.</remarks>
public sealed class Blake3Hasher
{
    /// <summary>32 bytes: the length of a key.</summary>
    public const int KeySize = Blake3Spec.KeyLength;

    // A context that is not Unicode would otherwise be the same as another that is not.
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private Blake3State state;

    /// <summary>The unkeyed mode, <c>hash</c> (section 1.1).</summary>
    public Blake3Hasher()
        : this(Blake3Paths.Best, Blake3Spec.UnkeyedKey, 0) { }

    internal Blake3Hasher(Blake3Path path, ReadOnlySpan<byte> key, uint mode) =>
        state = new Blake3State(path, key, mode);

    /// <summary>The keyed mode, <c>keyed_hash</c> (sections 1.1 and 4.1): a MAC or a pseudo-random function.</summary>
    /// <param name="key">Exactly 32 bytes.</param>
    /// <exception cref="ArgumentException">The key has another length.</exception>
    public static Blake3Hasher Keyed(ReadOnlySpan<byte> key) =>
        new(Blake3Paths.Best, Checked(key), Blake3Spec.KeyedHash);

    /// <summary>The key derivation mode, <c>derive_key</c> (sections 1.1 and 4.1): what is appended is the key material.</summary>
    /// <param name="context">Fixed, unique in the world, and of this use only; hashed as UTF-8.</param>
    /// <exception cref="ArgumentException">The context has half a surrogate pair.</exception>
    public static Blake3Hasher ForKeyDerivation(string context) => ForKeyDerivation(Blake3Paths.Best, context);

    internal static Blake3Hasher ForKeyDerivation(Blake3Path path, string context)
    {
        Span<byte> key = stackalloc byte[Blake3Spec.KeyLength];
        ContextKey(path, context, key);
        return new Blake3Hasher(path, key, Blake3Spec.DeriveKeyMaterial);
    }

    /// <summary>The hash of <paramref name="data"/>.</summary>
    public static Digest Hash(ReadOnlySpan<byte> data) => HashEngine.Blake3.Hash(data);

    /// <summary>The hash of <paramref name="data"/>, as long as <paramref name="output"/>.</summary>
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> output) => Once(Blake3Spec.UnkeyedKey, 0, data, output);

    /// <summary>The keyed hash of <paramref name="data"/>, as long as <paramref name="output"/>.</summary>
    /// <exception cref="ArgumentException">The key has not exactly 32 bytes.</exception>
    public static void KeyedHash(ReadOnlySpan<byte> key, ReadOnlySpan<byte> data, Span<byte> output) =>
        Once(Checked(key), Blake3Spec.KeyedHash, data, output);

    /// <summary>A key derived from <paramref name="material"/> for <paramref name="context"/>, as long as <paramref name="output"/>.</summary>
    /// <exception cref="ArgumentException">The context has half a surrogate pair.</exception>
    public static void DeriveKey(string context, ReadOnlySpan<byte> material, Span<byte> output)
    {
        Span<byte> key = stackalloc byte[Blake3Spec.KeyLength];
        ContextKey(Blake3Paths.Best, context, key);
        Once(key, Blake3Spec.DeriveKeyMaterial, material, output);
    }

    /// <summary>Takes more input. All pieces together are the input, wherever they are cut; at most 2^64 - 1 bytes.</summary>
    public void Append(ReadOnlySpan<byte> data) => state.Append(data);

    /// <summary>Writes output (section 4.4): bytes of the one endless output from <paramref name="position"/> on, of which the first 32 are the digest.</summary>
    /// <remarks>The state stays: the same output can be read again, another part of it, or more input appended.</remarks>
    /// <param name="output">Filled; any length.</param>
    /// <param name="position">Where to begin, in bytes.</param>
    /// <exception cref="ArgumentOutOfRangeException">The output would go beyond 2^64 - 1 bytes.</exception>
    public void Finish(Span<byte> output, ulong position = 0)
    {
        if ((ulong)output.Length > ulong.MaxValue - position)
            throw new ArgumentOutOfRangeException(nameof(position), position, "the output ends at 2^64 - 1 bytes");
        state.Output(output, position);
    }

    /// <summary>The first 32 bytes of output.</summary>
    public Digest Finish()
    {
        Span<byte> hash = stackalloc byte[Digest.Size];
        state.Output(hash, 0);
        return new Digest(hash);
    }

    /// <summary>Forgets the input, and keeps the mode, the key and the context.</summary>
    public void Reset() => state.Reset();

    private static void Once(ReadOnlySpan<byte> key, uint mode, ReadOnlySpan<byte> data, Span<byte> output)
    {
        var state = new Blake3State(Blake3Paths.Best, key, mode);
        state.Append(data);
        state.Output(output, 0);
    }

    // Section 4.1, first phase: the key is the hash of the context.
    private static void ContextKey(Blake3Path path, string context, Span<byte> key)
    {
        ArgumentNullException.ThrowIfNull(context);
        Span<byte> bytes = stackalloc byte[256];
        if (!StrictUtf8.TryGetBytes(context, bytes, out int length))
            length = (bytes = StrictUtf8.GetBytes(context)).Length;
        var state = new Blake3State(path, Blake3Spec.UnkeyedKey, Blake3Spec.DeriveKeyContext);
        state.Append(bytes[..length]);
        state.Output(key, 0);
    }

    private static ReadOnlySpan<byte> Checked(ReadOnlySpan<byte> key) =>
        key.Length == KeySize ? key : throw new ArgumentException("a BLAKE3 key has 32 bytes", nameof(key));
}
