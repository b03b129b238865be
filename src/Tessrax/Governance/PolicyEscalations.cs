using Tessrax.Canonical;

namespace Tessrax.Governance;

/// <summary>Reads to whom decisions go that waited too long.</summary>
internal static class PolicyEscalations
{
    public static Escalation? Read(ObjectReader action, JsonValue value)
    {
        if (action.OptionalObject("escalate") is not { } reader)
            return null;
        JsonValue at = value["escalate"]!;
        reader.Required("after");
        TimeSpan? after = PolicyReader.ReadDuration(reader, "after", at, PolicyReader.MaxDeadline);
        var escalation = new Escalation(after!.Value, PolicyText.Identifier(reader, "to"));
        reader.End();
        return escalation;
    }

    /// <summary>Refuses escalations that could never happen, and those that would go round for ever.</summary>
    public static void Check(string path, JsonValue value, IReadOnlyList<PolicyAction> actions)
    {
        Dictionary<string, PolicyAction> byName = actions.ToDictionary(a => a.Name, StringComparer.Ordinal);
        foreach (PolicyAction action in actions)
        {
            if (action.Escalation is not { } escalation)
                continue;
            string at = $"{path}.{action.Name}.escalate";
            JsonValue where = value[action.Name]!["escalate"]!;
            if (action.Approvals.Count == 0)
                throw PolicyText.Senseless(at, where, "never happens: nobody is asked");
            if (escalation.After >= action.Deadline)
                throw PolicyText.Senseless($"{at}.after", where["after"]!, "must be shorter than the deadline");
            if (!byName.TryGetValue(escalation.To, out PolicyAction? to) || to.Approvals.Count == 0)
                throw PolicyText.Senseless(
                    $"{at}.to",
                    where["to"]!,
                    $"is '{escalation.To}', which is no action with approvals"
                );
            if (GoesRound(action, byName))
                throw PolicyText.Senseless($"{at}.to", where["to"]!, $"leads back to '{action.Name}'");
        }
    }

    private static bool GoesRound(PolicyAction from, Dictionary<string, PolicyAction> byName)
    {
        PolicyAction at = from;
        for (int step = 0; step < byName.Count; step++)
        {
            if (at.Escalation is not { } next || !byName.TryGetValue(next.To, out PolicyAction? to))
                return false;
            if (to == from)
                return true;
            at = to;
        }
        return false;
    }
}
