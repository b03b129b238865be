using System.Text;
using Tessrax.Canonical;
using Tessrax.Governance;
using Tessrax.Ledger;
using Tessrax.Tests.Fuzz;
using Xunit;

namespace Tessrax.Tests.Governance;

/// <summary>Changes of the policy of a <see cref="FoldLedger"/>.</summary>
internal static class PolicyLedger
{
    public static PolicyUpgraded Upgraded { get; } = new(FoldLedger.Policy.Pin, Stricter("1.1.0"), "two for high");

    public static PolicyRolledBack RolledBack { get; } =
        new(Stricter("1.1.0").Pin, FoldLedger.Policy, 0, "nobody had the time");

    /// <summary>It asks two for what one was enough for: nothing that the first policy would not let through.</summary>
    public static Policy Stricter(string version) =>
        Edited(version, ("\"k\":1,\"role\":\"approver\"", "\"k\":2,\"role\":\"approver\""));

    /// <summary>It leaves small differences be, and what is critical to one.</summary>
    public static Policy Laxer(string version) =>
        Edited(version, ("\"tolerance\":0", "\"tolerance\":0.15"), ("\"k\":2", "\"k\":1"));

    /// <summary>It gives the metric a unit, and so every group another key.</summary>
    public static Policy Kilo(string version) =>
        Edited(
            version,
            (
                "\"metrics\":{",
                "\"metrics\":{\"score\":{\"type\":\"numeric\",\"unit\":\"kg\",\"units\":{\"g\":\"0.001\"}},"
            )
        );

    /// <summary>The policy of the ledger with another version, and texts of its canonical form replaced.</summary>
    public static Policy Edited(string version, params ReadOnlySpan<(string Was, string Becomes)> changes)
    {
        string text = FoldLedger
            .Policy.Document.ToString()
            .Replace("\"1.0.0\"", $"\"{version}\"", StringComparison.Ordinal);
        foreach ((string was, string becomes) in changes)
        {
            Assert.Contains(was, text, StringComparison.Ordinal);
            text = text.Replace(was, becomes, StringComparison.Ordinal);
        }
        return Policy.Parse(Encoding.UTF8.GetBytes(text));
    }

    public static PolicyUpgraded Upgrade(FoldLedger ledger, Policy policy) =>
        new(ledger.Fold.State.Policy!, policy, "a reason");

    public static PolicyRolledBack RollBack(FoldLedger ledger, Policy policy, long to) =>
        new(ledger.Fold.State.Policy!, policy, to, "a reason");

    public static Receipt Pass(FoldLedger ledger, PolicyUpgraded upgrade, TimeSpan? wait = null) =>
        Pass(ledger, Events.PolicyUpgraded, upgrade.ToControl(), wait);

    public static Receipt Pass(FoldLedger ledger, PolicyRolledBack back, TimeSpan? wait = null) =>
        Pass(ledger, Events.PolicyRolledBack, back.ToControl(), wait);

    /// <summary>Puts it up, and lets all who are asked approve it.</summary>
    public static long Approved(
        FoldLedger ledger,
        string name,
        JsonValue control,
        out Approval[] votes,
        TimeSpan? wait = null
    )
    {
        long proposal = ledger
            .Add(
                ledger.ProposeControl(name, control, b => b with { ExpiresAt = b.IssuedAt + (wait ?? KeyLedger.Long) })
            )
            .Entry.Index;
        votes =
        [
            ledger.AddVote(proposal, 1),
            ledger.AddVote(proposal, 2),
            ledger.AddVote(proposal, 3),
            ledger.AddVote(proposal, 5, "legal"),
        ];
        return proposal;
    }

    public static IEnumerable<JsonValue> SeedUpgraded() => [Seed(Events.PolicyUpgraded, Upgraded.ToControl())];

    public static IEnumerable<JsonValue> SeedRolledBack() => [Seed(Events.PolicyRolledBack, RolledBack.ToControl())];

    public static JsonValue ReadBack(JsonValue value) =>
        EntryBody.FromJson(value) switch
        {
            { Event: Events.PolicyUpgraded } body => PolicyUpgraded.Read(body).ToControl(),
            { Event: Events.PolicyRolledBack } body => PolicyRolledBack.Read(body).ToControl(),
            _ => JsonValue.Null,
        };

    private static JsonValue Seed(string name, JsonValue control) =>
        (EntryBody.FromJson(FuzzSeeds.Bodies().First()) with { Event = name, Control = control }).ToJson();

    private static Receipt Pass(FoldLedger ledger, string name, JsonValue control, TimeSpan? wait)
    {
        long proposal = Approved(ledger, name, control, out Approval[] votes, wait);
        if (ledger.Fold.DueAt(ledger.Fold.Proposals[proposal]) is { } due)
            ledger.Now = due;
        return ledger.Add(ledger.RecordedControl(proposal, votes));
    }
}
