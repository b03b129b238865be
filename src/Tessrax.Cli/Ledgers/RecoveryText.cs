using System.CommandLine;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;

namespace Tessrax.Cli.Ledgers;

/// <summary>A recovery in words: what whoever holds the recovery key must look at before they sign.</summary>
internal static class RecoveryText
{
    /// <summary><c>--recovery</c>, of a ledger that is made.</summary>
    public static Option<string?> CommitmentOption(string description) =>
        new("--recovery") { Description = description, HelpName = "COMMITMENT" };

    /// <summary>The first commitment of its holder's, as it was given; null for none.</summary>
    /// <exception cref="TessraxException">TSX1012: something else.</exception>
    public static RecoveryCommitment? Commitment(string? text)
    {
        if (text is null)
            return null;
        return Digest.TryParse(text, out Digest commitment)
            ? new RecoveryCommitment(commitment, 0)
            : throw ErrorCodes.BadUsage.Because(
                "--recovery: what was given is not a commitment",
                "it reads sha256: and 64 hex digits; where the recovery words are: tessraxctl keys derive --mnemonic words.txt --purpose recovery --commitment"
            );
    }

    /// <summary>What a request asks for, line by line.</summary>
    public static IEnumerable<string> Lines(RecoveryRequest request)
    {
        yield return $"recovery of {request.Origin}";
        yield return $"  ledger        {request.Ledger}";
        yield return $"  request       {request.Digest}";
        yield return $"  recovery key  {request.By}";
        foreach (KeyContent key in request.Terms.Keys)
        {
            string roles = key.Roles.Count == 0 ? "" : $" ({string.Join(", ", key.Roles)})";
            yield return $"  comes         {key.Purpose.ToText()} {key.Name}{roles}: {key.Verifier}";
        }
        foreach (Digest id in request.Terms.Retire)
            yield return $"  goes          {id}";
        yield return $"  goes          the log's keys, and every key that came at entry {request.Terms.SuspectFrom} or later";
        yield return $"  suspect       what these signed at entry {request.Terms.SuspectFrom} or later";
    }
}
