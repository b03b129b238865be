using Tessrax.Canonical;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>What the contents of control events have in common.</summary>
internal static class ControlText
{
    /// <summary>The longest reason, in characters.</summary>
    public const int MaxReason = 500;

    /// <summary>The control member of a body.</summary>
    public static ObjectReader ControlOf(EntryBody body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return body.Control is { } control
            ? new ObjectReader(control, "$.body.control")
            : throw ErrorCodes.MissingMember.Because($"{body.Event} has no control member");
    }

    /// <summary>Why, in the words of whoever decided it: 1 to 500 characters, public for ever.</summary>
    public static string Reason(ObjectReader reader)
    {
        string reason = reader.String("reason", MaxReason);
        return reason.Length > 0 && !reason.Any(char.IsControl)
            ? reason
            : throw reader.Fault("reason", $"must be 1 to {MaxReason} characters, none of them a control");
    }
}
