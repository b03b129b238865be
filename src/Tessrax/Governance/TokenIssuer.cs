using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>Issues tokens for bodies that wait.</summary>
/// <param name="fold">The ledger as it stands.</param>
/// <param name="key">The issuer's key.</param>
/// <param name="signer">Signs with it.</param>
public sealed class TokenIssuer(LedgerFold fold, Digest key, Signer signer)
{
    /// <summary>Issues one for a body.</summary>
    /// <param name="body">The body.</param>
    /// <param name="now">The issuer's clock.</param>
    /// <param name="valid">How long it is valid; null for as long as the policy allows.</param>
    /// <param name="entries">For how many indexes, from the next one on; null for as many as the policy allows.</param>
    /// <param name="nonce">16 random bytes.</param>
    /// <exception cref="TessraxException">TSX4042: the key does not hold the role, or is of the body's own person; TSX1012: the policy asks for no token here, or allows less.</exception>
    public FreshnessToken Issue(EntryBody body, UtcTime now, TimeSpan? valid, long? entries, ReadOnlySpan<byte> nonce)
    {
        ArgumentNullException.ThrowIfNull(body);
        TokenRule rule =
            fold.Policy?.TokenFor(body.Event)
            ?? throw ErrorCodes.BadUsage.Because(
                $"the policy asks {body.Event} for no token",
                "tessraxctl policy show DIR shows its tokens"
            );
        if (valid > rule.Valid || valid < TimeSpan.Zero || entries > rule.Entries || entries < 1)
            throw ErrorCodes.BadUsage.Because(
                $"the policy allows {rule.Valid} and {rule.Entries} entries for a token",
                "leave --valid and --entries out, or ask for less"
            );
        GovernanceState state = fold.State;
        bool holds = state.Active(key, KeyPurpose.Approver) is { } held && held.Roles.Contains(rule.Role);
        if (!holds || state.IsSamePerson(key, body.By.Key))
            throw ErrorCodes.TokenNotFor.Because(
                holds
                    ? $"the key {key} is of the person who holds {body.By.Key}"
                    : $"the key {key} does not hold the role {rule.Role}"
            );
        var token = new FreshnessToken
        {
            Ledger = state.Ledger,
            Key = key,
            Audience = body.By.Key,
            Action = body.Event,
            Body = body.DigestIn(state.Ledger),
            From = fold.Size,
            To = fold.Size + (entries ?? rule.Entries) - 1,
            IssuedAt = now,
            ExpiresAt = now + (valid ?? rule.Valid),
            Nonce = Convert.ToBase64String(nonce),
        };
        return token with { Signature = Convert.ToBase64String(signer(token.ToSignedBytes())) };
    }
}
