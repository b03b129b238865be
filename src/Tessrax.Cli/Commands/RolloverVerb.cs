using System.CommandLine;
using Tessrax.Canonical;
using Tessrax.Cli.Ledgers;
using Tessrax.Cli.Terminal;
using Tessrax.Governance;
using Tessrax.Hashing;
using Tessrax.Keys;
using Tessrax.Node;
using Tessrax.Node.Appending;
using Tessrax.Node.Keys;
using Tessrax.Node.Maintenance;

namespace Tessrax.Cli.Commands;

/// <summary><c>rollover DIR NEWDIR --hash A</c>: closes a ledger in favour of a successor with another hash function, and founds that.</summary>
internal static class RolloverVerb
{
    public static Command Create(CliContext context)
    {
        var directory = new LedgerArgument();
        Argument<string> target = new("NEWDIR")
        {
            Description = "the successor's directory; must not exist, or hold what an earlier run began",
        };
        Option<string> hash = new("--hash")
        {
            Description = "the hash function of the successor's tree: sha256 or blake3",
            HelpName = "HASH",
            Required = true,
        };
        Option<string?> origin = new("--origin")
        {
            Description = "names the successor; if left out, the old name and /2, or the next number",
            HelpName = "NAME",
        };
        Option<string?> recovery = RecoveryText.CommitmentOption(
            "what the successor commits to, if this ledger did not: keys derive --purpose recovery --commitment"
        );
        Option<string[]> keys = new("--key")
        {
            Description = "an approver's key file, to approve the closing with; repeatable",
            HelpName = "FILE",
        };
        Option<string?> passphrase = LedgerSession.PassphraseOption();
        var seeds = new SeedOptions("the successor's keys are derived from it; it needs a --ledger of its own");
        Option<string?> keyPassphrase = new("--key-passphrase-file")
        {
            Description = "holds the passphrase of the --key files, if it is not the same",
            HelpName = "FILE",
        };
        Option<bool> yes = new("--yes")
        {
            Description = "what is open may end undecided: proposals, and prepared receipts",
        };
        var verb = new Verb(
            "rollover",
            "Close a ledger and go on in a successor",
            "tessraxctl rollover decisions decisions-2 --hash blake3 --key alice.key --key bob.key"
        )
        {
            directory,
            target,
            hash,
            origin,
            recovery,
            keys,
            passphrase,
            keyPassphrase,
            yes,
        };
        seeds.AddTo(verb);
        verb.SetAction(parsed =>
        {
            RecoveryCommitment? wanted = RecoveryText.Commitment(parsed.GetValue(recovery));
            using LedgerSeed? seed = seeds.Open(context, parsed);
            HashEngine engine = HashOption.Engine(parsed.GetRequiredValue(hash), "--hash");
            string old = parsed.GetRequiredValue(directory);
            string next = parsed.GetRequiredValue(target);
            NodeEnvironment environment = LedgerSession.Environment(context);
            string? secretFile = parsed.GetValue(passphrase);
            StoredKey[] approvers = [.. (parsed.GetValue(keys) ?? []).Select(ReadApprover)];
            using LedgerWriter writer = LedgerSession.OpenWriter(context, old, secretFile, out _);
            if (seed is not null)
                RequireOwnKeys(writer.Fold.State, seed);
            var rollover = new Rollover(writer, next, environment);
            RolloverPlan plan = rollover.Plan(parsed.GetValue(origin), engine.Name);
            byte[] secret = context.Passphrase($"the keys of {next}", secretFile);
            using LedgerKeys own = SuccessorKeys.Open(context, environment, next, plan.Origin, secret, seed);
            var successor = new Successor(plan.Origin, plan.Hash, VerifierKey.Create(plan.Origin, own.Log.PublicKey))
            {
                Recovery = rollover.RecoveryFor(wanted),
            };
            Ending ending = Ending.Of(writer, rollover.Undecided);
            if (rollover.Closed is null && !parsed.GetValue(yes))
                ending.RequireNone(writer.Fold);
            bool closed = rollover.Close(successor);
            foreach (StoredKey approver in closed ? [] : approvers)
                closed = Approve(context, rollover, approver, parsed.GetValue(keyPassphrase) ?? secretFile);
            LedgerSession.Finish(context, writer);
            if (closed)
                Found(context, environment, rollover, own, next, ending);
            else
                ReportWaiting(context, writer, rollover, successor, (old, next), ending);
            return 0;
        });
        return verb;
    }

    // A key has one purpose, once: that of the old ledger is not the successor's.
    private static void RequireOwnKeys(GovernanceState old, LedgerSeed seed)
    {
        foreach (KeyPurpose purpose in (KeyPurpose[])[KeyPurpose.Log, KeyPurpose.Author])
        {
            using DerivedKey derived = seed.Key(purpose, generation: 0);
            using PrivateKey key = derived.ToPrivateKey();
            if (old.Key(key.PublicKey.Id) is not null)
                throw ErrorCodes.WrongKey.Because(
                    $"the successor's {purpose.ToText()} key would be one of {old.Origin}",
                    "give the successor another number of the mnemonic with --ledger"
                );
        }
    }

    private static StoredKey ReadApprover(string file)
    {
        StoredKey stored = KeyStore.Read(file);
        return stored.Info.Purpose == KeyPurpose.Approver
            ? stored
            : throw ErrorCodes.WrongKey.Because(
                $"{file} holds a key for the purpose {stored.Info.Purpose.ToText()}, not approver"
            );
    }

