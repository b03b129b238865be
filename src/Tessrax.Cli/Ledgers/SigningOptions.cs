using System.CommandLine;
using System.Diagnostics;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node.Keys;

namespace Tessrax.Cli.Ledgers;

/// <summary>Where an approver's signature comes from: a key file, or a command that asks a hardware key.</summary>
internal sealed class SigningOptions
{
    private readonly Option<string?> key = new("--key") { Description = "the approver's key file", HelpName = "FILE" };

    private readonly Option<string?> signer = new("--signer")
    {
        Description =
            "a command that gets the bytes to sign on its standard input and prints the 64-byte signature in base64",
        HelpName = "COMMAND",
    };

    private readonly Option<string?> vkey = new("--vkey")
    {
        Description = "the public key that --signer signs with",
        HelpName = "VKEY",
    };

    public Option<string?> Passphrase { get; } =
        new("--passphrase-file")
        {
            Description = "holds the passphrase of --key; otherwise $TESSRAX_PASSPHRASE, or the terminal asks",
            HelpName = "FILE",
        };

    public void AddTo(Command command)
    {
        command.Add(key);
        command.Add(signer);
        command.Add(vkey);
        command.Add(Passphrase);
    }

    /// <summary>Opens the key, or makes ready to ask the command.</summary>
    public SigningKey Open(CliContext context, ParseResult parsed)
    {
        string? file = parsed.GetValue(key);
        string? command = parsed.GetValue(signer);
        if (file is null == command is null)
            throw ErrorCodes.BadUsage.Because("who signs?", "give --key FILE, or --signer COMMAND with --vkey VKEY");
        if (command is not null)
        {
            string named =
                parsed.GetValue(vkey)
                ?? throw ErrorCodes.BadUsage.Because(
                    "--signer needs --vkey",
                    "the ledger must know whose signature it is"
                );
            return new SigningKey(VerifierKey.Parse(named).Key, message => Ask(command, message.ToArray()), null);
        }
        StoredKey stored = KeyStore.Read(file!);
        if (stored.Info.Purpose != KeyPurpose.Approver)
            throw ErrorCodes.WrongKey.Because(
                $"{file} holds a key for the purpose {stored.Info.Purpose.ToText()}, not approver"
            );
        PrivateKey secret = stored.Decrypt(
            context.Passphrase($"the key '{stored.Info.Name}'", parsed.GetValue(Passphrase))
        );
        return new SigningKey(secret.PublicKey, message => secret.Sign(message), secret);
    }

    private static byte[] Ask(string command, byte[] message)
    {
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo("cmd.exe", ["/c", command])
            : new ProcessStartInfo("/bin/sh", ["-c", command]);
        start.RedirectStandardInput = true;
        start.RedirectStandardOutput = true;
        using Process process =
            Process.Start(start) ?? throw ErrorCodes.SignerFailed.Because($"'{command}' could not be started");
        try
        {
            process.StandardInput.BaseStream.Write(message);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It may have read enough, or failed: its answer and exit code tell.
        }
        string answer = process.StandardOutput.ReadToEnd().Trim();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw ErrorCodes.SignerFailed.Because($"'{command}' ended with exit code {process.ExitCode}");
        var signature = new byte[PublicKey.SignatureSize];
        bool whole = Convert.TryFromBase64String(answer, signature, out int written) && written == signature.Length;
        return whole
            ? signature
            : throw ErrorCodes.SignerFailed.Because($"'{command}' did not print a 64-byte signature in base64");
    }
}

/// <summary>A key that can sign, wherever its secret lies.</summary>
internal sealed class SigningKey(PublicKey key, Governance.Signer sign, IDisposable? secret) : IDisposable
{
    public Digest Id => key.Id;

    public Governance.Signer Sign => sign;

    public void Dispose() => secret?.Dispose();
}
