using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;

namespace Tessrax.Cli.Ledgers;

/// <summary>A recovery in words: what whoever holds the recovery key must look at before they sign.</summary>
internal static class RecoveryText
{
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
