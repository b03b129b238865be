namespace Tessrax.Governance;

/// <summary>What an entry says of contradictions and decisions, to be worked out again: now, or by another thread while the entries after it are judged.</summary>
/// <remarks>It looks at nothing that changes: the claims of one group up to the entry, and the policy that was in force. Safe on any thread; whoever asks
/// first does the work, and the others wait for it.</remarks>
/// <param name="entry">Index of the entry.</param>
/// <param name="differs">What differs, or null.</param>
internal sealed class Replay(long entry, Func<string?> differs)
{
    private readonly Lazy<Refusal?> refusal = new(() =>
        differs() is { } message ? new Refusal(Aspect.Decision, ErrorCodes.DecisionDiffers, message) : null
    );

    /// <summary>Index of the entry.</summary>
    public long Entry => entry;

    /// <summary>Whether it was worked out already.</summary>
    public bool IsDone => refusal.IsValueCreated;

    /// <summary>Why the entry is not accepted, or null; worked out when it is first asked for.</summary>
    public Refusal? Refusal => refusal.Value;
}
