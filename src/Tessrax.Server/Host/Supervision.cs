using System.CommandLine;
using System.Text;
using Tessrax.Node.Files;
using Tessrax.Node.Keys;

namespace Tessrax.Server.Host;

/// <summary>What whoever starts this process has to do with it: passphrases, and its end.</summary>
/// <remarks>
/// <c>tessraxctl</c> starts this process with <c>--with-parent</c>: the first line of standard input is then the passphrase in base64, and when that input ends, the process does.
/// So none outlives the command that people see, however that ends.
/// </remarks>
internal sealed class Supervision
{
    private readonly Option<bool> withParent = new("--with-parent") { Hidden = true };

    private readonly Option<string?> file = new("--passphrase-file")
    {
        Description = "a file with the passphrase; else $TESSRAX_PASSPHRASE",
        HelpName = "FILE",
    };

    /// <summary>The options, for a command.</summary>
    public IReadOnlyList<Option> Options => [file, withParent];

    /// <summary>The passphrase of a key.</summary>
    /// <param name="parsed">The command line.</param>
    /// <param name="what">What it opens, for messages.</param>
    /// <exception cref="TessraxException">TSX2004: there is none; TSX3012, 3006, 3007, 1006: its file cannot be read.</exception>
    public byte[] Passphrase(ParseResult parsed, string what)
    {
        byte[] passphrase =
            parsed.GetValue(withParent) ? Convert.FromBase64String(Console.In.ReadLine() ?? "")
            : parsed.GetValue(file) is { } path
                ? PassphraseFile.Of(DurableFile.Read(SystemDisk.Instance, path, PassphraseFile.MaxBytes))
            : Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("TESSRAX_PASSPHRASE") ?? "");
        return passphrase.Length > 0
            ? passphrase
            : throw ErrorCodes.NoPassphrase.Because($"there is no passphrase for {what}");
    }

    /// <summary>Completes when the process is to end: by a signal, or with the one that started it.</summary>
    public async Task Ended(ParseResult parsed, CancellationToken signal)
    {
        var signalled = Task.Delay(Timeout.Infinite, signal);
        Task parent = parsed.GetValue(withParent) ? Task.Run(WaitForEnd, CancellationToken.None) : signalled;
        await Task.WhenAny(signalled, parent);
    }

    private static void WaitForEnd()
    {
        while (Console.In.ReadLine() is not null)
        {
            // Nobody has anything more to say.
        }
    }
}
