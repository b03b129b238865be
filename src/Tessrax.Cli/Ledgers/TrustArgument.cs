using Tessrax.Keys;

namespace Tessrax.Cli.Ledgers;

/// <summary>Reads <c>--trust FILE|VKEY</c>.</summary>
internal static class TrustArgument
{
    private const int MaxBytes = 2 * 1024 * 1024;

    /// <exception cref="TessraxException">TSX2008: a file that is no trust root; TSX3012: neither a file nor a vkey.</exception>
    public static TrustRoot Read(CliContext context, string argument)
    {
        if (!File.Exists(argument) && VerifierKey.TryParse(argument, out VerifierKey? log))
            return TrustRoot.FromVerifierKey(log);
        if (!File.Exists(argument) && argument.Contains('+', StringComparison.Ordinal))
            throw ErrorCodes.BadKey.Because($"'{argument}' is neither a file nor a vkey");
        return TrustRoot.OfFile(context.ReadInput(argument, MaxBytes));
    }
}
