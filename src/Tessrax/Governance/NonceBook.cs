using Tessrax.Canonical;
using Tessrax.Hashing;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>The nonces that are still live: each is kept until what it belongs to has expired, plus skew.</summary>
/// <remarks>Scoped by who vouches, so that nobody can burn another's nonce.</remarks>
internal sealed class NonceBook
{
    private readonly Dictionary<Scope, Use> live = [];
    private readonly PriorityQueue<Scope, UtcTime> byExpiry = new();

    public static Scope ScopeOf(EntryBody body) => ScopeOf(body.By, body.Nonce);

    // An author's key has one scope, whether it signs a body alone or in a batch: it cannot use a nonce twice by changing the kind.
    public static Scope ScopeOf(Voucher by, string nonce) => new(by.Kind == VoucherKind.Log ? 'l' : 'a', by.Key, nonce);

    public static Scope ScopeOf(Approval approval) => new('v', approval.Key, approval.Nonce);

    public void Add(Scope scope, long index, Digest body, UtcTime until)
    {
        if (live.TryAdd(scope, new Use(index, body)))
            byExpiry.Enqueue(scope, until);
    }

    public (long Index, bool SameBody)? Find(Scope scope, Digest body) =>
        live.TryGetValue(scope, out Use use) ? (use.Index, use.Body == body) : null;

    public void Forget(UtcTime now)
    {
        while (byExpiry.TryPeek(out Scope scope, out UtcTime until) && until < now)
        {
            byExpiry.Dequeue();
            live.Remove(scope);
        }
    }

    internal readonly record struct Scope(char Kind, Digest Key, string Nonce);

    private readonly record struct Use(long Index, Digest Body);
}
