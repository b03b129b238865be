using Tessrax.Contradictions;
using Tessrax.Ledger;

namespace Tessrax.Governance;

/// <summary>What an entry can be found by. The numbers are part of the map that EPOCH_OPENED commits to and never change their meaning.</summary>
/// <remarks>Below 16: what stands in the leaf, for ever. From 16: what stands in a payload, and is erased with it. See spec/index.md.</remarks>
public enum FieldId : byte
{
    /// <summary>The event's name.</summary>
    Event = 1,

    /// <summary>The id of the key that vouches for the entry, 64 lower-case hexadecimal digits.</summary>
    Key = 2,

    /// <summary>The policy that the entry names: its id, a space, its version.</summary>
    Policy = 3,

    /// <summary>What the claims are about.</summary>
    Subject = 16,

    /// <summary>What of the subject they tell.</summary>
    Metric = 17,

    /// <summary>Whose claims are recorded, or whose claim a decision follows.</summary>
    Source = 18,

    /// <summary>How severe the contradiction is that is detected, proposed to be settled, or settled.</summary>
    Severity = 19,

    /// <summary>The id of a claim that is recorded, that contradicts another one, or that a decision rests on.</summary>
    Claim = 20,

    /// <summary>The id of the key that signed the verdict on a proposal which the entry records, 64 lower-case hexadecimal digits.</summary>
    Approver = 21,
}

/// <summary>One thing that an entry can be found by.</summary>
public readonly record struct FieldValue(FieldId Field, string Value) : IComparable<FieldValue>
{
    /// <summary>Whether it stands in the leaf, and not in a payload that can be erased.</summary>
    public bool IsOpen => Field < FieldId.Subject;

    /// <summary>By field, then by value, code unit by code unit.</summary>
    public int CompareTo(FieldValue other) =>
        Field != other.Field ? Field.CompareTo(other.Field) : string.CompareOrdinal(Value, other.Value);

    public static bool operator <(FieldValue left, FieldValue right) => left.CompareTo(right) < 0;

    public static bool operator >(FieldValue left, FieldValue right) => left.CompareTo(right) > 0;

    public static bool operator <=(FieldValue left, FieldValue right) => left.CompareTo(right) <= 0;

    public static bool operator >=(FieldValue left, FieldValue right) => left.CompareTo(right) >= 0;
}

/// <summary>What entries can be found by, read out of them in one place: for the index, for the map of an epoch, and for whoever checks an answer.</summary>
public static class EntryFields
{
    /// <summary>The fields of an entry: each once, in the order of <see cref="FieldValue.CompareTo"/>.</summary>
    /// <param name="body">The entry's body.</param>
    /// <param name="payload">What its payload holds, as <see cref="EventPayloads.Read"/> gives it; null where there is none, or none any more. The users'
    /// own events have fields of the leaf alone, whatever their payloads hold.</param>
    public static IReadOnlyList<FieldValue> Of(EntryBody body, object? payload)
    {
        ArgumentNullException.ThrowIfNull(body);
        var fields = new List<FieldValue> { new(FieldId.Event, body.Event), new(FieldId.Key, body.By.Key.ToHex()) };
        if (body.Policy is { } pin)
            fields.Add(new FieldValue(FieldId.Policy, PolicyText(pin)));
        AddSealed(fields, payload);
        if (fields.Count <= 3)
            return fields;
        fields.Sort();
        return [.. fields.Distinct()];
    }

    /// <summary>Whether the payload of an entry with that event may have fields.</summary>
    internal static bool HasSealed(string name) =>
        name
            is Events.ClaimsRecorded
                or Events.ContradictionDetected
                or Events.DecisionProposed
                or Events.ApprovalRecorded
                or Events.DecisionRecorded;

    /// <summary>A policy as a field has it.</summary>
    internal static string PolicyText(PolicyPin pin) => $"{pin.Id} {pin.Version}";

    /// <summary>Adds what a payload gives, in no order, and what stands in it twice maybe twice.</summary>
    internal static void AddSealed(List<FieldValue> fields, object? payload)
    {
        switch (payload)
        {
            case ClaimsRecorded recorded:
                foreach (Claim claim in recorded.Claims)
                {
                    fields.Add(new FieldValue(FieldId.Subject, claim.Subject));
                    fields.Add(new FieldValue(FieldId.Metric, claim.Metric));
                    fields.Add(new FieldValue(FieldId.Source, claim.Source));
                    fields.Add(new FieldValue(FieldId.Claim, claim.ClaimId));
                }
                break;
            case Contradiction contradiction:
                AddGroup(fields, contradiction.Key, contradiction.Severity);
                foreach (ContradictingClaim claim in contradiction.Claims)
                    fields.Add(new FieldValue(FieldId.Claim, claim.ClaimId));
                break;
            case Proposal { Decision: { } proposed }:
                AddDecision(fields, proposed);
                break;
            case ApprovalRecorded vote:
                fields.Add(new FieldValue(FieldId.Approver, vote.Approval.Key.ToHex()));
                break;
            case Decision decision:
                AddDecision(fields, decision);
                fields.Add(new FieldValue(FieldId.Source, decision.Outcome.Source));
                break;
        }
    }

    private static void AddDecision(List<FieldValue> fields, Decision decision)
    {
        AddGroup(fields, decision.Key, decision.Severity);
        foreach (ClaimRef claim in decision.Claims)
            fields.Add(new FieldValue(FieldId.Claim, claim.ClaimId));
    }

    private static void AddGroup(List<FieldValue> fields, GroupKey key, Severity severity)
    {
        fields.Add(new FieldValue(FieldId.Subject, key.Subject));
        fields.Add(new FieldValue(FieldId.Metric, key.Metric));
        fields.Add(new FieldValue(FieldId.Severity, severity.Text()));
    }
}
