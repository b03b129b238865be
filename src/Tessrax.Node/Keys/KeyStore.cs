using System.Security.Cryptography;
using Tessrax.Keys;
using Tessrax.Node.Files;

namespace Tessrax.Node.Keys;

/// <summary>Key files on disk: mode 0600 from the moment they exist, written whole or not at all, never overwritten.</summary>
public static class KeyStore
{
    private const UnixFileMode Loose =
        UnixFileMode.GroupRead
        | UnixFileMode.GroupWrite
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherWrite
        | UnixFileMode.OtherExecute;

    /// <summary>Draws a new key, and writes it encrypted.</summary>
    /// <param name="path">The new file.</param>
    /// <param name="name">Names the key, as in its vkey.</param>
    /// <param name="purpose">What the key is for.</param>
    /// <param name="passphrase">At least one byte; text as UTF-8.</param>
    /// <param name="random">Where seed, salt and nonce come from.</param>
    /// <param name="cost">What a guess costs; the default if null.</param>
    /// <exception cref="TessraxException">TSX2002: a name that no key may have; TSX2004: an empty passphrase; and those of <see cref="Write"/>.</exception>
    public static KeyFileInfo Create(
        string path,
        string name,
        KeyPurpose purpose,
        ReadOnlySpan<byte> passphrase,
        RandomSource random,
        KdfCost? cost = null
    )
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> seed = stackalloc byte[PrivateKey.SeedSize];
        // Before the passphrase is stretched, which takes its time.
        RefuseExisting(path);
        try
        {
            random(seed);
            return Keep(path, name, purpose, seed, passphrase, random, cost);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>Writes a key that exists already, encrypted; otherwise like <see cref="Create"/>.</summary>
    /// <param name="path">The new file.</param>
    /// <param name="name">Names the key, as in its vkey.</param>
    /// <param name="purpose">What the key is for.</param>
    /// <param name="seed">The key's 32 bytes; the caller clears them.</param>
    /// <param name="passphrase">At least one byte; text as UTF-8.</param>
    /// <param name="random">Where salt and nonce come from.</param>
    /// <param name="cost">What a guess costs; the default if null.</param>
    public static KeyFileInfo Keep(
        string path,
        string name,
        KeyPurpose purpose,
        ReadOnlySpan<byte> seed,
        ReadOnlySpan<byte> passphrase,
        RandomSource random,
        KdfCost? cost = null
    )
    {
        RefuseExisting(path);
        byte[] file = Encrypt(name, purpose, seed, passphrase, random, cost);
        Write(path, file);
        return KeyFile.ReadPublic(file);
    }

    /// <summary>Encrypts a key under a salt and a nonce of its own.</summary>
    internal static byte[] Encrypt(
        string name,
        KeyPurpose purpose,
        ReadOnlySpan<byte> seed,
        ReadOnlySpan<byte> passphrase,
        RandomSource random,
        KdfCost? cost
    )
    {
        ArgumentNullException.ThrowIfNull(random);
        Span<byte> salt = stackalloc byte[KeyFile.SaltSize];
        Span<byte> nonce = stackalloc byte[KeyFile.NonceSize];
        random(salt);
        random(nonce);
        return KeyFile.Encrypt(name, purpose, seed, passphrase, salt, nonce, cost);
    }

    /// <summary>Writes a key file, durably.</summary>
    /// <exception cref="TessraxException">TSX2003: there is a file of that name, which is left alone; TSX2002: not a key file;
    /// TSX3005, 3006, 3008, 3009: the disk failed.</exception>
    public static void Write(string path, ReadOnlySpan<byte> file)
    {
        _ = KeyFile.ReadPublic(file);
        RefuseExisting(path);
        try
        {
            DurableFile.Write(SystemDisk.Instance, path, file, DurableFileOptions.Secret);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.AlreadyExists)
        {
            throw new TessraxException(ErrorCodes.KeyExists, $"{path} exists already", inner: e);
        }
    }

    /// <summary>Reads a key file; its passphrase is asked for later.</summary>
    /// <exception cref="TessraxException">TSX3012: no such file; TSX3006: it may not be read; TSX3007: it cannot be read;
    /// TSX2002: not a key file.</exception>
    public static StoredKey Read(string path)
    {
        byte[] file;
        try
        {
            file = DurableFile.Read(SystemDisk.Instance, path, KeyFile.MaxBytes);
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.TooLarge)
        {
            throw new TessraxException(ErrorCodes.BadKey, $"{path} is too large to be a key file", inner: e);
        }
        try
        {
            return new StoredKey(path, file, KeyFile.ReadPublic(file), HasLooseMode(path));
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.BadKey)
        {
            throw new TessraxException(e.Code, $"{path}: {e.Message}", e.Hint, e);
        }
    }

    /// <summary>Whether anyone but its owner has rights on a file.</summary>
    /// <exception cref="TessraxException">TSX3012, 3006, 3007: it cannot be looked at.</exception>
    public static bool HasLooseMode(string path)
    {
        if (OperatingSystem.IsWindows())
            return false;
        try
        {
            return (File.GetUnixFileMode(path) & Loose) != UnixFileMode.None;
        }
        catch (Exception e) when (DiskErrors.IsDisk(e))
        {
            throw DiskErrors.WhileReading(e, path);
        }
    }

    // Not what keeps a file from being overwritten (the link does), but what says so at once. A dangling link counts.
    private static void RefuseExisting(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Path.Exists(path) || new FileInfo(path).LinkTarget is not null)
            throw ErrorCodes.KeyExists.Because($"{path} exists already");
    }
}

/// <summary>A key file that was read.</summary>
public sealed class StoredKey
{
    private readonly byte[] file;

    internal StoredKey(string path, byte[] file, KeyFileInfo info, bool hasLooseMode)
    {
        Path = path;
        this.file = file;
        Info = info;
        HasLooseMode = hasLooseMode;
    }

    /// <summary>Where it is.</summary>
    public string Path { get; }

    /// <summary>What it tells without its passphrase.</summary>
    public KeyFileInfo Info { get; }

    /// <summary>Whether anyone but its owner has rights on the file. Worth a warning: only the passphrase then protects the key.</summary>
    public bool HasLooseMode { get; }

    /// <summary>The bytes.</summary>
    public ReadOnlySpan<byte> Bytes => file;

    /// <summary>Decrypts the private key; the caller disposes it.</summary>
    /// <exception cref="TessraxException">TSX2001: wrong passphrase, or the file was changed.</exception>
    public PrivateKey Decrypt(ReadOnlySpan<byte> passphrase) => KeyFile.Decrypt(file, passphrase);

    /// <summary>Deletes the file, durably. Where a key is kept nowhere else, nothing can sign with it any more.</summary>
    /// <exception cref="TessraxException">TSX3005 to TSX3008: it cannot be deleted.</exception>
    public void Delete() =>
        DiskErrors.Writing(
            Path,
            () =>
            {
                SystemDisk.Instance.Delete(Path);
                SystemDisk.Instance.SyncDirectory(System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(Path))!);
            }
        );
}
