using Tessrax.Canonical;
using Tessrax.Keys;
using Tessrax.Merkle;
using Tessrax.Verification;

namespace Tessrax.Client;

/// <summary>What a monitor is there to tell of.</summary>
public enum AlarmKind
{
    /// <summary>No log that the trust root names has signed the checkpoint.</summary>
    Signature,

    /// <summary>Too few witnesses have cosigned it.</summary>
    Quorum,

    /// <summary>The log is smaller than it was.</summary>
    Shrunk,

    /// <summary>The log has signed two histories.</summary>
    Forked,

    /// <summary>The server does not show that the log extends what it was.</summary>
    Unproven,

    /// <summary>For too long the log has neither grown nor been cosigned.</summary>
    Frozen,
}

/// <summary>An alarm.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Says">One sentence without a final stop.</param>
public sealed record Alarm(AlarmKind Kind, string Says)
{
    /// <summary>Its name: <c>signature</c>, <c>quorum</c>, <c>shrunk</c>, <c>forked</c>, <c>unproven</c> or <c>frozen</c>.</summary>
    public string Name => Kind.ToString().ToLowerInvariant();
}

/// <summary>What a look at a log gave.</summary>
/// <param name="At">When.</param>
/// <param name="Head">What its checkpoint says; null if it cannot be read.</param>
/// <param name="Alarms">What is wrong; empty as a rule.</param>
/// <param name="State">What to remember. It does not move on an alarm, but for a log that stands still.</param>
public sealed record MonitorLook(UtcTime At, TreeHead? Head, IReadOnlyList<Alarm> Alarms, MonitorState? State)
{
    /// <summary>The hashes of the log's tree.</summary>
    public TreeHasher Hasher { get; init; } = TreeHasher.Sha256;

    /// <summary>What proves a fork to anybody; null if there is none, or nothing that proves it.</summary>
    public Equivocation? Evidence { get; init; }

    /// <summary>The checkpoint that the log has signed and that was not shown to extend the one before; null without that alarm. With what the log signs later it may prove a fork.</summary>
    public SignedNote? Unproven { get; init; }

    /// <summary>When the log was first seen to be of this size, and last cosigned, whichever is later: how fresh it is.</summary>
    public UtcTime? FreshAt =>
        State is null ? null
        : State.CosignedAt is { } cosigned ? UtcTime.Max(cosigned, State.GrownAt)
        : State.GrownAt;
}
