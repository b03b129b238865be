using System.CommandLine;
using Tessrax.Client;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Keys;
using Tessrax.Node.Publishing;

namespace Tessrax.Cli.Ledgers;

/// <summary>What verbs need that take the URL of a server in place of a ledger's directory.</summary>
internal sealed class RemoteOptions
{
    private const string KeyVariable = "TESSRAX_ACCESS_KEY";

    private readonly Option<string?> trust;
    private readonly bool isTrustOurs;

    private readonly Option<string?> key = new("--access-key")
    {
        Description = $"with a URL: the key that signs requests to the server; ${KeyVariable} if left out",
        HelpName = "FILE",
    };

    private readonly Option<string?> accessPassphrase = new("--access-passphrase-file")
    {
        Description = "with a URL: holds the passphrase of the access key, if it is not that of the other keys",
        HelpName = "FILE",
    };

    public RemoteOptions()
        : this(
            new Option<string?>("--trust")
            {
                Description = "with a URL: a trust root file, or the log's vkey; otherwise what trust pin has pinned",
                HelpName = "FILE|VKEY",
            }
        ) => isTrustOurs = true;

    /// <param name="trust">The option that a verb has for that anyway.</param>
    public RemoteOptions(Option<string?> trust) => this.trust = trust;

    /// <summary>For a verb that takes what is pinned, and nothing else: it asks for several ledgers.</summary>
    public static RemoteOptions OfPins() => new(new Option<string?>("--trust"));

    public void AddTo(Command verb)
    {
        if (isTrustOurs)
            verb.Add(trust);
        verb.Add(key);
        verb.Add(accessPassphrase);
    }

    /// <summary>The file that is said to hold the passphrase of the access key alone; null if none is.</summary>
    public string? PassphraseFile(ParseResult parsed) => parsed.GetValue(accessPassphrase);

    /// <summary>A client of the server at a URL. What it returns has been verified.</summary>
    /// <param name="context">Passphrases, time and randomness.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="url">The server.</param>
    /// <param name="passphrase">The file that holds the passphrase of the access key, unless the command line names one for it alone; null for none.</param>
    /// <exception cref="TessraxException">TSX1012: no URL; TSX5013: nothing says whom to trust; TSX2004 and others: the key cannot be unlocked.</exception>
    public RemoteLedger Open(CliContext context, ParseResult parsed, string url, string? passphrase = null) =>
        OpenWith(
            context,
            parsed,
            url,
            parsed.GetValue(key) ?? context.Variable(KeyVariable),
            parsed.GetValue(accessPassphrase) ?? passphrase
        );

    /// <summary>The same for a verb that has an option of its own for the access key.</summary>
    /// <param name="context">Passphrases, time and randomness.</param>
    /// <param name="parsed">The command line.</param>
    /// <param name="url">The server.</param>
    /// <param name="file">The access key's; null for none.</param>
    /// <param name="passphrase">The file that holds its passphrase; null for none.</param>
    /// <inheritdoc cref="Open"/>
    public RemoteLedger OpenWith(CliContext context, ParseResult parsed, string url, string? file, string? passphrase)
    {
        RemoteLedger there = Connect(context, parsed, url, file, passphrase);
        try
        {
            context.ShardRun?.Require(there);
            return there;
        }
        catch
        {
            there.Dispose();
            throw;
        }
    }

    private RemoteLedger Connect(CliContext context, ParseResult parsed, string url, string? file, string? passphrase)
    {
        if (context.ShardRun is not null && parsed.GetValue(trust) is not null)
            throw ErrorCodes.BadUsage.Because(
                "--trust is about one ledger, and every shard of a set is another one",
                "pin the trust root of each shard: tessraxctl trust pin FILE"
            );
        Uri server = AddressOf(url);
        NodeEnvironment environment = LedgerSession.Environment(context);
        ClientOptions options = Anonymous(context, environment);
        TrustRoot root = parsed.GetValue(trust) is { } given
            ? TrustArgument.Read(context, given)
            : Pinned(context, environment, server, options);
        options = options with { Memory = AcceptedMemory.Of(context, environment, server, root) };
        if (file is null)
            return new RemoteLedger(context, new LedgerClient(server, root, options), null);
        // Whoever only reads what anybody may read is not asked for a passphrase.
        var access = new Lazy<PrivateKey>(() => Unlock(context, file, passphrase));
        options = options with { UnlockAccessKey = () => access.Value };
        return new RemoteLedger(context, new LedgerClient(server, root, options), access);
    }

    /// <summary>The address that a command line names.</summary>
    /// <exception cref="TessraxException">TSX1012: it is none.</exception>
    public static Uri AddressOf(string url) =>
        Uri.TryCreate(url, UriKind.Absolute, out Uri? server)
            ? server
            : throw ErrorCodes.BadUsage.Because($"'{url}' is no URL", "give http(s)://HOST/PATH");

    /// <summary>How a server is asked by somebody who shows no key.</summary>
    public static ClientOptions Anonymous(CliContext context, NodeEnvironment environment) =>
        new()
        {
            Clock = context.Time,
            Random = bytes => context.Random(bytes),
            CacheDirectory = environment.CacheDirectory,
        };

    private static PrivateKey Unlock(CliContext context, string file, string? passphrase)
    {
        StoredKey stored = KeyStore.Read(file);
        if (stored.Info.Purpose != KeyPurpose.Access)
            throw ErrorCodes.WrongKey.Because(
                $"'{stored.Info.Name}' is a key of another purpose: {stored.Info.Purpose.ToText()}",
                "tessraxctl keys new NAME --purpose access -o FILE makes an access key"
            );
        return stored.Decrypt(context.Passphrase($"the key '{stored.Info.Name}'", passphrase));
    }

    // Which ledger it is, the server says; whom to trust in it, never.
    private static TrustRoot Pinned(CliContext context, NodeEnvironment environment, Uri server, ClientOptions options)
    {
        Digest id = RemoteLedger.Await(LedgerClient.NamedLedgerAsync(server, options, context.Cancellation));
        context.ShardRun?.RequireNamed(server, id);
        TrustRoot root =
            new TrustPins(environment).Find(id)
            ?? throw ErrorCodes.NoTrust.Because(
                $"{server} says that it serves the ledger {id}, and nothing that you trust vouches for that"
            );
        // Else a server chooses which of several pins it is held against.
        new ServerPins(environment).Require(Addresses.Check(server), id);
        return root;
    }
}
