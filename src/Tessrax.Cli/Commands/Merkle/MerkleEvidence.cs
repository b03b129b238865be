using System.CommandLine;
using System.Text;
using Tessrax.Canonical;
using Tessrax.Cli.Terminal;
using Tessrax.Keys;
using Tessrax.Verification;

namespace Tessrax.Cli.Commands.Merkle;

/// <summary><c>merkle evidence FILE --key VKEY</c>: whether a file proves that a log signed two histories. Offline; needs nothing but the key.</summary>
internal static class MerkleEvidence
{
    public static Command Create(CliContext context)
    {
        Argument<string> file = new("FILE")
        {
            Description = "an equivocation, by custom NAME.equivocation.json; - for standard input",
        };
        Option<string> key = KeyOption();
        var verb = new Verb(
            "evidence",
            "Check a proof that a log signed two histories, offline",
            "tessraxctl merkle evidence log.equivocation.json --key example.com/log+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k"
        )
        {
            file,
            key,
        };
        verb.SetAction(parsed =>
            Run(context, parsed.GetRequiredValue(file), ReadKey(context, parsed.GetRequiredValue(key)))
        );
        return verb;
    }

    /// <summary>The option that names a log's key.</summary>
    public static Option<string> KeyOption() =>
        new("--key")
        {
            Description = "the log's vkey, or a file that holds it, from a source you trust",
            HelpName = "VKEY",
            Required = true,
        };

    /// <summary>A vkey, as text or in a file.</summary>
    /// <exception cref="TessraxException">TSX2002: neither; TSX3012: no such file.</exception>
    public static VerifierKey ReadKey(CliContext context, string given)
    {
        if (VerifierKey.TryParse(given, out VerifierKey? key))
            return key;
        if (!File.Exists(given) && given.Contains('+', StringComparison.Ordinal))
            throw ErrorCodes.BadKey.Because($"'{given}' is neither a vkey nor a file");
        return VerifierKey.Parse(Encoding.UTF8.GetString(context.ReadInput(given, 1 << 16)).Trim());
    }

    /// <summary>Both notes, line beside line.</summary>
    public static void Show(CliContext context, Equivocation evidence)
    {
        string[] first = evidence.First.TrimEnd('\n').Split('\n');
        string[] second = evidence.Second.TrimEnd('\n').Split('\n');
        context.Table(
            ["FIRST", "SECOND"],
            Enumerable
                .Range(0, Math.Max(first.Length, second.Length))
                .Select(i =>
                    (IReadOnlyList<Cell>)[first.ElementAtOrDefault(i) ?? "", second.ElementAtOrDefault(i) ?? ""]
                )
        );
    }

    private static int Run(CliContext context, string file, VerifierKey key)
    {
        byte[] bytes = context.ReadUpTo(file, Equivocation.MaxBytes + 1);
        Equivocation? evidence = null;
        string says;
        bool proves = false;
        try
        {
            evidence = Equivocation.Parse(bytes);
            proves = evidence.Proves(key, out says);
        }
        catch (TessraxException e)
        {
            says = $"not an equivocation: {e.Code} {e.Message}";
        }
        context.WriteJson(() => JsonValue.Object(("proves", proves), ("key", key.ToString()), ("says", says)));
        if (evidence is not null)
            Show(context, evidence);
        if (proves)
            context.Line(Tone.Good, $"proven: {key.Name} signed both, and {says}");
        else
            context.Line(Tone.Bad, $"proves nothing: {says}");
        return proves ? 0 : CliContext.Refuted;
    }
}
