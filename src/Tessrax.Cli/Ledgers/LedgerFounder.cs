using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Files;
using Tessrax.Node.Index;
using Tessrax.Node.Keys;
using Tessrax.Node.Publishing;

namespace Tessrax.Cli.Ledgers;

/// <summary>What a new ledger is known by.</summary>
internal sealed record FoundedLedger(
    string Directory,
    Digest Id,
    VerifierKey LogKey,
    PolicyPin Policy,
    string? TrustFile,
    TrustRoot Trust,
    RecoveryCommitment? Recovery
);

/// <summary>That a new ledger is part of a set.</summary>
/// <param name="Shard">Which part.</param>
/// <param name="KeysOf">The directory of the shard whose key files it gets; null for the first, which gets its own.</param>
internal sealed record ShardFounding(Shard Shard, string? KeysOf);

/// <summary>Makes a new ledger: keys, genesis, trust root. Either all of it is there in the end, or nothing.</summary>
internal static class LedgerFounder
{
    internal const string AuthorName = "author";

    /// <summary>Makes a ledger in a directory that does not exist or is empty.</summary>
    /// <exception cref="TessraxException">TSX3010: there is something already; TSX3005 to TSX3009: cannot write; TSX1009: bad origin or approvers;
    /// TSX2005: the seed gives a log key that a ledger pinned here has.</exception>
    public static FoundedLedger Found(
        CliContext context,
        NodeEnvironment environment,
        string directory,
        string origin,
        FoundingWish wish,
        byte[] passphrase,
        LedgerLayout? layout = null,
        LedgerSeed? seed = null,
        ShardFounding? part = null
    )
    {
        Origins.Check(origin);
        bool existed = Directory.Exists(directory);
        RefuseExisting(directory);
        if (seed is not null && part?.KeysOf is null)
            RefuseUsed(environment, seed);
        string[] absent = [.. PlacesOf(directory, layout).Where(place => !Directory.Exists(place))];
        try
        {
            DiskErrors.Writing(directory, () => CreatePrivate(LedgerDirectory.KeysOf(directory)));
            if (part?.KeysOf is { } first)
                CopyKeys(first, directory);
            else
                MakeKeys(context, directory, part?.Shard.Set ?? origin, passphrase, seed);
            LedgerKeys keys = OpenKeys(directory, passphrase);
            var genesis = new Genesis
            {
                Origin = origin,
                Hash = wish.Hash.Name,
                Shard = part?.Shard,
                Keys =
                [
                    Own(origin, KeyPurpose.Log, keys.Log),
                    Own(AuthorName, KeyPurpose.Author, keys.Author) with
                    {
                        Person = wish.Person,
                    },
                    .. wish.Approvers,
                ],
                Policy = wish.Policy,
                Recovery = wish.Recovery,
            };
            using LedgerWriter writer = LedgerWriter.Create(directory, genesis, keys, environment, layout);
            try
            {
                VerifierKey log = VerifierKey.Create(origin, keys.Log.PublicKey);
                var trust = new TrustRoot(writer.Directory.Id, TlogPolicy.LogAlone(log));
                string? pinned = Pin(context, environment, trust);
                if (wish.Index is { } index)
                    LedgerIndex.Want(directory, environment, index);
                LedgerSession.Finish(context, writer);
                return new FoundedLedger(
                    directory,
                    writer.Directory.Id,
                    log,
                    wish.Policy.Pin,
                    pinned,
                    trust,
                    wish.Recovery
                );
            }
            catch
            {
                // First what lies elsewhere: a directory of its own that is left says itself what to remove.
                writer.Unmake();
                throw;
            }
        }
        catch (TessraxException e) when (e.Code == ErrorCodes.KeyExists)
        {
            // The directory was empty a moment ago: those keys are another's, and so is all that is there.
            throw new TessraxException(
                ErrorCodes.AlreadyExists,
                $"another process is making a ledger in {directory}",
                inner: e
            );
        }
        catch
        {
            Remove(directory, existed, absent);
            throw;
        }
    }

    private static void RefuseExisting(string directory)
    {
        if (File.Exists(directory))
            throw ErrorCodes.AlreadyExists.Because($"{directory} is a file");
        if (!Directory.Exists(directory) || !Directory.EnumerateFileSystemEntries(directory).Any())
            return;
        // ledger.json is written last, so what was killed before has keys but no name.
        bool cutShort =
            Directory.Exists(LedgerDirectory.KeysOf(directory))
            && !File.Exists(Path.Combine(directory, LedgerDirectory.FactsFile));
        throw cutShort
            ? ErrorCodes.AlreadyExists.Because(
                $"{directory} holds keys but no ledger: another init is at work there, or one was cut short",
                "if none is running, remove the directory and try again, or choose another path"
            )
            : ErrorCodes.AlreadyExists.Because($"{directory} exists and is not empty");
    }

