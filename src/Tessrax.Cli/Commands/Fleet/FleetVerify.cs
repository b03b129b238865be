using System.CommandLine;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Verification.Fleet;

namespace Tessrax.Cli.Commands.Fleet;

/// <summary><c>fleet verify FILE</c>: a proof out of a fleet, offline, by trust roots of one's own.</summary>
internal static class FleetVerify
{
    public static Command Create(CliContext context)
    {
        Argument<string> file = new("FILE") { Description = "the proof; - for standard input" };
        Option<string?> trust = new("--trust")
        {
            Description = "the fleet's trust root or its log's vkey; the one pinned on this machine if left out",
            HelpName = "FILE|VKEY",
        };
        Option<string?> ledgerTrust = new("--ledger-trust")
        {
            Description = "the ledger's own; without one the fleet's word is taken for which ledger bears the name",
            HelpName = "FILE|VKEY",
        };
        var verb = new Verb(
            "verify",
            "Check a proof out of a fleet, offline",
            "tessraxctl fleet verify orders.fleet.json --trust fleet.trust.json",
            "tessraxctl fleet verify orders.fleet.json --trust fleet.trust.json --ledger-trust orders.trust.json"
        )
        {
            file,
            trust,
            ledgerTrust,
        };
        verb.SetAction(parsed =>
        {
            TrustRoot? fleet = Read(context, parsed.GetValue(trust));
            TrustRoot? ledger = Read(context, parsed.GetValue(ledgerTrust));
            NodeEnvironment environment = LedgerSession.Environment(context);
            string given = parsed.GetRequiredValue(file);
            // One byte more than is read tells that it is too large, which the verifier then says.
            byte[] bytes = context.ReadUpTo(given, FleetProof.MaxBytes + 1);
            if (!FleetVerifier.IsMeant(bytes) && OtherFile.Of(bytes) is { } other)
                return context.Refute(
                    ErrorCodes.NotVerifiable.Because($"{InputFiles.NameOf(given)} is {other.What}", other.Use)
                );
            FleetVerdict verdict = FleetVerifier.Verify(
                bytes,
                fleet,
                ledger,
                context.Time,
                id => PinnedTrust.Of(environment, id)
            );
            VerdictReport.Write(context, verdict.Verdict, verdict.About?.ToJson(), Lines(verdict.About));
            return verdict.Verdict.Holds ? 0 : CliContext.Refuted;
        });
        return verb;
    }

    private static TrustRoot? Read(CliContext context, string? named) =>
        named is null ? null : TrustArgument.Read(context, named);

    private static IEnumerable<string> Lines(FleetSubject? about)
    {
        if (about is null)
            yield break;
        Checkpoint ledger = about.Ledger;
        yield return $"{ledger.Origin}, size {ledger.Head.Size}, root {ledger.Head.Root.ToBase64()}";
        yield return $"one of {Counted.Of(about.Ledgers, "ledger")} in the round of entry {about.Round}, recorded at {about.RecordedAt}";
        if (about.Entry is { } entry)
            yield return $"entry {entry} of {ledger.Origin}, by the bundle that the proof carries";
    }
}
