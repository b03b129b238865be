namespace Tessrax.Verification.Fleet;

public sealed partial class FleetVerifier
{
    private FleetVerdict ToVerdict(Verdict fleet, bool hasTrust)
    {
        Stage[] stages =
        [
            .. board.ToStages().Where(stage => stage.Name == Format),
            .. Renamed("fleet", fleet.Stages),
            .. board.ToStages().Where(stage => stage.Name != Format && stage.Name != TrustStage),
            // Without a trust root of the ledger its bundle's last stage would ask for one.
            .. Renamed("ledger", ledger?.Stages.Where(stage => hasTrust || stage.Name != "trust") ?? []),
            .. board.ToStages().Where(stage => stage.Name == TrustStage),
        ];
        var verdict = new Verdict("fleet-proof", fleet.Ledger, fleet.Size, fleet.Root, stages, excludes)
        {
            Hasher = fleet.Hasher,
            LogKeys = fleet.LogKeys,
        };
        return new FleetVerdict(verdict, About());
    }

    private void TakeTheFleetsWord()
    {
        string origin = member?.Says.Origin ?? "(unreadable)";
        board.NotClaimed(
            TrustStage,
            ErrorCodes.NoTrust,
            $"that this is the ledger that you know as {origin} is the fleet's word: no trust root of that ledger was given"
        );
        excludes.Add(
            $"that the ledger which the fleet calls {origin} is the one that you mean (a trust root of that ledger shows it)"
        );
    }

    private void Exclude(Verdict fleet)
    {
        excludes.AddRange(fleet.Excludes.Select(what => $"fleet: {what}"));
        excludes.Add("a later round, and what the ledger recorded after this one");
        excludes.Add(
            "that the round lists the ledger twice, with two checkpoints (whoever has the round's list sees that)"
        );
        if (ledger is null)
            excludes.Add(
                "that the ledger keeps its rules: of it, only origin, size and root are proven (a bundle of it shows more)"
            );
        else
            excludes.AddRange(ledger.Excludes.Select(what => $"ledger: {what}"));
    }

    private FleetSubject? About() =>
        member is { } shown && recorded is { } round && RoundReceipt is { } receipt
            ? new FleetSubject(
                shown.Says,
                round.Ledgers,
                receipt.Entry.Index,
                receipt.Entry.RecordedAt,
                proof.Bundle?.Subject
            )
            : null;

    private static IEnumerable<Stage> Renamed(string whose, IEnumerable<Stage> stages) =>
        stages.Select(stage => stage with { Name = $"{whose}/{stage.Name}" });
}
