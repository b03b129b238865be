using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Ledger;

namespace Tessrax.Node.Simulation;

/// <summary>What must hold of every ledger that asks k of n, told from its entries by other code than judges them.</summary>
/// <remarks>Fed each entry once, as it becomes durable. It knows the public keys of the approvers and nothing of the kernel's rules.</remarks>
internal sealed class QuorumChecker(IReadOnlyList<PublicKey> approvers, int quorum, bool asksForTokens = false)
{
    private readonly Dictionary<string, long> decided = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> closed = new(StringComparer.Ordinal);
    private readonly Dictionary<long, string> proposed = [];
    private readonly HashSet<string> tokens = new(StringComparer.Ordinal);
    private readonly Dictionary<string, bool> signed = new(StringComparer.Ordinal);
    private Digest ledger;
    private long next;

    /// <summary>How many decisions were recorded.</summary>
    public int Decisions => decided.Count;

    /// <summary>How many proposals ended without one.</summary>
    public int Closed => closed.Count;

    /// <summary>An honest approver has signed a verdict: from then on it has said the opposite of it if it signs another.</summary>
    /// <returns>What does not hold.</returns>
    public IEnumerable<string> Sign(int approver, Digest body, bool approves)
    {
        string key = $"{approver} {body}";
        if (!signed.TryAdd(key, approves) && signed[key] != approves)
            yield return $"approver {approver + 1}, who is honest, signed for and against {body}";
    }

    /// <summary>Takes the next entry.</summary>
    /// <returns>What does not hold of it.</returns>
    public IEnumerable<string> Add(Receipt receipt)
    {
        Entry entry = receipt.Entry;
        if (entry.Index != next++)
            yield return $"entry {next - 1} is gone: {entry.Index} stands in its place";
        if (entry.Index == 0)
            ledger = SignedBytes.LedgerIdOf(entry.Body.ToJson());
        JsonValue? payload = receipt.Payload?.Root;
        switch (entry.Body.Event)
        {
            case Events.DecisionProposed:
                proposed[entry.Index] = Nonce(payload!["body"]!);
                break;
            case Events.DecisionClosed:
                closed[proposed[Integer(payload!["proposal"]!)]] = entry.Index;
                break;
            case Events.DecisionRecorded:
                foreach (string fault in Decide(entry, payload!["contradiction"]!.AsString()))
                    yield return fault;
                break;
        }
    }

    private IEnumerable<string> Decide(Entry entry, string contradiction)
    {
        if (!decided.TryAdd(contradiction, entry.Index))
            yield return $"entries {decided[contradiction]} and {entry.Index} both decide {contradiction}";
        if (closed.TryGetValue(entry.Body.Nonce, out long end))
            yield return $"entry {entry.Index} records what entry {end} had closed";
        int distinct = approvers.Count(key => entry.Approvals.Any(approval => IsGiven(approval, key, entry)));
        if (distinct < quorum)
            yield return $"entry {entry.Index} was decided by {distinct} of the {quorum} who must approve";
        if (asksForTokens && !IsFresh(entry))
            yield return $"entry {entry.Index} carries no token that was for it, here and now, and was never used";
    }

    private bool IsFresh(Entry entry) =>
        entry.Token is { } token
        && approvers.Any(key => key.Id == token.Key && token.IsSignedBy(key))
        && token.Ledger == ledger
        && token.Body == entry.Body.DigestIn(ledger)
        && token.From <= entry.Index
        && entry.Index <= token.To
        && entry.RecordedAt <= token.ExpiresAt
        && tokens.Add($"{token.Key} {token.Nonce}");

    private bool IsGiven(Approval approval, PublicKey key, Entry entry) =>
        approval.Key == key.Id
        && approval.Role == QuorumFounding.Role
        && approval.Approves
        && approval.IssuedAt <= entry.RecordedAt
        && entry.RecordedAt <= approval.ExpiresAt
        && key.Verify(
            approval.SignedBytes(ledger, entry.Body.DigestIn(ledger)),
            Convert.FromBase64String(approval.Signature)
        );

    private static string Nonce(JsonValue body) => body["nonce"]!.AsString();

    private static long Integer(JsonValue number) =>
        long.Parse(number.AsNumberText(), System.Globalization.CultureInfo.InvariantCulture);
}