    private static bool Approve(CliContext context, Rollover rollover, StoredKey approver, string? passphraseFile)
    {
        if (rollover.Closed is not null)
            return true;
        using PrivateKey key = approver.Decrypt(context.Passphrase($"the key '{approver.Info.Name}'", passphraseFile));
        bool closed = rollover.Approve(key.PublicKey.Id, message => key.Sign(message));
        context.Line($"approved by {approver.Info.Name}");
        return closed;
    }

    private static void Found(
        CliContext context,
        NodeEnvironment environment,
        Rollover rollover,
        LedgerKeys keys,
        string directory,
        Ending ending
    )
    {
        using LedgerWriter found = rollover.Found(keys);
        IReadOnlyDictionary<string, PayloadOutcome?> holds = rollover.CarryHolds(found);
        Genesis genesis = found.Fold.Genesis!;
        VerifierKey log = rollover.Closed!.LogKey;
        string? pinned = LedgerFounder.Pin(
            context,
            environment,
            new TrustRoot(found.Directory.Id, TlogPolicy.LogAlone(log))
        );
        LedgerSession.Finish(context, found);
        context.WriteJson(() =>
            JsonValue.Object(
                ("status", "done"),
                ("ledger", found.Directory.Id.ToString()),
                ("origin", genesis.Origin),
                ("hash", genesis.Hash),
                ("vkey", log.ToString()),
                ("predecessor", genesis.ToControl()["predecessor"]),
                ("trust", pinned is { } file ? JsonValue.String(file) : JsonValue.Null),
                ("dropped", JsonValue.Of(ending.Proposals.Select(JsonValue.Number))),
                ("dropped_receipts", ending.TokensToJson()),
                (
                    "holds",
                    JsonValue.Object([.. holds.Select(h => (h.Key, (JsonValue?)JsonValue.String(StatusOf(h.Value))))])
                ),
                ("size", found.Fold.Size)
            )
        );
        Predecessor before = genesis.Predecessor!;
        context.Line(
            Tone.Good,
            $"{before.Origin} is closed with {Counted.Of(before.Root.Size, "entry")}; it goes on in {directory}"
        );
        context.Line($"  id      {found.Directory.Id}");
        context.Line($"  origin  {genesis.Origin}");
        context.Line($"  hash    {genesis.Hash}");
        context.Line($"  vkey    {log}");
        context.Line($"  before  {before.Ledger}, {found.Hasher.Text(before.Root.Root)} over its entries");
        if (pinned is not null)
            context.Line($"  trust   {pinned}");
        ending.Tell(context, "ended");
        foreach ((string hold, PayloadOutcome? outcome) in holds)
            context.Line(outcome is { IsRecorded: true } ? Tone.Good : Tone.Warn, Carried(hold, outcome, directory));
        context.Line(Tone.Dim, ShellText.Of($"next: tessraxctl verify {directory}"));
    }

    private static string StatusOf(PayloadOutcome? outcome) =>
        outcome is null ? "waiting"
        : outcome.IsRecorded ? "placed"
        : "proposed";

    private static string Carried(string hold, PayloadOutcome? outcome, string directory)
    {
        string what = $"the hold '{hold}', which has no end,";
        return outcome switch
        {
            { IsRecorded: true } => $"{what} is placed on all entries of the successor too",
            { Entry: long proposal } =>
                $"{what} is proposed for the successor: {ShellText.Of($"tessraxctl approve {directory} {proposal} --key KEY")}",
            null => $"{what} waits until another is approved; then the same command again",
        };
    }

    private static void ReportWaiting(
        CliContext context,
        LedgerWriter writer,
        Rollover rollover,
        Successor successor,
        (string Old, string Next) places,
        Ending ending
    )
    {
        (string old, string next) = places;
        OpenProposal waiting = rollover.Waiting!;
        IReadOnlyList<RequiredApproval> required = writer.Fold.RequiredOf(waiting.Proposal);
        UtcTime now = writer.Now();
        context.WriteJson(() =>
            JsonValue.Object(
                ("status", "pending"),
                ("proposal", waiting.Index),
                ("approvals", ApprovalTally.Live(waiting, writer.Fold, now)),
                ("required", JsonValue.Of(required.Select(r => r.ToJson()))),
                ("expires_at", waiting.Proposal.Body.ExpiresAt.ToString()),
                ("successor", successor.ToJson()),
                ("dropped", JsonValue.Of(ending.Proposals.Select(JsonValue.Number))),
                ("dropped_receipts", ending.TokensToJson()),
                ("size", writer.Fold.Size)
            )
        );
        context.Line(
            Tone.Warn,
            $"proposal {waiting.Index} waits: {ApprovalTally.Of(waiting, writer.Fold, now)} approved that {writer.Directory.Origin} is closed"
        );
        context.Line($"  it would go on as {successor}");
        context.Line($"  until             {waiting.Proposal.Body.ExpiresAt}");
        ending.Tell(context, "would end");
        context.Line(
            Tone.Dim,
            ShellText.Of(
                $"next: tessraxctl approve {old} {waiting.Index} --key KEY, then once more: tessraxctl rollover {old} {next} --hash {successor.Hash}"
            ) + (ending.IsEmpty ? "" : " --yes")
        );
    }
}
