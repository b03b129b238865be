using Tessrax.Governance;
using Tessrax.Keys;

namespace Tessrax.Cli.Ledgers;

/// <summary>Reads <c>--approver NAME:ROLE:VKEY</c>, or <c>NAME=PERSON:ROLE:VKEY</c> where it is said who holds the key.</summary>
internal static class ApproverSpec
{
    /// <summary>The approvers' keys; a person named with several roles gets one key with all of them.</summary>
    /// <exception cref="TessraxException">TSX1012: not of that form, or one name with two keys; TSX2002: not a vkey.</exception>
    public static IReadOnlyList<LedgerKey> Read(IEnumerable<string> specs)
    {
        var approvers = new Dictionary<string, (VerifierKey Key, SortedSet<string> Roles)>(StringComparer.Ordinal);
        foreach (string spec in specs)
        {
            // A vkey holds no colon in its base64, and the parts before it none by rule.
            string[] parts = spec.Split(':', 3);
            if (parts.Length != 3 || parts.Any(p => p.Length == 0))
                throw ErrorCodes.BadUsage.Because(
                    $"'{spec}' is not NAME:ROLE:VKEY",
                    "for example alice:security:alice+1a2b3c4d+AbCd...; tessraxctl keys new prints the vkey"
                );
            VerifierKey key = VerifierKey.Parse(parts[2]);
            if (approvers.TryGetValue(parts[0], out var known) && known.Key != key)
                throw ErrorCodes.BadUsage.Because($"the approver '{parts[0]}' is named with two keys");
            approvers.TryAdd(parts[0], (key, new SortedSet<string>(StringComparer.Ordinal)));
            approvers[parts[0]].Roles.Add(parts[1]);
        }
        return
        [
            .. approvers.Select(a =>
            {
                string[] holder = a.Key.Split('=', 2);
                return new LedgerKey(holder[0], KeyPurpose.Approver, a.Value.Key, [.. a.Value.Roles], 0)
                {
                    Person = holder.Length == 2 ? holder[1] : null,
                };
            }),
        ];
    }
}
