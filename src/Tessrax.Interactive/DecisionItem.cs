using System.Globalization;
using Tessrax.Contradictions;
using Tessrax.Governance;
using Tessrax.Node.Wording;

namespace Tessrax.Interactive;

/// <summary>A decision as it is looked at.</summary>
public sealed class DecisionItem
{
    internal DecisionItem(DecisionStatus status) => Status = status;

    /// <summary>The decision itself, and what became of it.</summary>
    public DecisionStatus Status { get; }

    /// <summary>The entry that proposed or recorded it.</summary>
    public long Index => Status.Entry;

    /// <summary>What became of it, for example <c>recorded</c>.</summary>
    public string State => Status.State.Text();

    /// <summary>What it is about, as it stands there; null if it was erased.</summary>
    public string? Subject => Status.Decision?.Key.Subject;

    /// <summary>How severe the contradiction was; null if it was erased.</summary>
    public string? Severity => Status.Decision?.Severity.Text();

    /// <summary>Whose claim is followed, as it stands there; null if it was erased.</summary>
    public string? Source => Status.Decision?.Outcome.Source;

    /// <summary>What is held to be so, in words that are safe to print; null if it was erased.</summary>
    public string? Outcome =>
        Status.Decision is { } decision ? Sanitizer.Clean(ReceiptText.Value(decision.Outcome.Value)) : null;

    /// <summary>Why, in a sentence that is safe to print; null if it was erased.</summary>
    public string? Reason => Status.Decision is { } decision ? Sanitizer.Clean(decision.Explanation) : null;

    /// <summary>Its index, state, severity, subject and outcome.</summary>
    public override string ToString() =>
        Sanitizer.Clean(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{Index, 6}  {State, -10}  {(Status.Decision is { } d ? $"{Severity, -8}  {d.Key}: {ReceiptText.Outcome(d)}" : "erased")}"
            )
        );
}
