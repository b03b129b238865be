using Tessrax.Keys;
using Tessrax.Node.Keys;
using Xunit;

namespace Tessrax.Node.Tests.Keys;

public sealed class KeyStoreTests : IDisposable
{
    private static readonly KdfCost Cheap = new(8, 1);

    private readonly string directory = Directory.CreateTempSubdirectory("tessrax-keys-").FullName;

    private string KeyPath => Path.Combine(directory, "alice.key");

    public void Dispose() => Directory.Delete(directory, recursive: true);

    [Fact]
    public void Opens_what_it_created()
    {
        KeyFileInfo info = Create();
        StoredKey stored = KeyStore.Read(KeyPath);
        Assert.Equal(info, stored.Info);
        Assert.Equal(("alice", KeyPurpose.Approver, KeyPath), (info.Name, info.Purpose, stored.Path));
        Assert.Equal(File.ReadAllBytes(KeyPath), stored.Bytes.ToArray());
        using PrivateKey key = stored.Decrypt("open sesame"u8);
        Assert.Equal(info.VerifierKey.Key, key.PublicKey);
        var error = Assert.Throws<TessraxException>(() => stored.Decrypt("guess"u8));
        Assert.Equal(ErrorCodes.WrongPassphrase, error.Code);
    }

    [Fact]
    public void Leaves_one_file_that_only_its_owner_may_read()
    {
        if (OperatingSystem.IsWindows())
            return; // modes are of Unix
        Create();
        Assert.Equal([KeyPath], Directory.GetFileSystemEntries(directory));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(KeyPath));
        Assert.False(KeyStore.Read(KeyPath).HasLooseMode);
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void Tells_of_a_loose_mode(UnixFileMode mode)
    {
        if (OperatingSystem.IsWindows())
            return; // modes are of Unix
        Create();
        File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | mode);
        Assert.True(KeyStore.Read(KeyPath).HasLooseMode);
    }

    [Fact]
    public void Never_overwrites()
    {
        Create();
        byte[] before = File.ReadAllBytes(KeyPath);
        Assert.Equal(ErrorCodes.KeyExists, Assert.Throws<TessraxException>(() => Create()).Code);
        Assert.Equal(ErrorCodes.KeyExists, Assert.Throws<TessraxException>(() => KeyStore.Write(KeyPath, before)).Code);
        Assert.Equal(before, File.ReadAllBytes(KeyPath));
        Assert.Single(Directory.GetFileSystemEntries(directory));
    }

    [Fact]
    public void Never_replaces_a_directory_or_a_link()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links need rights there");
        Directory.CreateDirectory(KeyPath);
        Assert.Equal(ErrorCodes.KeyExists, Assert.Throws<TessraxException>(() => Create()).Code);
        Directory.Delete(KeyPath);
        string target = Path.Combine(directory, "elsewhere");
        File.CreateSymbolicLink(KeyPath, target);
        Assert.Equal(ErrorCodes.KeyExists, Assert.Throws<TessraxException>(() => Create()).Code);
        Assert.False(File.Exists(target));
    }

    // Ten writers race for one name: one of them has it, whole, and all others are told.
    [Fact]
    public void One_of_many_writers_wins()
    {
        byte[][] files = [.. Enumerable.Range(0, 10).Select(i => Encrypt((byte)i))];
        int refused = 0;
        Parallel.ForEach(
            files,
            file =>
            {
                try
                {
                    KeyStore.Write(KeyPath, file);
                }
                catch (TessraxException e) when (e.Code == ErrorCodes.KeyExists)
                {
                    Interlocked.Increment(ref refused);
                }
            }
        );
        Assert.Equal(9, refused);
        byte[] written = File.ReadAllBytes(KeyPath);
        Assert.Contains(files, file => file.AsSpan().SequenceEqual(written));
        Assert.Single(Directory.GetFileSystemEntries(directory));
    }

    [Fact]
    public void Writes_nothing_but_key_files()
    {
        var error = Assert.Throws<TessraxException>(() => KeyStore.Write(KeyPath, "{}"u8));
        Assert.Equal(ErrorCodes.BadKey, error.Code);
        Assert.Empty(Directory.GetFileSystemEntries(directory));
    }

    [Fact]
    public void Leaves_nothing_behind_for_bad_input()
    {
        Assert.Equal(ErrorCodes.NoPassphrase, Assert.Throws<TessraxException>(() => Create(passphrase: "")).Code);
        Assert.Equal(ErrorCodes.BadKey, Assert.Throws<TessraxException>(() => Create(name: "a b")).Code);
        Assert.Empty(Directory.GetFileSystemEntries(directory));
    }

    [Fact]
    public void Says_what_is_wrong_with_a_path()
    {
        var missing = Assert.Throws<TessraxException>(() => KeyStore.Read(KeyPath));
        Assert.Equal(ErrorCodes.NoSuchFile, missing.Code);
        Assert.Contains(KeyPath, missing.Message, StringComparison.Ordinal);
        // The framework calls a directory opened as a file "access denied".
        ErrorCode folder = Assert.Throws<TessraxException>(() => KeyStore.Read(directory)).Code;
        Assert.Contains(folder, new[] { ErrorCodes.CannotRead, ErrorCodes.NoPermission });
        string nowhere = Path.Combine(directory, "missing", "a.key");
        Assert.Equal(
            ErrorCodes.CannotWrite,
            Assert.Throws<TessraxException>(() => KeyStore.Write(nowhere, Encrypt(1))).Code
        );
        File.WriteAllText(KeyPath, "noise");
        var noise = Assert.Throws<TessraxException>(() => KeyStore.Read(KeyPath));
        Assert.Equal(ErrorCodes.BadKey, noise.Code);
        Assert.Contains(KeyPath, noise.Message, StringComparison.Ordinal);
        File.WriteAllBytes(KeyPath, new byte[KeyFile.MaxBytes + 1]);
        Assert.Equal(ErrorCodes.BadKey, Assert.Throws<TessraxException>(() => KeyStore.Read(KeyPath)).Code);
    }

    [Fact]
    public void Says_that_a_file_may_not_be_read()
    {
        Assert.SkipWhen(Environment.UserName == "root", "root may read everything");
        if (OperatingSystem.IsWindows())
            return;
        Create();
        File.SetUnixFileMode(KeyPath, UnixFileMode.None);
        Assert.Equal(ErrorCodes.NoPermission, Assert.Throws<TessraxException>(() => KeyStore.Read(KeyPath)).Code);
    }

    [Fact]
    public void Draws_seed_salt_and_nonce_anew()
    {
        KeyFileInfo first = Create();
        byte[] file = File.ReadAllBytes(KeyPath);
        File.Delete(KeyPath);
        Assert.NotEqual(first.VerifierKey, Create().VerifierKey);
        Assert.NotEqual(file, File.ReadAllBytes(KeyPath));
    }

    private static byte[] Encrypt(byte number)
    {
        var seed = new byte[32];
        seed[0] = number;
        return KeyFile.Encrypt("alice", KeyPurpose.Log, seed, "p"u8, new byte[16], new byte[24], Cheap);
    }

    private KeyFileInfo Create(string name = "alice", string passphrase = "open sesame") =>
        KeyStore.Create(
            KeyPath,
            name,
            KeyPurpose.Approver,
            System.Text.Encoding.UTF8.GetBytes(passphrase),
            SystemRandom.Fill,
            Cheap
        );
}
