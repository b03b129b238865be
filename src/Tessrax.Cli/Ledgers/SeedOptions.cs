using System.CommandLine;
using System.Security.Cryptography;
using Tessrax.Cli.Terminal;
using Tessrax.Keys;

namespace Tessrax.Cli.Ledgers;

/// <summary>Where a seed comes from: words in a file, and a passphrase in another. Neither is ever an argument, and no message holds a word.</summary>
internal static class SeedOptions
{
    // 24 words of 8 letters, and room for how people arrange them.
    private const int LongestPhrase = 4096;

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
}
