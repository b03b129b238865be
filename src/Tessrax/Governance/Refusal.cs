namespace Tessrax.Governance;

/// <summary>Which rule of the ledger an entry breaks; verifiers report one stage for each.</summary>
public enum Aspect
{
    /// <summary>Form, limits and place of the entry.</summary>
    Entry,

    /// <summary>The payload against its commitment.</summary>
    Commitment,

    /// <summary>Who vouches, and whether the signature holds.</summary>
    Signature,

    /// <summary>The governance state it is judged by.</summary>
    Governance,

    /// <summary>Windows of time, the log's clock, nonces.</summary>
    Time,

    /// <summary>k-of-n approvals.</summary>
    Approvals,

    /// <summary>Contradictions and decisions against their re-execution.</summary>
    Decision,
}

/// <summary>Why an entry is not accepted.</summary>
/// <param name="Aspect">The rule that it breaks.</param>
/// <param name="Code">The stable code.</param>
/// <param name="Message">What was observed.</param>
public sealed record Refusal(Aspect Aspect, ErrorCode Code, string Message)
{
    /// <summary>An entry whose payload is missing and that this may be due to; null if it rests on what is there. If a later entry erases that
    /// payload, nothing is refuted: it cannot be worked out again.</summary>
    public long? Missing { get; init; }

    public TessraxException ToException() => Code.Because(Message);
}
