using Tessrax.Governance;
using Tessrax.Keys;
using Tessrax.Node.Keys;
using Tessrax.Node.Snapshots;
using Xunit;

namespace Tessrax.Node.Tests.Snapshots;

/// <summary>A backup is restored with key files that are not its own.</summary>
public sealed class NewKeysTests : IDisposable
{
    private readonly BackedUpLedger made = new();

    public void Dispose() => made.Dispose();

    [Fact]
    public void Key_files_that_were_made_take_the_place_of_the_backups_and_the_others_stay()
    {
        string keys = LedgerDirectory.KeysOf(made.Path);
        File.Copy(Path.Combine(keys, "author.key"), Path.Combine(keys, "other.key"));
        made.Save();
        byte[] log = KeyFileOf(KeyPurpose.Log, TestLedger.Origin, 1);
        GovernanceState? asked = null;
        Restored restored = made.Restore(
            "copy",
            WithKeys(state =>
            {
                asked = state;
                return [new NewKeyFile("log.key", log), new NewKeyFile("new.key", log)];
            })
        );
        Assert.True(restored.IsMade);
        Assert.Equal(["log.key", "new.key"], restored.NewKeys);
        Assert.Equal(made.Ledger.Id, asked!.Ledger);
        string copied = LedgerDirectory.KeysOf(made.Ledger.Beside("copy"));
        Assert.Equal(
            ["author.key", "log.key", "new.key", "other.key"],
            Directory.GetFiles(copied).Select(Path.GetFileName).Order(StringComparer.Ordinal)
        );
        Assert.Equal(log, File.ReadAllBytes(Path.Combine(copied, "log.key")));
        Assert.NotEqual(log, File.ReadAllBytes(Path.Combine(keys, "log.key")));
        Assert.Equal(
            File.ReadAllBytes(Path.Combine(keys, "other.key")),
            File.ReadAllBytes(Path.Combine(copied, "other.key"))
        );
        if (!OperatingSystem.IsWindows())
            Assert.All(
                Directory.GetFiles(copied),
                file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file))
            );
    }

    [Fact]
    public void Where_no_key_fits_nothing_is_made()
    {
        made.Save();
        var error = Assert.Throws<TessraxException>(() =>
            made.Restore("copy", WithKeys(_ => throw ErrorCodes.OtherSeed.Because("another")))
        );
        Assert.Equal(ErrorCodes.OtherSeed, error.Code);
        Assert.False(Directory.Exists(made.Ledger.Beside("copy")));
    }

    [Fact]
    public void A_state_of_the_past_has_no_keys_to_make()
    {
        made.Save();
        Restored restored = made.Restore(
            "past",
            new Restoration(made.Ledger.Environment, made.Ledger.Trust)
            {
                At = new RestorePoint(1, null),
                Keys = _ => throw new InvalidOperationException("asked"),
            }
        );
        Assert.True(restored.IsMade);
        Assert.Empty(restored.NewKeys);
        Assert.False(Directory.Exists(LedgerDirectory.KeysOf(made.Ledger.Beside("past"))));
    }

    private Restoration WithKeys(Func<GovernanceState, IReadOnlyList<NewKeyFile>> keys) =>
        new(made.Ledger.Environment, made.Ledger.Trust) { Keys = keys };

    private static byte[] KeyFileOf(KeyPurpose purpose, string name, byte seed) =>
        KeyFile.Encrypt(
            name,
            purpose,
            Enumerable.Repeat(seed, PrivateKey.SeedSize).ToArray(),
            "another passphrase"u8,
            new byte[KeyFile.SaltSize],
            new byte[KeyFile.NonceSize],
            new KdfCost(8, 1)
        );
}
