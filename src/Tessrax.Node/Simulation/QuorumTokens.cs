using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Node.Simulation;

/// <summary>Freshness tokens for decisions that have their approvals, as honest approvers issue them and as others do.</summary>
internal static class QuorumTokens
{
    /// <summary>For how many of the next indexes a token may be.</summary>
    public const int Entries = 50;

    private static readonly TimeSpan Valid = TimeSpan.FromMinutes(1);

    /// <summary>A token that nobody issued, to ask what would follow if there were one.</summary>
    public static FreshnessToken Any { get; } =
        new()
        {
            Ledger = default,
            Key = default,
            Audience = default,
            Action = "",
            Body = default,
            From = 0,
            To = 0,
            IssuedAt = default,
            ExpiresAt = default,
            Nonce = "",
        };

    /// <summary>A token for one body, now, at one of the next indexes.</summary>
    public static FreshnessToken Issue(TokenAsked asked, PrivateKey key, UtcTime now, RandomSource random) =>
        Sign(Unsigned(asked, key, now, random), key);

    /// <summary>What somebody issues who is dishonest: each is signed, and none serves.</summary>
    /// <param name="asked">What is asked for.</param>
    /// <param name="key">The issuer's key.</param>
    /// <param name="now">The issuer's clock.</param>
    /// <param name="random">Where nonces come from.</param>
    /// <param name="used">A token that served before; null for none.</param>
    public static IEnumerable<FreshnessToken> Misuse(
        TokenAsked asked,
        PrivateKey key,
        UtcTime now,
        RandomSource random,
        FreshnessToken? used
    )
    {
        FreshnessToken fair = Unsigned(asked, key, now, random);
        yield return Sign(
            fair with
            {
                IssuedAt = now + TimeSpan.FromHours(-2),
                ExpiresAt = now + TimeSpan.FromHours(-1),
            },
            key
        );
        yield return Sign(fair with { From = 0, To = asked.Size - 1 }, key);
        yield return Sign(fair with { From = asked.Size, To = asked.Size + Entries }, key);
        yield return Sign(fair with { Body = asked.Ledger }, key);
        yield return Sign(fair with { Ledger = asked.Body }, key);
        yield return Sign(fair with { Action = Events.DecisionProposed }, key);
        if (used is not null)
            yield return Sign(fair with { Nonce = used.Nonce }, key);
    }

    private static FreshnessToken Unsigned(TokenAsked asked, PrivateKey key, UtcTime now, RandomSource random)
    {
        byte[] nonce = new byte[EntryBody.NonceBytes];
        random(nonce);
        return new FreshnessToken
        {
            Ledger = asked.Ledger,
            Key = key.PublicKey.Id,
            Audience = asked.Audience,
            Action = Events.DecisionRecorded,
            Body = asked.Body,
            From = asked.Size,
            To = asked.Size + Entries - 1,
            IssuedAt = now,
            ExpiresAt = now + Valid,
            Nonce = Convert.ToBase64String(nonce),
        };
    }

    private static FreshnessToken Sign(FreshnessToken token, PrivateKey key) =>
        token with
        {
            Signature = Convert.ToBase64String(key.Sign(token.ToSignedBytes())),
        };
}

/// <summary>What a token is asked for.</summary>
/// <param name="Ledger">The ledger's id.</param>
/// <param name="Proposal">The proposal.</param>
/// <param name="Body">The digest of its body.</param>
/// <param name="Audience">The key that signed the body.</param>
/// <param name="Size">How many entries the ledger has.</param>
internal sealed record TokenAsked(Digest Ledger, long Proposal, Digest Body, Digest Audience, long Size)
{
    public static TokenAsked For(OpenProposal open, LedgerFold fold) =>
        new(fold.State.Ledger, open.Index, open.BodyDigest, open.Proposal.Body.By.Key, fold.Size);
}