    // Two ledgers of one log key, and perhaps of one name: everybody who met both could prove that the log signed two histories.
    private static void RefuseUsed(NodeEnvironment environment, LedgerSeed seed)
    {
        using DerivedKey derived = seed.Key(KeyPurpose.Log, generation: 0);
        using PrivateKey key = derived.ToPrivateKey();
        var pins = new TrustPins(environment);
        if (pins.LedgerOf(key.PublicKey) is { } ledger)
            throw ErrorCodes.WrongKey.Because(
                $"the log key that the mnemonic gives is that of the ledger {ledger} already",
                $"give this ledger another number with --ledger; if nobody ever saw the other one, remove {pins.PathOf(ledger)}"
            );
    }

    internal static void CreatePrivate(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(path);
        else
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static void MakeKeys(
        CliContext context,
        string directory,
        string origin,
        byte[] passphrase,
        LedgerSeed? seed
    )
    {
        SideBySide.Run(
            () => MakeKey(context, OwnKeys.FirstLogFile(directory), origin, KeyPurpose.Log, passphrase, seed),
            () => MakeKey(context, OwnKeys.FirstAuthorFile(directory), AuthorName, KeyPurpose.Author, passphrase, seed)
        );
    }

    /// <summary>Gives a shard the key files of another one of its set; those that it has stay.</summary>
    /// <exception cref="TessraxException">TSX3005 to TSX3009: cannot write.</exception>
    internal static void CopyKeys(string from, string to)
    {
        foreach (Func<string, string> fileOf in (Func<string, string>[])[OwnKeys.FirstLogFile, OwnKeys.FirstAuthorFile])
        {
            if (!File.Exists(fileOf(to)))
                KeyStore.Write(fileOf(to), KeyStore.Read(fileOf(from)).Bytes);
        }
    }

    // Read back, so that a ledger never starts with key files that its passphrase does not open.
    private static LedgerKeys OpenKeys(string directory, byte[] passphrase) =>
        new OwnKeys(
            KeyStore.Read(OwnKeys.FirstLogFile(directory)),
            KeyStore.Read(OwnKeys.FirstAuthorFile(directory)),
            null,
            []
        ).Unlock(passphrase);

    /// <summary>Writes a new key file: of a key of the seed's, or of one that is drawn if there is no seed.</summary>
    internal static void MakeKey(
        CliContext context,
        string path,
        string name,
        KeyPurpose purpose,
        byte[] passphrase,
        LedgerSeed? seed,
        int generation = 0
    )
    {
        if (seed is null)
        {
            KeyStore.Create(path, name, purpose, passphrase, context.Random);
            return;
        }
        using DerivedKey key = seed.Key(purpose, generation);
        KeyStore.Keep(path, name, purpose, key.Secret, passphrase, context.Random);
    }

    private static LedgerKey Own(string name, KeyPurpose purpose, PrivateKey key) =>
        new(name, purpose, VerifierKey.Create(name, key.PublicKey), [], 0);

    /// <summary>Pins a trust root; where that fails, says so and goes on.</summary>
    internal static string? Pin(CliContext context, NodeEnvironment environment, TrustRoot trust)
    {
        var pins = new TrustPins(environment);
        try
        {
            pins.Pin(trust);
            return pins.PathOf(trust.Ledger!.Value);
        }
        catch (TessraxException e)
        {
            context.Notice(
                $"warning {e.Code}: the trust root could not be pinned: {e.Message}; give --trust when you verify"
            );
            return null;
        }
    }

    private static IEnumerable<string> PlacesOf(string directory, LedgerLayout? layout) =>
        (layout ?? LedgerLayout.Default).SegmentDirectories.Select(name => Path.Combine(directory, name));

    // What was not there before, or in the directory, which was empty, was made here. Others may have put something into a directory elsewhere meanwhile.
    private static void Remove(string directory, bool existed, IEnumerable<string> absent)
    {
        foreach (string place in absent.Where(Directory.Exists))
        {
            if (!Directory.EnumerateFileSystemEntries(place).Any())
                Directory.Delete(place);
        }
        if (!Directory.Exists(directory))
            return;
        foreach (string part in Directory.EnumerateDirectories(directory))
            Directory.Delete(part, recursive: true);
        foreach (string file in Directory.EnumerateFiles(directory))
            File.Delete(file);
        if (!existed)
            Directory.Delete(directory);
    }
}
