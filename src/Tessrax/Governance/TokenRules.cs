using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The rules of tokens: whether an entry must carry one, and whether the one that it carries is for this very entry, now.</summary>
/// <remarks>Asked of an own event that the policy names, and of an entry that carries approvals: what needs none is the policy's, or the author's alone.</remarks>
internal sealed class TokenRules(LedgerFold fold)
{
    /// <summary>Judges an entry that keeps every other rule.</summary>
    public Refusal? Judge(Entry entry)
    {
        TokenRule? rule = RuleFor(entry);
        if (entry.Token is not { } token)
            return rule is null
                ? null
                : Refuse(
                    ErrorCodes.TokenMissing,
                    $"entry {entry.Index} carries no token, and its policy asks {entry.Body.Event} for one by {rule.Role}"
                );
        if (rule is null)
            return Refuse(
                ErrorCodes.ApprovalsBroken,
                $"entry {entry.Index} carries a token that its policy does not ask for"
            );
        return JudgeSubject(token, entry)
            ?? JudgeSize(token, entry, rule)
            ?? JudgeTime(token, entry, rule)
            ?? JudgeIssuer(token, rule);
    }

    private TokenRule? RuleFor(Entry entry) =>
        fold.Policy is { } policy && (Events.IsOwn(entry.Body.Event) || entry.Approvals.Count > 0)
            ? policy.TokenFor(entry.Body.Event)
            : null;

    private Refusal? JudgeSubject(FreshnessToken token, Entry entry)
    {
        EntryBody body = entry.Body;
        if (token.Ledger != fold.State.Ledger)
            return Refuse(ErrorCodes.WrongLedger, $"the token of entry {entry.Index} is for the ledger {token.Ledger}");
        if (token.Audience != body.By.Key)
            return Refuse(
                ErrorCodes.TokenNotFor,
                $"the token is for {token.Audience}, and entry {entry.Index} is by {body.By.Key}"
            );
        if (token.Action != body.Event)
            return Refuse(
                ErrorCodes.TokenOtherBody,
                $"the token is for {token.Action}, and entry {entry.Index} is {body.Event}"
            );
        return token.Body == body.DigestIn(fold.State.Ledger)
            ? null
            : Refuse(
                ErrorCodes.TokenOtherBody,
                $"the token is for the body {token.Body}, which is not that of entry {entry.Index}"
            );
    }

    private static Refusal? JudgeSize(FreshnessToken token, Entry entry, TokenRule rule)
    {
        if (token.To < token.From || token.To - token.From >= rule.Entries)
            return Refuse(
                ErrorCodes.TokenOutsideSize,
                $"the token is for the indexes {token.From} to {token.To}, and its policy allows {rule.Entries}"
            );
        return token.From <= entry.Index && entry.Index <= token.To
            ? null
            : Refuse(
                ErrorCodes.TokenOutsideSize,
                $"the token is for the indexes {token.From} to {token.To}, and not for {entry.Index}"
            );
    }

    private Refusal? JudgeTime(FreshnessToken token, Entry entry, TokenRule rule)
    {
        if (token.ExpiresAt < token.IssuedAt || token.ExpiresAt - token.IssuedAt > rule.Valid)
            return Refuse(
                ErrorCodes.TokenOutsideTime,
                $"the token is valid from {token.IssuedAt} to {token.ExpiresAt}, and its policy allows {rule.Valid}"
            );
        if (fold.State.TimeFloor is { } floor && token.IssuedAt < floor)
            return Refuse(
                ErrorCodes.IssuedBeforeAdjustment,
                $"the token was issued at {token.IssuedAt}, before the log's clock was adjusted to {floor}"
            );
        // The issuer's clock may be ahead of the log's by as much as the ledger allows, and the log's word alone says when it ends.
        var skew = TimeSpan.FromSeconds(fold.State.Windows.SkewSeconds);
        return entry.RecordedAt + skew >= token.IssuedAt && entry.RecordedAt <= token.ExpiresAt
            ? null
            : Refuse(
                ErrorCodes.TokenOutsideTime,
                $"the token is valid from {token.IssuedAt} to {token.ExpiresAt}, and not at {entry.RecordedAt}"
            );
    }

    private Refusal? JudgeIssuer(FreshnessToken token, TokenRule rule)
    {
        GovernanceState state = fold.State;
        if (state.Active(token.Key, KeyPurpose.Approver) is not { } issuer || !issuer.Roles.Contains(rule.Role))
            return state.Key(token.Key) is { Ending: { } ending }
                ? Refuse(ErrorCodes.KeyEnded, $"the key {token.Key} that issued the token ended at {ending.Until}")
                : Refuse(
                    ErrorCodes.TokenNotFor,
                    $"the token is by {token.Key}, which does not hold the role {rule.Role}"
                );
        if (state.IsSamePerson(token.Key, token.Audience))
            return Refuse(ErrorCodes.TokenNotFor, $"{issuer.Person} issued the token for their own key");
        if (!token.IsSignedBy(issuer.Verifier.Key))
            return Refuse(ErrorCodes.BadSignature, $"the signature of {issuer.Name} on the token does not hold");
        return fold.IsUsed(token)
            ? Refuse(ErrorCodes.NonceReused, $"the token of {issuer.Name} was used before")
            : null;
    }

    private static Refusal Refuse(ErrorCode code, string message) => new(Aspect.Approvals, code, message);
}
