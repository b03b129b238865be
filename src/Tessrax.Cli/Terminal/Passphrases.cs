using System.Security.Cryptography;
using System.Text;
using Tessrax.Node.Keys;

namespace Tessrax.Cli.Terminal;

/// <summary>Where passphrases come from: <c>--passphrase-file</c>, then <c>TESSRAX_PASSPHRASE</c>, then the terminal.</summary>
internal sealed class Passphrases(CliHost host, InputFiles inputs, TextOutput prompts)
{
    private const char EndOfInput = '\u0004'; // Ctrl-D, which is no character of a passphrase

    /// <summary>The passphrase as UTF-8 bytes, never empty.</summary>
    public byte[] Read(string what, string? file, bool isNew)
    {
        byte[] passphrase =
            file is not null ? PassphraseFile.Of(inputs.Read(file, PassphraseFile.MaxBytes))
            : host.Variable("TESSRAX_PASSPHRASE") is { Length: > 0 } given ? Encoding.UTF8.GetBytes(given)
            : host.InputIsTerminal && host.ErrorIsTerminal ? FromTerminal(what, isNew)
            : throw ErrorCodes.NoPassphrase.Because($"there is no passphrase for {what}");
        return passphrase.Length > 0
            ? passphrase
            : throw ErrorCodes.NoPassphrase.Because($"the passphrase for {what} is empty");
    }

    private byte[] FromTerminal(string what, bool isNew)
    {
        byte[] first = Prompt(isNew ? $"New passphrase for {what}: " : $"Passphrase for {what}: ");
        if (!isNew)
            return first;
        byte[] second = Prompt("The same again: ");
        return CryptographicOperations.FixedTimeEquals(first, second)
            ? first
            : throw ErrorCodes.NoPassphrase.Because("the two passphrases differ", "run the command again");
    }

    private byte[] Prompt(string text)
    {
        prompts.Text(Tone.Plain, text);
        prompts.Flush();
        var typed = new StringBuilder();
        while (true)
        {
            ConsoleKeyInfo key = host.ReadKey();
            if (key.KeyChar == EndOfInput)
            {
                prompts.Line(Tone.Plain, "");
                throw ErrorCodes.NoPassphrase.Because("the input ended before the passphrase did");
            }
            if (key.Key == ConsoleKey.Enter || key.KeyChar is '\n' or '\r')
                break;
            if (key.Key == ConsoleKey.Backspace)
                typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar) && typed.Length < PassphraseFile.MaxBytes)
                typed.Append(key.KeyChar);
        }
        prompts.Line(Tone.Plain, "");
        prompts.Flush();
        return Encoding.UTF8.GetBytes(typed.ToString());
    }
}
