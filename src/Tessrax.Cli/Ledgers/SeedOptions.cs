using System.CommandLine;
using System.Security.Cryptography;
using Tessrax.Cli.Commands;
using Tessrax.Cli.Terminal;
using Tessrax.Keys;
using Tessrax.Node.Keys;

namespace Tessrax.Cli.Ledgers;

/// <summary>Where a seed comes from: words in a file, and a passphrase in another. Neither is ever an argument, and no message holds a word.</summary>
internal sealed class SeedOptions
{
    // 24 words of 8 letters, and room for how people arrange them.
    private const int LongestPhrase = 4096;

    private readonly Option<string?> mnemonic = new("--mnemonic") { HelpName = "FILE" };

    private readonly Option<string[]> shares = new("--share")
    {
        Description = "instead of --mnemonic: a file with shares of it; repeatable",
        HelpName = "FILE",
    };

    private readonly Option<string?> passphrase = CreatePassphrase();

    private readonly Option<string?> ledger = new("--ledger")
    {
        Description = "which ledger of the mnemonic, from 0 on (0 if left out): no two may share a number",
        HelpName = "N",
    };

    /// <param name="purpose">What the mnemonic is for, to end the option's description.</param>
    public SeedOptions(string purpose) =>
        mnemonic.Description = $"holds 12 to 24 words, - for standard input: {purpose}";

    public void AddTo(Command command)
    {
        command.Add(mnemonic);
        command.Add(shares);
        command.Add(passphrase);
        command.Add(ledger);
    }

    /// <summary>The keys of the ledger that was named; null if no mnemonic was.</summary>
    /// <exception cref="TessraxException">TSX1012: options that need a mnemonic, or a number out of range; and those of <see cref="ReadMnemonic"/>,
    /// <see cref="ReadShares"/> and <see cref="SeedOf"/>.</exception>
    public LedgerSeed? Open(CliContext context, ParseResult parsed)
    {
        int number = WholeNumber.ParseIndex(parsed.GetValue(ledger), "--ledger");
        using Mnemonic? words = ReadWords(context, parsed.GetValue(mnemonic), parsed.GetValue(shares) ?? []);
        if (words is null)
        {
            foreach (Option option in new Option[] { passphrase, ledger })
            {
                if (parsed.GetResult(option) is not null)
                    throw ErrorCodes.BadUsage.Because($"{option.Name} says something of a mnemonic, and there is none");
            }
            return null;
        }
        byte[] seed = SeedOf(context, words, parsed.GetValue(passphrase));
        try
        {
            return new LedgerSeed(DerivedKey.FromSeed(seed), number);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
        }
    }

    /// <summary>The option that names the file with a mnemonic's own passphrase.</summary>
    public static Option<string?> CreatePassphrase() =>
        new("--mnemonic-passphrase-file")
        {
            Description =
                "holds the mnemonic's own passphrase (ASCII), if it has one; another passphrase gives other keys",
            HelpName = "FILE",
        };

    /// <summary>The mnemonic in a file, or on standard input for <c>-</c> or null.</summary>
    /// <exception cref="TessraxException">TSX2010, 2011: not a mnemonic; TSX3012, 3006, 3007: cannot be read.</exception>
    public static Mnemonic ReadMnemonic(CliContext context, string? file)
    {
        byte[] text = context.ReadInput(file, LongestPhrase);
        try
        {
            return Mnemonic.Parse(text);
        }
        catch (TessraxException e)
        {
            throw new TessraxException(e.Code, $"{InputFiles.NameOf(file)}: {e.Message}", e.Hint, e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(text);
        }
    }

    /// <summary>The mnemonic that shares in some files give.</summary>
    /// <exception cref="TessraxException">TSX2011, 2013, 2014, 2016: shares that give none; TSX2010: a secret that is none.</exception>
    public static Mnemonic ReadShares(CliContext context, IReadOnlyList<string> files)
    {
        IReadOnlyList<Share> read = ShareFiles.Read(context, files);
        byte[] secret = SecretSharing.Combine(read, default);
        try
        {
            return Mnemonic.IsEntropy(secret.Length)
                ? Mnemonic.FromEntropy(secret)
                : throw ErrorCodes.BadMnemonic.Because(
                    $"the shares hold {secret.Length} bytes, and a mnemonic has 16, 20, 24, 28 or 32",
                    "they were not made of a mnemonic; tessraxctl plumbing slip39 prints what they hold"
                );
        }
        finally
        {
            CryptographicOperations.ZeroMemory(secret);
            foreach (Share share in read)
                share.Dispose();
        }
    }

    /// <summary>The seed; the caller clears it.</summary>
    /// <param name="context">Reads the file.</param>
    /// <param name="mnemonic">The words.</param>
    /// <param name="passphraseFile">The value of <see cref="CreatePassphrase"/>.</param>
    /// <exception cref="TessraxException">TSX2015: a passphrase beyond ASCII; TSX2004: an empty file.</exception>
    public static byte[] SeedOf(CliContext context, Mnemonic mnemonic, string? passphraseFile)
    {
        byte[] passphrase = passphraseFile is null ? [] : context.Passphrase("the mnemonic", passphraseFile);
        try
        {
            return mnemonic.ToSeed(passphrase);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(passphrase);
        }
    }

    private static Mnemonic? ReadWords(CliContext context, string? file, string[] shareFiles)
    {
        if (file is not null && shareFiles.Length > 0)
            throw ErrorCodes.BadUsage.Because("give --mnemonic or --share, not both");
        foreach (string secret in file is null ? shareFiles : [file])
        {
            if (secret != "-" && KeyStore.HasLooseMode(secret))
                context.Notice($"warning: others may read {secret}: chmod 600 it");
        }
        if (shareFiles.Length > 0)
            return ReadShares(context, shareFiles);
        return file is null ? null : ReadMnemonic(context, file);
    }
}
